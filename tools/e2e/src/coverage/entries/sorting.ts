// Sorting, with a payload that tells where equal keys come from.
import { type CoverageEntry, randomOf, randomValues, tensorType, type Values } from '../entry.js';
import { ELEMENT_TYPES, isComplex, isFloat, type Real } from '../numbers.js';
import { at, filled } from './movement.js';

/** -0 before 0, NaN (with a positive sign, as the test makes it) last. */
function before(a: Real, b: Real): number {
  if (typeof a === 'bigint' || typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  if (a !== b) return a - b < 0 ? -1 : 1;
  return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
}

export const SORTING: readonly CoverageEntry[] = [
  {
    op: 'sort',
    types: ELEMENT_TYPES.filter((t) => !isComplex(t)),
    otherwise: 'complex numbers have no order; a comparator of regions compares what it likes of them',
    cases: (type) =>
      (['ascending', 'descending'] as const).map((direction) => {
        const next = randomOf(type.length + direction.length);
        const [x, i] = [tensorType(type, ['?', '?']), tensorType('i32', ['?', '?'])];
        return {
          text: `(%x: ${x}, %i: ${i}) -> (${x}, ${i}) {
  %0:2 = array.sort %x, %i dim = 1 stable ${direction}${isFloat(type) ? ' total_order' : ''} : ${x}, ${i}
  return %0#0, %0#1 : ${x}, ${i}
}`,
          calls: [
            [3, 17],
            [0, 4],
            [2, 0],
            [1, 1],
            [2, 300],
          ].map((shape) => [randomValues(type, shape, next), filled('i32', shape, ([, k]) => BigInt(k!))]),
          expected: ([keys, places]) => {
            const [rows, columns] = keys!.shape as [number, number];
            const order = Array.from({ length: rows }, (_, row) =>
              Array.from({ length: columns }, (__, k) => k).sort(
                (p, q) =>
                  (direction === 'ascending' ? 1 : -1) *
                    before(at(keys!, [row, p]) as Real, at(keys!, [row, q]) as Real) || p - q,
              ),
            );
            const sorted = (v: Values): Values =>
              filled(v.type, v.shape, ([row, k]) => at(v, [row!, order[row!]![k!]!]));
            return [sorted(keys!), sorted(places!)];
          },
        };
      }),
  },
];
