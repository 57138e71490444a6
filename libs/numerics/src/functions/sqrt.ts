/** Reciprocal square root; `sqrt` itself is an operation of the algebra. */

import type { Algebra } from '../algebra.js';
import { bitsOutside, polynomial } from './polynomial.js';

/**
 * The constant of the guess: half of the bits of x taken from it are those of a number within 3.5% of 1/sqrt(x), such that
 * `x guess^2 - 1` lies between -0.0682 and 0.0682.
 */
const GUESS = 0x5f374700;

/** (1 / sqrt(1 + d) - 1) / d there: relative error of the reciprocal root 2.4e-8. */
const CORRECTION = [-0.4999983608722687, 0.37499767541885376, -0.31392979621887207, 0.2749584913253784];

/** The bits of the smallest normal number and of infinity. */
const SMALLEST_NORMAL = 0x00800000;
const INFINITY = 0x7f800000;

function quotient<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return alg.div(alg.constF(1), alg.sqrt(x));
}

/**
 * `1 / sqrt(x)` in f32, at most 2 ULP; -inf at -0, NaN below. A guess from the bits, and one step of a series in what it is
 * off: multiplications and additions alone, where root and quotient keep the divider busy for eight cycles of four lanes.
 * What is not a positive normal number takes the quotient.
 */
export function rsqrtF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const bits = alg.bitcastToInt(x);
  const guess = alg.bitcastToFloat(alg.subI(alg.constI(GUESS), alg.shrU(bits, 1)));
  const d = alg.mulAdd(alg.mul(x, guess), guess, alg.constF(-1));
  const better = alg.mulAdd(alg.mul(guess, d), polynomial(alg, d, CORRECTION), guess);
  const rare = bitsOutside(alg, bits, SMALLEST_NORMAL, INFINITY);
  const [result] = alg.selectRare(rare, [better], (cold) => [quotient(cold, x)]) as readonly [F];
  return result;
}

/** `1 / sqrt(x)` in f64, two correctly rounded operations: at most 2 ULP; -inf at -0, NaN below. */
export function rsqrtF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return quotient(alg, x);
}

/** Correctly rounded square root. */
export function sqrt<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return alg.sqrt(x);
}
