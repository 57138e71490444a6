/** Building blocks that several math functions share. */

import type { Algebra } from '../algebra.js';

/** `c[0] + x (c[1] + x (c[2] + ...))` by Horner's rule: one mul and one add per degree. */
export function polynomial<F, I, M>(alg: Algebra<F, I, M>, x: F, coefficients: readonly number[]): F {
  const last = coefficients.length - 1;
  let sum = alg.constF(coefficients[last] as number);
  for (let k = last - 1; k >= 0; k--) sum = alg.mulAdd(sum, x, alg.constF(coefficients[k] as number));
  return sum;
}

/**
 * The same as the sum of its even and its odd terms, both in `square = x^2`: as many operations, and about half as long a
 * chain of them, which is what bounds a loop whose other operations are few.
 */
export function polynomialByParity<F, I, M>(
  alg: Algebra<F, I, M>,
  x: F,
  square: F,
  coefficients: readonly number[],
): F {
  const even = coefficients.filter((_, k) => k % 2 === 0);
  const odd = coefficients.filter((_, k) => k % 2 === 1);
  return alg.mulAdd(polynomial(alg, square, odd), x, polynomial(alg, square, even));
}

/** Whether the pattern of bits of an f32, as an unsigned number, is outside of `low <= bits < high`. Two operations. */
export function bitsOutside<F, I, M>(alg: Algebra<F, I, M>, bits: I, low: number, high: number): M {
  // The interval moves to the bottom of the signed numbers.
  return alg.cmpLtI(alg.constI(high - low - 1 - 2 ** 31), alg.addI(bits, alg.constI(2 ** 31 - low)));
}

/** The smaller of `x` and a constant; a NaN in `x` stays. Two ops, one instruction where `pmin` exists. */
export function atMost<F, I, M>(alg: Algebra<F, I, M>, x: F, bound: number): F {
  const b = alg.constF(bound);
  return alg.select(alg.cmpLt(b, x), b, x);
}

/** The larger of `x` and a constant; a NaN in `x` stays. Two ops, one instruction where `pmax` exists. */
export function atLeast<F, I, M>(alg: Algebra<F, I, M>, x: F, bound: number): F {
  const b = alg.constF(bound);
  return alg.select(alg.cmpLt(x, b), b, x);
}

/** `a > b`, ordered. */
export function cmpGt<F, I, M>(alg: Algebra<F, I, M>, a: F, b: F): M {
  return alg.cmpLt(b, a);
}

/** `magnitude`, which is not negative, with the sign of `x`. */
export function withSign<F, I, M>(alg: Algebra<F, I, M>, magnitude: F, x: F): F {
  const signBit = alg.constI(alg.format === 'f32' ? -(2 ** 31) : -(2 ** 63));
  const sign = alg.andI(alg.bitcastToInt(x), signBit);
  return alg.bitcastToFloat(alg.orI(alg.bitcastToInt(magnitude), sign));
}
