// Random programs of nested loop.for, loop.if and loop.while over integers, that read and write a buffer: text.
import type { Random } from '@budflow/numerics';

/** A function @k(memref<8xi64>) that returns two i64, which depend on the order of everything it does. */
export function randomStructured(random: Random): string {
  const lines: string[] = [];
  let next = 0;
  const fresh = () => `%v${next++}`;
  const pick = <T>(list: readonly T[]) => list[random.uint32() % list.length]!;
  const emit = (text: string) => lines.push(`  ${text}`);
  const arithmetic = (known: string[]) => {
    const name = fresh();
    emit(`${name} = arith.${pick(['addi', 'subi', 'muli', 'xori', 'maxsi'])} ${pick(known)}, ${pick(known)} : i64`);
    known.push(name);
  };
  const condition = (known: readonly string[]) => {
    const name = fresh();
    emit(`${name} = arith.cmpi ${pick(['slt', 'eq', 'sge', 'ult', 'ne'])}, ${pick(known)}, ${pick(known)} : i64`);
    return name;
  };
  const memory = (known: string[]) => {
    const at = pick(['%i0', '%i3', '%i7']);
    if (random.uint32() % 2) emit(`memory.store ${pick(known)}, %m[${at}] : memref<8xi64>`);
    else {
      const name = fresh();
      emit(`${name} = memory.load %m[${at}] : memref<8xi64>`);
      known.push(name);
    }
  };
  const body = (outer: readonly string[], depth: number): string[] => {
    const known = [...outer];
    for (let i = 1 + (random.uint32() % 4); i > 0; i--) {
      const kind = random.uint32() % (depth > 0 ? 8 : 4);
      if (kind < 2) arithmetic(known);
      else if (kind < 4) memory(known);
      else if (kind < 6) structured(known, depth, 'if');
      else structured(known, depth, kind === 6 ? 'for' : 'while');
    }
    return known;
  };
  const structured = (known: string[], depth: number, kind: 'if' | 'for' | 'while') => {
    const count = random.uint32() % 3;
    const types = Array.from({ length: count }, () => 'i64').join(', ');
    const inits = Array.from({ length: count }, () => pick(known));
    const results = inits.map(() => fresh());
    const left = count ? `${results.join(', ')} = ` : '';
    const yields = (inner: readonly string[]) =>
      emit(count ? `loop.yield ${inits.map(() => pick(inner)).join(', ')} : ${types}` : 'loop.yield');
    if (kind === 'if') {
      const c = condition(known);
      emit(`${left}loop.if ${c}${count ? ` -> (${types})` : ''} {`);
      yields(body(known, depth - 1));
      if (count || random.uint32() % 2) {
        emit('} else {');
        yields(body(known, depth - 1));
      }
      emit('}');
    } else if (kind === 'for') {
      const args = inits.map(() => fresh());
      const carried = args.map((a, i) => `${a} = ${inits[i]}`).join(', ');
      const iv = fresh();
      const from = random.uint32() % 3;
      const to = random.uint32() % 5;
      emit(
        `${left}loop.for ${iv} = ${from} to ${to}${random.uint32() % 2 ? ' step 2' : ''}${count ? ` iter_args(${carried}) -> (${types})` : ''} {`,
      );
      const cast = fresh();
      emit(`${cast} = arith.index_cast ${iv} : index to i64`);
      yields(body([...known, ...args, cast], depth - 1));
      emit('}');
    } else {
      // A counter of its own makes it end.
      const counter = fresh();
      const args = inits.map(() => fresh());
      const all = [`${counter} = %c3`, ...args.map((a, i) => `${a} = ${inits[i]}`)].join(', ');
      const ts = ['i64', ...inits.map(() => 'i64')].join(', ');
      const result = fresh();
      emit(`${result}${count ? `, ${results.join(', ')}` : ''} = loop.while (${all}) : (${ts}) -> (${ts}) {`);
      const inner = body([...known, ...args], 0);
      const positive = fresh();
      emit(`${positive} = arith.cmpi sgt, ${counter}, %c0 : i64`);
      const also = condition(inner);
      const both = fresh();
      emit(`${both} = arith.andi ${positive}, ${also} : i1`);
      emit(`loop.condition(${both}) ${[counter, ...inits.map(() => pick(inner))].join(', ')} : ${ts}`);
      const left2 = fresh();
      const after = inits.map(() => fresh());
      emit('} do {');
      emit(`^bb0(${[left2, ...after].map((a) => `${a}: i64`).join(', ')}):`);
      const known2 = body([...known, left2, ...after], depth - 1);
      const less = fresh();
      emit(`${less} = arith.subi ${left2}, %c1 : i64`);
      emit(`loop.yield ${[less, ...inits.map(() => pick(known2))].join(', ')} : ${ts}`);
      emit('}');
      known.push(result);
    }
    known.push(...results);
  };
  const known = body(['%c0', '%c1', '%c3', '%x'], 3);
  return `func.func @k(%m: memref<8xi64>) -> (i64, i64) {
  %i0 = arith.constant 0 : index
  %i3 = arith.constant 3 : index
  %i7 = arith.constant 7 : index
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c3 = arith.constant 3 : i64
  %x = memory.load %m[%i0] : memref<8xi64>
${lines.join('\n')}
  return ${known.at(-1)}, ${pick(known)} : i64, i64
}`;
}
