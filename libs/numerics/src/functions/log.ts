/**
 * log, log2, log10 and log1p of f64 (those of f32 are in `log-f32.ts`), and the split that powers use too.
 *
 * `x = 2^e m` with `m` in [sqrt(1/2), sqrt(2)), centred so that nothing cancels near 1; `f = m - 1` is exact. Then
 * `log(1 + f)` by the odd series in `s = f / (2 + f)`, of half the degree for one division (the method of Sun's fdlibm).
 */

import type { Algebra } from '../algebra.js';
import { cmpGt, polynomial } from './polynomial.js';

export interface LogConstants {
  readonly mantissaBits: number;
  readonly bias: number;
  /** The bits of sqrt(1/2), rounded to what a double holds exactly, and of 1 minus those. */
  readonly sqrtHalfBits: number;
  readonly oneMinusSqrtHalfBits: number;
  readonly mantissaMask: number;
  readonly smallestNormal: number;
  /** The bits of 2^mantissaBits: or-ing a small integer k into them gives the float 2^mantissaBits + k. */
  readonly integerMagicBits: number;
  readonly ln2High: number;
  readonly ln2Low: number;
}

export const LOG_CONSTANTS_F32: LogConstants = {
  mantissaBits: 23,
  bias: 127,
  sqrtHalfBits: 0x3f3504f3,
  oneMinusSqrtHalfBits: 0x3f800000 - 0x3f3504f3,
  mantissaMask: 2 ** 23 - 1,
  smallestNormal: 2 ** -126,
  integerMagicBits: 0x4b000000,
  ln2High: 0.693145751953125,
  ln2Low: 1.428606765330187e-6,
};

export const LOG_CONSTANTS_F64: LogConstants = {
  mantissaBits: 52,
  bias: 1023,
  sqrtHalfBits: 0x3fe6a09e * 2 ** 32,
  oneMinusSqrtHalfBits: (0x3ff00000 - 0x3fe6a09e) * 2 ** 32,
  mantissaMask: 2 ** 52 - 1,
  smallestNormal: 2 ** -1022,
  integerMagicBits: 0x43300000 * 2 ** 32,
  ln2High: 0.6931471803691238,
  ln2Low: 1.9082149292705877e-10,
};

/** (log((1 + s) / (1 - s)) - 2 s) / s^3 as a polynomial in s^2: relative error of the logarithm 1.3e-18. */
const LOG_F64 = [
  0.6666666666666734, 0.39999999999416425, 0.2857142874210829, 0.22222198594316694, 0.1818356351801052,
  0.15314065357669332, 0.14795850177304268,
];

const LOG2E_MINUS_1 = 0.4426950408889634;

/** log10(e) and log10(2), each the sum of a part with few bits and the rest. */
interface Log10Constants {
  readonly log10e: { readonly high: number; readonly low: number };
  readonly log10of2: { readonly high: number; readonly low: number };
}

const LOG10_F64: Log10Constants = {
  log10e: { high: 0.4342944818781689, low: 2.5082946711645275e-11 },
  log10of2: { high: 0.3010299955494702, low: 1.1451100898021838e-10 },
};

/** `x = 2^exponent (1 + f)`; `exponentBits` are those of the float 2^exponent. Garbage unless 0 < x < inf. */
export interface Split<F, I> {
  readonly exponent: F;
  readonly exponentBits: I;
  readonly f: F;
}

/** Splits a normal `x`; `exponentOffset` is what to add to its exponent. */
function splitNormal<F, I, M>(alg: Algebra<F, I, M>, x: F, k: LogConstants, bias: F): Split<F, I> {
  const shifted = alg.addI(alg.bitcastToInt(x), alg.constI(k.oneMinusSqrtHalfBits));
  const biasedExponent = alg.shrU(shifted, k.mantissaBits);
  const mantissa = alg.andI(shifted, alg.constI(k.mantissaMask));
  const m = alg.bitcastToFloat(alg.addI(mantissa, alg.constI(k.sqrtHalfBits)));
  return {
    exponent: alg.sub(alg.bitcastToFloat(alg.orI(biasedExponent, alg.constI(k.integerMagicBits))), bias),
    exponentBits: alg.subI(shifted, mantissa),
    f: alg.sub(m, alg.constF(1)),
  };
}

/** `split` of the format. */
export function splitF32<F, I, M>(alg: Algebra<F, I, M>, x: F): Split<F, I> {
  return split(alg, x, LOG_CONSTANTS_F32);
}

export function splitF64<F, I, M>(alg: Algebra<F, I, M>, x: F): Split<F, I> {
  return split(alg, x, LOG_CONSTANTS_F64);
}

/** Splits any positive `x`: a subnormal is scaled up first. */
function split<F, I, M>(alg: Algebra<F, I, M>, x: F, k: LogConstants): Split<F, I> {
  const bias = 2 ** k.mantissaBits + k.bias;
  const subnormal = alg.cmpLt(x, alg.constF(k.smallestNormal));
  const scaled = alg.select(subnormal, alg.mul(x, alg.constF(2 ** k.mantissaBits)), x);
  return splitNormal(alg, scaled, k, alg.select(subnormal, alg.constF(bias + k.mantissaBits), alg.constF(bias)));
}

/** Splits a normal `x` in the numerics mode `fast`. */
export function splitFast<F, I, M>(alg: Algebra<F, I, M>, x: F, k: LogConstants): Split<F, I> {
  return splitNormal(alg, x, k, alg.constF(2 ** k.mantissaBits + k.bias));
}

/** `log(1 + f) - f + addend` on the centred interval, f64. */
export function log1pTailF64<F, I, M>(alg: Algebra<F, I, M>, f: F, addend?: F): F {
  const s = alg.div(f, alg.add(f, alg.constF(2)));
  const z = alg.mul(s, s);
  const r = alg.mul(z, polynomial(alg, z, LOG_F64));
  const halfSquare = alg.mul(alg.mul(f, f), alg.constF(0.5));
  const odd = alg.mul(s, alg.add(halfSquare, r));
  return alg.sub(addend === undefined ? odd : alg.add(odd, addend), halfSquare);
}

/** The values outside the formula: +inf at +inf, -inf at `pole`, NaN below the pole and for NaN. */
export function special<F, I, M>(alg: Algebra<F, I, M>, x: F, pole: number, result: F): F {
  const infinity = alg.constF(Number.POSITIVE_INFINITY);
  const poleF = alg.constF(pole);
  const finite = alg.select(alg.cmpEq(x, infinity), infinity, result);
  const below = alg.select(alg.cmpEq(x, poleF), alg.constF(Number.NEGATIVE_INFINITY), alg.constF(Number.NaN));
  return alg.select(cmpGt(alg, x, poleF), finite, below);
}

/** Natural logarithm in f64, at most 1 ULP. */
export function logF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const { exponent, f } = split(alg, x, LOG_CONSTANTS_F64);
  const tail = log1pTailF64(alg, f, alg.mul(exponent, alg.constF(LOG_CONSTANTS_F64.ln2Low)));
  const result = alg.add(alg.mul(exponent, alg.constF(LOG_CONSTANTS_F64.ln2High)), alg.add(f, tail));
  return special(alg, x, 0, result);
}

/** `exponent + (f + tail) log2(e)`, the small terms first. */
function combineLog2<F, I, M>(alg: Algebra<F, I, M>, { exponent, f }: Split<F, I>, tail: F): F {
  const c = alg.constF(LOG2E_MINUS_1);
  const small = alg.add(alg.add(alg.mul(tail, c), alg.mul(f, c)), tail);
  return alg.add(alg.add(small, f), exponent);
}

/** Base-2 logarithm in f64, at most 2 ULP; exact for powers of two. */
export function log2F64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const parts = split(alg, x, LOG_CONSTANTS_F64);
  return special(alg, x, 0, combineLog2(alg, parts, log1pTailF64(alg, parts.f)));
}

/** `exponent log10(2) + (f + tail) log10(e)`, the small terms first. */
function combineLog10<F, I, M>(alg: Algebra<F, I, M>, { exponent, f }: Split<F, I>, tail: F, k: Log10Constants): F {
  const fromMantissa = alg.mul(alg.add(f, tail), alg.constF(k.log10e.low));
  const low = alg.add(fromMantissa, alg.mul(exponent, alg.constF(k.log10of2.low)));
  const high = alg.constF(k.log10e.high);
  const small = alg.add(alg.add(low, alg.mul(tail, high)), alg.mul(f, high));
  return alg.add(small, alg.mul(exponent, alg.constF(k.log10of2.high)));
}

/** Base-10 logarithm in f64, at most 2 ULP. */
export function log10F64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const parts = split(alg, x, LOG_CONSTANTS_F64);
  return special(alg, x, 0, combineLog10(alg, parts, log1pTailF64(alg, parts.f), LOG10_F64));
}

/**
 * `1 + x` rounds to `u`; what it loses, `c = x - (u - 1)`, goes into `f` scaled as the mantissa of `u` is. For x near
 * 0 the two add up to x exactly.
 */
export function splitOnePlus<F, I, M>(alg: Algebra<F, I, M>, x: F, k: LogConstants): Split<F, I> {
  const one = alg.constF(1);
  const u = alg.add(one, x);
  const parts = splitNormal(alg, u, k, alg.constF(2 ** k.mantissaBits + k.bias));
  const lost = alg.sub(x, alg.sub(u, one));
  // 2^(1 - e): the exponent field of 2^(1-e) is 2 bias + 1 minus that of 2^e; it is 0, not negative, at the largest e.
  const field = alg.constI((2 * k.bias + 1) * 2 ** k.mantissaBits);
  const twiceInverse = alg.bitcastToFloat(alg.subI(field, parts.exponentBits));
  const correction = alg.mul(alg.mul(lost, alg.constF(0.5)), twiceInverse);
  return { ...parts, f: alg.add(parts.f, correction) };
}

/** log(1 + x) in f64, at most 2 ULP. */
export function log1pF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const { exponent, f } = splitOnePlus(alg, x, LOG_CONSTANTS_F64);
  const tail = log1pTailF64(alg, f, alg.mul(exponent, alg.constF(LOG_CONSTANTS_F64.ln2Low)));
  const result = alg.add(alg.mul(exponent, alg.constF(LOG_CONSTANTS_F64.ln2High)), alg.add(f, tail));
  const tiny = alg.cmpLt(alg.abs(x), alg.constF(2 ** -54));
  return alg.select(tiny, x, special(alg, x, -1, result));
}
