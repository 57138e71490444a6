/** Exact operations on floats of any format, held as numbers: rounding, remainder, min/max, neighbours, distances. */

import { f32Bits, f32FromBits, f64Bits, f64FromBits } from './bits.js';
import { bf16Bits, bf16FromBits, f16Bits, f16FromBits, roundToBf16, roundToF16 } from './half.js';

/** Every float format that values can have. */
export type AnyFloatFormat = 'f16' | 'bf16' | 'f32' | 'f64';

/** The value of `format` nearest to `x`, ties to even. */
export function roundToFloat(x: number, format: AnyFloatFormat): number {
  switch (format) {
    case 'f64':
      return x;
    case 'f32':
      return Math.fround(x);
    case 'f16':
      return roundToF16(x);
    case 'bf16':
      return roundToBf16(x);
  }
}

/** Nearest integral value of `x`, ties to even; keeps the sign of zero. */
export function roundEven(x: number): number {
  // 2^52 has a unit in the last place of 1: adding it rounds to an integer, and the hardware's ties go to even.
  if (!(Math.abs(x) < 4503599627370496)) return x;
  if (x > 0) return x + 4503599627370496 - 4503599627370496;
  // -0 must not become +0, neither as x nor as a result.
  return x < 0 ? -(-x + 4503599627370496 - 4503599627370496) : x;
}

/** Nearest integral value of `x`, ties away from zero; keeps the sign of zero. */
export function roundAwayFromZero(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

/**
 * The exact remainder of division with the sign of `a` (C's `fmod`). The remainder of two values of one format is a
 * value of that format, so no rounding happens in any of them.
 */
export function remainder(a: number, b: number): number {
  return a % b;
}

/** NaN if either is NaN; -0 is below +0. */
export function minimum(a: number, b: number): number {
  return Math.min(a, b);
}

/** NaN if either is NaN; -0 is below +0. */
export function maximum(a: number, b: number): number {
  return Math.max(a, b);
}

/** The bits of a value of a format as a `bigint`; `x` must be such a value or NaN. */
function magnitudeBits(x: number, format: AnyFloatFormat): bigint {
  const magnitude = Math.abs(x);
  switch (format) {
    case 'f64':
      return f64Bits(magnitude);
    case 'f32':
      return BigInt(f32Bits(magnitude));
    case 'f16':
      return BigInt(f16Bits(magnitude));
    case 'bf16':
      return BigInt(bf16Bits(magnitude));
  }
}

function fromMagnitudeBits(bits: bigint, format: AnyFloatFormat): number {
  switch (format) {
    case 'f64':
      return f64FromBits(bits);
    case 'f32':
      return f32FromBits(Number(bits));
    case 'f16':
      return f16FromBits(Number(bits));
    case 'bf16':
      return bf16FromBits(Number(bits));
  }
}

/** Position of a value on the line of all values of its format, counted from zero; -0 and +0 share a place. */
function ordinal(x: number, format: AnyFloatFormat): bigint {
  const bits = magnitudeBits(x, format);
  return x < 0 ? -bits : bits;
}

/** The next larger value of `format`; `x` must be a value of it. Of NaN, NaN; of +inf, +inf; of either zero the least subnormal. */
export function nextUp(x: number, format: AnyFloatFormat): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  const next = ordinal(x, format) + 1n;
  return next <= 0n ? -fromMagnitudeBits(-next, format) : fromMagnitudeBits(next, format);
}

/** The next smaller value of `format`; `x` must be a value of it. */
export function nextDown(x: number, format: AnyFloatFormat): number {
  return -nextUp(-x, format);
}

/**
 * How many steps between neighbouring values of `format` lead from `a` to `b`. 0 for two NaNs, infinity for one.
 * Infinity counts as the neighbour of the largest finite value.
 */
export function ulpDistance(a: number, b: number, format: AnyFloatFormat): number {
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  }
  const distance = ordinal(a, format) - ordinal(b, format);
  return Number(distance < 0n ? -distance : distance);
}
