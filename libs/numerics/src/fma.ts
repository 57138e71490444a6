/**
 * Fused multiply-add, rounded once, in software: what hardware `fma` gives, bit for bit.
 *
 * f64 follows Boldo and Melquiond ("Emulation of FMA and correctly rounded sums: proved algorithms using rounding to
 * odd"): the exact product and sum as unevaluated pairs, the tails added with rounding to odd, then one rounding to
 * nearest. Outside the range where those pairs are exact, integers do the work.
 */

import { f64Bits, f64FromHalves, f64HighBits, f64LowBits } from './bits.js';

/** The rounding error of `sum = a + b`, exact in the absence of overflow (Knuth's two-sum). */
function sumError(a: number, b: number, sum: number): number {
  const bPart = sum - a;
  return a - (sum - bPart) + (b - bPart);
}

/** The upper 26 bits of a double (Veltkamp). */
function upperPart(a: number): number {
  const scaled = 134217729 * a;
  return scaled - (scaled - a);
}

/** `sum` moved, if it is inexact and its last bit is even, by one bit in the direction of `error`: rounding to odd. */
function toOdd(sum: number, error: number): number {
  if (error === 0 || f64LowBits(sum) & 1) return sum;
  // Toward the error: larger in magnitude when both have one sign, else smaller.
  const lo = f64LowBits(sum);
  const hi = f64HighBits(sum);
  if (error > 0 === sum > 0) return f64FromHalves(hi, lo | 1);
  return lo === 0 ? f64FromHalves(hi - 1, -1) : f64FromHalves(hi, lo - 1);
}

/** `a * b + c` rounded once to f32; the arguments must be values of f32. */
export function fmaF32(a: number, b: number, c: number): number {
  // 48 bits: the product of two f32 is exact in a double. The sum is rounded to odd there, which leaves the second
  // rounding, to half as many bits, correct.
  const product = a * b;
  const sum = product + c;
  // Infinities make the error NaN: there is nothing to correct then.
  const error = sumError(product, c, sum);
  return Math.fround(Number.isNaN(error) ? sum : toOdd(sum, error));
}

/** `a * b + c` rounded once to f64. */
export function fmaF64(a: number, b: number, c: number): number {
  const magnitudeA = Math.abs(a);
  const magnitudeB = Math.abs(b);
  const magnitudeC = Math.abs(c);
  const inRange =
    magnitudeA < 2 ** 480 &&
    magnitudeB < 2 ** 480 &&
    magnitudeA > 2 ** -480 &&
    magnitudeB > 2 ** -480 &&
    magnitudeC < 2 ** 1000;
  if (!inRange) return fmaOutOfRange(a, b, c);

  // product + productError = a * b exactly (Dekker).
  const product = a * b;
  const aHigh = upperPart(a);
  const aLow = a - aHigh;
  const bHigh = upperPart(b);
  const bLow = b - bHigh;
  const productError = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);

  const tail = c + productError;
  const tailError = sumError(c, productError, tail);
  const head = product + tail;
  const headError = sumError(product, tail, head);
  const rest = tailError + headError;
  // A zero rest must not touch the sign of an exact zero, nor of -0 + -0.
  if (rest === 0) return head;
  return head + toOdd(rest, sumError(tailError, headError, rest));
}

function fmaOutOfRange(a: number, b: number, c: number): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a * b + c;
  // A product that overflows must not meet an infinite c as an infinity.
  if (!Number.isFinite(c)) return c;
  // Zero products are exact; a zero c leaves one rounding, but the product of nonzero factors keeps its sign.
  if (a === 0 || b === 0) return a * b + c;
  if (c === 0) return a * b;
  const x = decompose(a);
  const y = decompose(b);
  const z = decompose(c);
  const exponent = Math.min(x.exponent + y.exponent, z.exponent);
  const product = (x.mantissa * y.mantissa) << BigInt(x.exponent + y.exponent - exponent);
  return roundToF64(product + (z.mantissa << BigInt(z.exponent - exponent)), exponent);
}

/** A finite double as `mantissa * 2^exponent`. */
function decompose(x: number): { mantissa: bigint; exponent: number } {
  const bits = BigInt.asUintN(63, f64Bits(x));
  const field = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = field === 0 ? fraction : fraction | 0x10000000000000n;
  return { mantissa: x < 0 ? -magnitude : magnitude, exponent: (field === 0 ? 1 : field) - 1075 };
}

/** `mantissa * 2^exponent` rounded to the nearest double, ties to even; +0 for zero. */
export function roundToF64(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0;
  const negative = mantissa < 0n;
  let magnitude = negative ? -mantissa : mantissa;
  const bitLength = magnitude.toString(2).length;
  // The place of the last bit that a double keeps of this value.
  const lastPlace = Math.max(exponent + bitLength - 53, -1074);
  const drop = lastPlace - exponent;
  if (drop > 0) {
    const shift = BigInt(drop);
    const remainder = magnitude & ((1n << shift) - 1n);
    magnitude >>= shift;
    const half = 1n << (shift - 1n);
    if (remainder > half || (remainder === half && magnitude & 1n)) magnitude += 1n;
  } else {
    magnitude <<= BigInt(-drop);
  }
  // At most 53 bits and a carry: exact. The scaling is exact too, in two steps where one factor would overflow.
  const value = Number(magnitude);
  const scaled = lastPlace > 900 ? value * 2 ** 900 * 2 ** (lastPlace - 900) : value * 2 ** lastPlace;
  return negative ? -scaled : scaled;
}
