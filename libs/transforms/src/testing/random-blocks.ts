// Random functions of basic blocks: any branches, several exits of loops, early returns, values used wherever they are
// known. Each run ends, because loops burn fuel.
import { BranchOp, DominatorTree, type Operation, type Value } from '@budflow/ir';
import type { Random } from '@budflow/numerics';

/** A function @k(memref<8xi64>) -> (i64, i64) of `count` pairs of blocks. */
export function randomBlocks(random: Random, count: number): string {
  const lines: string[] = [];
  let next = 0;
  const fresh = () => `%v${next++}`;
  const pick = <T>(list: readonly T[]) => list[random.uint32() % list.length]!;
  const arity = Array.from({ length: count }, () => random.uint32() % 3);
  const known = ['%c0', '%c1', '%x'];
  const jump = (to: number, fuel: string, values: readonly string[]) => {
    const args = [fuel, ...Array.from({ length: arity[to]! }, () => pick(values))];
    return `^check${to}(${args.join(', ')} : ${args.map(() => 'i64').join(', ')})`;
  };
  const result = (values: readonly string[]) => `^end(${pick(values)}, ${pick(values)} : i64, i64)`;
  for (let i = 0; i < count; i++) {
    const args = Array.from({ length: arity[i]! }, fresh);
    const fuel = fresh();
    const values = [...known, ...args];
    const [less, go] = [fresh(), fresh()];
    lines.push(`^check${i}(${[fuel, ...args].map((a) => `${a}: i64`).join(', ')}):`);
    lines.push(`  ${less} = arith.subi ${fuel}, %c1 : i64`, `  ${go} = arith.cmpi sgt, ${less}, %c0 : i64`);
    lines.push(`  cf.cond_br ${go}, ^body${i}, ${result(values)}`, `^body${i}:`);
    for (let n = random.uint32() % 4; n > 0; n--) {
      const kind = random.uint32() % 4;
      if (kind === 0) {
        lines.push(`  memory.store ${pick(values)}, %m[%i${pick([0, 3])}] : memref<8xi64>`);
        continue;
      }
      const name = fresh();
      if (kind === 1) lines.push(`  ${name} = memory.load %m[%i${pick([0, 3])}] : memref<8xi64>`);
      else lines.push(`  ${name} = arith.${pick(['addi', 'muli', 'xori'])} ${pick(values)}, ${pick(values)} : i64`);
      values.push(name);
    }
    // Mostly forward; back now and then.
    const to = () =>
      random.uint32() % 3 === 0 ? random.uint32() % count : Math.min(count - 1, i + 1 + (random.uint32() % 2));
    const kind = i === count - 1 ? random.uint32() % 2 : random.uint32() % 6;
    if (kind === 0) lines.push(`  cf.br ${result(values)}`);
    else if (kind === 1) lines.push(`  cf.br ${jump(to(), less, values)}`);
    else if (kind === 2) {
      const cases = [1, 2].map((c) => `${c}: ${jump(to(), less, values)}`).join(', ');
      const low = fresh();
      lines.push(`  ${low} = arith.andi ${pick(values)}, %c3 : i64`);
      lines.push(`  cf.switch ${low} : i64, [default: ${jump(to(), less, values)}, ${cases}]`);
    } else {
      const c = fresh();
      lines.push(`  ${c} = arith.cmpi ${pick(['slt', 'eq', 'ult'])}, ${pick(values)}, ${pick(values)} : i64`);
      lines.push(`  cf.cond_br ${c}, ${jump(to(), less, values)}, ${jump(to(), less, values)}`);
    }
  }
  return `func.func @k(%m: memref<8xi64>) -> (i64, i64) {
  %i0 = arith.constant 0 : index
  %i3 = arith.constant 3 : index
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c3 = arith.constant 3 : i64
  %fuel = arith.constant 40 : i64
  %x = memory.load %m[%i0] : memref<8xi64>
  cf.br ${jump(0, '%fuel', known)}
${lines.join('\n')}
^end(%p: i64, %q: i64):
  return %p, %q : i64, i64
}`;
}

/** Makes ops of a function use values of other blocks that are known there, at random. */
export function useAcrossBlocks(func: Operation, random: Random): void {
  const region = func.region(0);
  const tree = new DominatorTree(region);
  const i64 = func.context.i64;
  for (const block of tree.order) {
    const known: Value[] = [];
    for (const other of tree.order) {
      if (other === block || !tree.dominates(other, block)) continue;
      known.push(...other.arguments.slice(1));
      for (const op of other.ops) known.push(...op.results);
    }
    const values = known.filter((v) => v.type === i64);
    if (values.length === 0) continue;
    for (const op of block.ops) {
      if (countsFuel(op)) continue;
      // The fuel is passed first, and counts.
      const fuels = new Set(op.successors.map((_, i) => BranchOp.of(op)!.successorOperands(op, i).start));
      for (let i = 0; i < op.operandCount; i++)
        if (op.operand(i).type === i64 && !fuels.has(i) && random.uint32() % 3 === 0)
          op.setOperand(i, values[random.uint32() % values.length]!);
    }
  }
}

/** Only the fuel is subtracted from, and compared by sgt (4). */
function countsFuel(op: Operation): boolean {
  return op.name === 'arith.subi' || (op.name === 'arith.cmpi' && String(op.attr('predicate')).startsWith('4'));
}
