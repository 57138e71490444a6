import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  evaluateExpression,
  type HostExpression,
  type HostOperator,
  hostOperation,
  printExpression,
  productOf,
  sameExpression,
} from './expression.js';

const OPERATORS: HostOperator[] = ['add', 'sub', 'mul', 'floordiv', 'ceildiv', 'truncdiv', 'mod', 'rem', 'min', 'max'];

/** Unfolded expressions over three slots. */
const expressions: fc.Arbitrary<HostExpression> = fc.letrec<{ e: HostExpression }>((tie) => ({
  e: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: -20, max: 20 }),
    fc.nat(2).map((slot) => ({ slot })),
    fc.record({ op: fc.constantFrom(...OPERATORS), lhs: tie('e'), rhs: tie('e') }),
  ),
})).e;

/** The same, built with folding. */
function folded(e: HostExpression): HostExpression {
  if (typeof e === 'number' || !('op' in e)) return e;
  return hostOperation(e.op, folded(e.lhs), folded(e.rhs));
}

it('means the same printed, folded and evaluated', () => {
  const slots = fc.tuple(fc.integer({ min: -9, max: 99 }), fc.integer({ min: 0, max: 9 }), fc.constant(0));
  fc.assert(
    fc.property(expressions, slots, (e, values) => {
      const value = evaluateExpression(e, values);
      const print = (x: HostExpression) => new Function('s', `return ${printExpression(x, (i) => `s[${i}]`)};`)(values);
      // Sums of zeros differ in sign at most, which no integer word shows.
      expect(print(e) + 0).toBe(value + 0);
      expect(print(folded(e)) + 0).toBe(value + 0);
      expect(evaluateExpression(folded(e), values) + 0).toBe(value + 0);
    }),
    { numRuns: 500 },
  );
});

it('rounds quotients as their names say', () => {
  const at = (op: HostOperator, l: number, r: number) => evaluateExpression({ op, lhs: l, rhs: r }, []);
  expect([at('floordiv', -7, 2), at('ceildiv', -7, 2), at('truncdiv', -7, 2)]).toEqual([-4, -3, -3]);
  expect([at('mod', -7, 2), at('rem', -7, 2), at('mod', 7, 0)]).toEqual([1, -1, 0]);
});

it('folds constants and neutral operands', () => {
  const x = { slot: 0 };
  expect(productOf([2, x, 3, 1])).toEqual({ op: 'mul', lhs: { op: 'mul', lhs: 2, rhs: x }, rhs: 3 });
  expect([hostOperation('add', x, 0), hostOperation('mul', 1, x), hostOperation('ceildiv', x, 1)]).toEqual([x, x, x]);
  expect([hostOperation('mul', x, 0), hostOperation('max', 3, 4)]).toEqual([0, 4]);
});

it('is equal by structure', () => {
  const e = hostOperation('add', { slot: 1 }, 2);
  expect(sameExpression(e, hostOperation('add', { slot: 1 }, 2))).toBe(true);
  expect(sameExpression(e, hostOperation('add', { slot: 2 }, 2))).toBe(false);
  expect(sameExpression(e, { slot: 1 })).toBe(false);
  expect(sameExpression(2, { slot: 2 })).toBe(false);
});
