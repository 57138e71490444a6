/**
 * x to the power of y: `2^(y log2 |x|)`, the logarithm and the product in twice the bits of the format, because the
 * result multiplies their relative error by up to a thousand.
 *
 * `|x| = 2^e m` with m in [sqrt(1/2), sqrt(2)), `log2 m = 2 / ln2 atanh(s)` with `s = (m - 1) / (m + 1)`, and
 * `atanh(s) = s (1 + s^2 / 3 + s^4 q(s^2))`, of which only q is small enough for the bits of the format.
 * The special cases are those of C's Annex F.
 */

import type { Algebra } from '../algebra.js';
import { type DoubleWord, fastTwoSum, multiply, twoProduct, twoSum } from './double-word.js';
import { exp2WithTailF32, exp2WithTailF64 } from './exp.js';
import { LOG_CONSTANTS_F32, LOG_CONSTANTS_F64, type Split, splitF32, splitF64, splitFast } from './log.js';
import { atLeast, atMost, polynomial } from './polynomial.js';

interface PowConstants {
  readonly third: { readonly high: number; readonly low: number };
  readonly twoOverLn2: { readonly high: number; readonly low: number };
  /** (atanh(s) / s - 1 - s^2 / 3) / s^4 in s^2. */
  readonly q: readonly number[];
  /** A power whose magnitude reaches this over- or underflows for every base but 1. */
  readonly largestPower: number;
  /** The range of exponents beyond which 2^t is infinite or zero. */
  readonly highest: number;
  readonly lowest: number;
}

/** Relative error of the logarithm 7e-14. */
const F32: PowConstants = {
  third: { high: 0.3333333432674408, low: -9.934107758624577e-9 },
  twoOverLn2: { high: 2.885390043258667, low: 3.851926067000022e-8 },
  q: [0.19999998807907104, 0.14285986125469208, 0.11089866608381271, 0.09778101742267609],
  largestPower: 2 ** 34,
  highest: 129,
  lowest: -151,
};

/** Relative error of the logarithm 8e-23. */
const F64: PowConstants = {
  third: { high: 0.3333333333333333, low: 1.850371707708594e-17 },
  twoOverLn2: { high: 2.8853900817779268, low: 4.0710547481862066e-17 },
  q: [
    0.1999999999999999, 0.1428571428572192, 0.11111111108894776, 0.09090909422023964, 0.0769227921118307,
    0.06668132415316344, 0.058378860609235826, 0.059909198539867786,
  ],
  largestPower: 2 ** 66,
  highest: 1025,
  lowest: -1076,
};

/** log2 of `2^e (1 + f)` to about 1.5 times the bits of the format and more. */
function log2InDoubleWords<F, I, M>(
  alg: Algebra<F, I, M>,
  { exponent, f }: Split<F, I>,
  k: PowConstants,
): DoubleWord<F> {
  const one = alg.constF(1);
  const two = alg.constF(2);
  const pair = (c: { readonly high: number; readonly low: number }): DoubleWord<F> => ({
    high: alg.constF(c.high),
    low: alg.constF(c.low),
  });

  // s = f / (2 + f), corrected by the exact residual.
  const denominator = alg.add(f, two);
  const denominatorLow = alg.sub(f, alg.sub(denominator, two));
  const inverse = alg.div(one, denominator);
  const quotient = alg.mul(f, inverse);
  const product = twoProduct(alg, quotient, denominator);
  const residual = alg.sub(alg.sub(alg.sub(f, product.high), product.low), alg.mul(quotient, denominatorLow));
  const s: DoubleWord<F> = { high: quotient, low: alg.mul(residual, inverse) };

  // u = s^2 / 3 + s^4 q, then log2 = 2 / ln2 s (1 + u)
  const z = multiply(alg, s, s);
  const cubic = multiply(alg, z, pair(k.third));
  const rest = alg.mul(alg.mul(z.high, z.high), polynomial(alg, z.high, k.q));
  const sum = fastTwoSum(alg, cubic.high, rest);
  const u: DoubleWord<F> = { high: sum.high, low: alg.add(sum.low, cubic.low) };
  const leading = multiply(alg, s, pair(k.twoOverLn2));
  const correction = multiply(alg, leading, u);
  const mantissaPart = fastTwoSum(alg, leading.high, correction.high);
  const mantissaLow = alg.add(mantissaPart.low, alg.add(leading.low, correction.low));
  const total = twoSum(alg, exponent, mantissaPart.high);
  return fastTwoSum(alg, total.high, alg.add(total.low, mantissaLow));
}

/** |x|^y of ordinary bases. */
function magnitudeOf<F, I, M>(
  alg: Algebra<F, I, M>,
  y: F,
  parts: Split<F, I>,
  k: PowConstants,
  exp2: (x: F, tail: F) => F,
): F {
  const log = log2InDoubleWords(alg, parts, k);
  const bounded = atLeast(alg, atMost(alg, y, k.largestPower), -k.largestPower);
  const product = twoProduct(alg, bounded, log.high);
  const tail = alg.add(product.low, alg.mul(bounded, log.low));
  const t = atLeast(alg, atMost(alg, product.high, k.highest), k.lowest);
  return exp2(t, alg.select(alg.cmpEq(t, product.high), tail, alg.constF(0)));
}

interface PowerSign<M> {
  readonly isIntegral: M;
  /** Whether a negative base makes the result negative. */
  readonly isOdd: M;
}

function signOfPower<F, I, M>(alg: Algebra<F, I, M>, y: F): PowerSign<M> {
  const isIntegral = alg.cmpEq(alg.roundEven(y), y);
  const half = alg.mul(y, alg.constF(0.5));
  return { isIntegral, isOdd: alg.andM(isIntegral, alg.notM(alg.cmpEq(alg.roundEven(half), half))) };
}

/** `magnitude`, negated for a negative base, -0 too, with an odd power. */
function withSignOfBase<F, I, M>(alg: Algebra<F, I, M>, magnitude: F, x: F, { isOdd }: PowerSign<M>): F {
  const hasSign = alg.cmpLtI(alg.bitcastToInt(x), alg.constI(0));
  return alg.select(alg.andM(hasSign, isOdd), alg.neg(magnitude), magnitude);
}

function power<F, I, M>(alg: Algebra<F, I, M>, x: F, y: F, ordinary: F): F {
  const zero = alg.constF(0);
  const one = alg.constF(1);
  const infinity = alg.constF(Number.POSITIVE_INFINITY);
  const base = alg.abs(x);

  // 1. Zeros and infinities: which it is depends on the sign of the power.
  const isZero = alg.cmpEq(base, zero);
  const isInfinite = alg.cmpEq(base, infinity);
  const isNegativePower = alg.cmpLt(y, zero);
  const grows = alg.orM(alg.andM(isZero, isNegativePower), alg.andM(isInfinite, alg.notM(isNegativePower)));
  const extreme = alg.select(grows, infinity, zero);
  const magnitude = alg.select(alg.orM(isZero, isInfinite), extreme, ordinary);

  // 2. Signs, and NaN for a negative base with a power that is not integral.
  const sign = signOfPower(alg, y);
  const signed = withSignOfBase(alg, magnitude, x, sign);
  const isFiniteNegative = alg.andM(alg.cmpLt(x, zero), alg.cmpLt(base, infinity));
  const isUndefined = alg.orM(alg.andM(isFiniteNegative, alg.notM(sign.isIntegral)), alg.cmpUnordered(x, y));
  const result = alg.select(isUndefined, alg.constF(Number.NaN), signed);

  // 3. x^0 and 1^y are 1, even for NaN.
  return alg.select(alg.orM(alg.cmpEq(y, zero), alg.cmpEq(x, one)), one, result);
}

function magnitudeF32<F, I, M>(alg: Algebra<F, I, M>, y: F, parts: Split<F, I>): F {
  return magnitudeOf(alg, y, parts, F32, (t, tail) => exp2WithTailF32(alg, t, tail));
}

function magnitudeF64<F, I, M>(alg: Algebra<F, I, M>, y: F, parts: Split<F, I>): F {
  return magnitudeOf(alg, y, parts, F64, (t, tail) => exp2WithTailF64(alg, t, tail));
}

/** x^y in f32, at most 2 ULP. */
export function powF32<F, I, M>(alg: Algebra<F, I, M>, x: F, y: F): F {
  return power(alg, x, y, magnitudeF32(alg, y, splitF32(alg, alg.abs(x))));
}

/** x^y in f64, at most 4 ULP. */
export function powF64<F, I, M>(alg: Algebra<F, I, M>, x: F, y: F): F {
  return power(alg, x, y, magnitudeF64(alg, y, splitF64(alg, alg.abs(x))));
}

/** Of the special cases those whose operands and result are normal numbers or zero; a subnormal base counts as zero does. */
function fastPower<F, I, M>(alg: Algebra<F, I, M>, x: F, y: F, magnitude: F): F {
  const zero = alg.constF(0);
  const signed = withSignOfBase(alg, magnitude, x, signOfPower(alg, y));
  return alg.select(alg.andM(alg.cmpEq(x, zero), alg.cmpLt(zero, y)), zero, signed);
}

/** The numerics mode `fast`: at most 4 ULP. */
export function fastPowF32<F, I, M>(alg: Algebra<F, I, M>, x: F, y: F): F {
  return fastPower(alg, x, y, magnitudeF32(alg, y, splitFast(alg, alg.abs(x), LOG_CONSTANTS_F32)));
}

export function fastPowF64<F, I, M>(alg: Algebra<F, I, M>, x: F, y: F): F {
  return fastPower(alg, x, y, magnitudeF64(alg, y, splitFast(alg, alg.abs(x), LOG_CONSTANTS_F64)));
}
