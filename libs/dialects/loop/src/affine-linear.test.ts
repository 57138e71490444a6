// Normal forms of affine expressions: same function, one spelling.
import { AffineExpr } from '@budflow/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constantDifference, linearForm, normalizeExpr } from './affine-linear.js';
import { expressions } from './testing/expressions.js';

const d = (i: number) => AffineExpr.dim(i);

const points = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 4 });

describe('normalizeExpr', () => {
  test('keeps the value of every expression', () => {
    fc.assert(
      fc.property(expressions, points, (e, [a, b, c, s]) => {
        expect(normalizeExpr(e).evaluate([a!, b!, c!], [s!]) + 0).toBe(e.evaluate([a!, b!, c!], [s!]) + 0);
      }),
      { numRuns: 500 },
    );
  });

  test('is idempotent', () => {
    fc.assert(
      fc.property(expressions, (e) => normalizeExpr(normalizeExpr(e)) === normalizeExpr(e)),
      { numRuns: 300 },
    );
  });

  test('gives sums of the same terms in any order one object', () => {
    fc.assert(
      fc.property(fc.array(expressions, { minLength: 2, maxLength: 5 }), fc.integer(), (terms, seed) => {
        const shuffled = terms
          .map((t, i) => ({ t, key: Math.imul(seed ^ (i + 1), 0x9e3779b1) }))
          .sort((x, y) => x.key - y.key);
        const sum = (list: readonly AffineExpr[]) => list.reduce((x, y) => x.add(y));
        expect(linearForm(sum(shuffled.map((x) => x.t))).terms).toEqual(linearForm(sum(terms)).terms);
      }),
    );
    expect(normalizeExpr(d(1).add(d(0)))).toBe(normalizeExpr(d(0).add(d(1))));
  });

  test('takes multiples of the divisor out of quotients and remainders', () => {
    expect(normalizeExpr(d(0).mul(8).add(d(1)).floorDiv(8)).toString()).toBe('d0 + d1 floordiv 8');
    expect(normalizeExpr(d(0).mul(8).add(d(1)).mod(8)).toString()).toBe('d1 mod 8');
    expect(normalizeExpr(d(1).add(19).ceilDiv(8)).toString()).toBe('(d1 + 3) ceildiv 8 + 2');
    expect(normalizeExpr(d(0).mul(4).add(3).floorDiv(4)).toString()).toBe('d0');
    // The constant inside is from 0 to the divisor, so that one quotient has one spelling.
    expect(normalizeExpr(d(0).sub(1).floorDiv(8))).toBe(normalizeExpr(d(0).add(7).floorDiv(8).sub(1)));
  });
});

describe('constantDifference', () => {
  test('finds what is left when all terms cancel', () => {
    expect(constantDifference(d(0).add(d(1)).add(5), d(1).add(d(0)))).toBe(5);
    expect(constantDifference(d(0).mul(2).add(1), d(0))).toBeUndefined();
    expect(constantDifference(d(0).floorDiv(4).add(3), d(0).floorDiv(4).sub(1))).toBe(4);
  });

  test('agrees with evaluation wherever it answers', () => {
    fc.assert(
      fc.property(expressions, expressions, fc.integer({ min: -9, max: 9 }), points, (e, f, n, [a, b, c, s]) => {
        expect(constantDifference(e.add(f).add(n), f.add(e))).toBe(n);
        const difference = constantDifference(e, f);
        if (difference !== undefined)
          expect(e.evaluate([a!, b!, c!], [s!]) - f.evaluate([a!, b!, c!], [s!]) + 0).toBe(difference);
      }),
    );
  });
});
