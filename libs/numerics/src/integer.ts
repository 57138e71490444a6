/**
 * Wrapping integer arithmetic of any width up to 64, with every case defined (StableHLO's semantics): division by
 * zero gives all ones, the remainder by zero its dividend, the most negative value divided by -1 itself, and shifts
 * past the width shift everything out.
 *
 * Values are canonical: in the range of their type. Up to 32 bits they are numbers, beyond `bigint`. Trapping
 * variants are up to the caller, who checks the divisor first.
 */

import { type AnyFloatFormat, roundToFloat } from './float.js';

/** The operations of one integer type over its value representation. */
export interface IntegerArithmetic<T> {
  readonly width: number;
  readonly signed: boolean;
  /** Smallest and largest value of the type. */
  readonly minValue: T;
  readonly maxValue: T;
  /** The value congruent to `x` modulo 2^width; `x` is any integer (for numbers: a safe one). */
  wrap(x: T): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  /** Truncates toward zero; x/0 has all bits set; min/-1 is min. */
  div(a: T, b: T): T;
  /** The sign of `a`; x%0 is x. */
  rem(a: T, b: T): T;
  neg(a: T): T;
  /** The absolute value; of the most negative value, itself. */
  abs(a: T): T;
  min(a: T, b: T): T;
  max(a: T, b: T): T;
  and(a: T, b: T): T;
  or(a: T, b: T): T;
  xor(a: T, b: T): T;
  not(a: T): T;
  /** Shift amounts count as unsigned; `amount >= width` gives 0. */
  shl(a: T, amount: T): T;
  /** Logical right shift of the bits; `amount >= width` gives 0. */
  shrU(a: T, amount: T): T;
  /** Arithmetic right shift of the bits, also for unsigned types; `amount >= width` gives copies of the top bit. */
  shrS(a: T, amount: T): T;
  popcount(a: T): T;
  countLeadingZeros(a: T): T;
  /** Truncates `x` toward zero and clamps it to the type's range; NaN gives 0. */
  fromFloat(x: number): T;
  /** The value of `format` nearest to `a`, rounded once. */
  toFloat(a: T, format: AnyFloatFormat): number;
}

function popcount32(x: number): number {
  let bits = x - ((x >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Integers of up to 32 bits, as numbers. */
class NarrowArithmetic implements IntegerArithmetic<number> {
  readonly width: number;
  readonly signed: boolean;
  readonly minValue: number;
  readonly maxValue: number;
  /** How far a value moves left for its top bit to be bit 31. */
  private readonly unused: number;

  constructor(width: number, signed: boolean) {
    this.width = width;
    this.signed = signed;
    this.unused = 32 - width;
    this.minValue = signed ? -(2 ** (width - 1)) : 0;
    this.maxValue = signed ? 2 ** (width - 1) - 1 : 2 ** width - 1;
  }

  wrap(x: number): number {
    return this.signed ? (x << this.unused) >> this.unused : (x << this.unused) >>> this.unused;
  }
  add(a: number, b: number): number {
    return this.wrap(a + b);
  }
  sub(a: number, b: number): number {
    return this.wrap(a - b);
  }
  mul(a: number, b: number): number {
    return this.wrap(Math.imul(a, b));
  }
  div(a: number, b: number): number {
    // The quotient of 32-bit integers truncates correctly: its distance to the next integer is above 2^-32.
    return b === 0 ? this.wrap(-1) : this.wrap(Math.trunc(a / b));
  }
  rem(a: number, b: number): number {
    return b === 0 ? a : this.wrap(a % b);
  }
  neg(a: number): number {
    return this.wrap(-a);
  }
  abs(a: number): number {
    return this.wrap(Math.abs(a));
  }
  min(a: number, b: number): number {
    return Math.min(a, b);
  }
  max(a: number, b: number): number {
    return Math.max(a, b);
  }
  and(a: number, b: number): number {
    return this.wrap(a & b);
  }
  or(a: number, b: number): number {
    return this.wrap(a | b);
  }
  xor(a: number, b: number): number {
    return this.wrap(a ^ b);
  }
  not(a: number): number {
    return this.wrap(~a);
  }
  shl(a: number, amount: number): number {
    return amount >>> 0 < this.width ? this.wrap(a << amount) : 0;
  }
  shrU(a: number, amount: number): number {
    return amount >>> 0 < this.width ? this.wrap(((a << this.unused) >>> this.unused) >>> amount) : 0;
  }
  shrS(a: number, amount: number): number {
    const places = amount >>> 0 < this.width ? amount : this.width - 1;
    return this.wrap(((a << this.unused) >> this.unused) >> places);
  }
  popcount(a: number): number {
    return this.wrap(popcount32((a << this.unused) >>> this.unused));
  }
  countLeadingZeros(a: number): number {
    return this.wrap(Math.clz32((a << this.unused) >>> this.unused) - this.unused);
  }
  fromFloat(x: number): number {
    if (Number.isNaN(x)) return 0;
    if (x <= this.minValue) return this.minValue;
    if (x >= this.maxValue) return this.maxValue;
    // Adding 0 turns the -0 of a truncated fraction into 0.
    return Math.trunc(x) + 0;
  }
  toFloat(a: number, format: AnyFloatFormat): number {
    return roundToFloat(a, format);
  }
}

/** Integers of 33 to 64 bits, as `bigint`. */
class WideArithmetic implements IntegerArithmetic<bigint> {
  readonly width: number;
  readonly signed: boolean;
  readonly minValue: bigint;
  readonly maxValue: bigint;

  constructor(width: number, signed: boolean) {
    this.width = width;
    this.signed = signed;
    this.minValue = signed ? -(1n << BigInt(width - 1)) : 0n;
    this.maxValue = signed ? (1n << BigInt(width - 1)) - 1n : (1n << BigInt(width)) - 1n;
  }

  wrap(x: bigint): bigint {
    return this.signed ? BigInt.asIntN(this.width, x) : BigInt.asUintN(this.width, x);
  }
  add(a: bigint, b: bigint): bigint {
    return this.wrap(a + b);
  }
  sub(a: bigint, b: bigint): bigint {
    return this.wrap(a - b);
  }
  mul(a: bigint, b: bigint): bigint {
    return this.wrap(a * b);
  }
  div(a: bigint, b: bigint): bigint {
    return b === 0n ? this.wrap(-1n) : this.wrap(a / b);
  }
  rem(a: bigint, b: bigint): bigint {
    return b === 0n ? a : a % b;
  }
  neg(a: bigint): bigint {
    return this.wrap(-a);
  }
  abs(a: bigint): bigint {
    return a < 0n ? this.wrap(-a) : a;
  }
  min(a: bigint, b: bigint): bigint {
    return a < b ? a : b;
  }
  max(a: bigint, b: bigint): bigint {
    return a > b ? a : b;
  }
  and(a: bigint, b: bigint): bigint {
    return a & b;
  }
  or(a: bigint, b: bigint): bigint {
    return a | b;
  }
  xor(a: bigint, b: bigint): bigint {
    return a ^ b;
  }
  not(a: bigint): bigint {
    return this.wrap(~a);
  }
  shl(a: bigint, amount: bigint): bigint {
    const places = BigInt.asUintN(this.width, amount);
    return places < BigInt(this.width) ? this.wrap(a << places) : 0n;
  }
  shrU(a: bigint, amount: bigint): bigint {
    return this.wrap(BigInt.asUintN(this.width, a) >> this.clampShift(amount));
  }
  shrS(a: bigint, amount: bigint): bigint {
    return this.wrap(BigInt.asIntN(this.width, a) >> this.clampShift(amount));
  }
  popcount(a: bigint): bigint {
    const bits = BigInt.asUintN(this.width, a);
    return BigInt(popcount32(Number(bits >> 32n) | 0) + popcount32(Number(bits & 0xffffffffn) | 0));
  }
  countLeadingZeros(a: bigint): bigint {
    const bits = BigInt.asUintN(this.width, a);
    const high = Number(bits >> 32n);
    const zeros = high === 0 ? 32 + Math.clz32(Number(bits)) : Math.clz32(high);
    return BigInt(zeros - (64 - this.width));
  }
  fromFloat(x: number): bigint {
    if (Number.isNaN(x)) return 0n;
    // The bounds round away from zero as doubles, so an x that passes converts into the range or is clamped below.
    if (x <= Number(this.minValue)) return this.minValue;
    if (x >= Number(this.maxValue)) return this.maxValue;
    return BigInt(Math.trunc(x));
  }
  toFloat(a: bigint, format: AnyFloatFormat): number {
    const nearest = Number(a);
    // `Number` rounds once, which is all f64 needs, and nothing to do below 2^53.
    if (format === 'f64' || Number.isSafeInteger(nearest)) return roundToFloat(nearest, format);
    // Rounded to odd at 48 bits, the second rounding sees on which side of a tie the value lies.
    const odd = (a >> 16n) | ((a & 0xffffn) === 0n ? 0n : 1n);
    return roundToFloat(Number(odd) * 65536, format);
  }

  /** Shifting a canonical value by its width or more gives what shifting by the width gives. */
  private clampShift(amount: bigint): bigint {
    const places = BigInt.asUintN(this.width, amount);
    const width = BigInt(this.width);
    return places < width ? places : width;
  }
}

const narrow = new Map<number, IntegerArithmetic<number>>();
const wide = new Map<number, IntegerArithmetic<bigint>>();

function cacheKey(width: number, signed: boolean): number {
  return signed ? width : -width;
}

/**
 * Arithmetic on integers of 1 to 32 bits, as numbers. A signless type is best held as signed.
 *
 * @throws RangeError for another width.
 */
export function narrowInteger(width: number, { signed }: { signed: boolean }): IntegerArithmetic<number> {
  if (!Number.isInteger(width) || width < 1 || width > 32) {
    throw new RangeError(`narrowInteger: expected a width of 1 to 32 bits, got ${width}; wideInteger takes up to 64`);
  }
  const key = cacheKey(width, signed);
  let arithmetic = narrow.get(key);
  if (arithmetic === undefined) {
    arithmetic = new NarrowArithmetic(width, signed);
    narrow.set(key, arithmetic);
  }
  return arithmetic;
}

/**
 * Arithmetic on integers of 33 to 64 bits, as `bigint`.
 *
 * @throws RangeError for another width.
 */
export function wideInteger(width: number, { signed }: { signed: boolean }): IntegerArithmetic<bigint> {
  if (!Number.isInteger(width) || width < 33 || width > 64) {
    throw new RangeError(`wideInteger: expected a width of 33 to 64 bits, got ${width}; narrowInteger takes fewer`);
  }
  const key = cacheKey(width, signed);
  let arithmetic = wide.get(key);
  if (arithmetic === undefined) {
    arithmetic = new WideArithmetic(width, signed);
    wide.set(key, arithmetic);
  }
  return arithmetic;
}
