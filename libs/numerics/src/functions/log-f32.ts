/**
 * log, log2, log10 and log1p of f32, where what is special costs nothing: zero, infinities, NaN, negative and subnormal
 * numbers are a pattern of bits outside of one interval, and are seen to in a branch.
 *
 * `x = 2^e (1 + f)` with `1 + f` in [sqrt(1/2), sqrt(2)), centred so that nothing cancels near 1; `f` is exact. The bits of
 * the exponent are converted where they stand, so `e` carries a factor 2^23, which the constants take off again. Then
 * `log(1 + f) = f + f^2 q(f)` with a minimax polynomial in even and odd terms.
 */

import type { Algebra } from '../algebra.js';
import { special } from './log.js';
import { bitsOutside, polynomialByParity, withSign } from './polynomial.js';

/** The bits of sqrt(1/2), 1, 2^-24, 2^126, the smallest normal number and infinity. */
const SQRT_HALF = 0x3f3504f3;
const ONE = 0x3f800000;
const TINY = 0x33800000;
const HUGE = 0x7e800000;
const SMALLEST_NORMAL = 0x00800000;
const INFINITY = 0x7f800000;
const EXPONENT_MASK = -(2 ** 23);
/** Takes the factor off the exponent. */
export const EXPONENT_UNIT = 2 ** -23;

/** (log(1 + f) - f) / f^2 on the centred interval: relative error of the logarithm 3.0e-8. */
const LOG = [
  -0.49999991059303284, 0.33333951234817505, -0.25001755356788635, 0.19962072372436523, -0.16570508480072021,
  0.14917974174022675, -0.14307518303394318, 0.08734836429357529,
];

/** The same: 6.8e-9. */
const LOG_LONG = [
  -0.5, 0.3333333134651184, -0.250008225440979, 0.20001228153705597, -0.16623350977897644, 0.14201734960079193,
  -0.1316021978855133, 0.1276177167892456, -0.07634646445512772,
];

const LOG2E_MINUS_1 = 0.4426950408889634;

const LOG10E = 0.4342944819032518;
/** The sum of a part with few bits and the rest. */
const LOG10_OF_2 = { high: 0.301025390625, low: 4.605038981195214e-6 };

/** `x = 2^e (1 + f)`. */
export interface ScaledSplit<F, I> {
  /** `e 2^23`. */
  readonly exponent: F;
  /** The integer `e`, shifted to where an exponent is. */
  readonly exponentBits: I;
  readonly f: F;
}

/** Splits a positive normal number. */
export function splitPositiveF32<F, I, M>(alg: Algebra<F, I, M>, x: F): ScaledSplit<F, I> {
  const bits = alg.bitcastToInt(x);
  const exponentBits = alg.andI(alg.subI(bits, alg.constI(SQRT_HALF)), alg.constI(EXPONENT_MASK));
  const m = alg.bitcastToFloat(alg.subI(bits, exponentBits));
  return { exponent: alg.intToFloat(exponentBits), exponentBits, f: alg.sub(m, alg.constF(1)) };
}

/** `log(1 + f)` on the centred interval. */
export function logOfMantissaF32<F, I, M>(alg: Algebra<F, I, M>, f: F): F {
  const square = alg.mul(f, f);
  return alg.mulAdd(square, polynomialByParity(alg, f, square, LOG), f);
}

/** `e ln2 + log(1 + f)`: one constant for ln2 is exact enough, as its 24 bits happen to be good for 28. */
function natural<F, I, M>(alg: Algebra<F, I, M>, { exponent, f }: ScaledSplit<F, I>): F {
  return alg.mulAdd(exponent, alg.constF(Math.LN2 * EXPONENT_UNIT), logOfMantissaF32(alg, f));
}

/** `log(1 + f) - f`, more exactly. */
function tail<F, I, M>(alg: Algebra<F, I, M>, f: F): F {
  const square = alg.mul(f, f);
  return alg.mul(square, polynomialByParity(alg, f, square, LOG_LONG));
}

/** `e + (f + tail) log2(e)`, the small terms first. */
function base2<F, I, M>(alg: Algebra<F, I, M>, { exponent, f }: ScaledSplit<F, I>): F {
  const c = alg.constF(LOG2E_MINUS_1);
  const t = tail(alg, f);
  const small = alg.add(alg.mulAdd(t, c, alg.mul(f, c)), t);
  return alg.mulAdd(exponent, alg.constF(EXPONENT_UNIT), alg.add(small, f));
}

/** `e log10(2) + (f + tail) log10(e)`, the small terms first; half of `f`, which is exact, is most of it. */
function base10<F, I, M>(alg: Algebra<F, I, M>, { exponent, f }: ScaledSplit<F, I>): F {
  const rest = alg.mul(f, alg.constF(LOG10E - 0.5));
  const low = alg.mulAdd(exponent, alg.constF(LOG10_OF_2.low * EXPONENT_UNIT), rest);
  const small = alg.mulAdd(f, alg.constF(0.5), alg.mulAdd(tail(alg, f), alg.constF(LOG10E), low));
  return alg.mulAdd(exponent, alg.constF(LOG10_OF_2.high * EXPONENT_UNIT), small);
}

type OfSplit = <F, I, M>(alg: Algebra<F, I, M>, parts: ScaledSplit<F, I>) => F;

/** A logarithm of any number: in the branch, a subnormal one is scaled up first. */
function anywhere<F, I, M>(alg: Algebra<F, I, M>, x: F, logarithm: OfSplit): F {
  const rare = bitsOutside(alg, alg.bitcastToInt(x), SMALLEST_NORMAL, INFINITY);
  const [result] = alg.selectRare(rare, [logarithm(alg, splitPositiveF32(alg, x))], (cold) => {
    const parts = splitPositiveF32(cold, cold.mul(x, cold.constF(2 ** 23)));
    const exponent = cold.sub(parts.exponent, cold.constF(23 / EXPONENT_UNIT));
    return [special(cold, x, 0, logarithm(cold, { ...parts, exponent }))];
  }) as readonly [F];
  return result;
}

/** Natural logarithm in f32, at most 2 ULP. */
export function logF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return anywhere(alg, x, natural);
}

/** Base-2 logarithm in f32, at most 2 ULP; exact for powers of two. */
export function log2F32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return anywhere(alg, x, base2);
}

/** Base-10 logarithm in f32, at most 2 ULP. */
export function log10F32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return anywhere(alg, x, base10);
}

/**
 * `1 + x` rounds to `u`; what it loses, `x - (u - 1)`, goes into `f` scaled as the mantissa of `u` is. For x near 0 the
 * two add up to x exactly.
 */
function splitOnePlus<F, I, M>(alg: Algebra<F, I, M>, x: F, u: F): ScaledSplit<F, I> {
  const parts = splitPositiveF32(alg, u);
  const lost = alg.sub(x, alg.sub(u, alg.constF(1)));
  const inverse = alg.bitcastToFloat(alg.subI(alg.constI(ONE), parts.exponentBits));
  return { ...parts, f: alg.mulAdd(lost, inverse, parts.f) };
}

/** log(1 + x) in f32, at most 2 ULP. */
export function log1pF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const u = alg.add(alg.constF(1), x);
  const rare = bitsOutside(alg, alg.bitcastToInt(u), TINY, HUGE);
  const [result] = alg.selectRare(rare, [natural(alg, splitOnePlus(alg, x, u))], (cold) => [
    special(cold, x, -1, natural(cold, splitPositiveF32(cold, x))),
  ]) as readonly [F];
  // The sign of the result, which -0 alone lost.
  return withSign(alg, result, x);
}
