// Random programs compute the same after every pass: straight lines, regions, memory and effects in order.
import type { IntegerAttr, Operation, Value } from '@budflow/ir';
import type { PassDefinition } from '@budflow/pass';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalize } from './canonicalize.js';
import { cse } from './cse.js';
import { dce } from './dce.js';
import { prepare } from './testing/dialect.js';

/** What a program does: its sinks and stores with their values, in order. */
function trace(func: Operation): string[] {
  const values = new Map<Value, number>();
  const memory = new Map<number, number>();
  const events: string[] = [];
  const [x, y, c] = func.region(0).entry.arguments;
  values.set(x!, 7).set(y!, 11).set(c!, 1);
  const run = (op: Operation): number[] => {
    const [a = 0, b = 0] = op.operands.map((v) => values.get(v)!);
    switch (op.name) {
      case 't.const':
        return [(op.attr('value') as IntegerAttr).number];
      case 't.add':
        return [(a + b) | 0];
      case 't.sub':
        return [(a - b) | 0];
      case 't.load':
        return [memory.get(a) ?? a];
      case 't.store':
        memory.set(b, a);
        events.push(`store ${a} ${b}`);
        return [];
      case 't.sink':
        events.push(`sink ${op.operands.map((v) => values.get(v)).join(' ')}`);
        return [];
      case 't.scope':
        return block(op);
      default:
        return op.operands.map((v) => values.get(v)!);
    }
  };
  const block = (op: Operation): number[] => {
    let last: number[] = [];
    for (const inner of op.region(0).entry.ops) {
      last = run(inner);
      for (const [i, result] of inner.results.entries()) values.set(result, last[i]!);
    }
    return last;
  };
  block(func);
  return events;
}

type Step = { kind: number; a: number; b: number; body: Step[] };
const steps = fc.letrec<{ steps: Step[] }>((tie) => ({
  steps: fc.array(
    fc.record({
      kind: fc.nat(9),
      a: fc.nat(30),
      b: fc.nat(30),
      body: fc.oneof({ depthSize: 'small' }, fc.constant([]), tie('steps')) as fc.Arbitrary<Step[]>,
    }),
    { maxLength: 14 },
  ),
})).steps;

function program(list: readonly Step[]): string {
  let next = 0;
  const lines: string[] = [];
  const emit = (items: readonly Step[], outer: readonly string[]) => {
    const known = [...outer];
    const pick = (n: number) => known[n % known.length]!;
    for (const { kind, a, b, body } of items) {
      const name = `%v${next++}`;
      if (kind <= 1) lines.push(`${name} = const() {value = ${a % 3} : i32}`);
      else if (kind <= 3) lines.push(`${name} = add(${pick(a)}, ${pick(b)})`);
      else if (kind <= 5) lines.push(`${name} = sub(${pick(a)}, ${pick(b)})`);
      else if (kind === 6) lines.push(`${name} = load(${pick(a)})`);
      else if (kind === 7) lines.push(`store(${pick(a)}, ${pick(b)})`);
      else if (kind === 8) lines.push(`sink(${pick(a)}, ${pick(b)})`);
      else {
        lines.push(`${name} = scope() ({`);
        const inner = emit(body, known);
        lines.push(`yield(${inner[(a + b) % inner.length]})`, '}) : () -> i32');
      }
      if (kind !== 7 && kind !== 8) known.push(name);
    }
    return known;
  };
  const known = emit(list, ['%x', '%y']);
  lines.push(`sink(${known.slice(-3).join(', ')})`, 'return()');
  return lines.join('\n');
}

describe.each<[string, readonly PassDefinition[]]>([
  ['canonicalize', [canonicalize as PassDefinition]],
  ['cse', [cse as PassDefinition]],
  ['dce', [dce as PassDefinition]],
  [
    'all of them',
    [cse as PassDefinition, canonicalize as PassDefinition, cse as PassDefinition, dce as PassDefinition],
  ],
])('%s', (_, passes) => {
  test('keeps what random programs do, and changes nothing the second time', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { func, run, print } = prepare(program(list));
        const before = trace(func);
        for (const pass of passes) expect(run(pass).result.succeeded).toBe(true);
        expect(trace(func)).toEqual(before);
        if (passes.length > 1) return;
        const after = print();
        run(passes[0]!);
        expect(print()).toEqual(after);
      }),
      { numRuns: 150 },
    );
  });
});
