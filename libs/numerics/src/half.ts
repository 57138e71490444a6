/**
 * f16 and bf16: the bits of a number rounded to nearest even (once, from the double), and back.
 *
 * Values of these formats are held as numbers everywhere; only memory holds their bits.
 */

import { f32Bits, f32FromBits, f64FromHalves, f64HighBits } from './bits.js';

/** The 16-bit formats. */
export type HalfFormat = 'f16' | 'bf16';

/**
 * Rounds `x` to a format with `mantissaBits` and exponents `minExponent..maxExponent` of normal values, subnormals
 * included. Adding a power of two whose unit in the last place is the spacing of the format at x makes the
 * hardware's addition round to that spacing, ties to even.
 */
function roundToFormat(x: number, mantissaBits: number, minExponent: number, maxExponent: number): number {
  const magnitude = Math.abs(x);
  // Zero, infinity, NaN.
  if (!(magnitude > 0 && magnitude < Number.POSITIVE_INFINITY)) return x;
  const exponent = (f64HighBits(magnitude) >>> 20) - 1023;
  if (exponent > maxExponent) return x < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const spacing = Math.max(exponent, minExponent) - mantissaBits;
  const magic = f64FromHalves((spacing + 52 + 1023) << 20, 0);
  let rounded = magnitude + magic - magic;
  if (rounded >= 2 ** (maxExponent + 1)) rounded = Number.POSITIVE_INFINITY;
  return x < 0 ? -rounded : rounded;
}

/** The f16 value nearest to `x`, ties to even; infinite from 65520 on. */
export function roundToF16(x: number): number {
  return roundToFormat(x, 10, -14, 15);
}

/** The bf16 value nearest to `x`, ties to even. */
export function roundToBf16(x: number): number {
  return roundToFormat(x, 7, -126, 127);
}

/** The 16 bits of `x` rounded to f16; every NaN becomes the quiet NaN 0x7e00. */
export function f16Bits(x: number): number {
  const value = roundToF16(x);
  if (Number.isNaN(value)) return 0x7e00;
  const sign = f64HighBits(value) < 0 ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | (magnitude * 2 ** 24);
  const bits = f32Bits(magnitude);
  return sign | ((bits - (112 << 23)) >>> 13);
}

/** The value of 16 bits of f16. */
export function f16FromBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * f32FromBits(((exponent + 112) << 23) | (mantissa << 13));
}

/** The 16 bits of `x` rounded to bf16; every NaN becomes the quiet NaN 0x7fc0. */
export function bf16Bits(x: number): number {
  const value = roundToBf16(x);
  return Number.isNaN(value) ? 0x7fc0 : f32Bits(value) >>> 16;
}

/** The value of 16 bits of bf16. */
export function bf16FromBits(bits: number): number {
  return f32FromBits(bits << 16);
}
