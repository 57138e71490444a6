/** Building blocks that several math functions share. */

import type { Algebra } from '../algebra.js';

/** `c[0] + x (c[1] + x (c[2] + ...))` by Horner's rule: one mul and one add per degree. */
export function polynomial<F, I, M>(alg: Algebra<F, I, M>, x: F, coefficients: readonly number[]): F {
  const last = coefficients.length - 1;
  let sum = alg.constF(coefficients[last] as number);
  for (let k = last - 1; k >= 0; k--) sum = alg.mulAdd(sum, x, alg.constF(coefficients[k] as number));
  return sum;
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
