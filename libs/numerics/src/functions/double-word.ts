/**
 * Arithmetic with twice the bits: numbers as unevaluated sums of two. Only operations that nothing may contract are
 * used (`add`, `sub`, `mul`), so the errors are exact in every algebra.
 *
 * Methods: Knuth's and Dekker's sums, Veltkamp's split, Dekker's product.
 */

import type { Algebra } from '../algebra.js';

/** `high + low`, where `low` is at most about an ULP of `high`. */
export interface DoubleWord<F> {
  readonly high: F;
  readonly low: F;
}

/** `a + b` exactly. */
export function twoSum<F, I, M>(alg: Algebra<F, I, M>, a: F, b: F): DoubleWord<F> {
  const high = alg.add(a, b);
  const part = alg.sub(high, a);
  return { high, low: alg.add(alg.sub(a, alg.sub(high, part)), alg.sub(b, part)) };
}

/** `a + b` exactly for |a| >= |b|. */
export function fastTwoSum<F, I, M>(alg: Algebra<F, I, M>, a: F, b: F): DoubleWord<F> {
  const high = alg.add(a, b);
  return { high, low: alg.sub(b, alg.sub(high, a)) };
}

/** `a - b` and its error, for |a| >= |b|, or where the difference is exact. */
export function fastTwoDifference<F, I, M>(alg: Algebra<F, I, M>, a: F, b: F): DoubleWord<F> {
  const high = alg.sub(a, b);
  return { high, low: alg.sub(alg.sub(a, high), b) };
}

/** `x` as the sum of two numbers of half the bits. Overflows for the largest x. */
export function halves<F, I, M>(alg: Algebra<F, I, M>, x: F): DoubleWord<F> {
  const scaled = alg.mul(x, alg.constF(alg.format === 'f32' ? 4097 : 134217729));
  const high = alg.sub(scaled, alg.sub(scaled, x));
  return { high, low: alg.sub(x, high) };
}

/** `a b` exactly, in the absence of overflow and underflow. */
export function twoProduct<F, I, M>(alg: Algebra<F, I, M>, a: F, b: F): DoubleWord<F> {
  const high = alg.mul(a, b);
  const x = halves(alg, a);
  const y = halves(alg, b);
  const largest = alg.sub(alg.mul(x.high, y.high), high);
  const crosswise = alg.add(alg.add(largest, alg.mul(x.high, y.low)), alg.mul(x.low, y.high));
  return { high, low: alg.add(crosswise, alg.mul(x.low, y.low)) };
}

/** `a b` to about twice the bits of the format. */
export function multiply<F, I, M>(alg: Algebra<F, I, M>, a: DoubleWord<F>, b: DoubleWord<F>): DoubleWord<F> {
  const product = twoProduct(alg, a.high, b.high);
  const crosswise = alg.add(alg.mul(a.high, b.low), alg.mul(a.low, b.high));
  return { high: product.high, low: alg.add(product.low, crosswise) };
}
