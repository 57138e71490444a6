/**
 * The algebra that computes: handles are plain numbers, masks are booleans. This is what constant folding and the
 * interpreter use.
 *
 * f32: `Math.fround` after each operation. One rounding to double and one to float give the same result as a single
 * rounding to float for add, sub, mul, div and sqrt (double has more than twice the bits plus two), so this is exact.
 * f64: doubles as they are; 64-bit integers are pairs of 32-bit halves, which is several times faster than `bigint`.
 */

import type { Algebra } from './algebra.js';
import { f32Bits, f32FromBits, f64FromHalves, f64HighBits, f64LowBits } from './bits.js';
import { roundEven } from './float.js';
import { fmaF32, fmaF64 } from './fma.js';

/** The scalar algebra of f32: every number handle is a value of f32, every integer handle an int32. */
export class ScalarF32 implements Algebra<number, number, boolean> {
  readonly format = 'f32';

  constF(value: number): number {
    return Math.fround(value);
  }
  constI(value: number): number {
    return value | 0;
  }
  add(a: number, b: number): number {
    return Math.fround(a + b);
  }
  sub(a: number, b: number): number {
    return Math.fround(a - b);
  }
  mul(a: number, b: number): number {
    return Math.fround(a * b);
  }
  mulAdd(a: number, b: number, c: number): number {
    return Math.fround(Math.fround(a * b) + c);
  }
  div(a: number, b: number): number {
    return Math.fround(a / b);
  }
  neg(a: number): number {
    return -a;
  }
  abs(a: number): number {
    return Math.abs(a);
  }
  sqrt(a: number): number {
    return Math.fround(Math.sqrt(a));
  }
  floor(a: number): number {
    return Math.floor(a);
  }
  roundEven(a: number): number {
    return roundEven(a);
  }
  min(a: number, b: number): number {
    return Math.min(a, b);
  }
  max(a: number, b: number): number {
    return Math.max(a, b);
  }
  cmpEq(a: number, b: number): boolean {
    return a === b;
  }
  cmpLt(a: number, b: number): boolean {
    return a < b;
  }
  cmpLe(a: number, b: number): boolean {
    return a <= b;
  }
  cmpUnordered(a: number, b: number): boolean {
    return Number.isNaN(a) || Number.isNaN(b);
  }
  select(mask: boolean, a: number, b: number): number {
    return mask ? a : b;
  }
  selectI(mask: boolean, a: number, b: number): number {
    return mask ? a : b;
  }
  selectRare(mask: boolean, common: readonly number[], cold: (alg: this) => readonly number[]): readonly number[] {
    return mask ? cold(this) : common;
  }
  andM(a: boolean, b: boolean): boolean {
    return a && b;
  }
  orM(a: boolean, b: boolean): boolean {
    return a || b;
  }
  notM(a: boolean): boolean {
    return !a;
  }
  addI(a: number, b: number): number {
    return (a + b) | 0;
  }
  subI(a: number, b: number): number {
    return (a - b) | 0;
  }
  mulI(a: number, b: number): number {
    return Math.imul(a, b);
  }
  andI(a: number, b: number): number {
    return a & b;
  }
  orI(a: number, b: number): number {
    return a | b;
  }
  xorI(a: number, b: number): number {
    return a ^ b;
  }
  shlI(a: number, amount: number): number {
    return a << amount;
  }
  shrS(a: number, amount: number): number {
    return a >> amount;
  }
  shrU(a: number, amount: number): number {
    return (a >>> amount) | 0;
  }
  cmpEqI(a: number, b: number): boolean {
    return a === b;
  }
  cmpLtI(a: number, b: number): boolean {
    return a < b;
  }
  bitcastToInt(a: number): number {
    return f32Bits(a) | 0;
  }
  bitcastToFloat(a: number): number {
    return f32FromBits(a);
  }
  intToFloat(a: number): number {
    return Math.fround(a);
  }
  floatToInt(a: number): number {
    return a | 0;
  }
}

/** A 64-bit integer as its two 32-bit halves, both signed. */
export interface Int64Halves {
  readonly hi: number;
  readonly lo: number;
}

/** 1 where `a < b` as unsigned 32-bit integers: the carry of a sum or the borrow of a difference. */
function unsignedLess(a: number, b: number): number {
  return a >>> 0 < b >>> 0 ? 1 : 0;
}

/** The scalar algebra of f64. */
export class ScalarF64 implements Algebra<number, Int64Halves, boolean> {
  readonly format = 'f64';

  constF(value: number): number {
    return value;
  }
  constI(value: number): Int64Halves {
    return { hi: Math.floor(value / 4294967296) | 0, lo: value | 0 };
  }
  add(a: number, b: number): number {
    return a + b;
  }
  sub(a: number, b: number): number {
    return a - b;
  }
  mul(a: number, b: number): number {
    return a * b;
  }
  mulAdd(a: number, b: number, c: number): number {
    return a * b + c;
  }
  div(a: number, b: number): number {
    return a / b;
  }
  neg(a: number): number {
    return -a;
  }
  abs(a: number): number {
    return Math.abs(a);
  }
  sqrt(a: number): number {
    return Math.sqrt(a);
  }
  floor(a: number): number {
    return Math.floor(a);
  }
  roundEven(a: number): number {
    return roundEven(a);
  }
  min(a: number, b: number): number {
    return Math.min(a, b);
  }
  max(a: number, b: number): number {
    return Math.max(a, b);
  }
  cmpEq(a: number, b: number): boolean {
    return a === b;
  }
  cmpLt(a: number, b: number): boolean {
    return a < b;
  }
  cmpLe(a: number, b: number): boolean {
    return a <= b;
  }
  cmpUnordered(a: number, b: number): boolean {
    return Number.isNaN(a) || Number.isNaN(b);
  }
  select(mask: boolean, a: number, b: number): number {
    return mask ? a : b;
  }
  selectI(mask: boolean, a: Int64Halves, b: Int64Halves): Int64Halves {
    return mask ? a : b;
  }
  selectRare(mask: boolean, common: readonly number[], cold: (alg: this) => readonly number[]): readonly number[] {
    return mask ? cold(this) : common;
  }
  andM(a: boolean, b: boolean): boolean {
    return a && b;
  }
  orM(a: boolean, b: boolean): boolean {
    return a || b;
  }
  notM(a: boolean): boolean {
    return !a;
  }
  addI(a: Int64Halves, b: Int64Halves): Int64Halves {
    const lo = (a.lo + b.lo) | 0;
    return { hi: (a.hi + b.hi + unsignedLess(lo, b.lo)) | 0, lo };
  }
  subI(a: Int64Halves, b: Int64Halves): Int64Halves {
    return { hi: (a.hi - b.hi - unsignedLess(a.lo, b.lo)) | 0, lo: (a.lo - b.lo) | 0 };
  }
  mulI(a: Int64Halves, b: Int64Halves): Int64Halves {
    const product = (toBigInt(a) * toBigInt(b)) & 0xffffffffffffffffn;
    return { hi: Number(product >> 32n) | 0, lo: Number(product & 0xffffffffn) | 0 };
  }
  andI(a: Int64Halves, b: Int64Halves): Int64Halves {
    return { hi: a.hi & b.hi, lo: a.lo & b.lo };
  }
  orI(a: Int64Halves, b: Int64Halves): Int64Halves {
    return { hi: a.hi | b.hi, lo: a.lo | b.lo };
  }
  xorI(a: Int64Halves, b: Int64Halves): Int64Halves {
    return { hi: a.hi ^ b.hi, lo: a.lo ^ b.lo };
  }
  shlI(a: Int64Halves, amount: number): Int64Halves {
    if (amount >= 32) return { hi: a.lo << (amount - 32), lo: 0 };
    // A shift of a 32-bit half by 32 would be one by 0: split it in two.
    return { hi: (a.hi << amount) | ((a.lo >>> 1) >>> (31 - amount)), lo: a.lo << amount };
  }
  shrS(a: Int64Halves, amount: number): Int64Halves {
    if (amount >= 32) return { hi: a.hi >> 31, lo: a.hi >> (amount - 32) };
    return { hi: a.hi >> amount, lo: (a.lo >>> amount) | ((a.hi << 1) << (31 - amount)) };
  }
  shrU(a: Int64Halves, amount: number): Int64Halves {
    if (amount >= 32) return { hi: 0, lo: (a.hi >>> (amount - 32)) | 0 };
    return { hi: (a.hi >>> amount) | 0, lo: (a.lo >>> amount) | ((a.hi << 1) << (31 - amount)) };
  }
  cmpEqI(a: Int64Halves, b: Int64Halves): boolean {
    return a.hi === b.hi && a.lo === b.lo;
  }
  cmpLtI(a: Int64Halves, b: Int64Halves): boolean {
    return a.hi < b.hi || (a.hi === b.hi && a.lo >>> 0 < b.lo >>> 0);
  }
  bitcastToInt(a: number): Int64Halves {
    return { hi: f64HighBits(a), lo: f64LowBits(a) };
  }
  bitcastToFloat(a: Int64Halves): number {
    return f64FromHalves(a.hi, a.lo);
  }
  intToFloat(a: Int64Halves): number {
    // The product is exact, so the sum rounds once.
    return a.hi * 4294967296 + (a.lo >>> 0);
  }
  floatToInt(a: number): Int64Halves {
    const whole = Math.trunc(a);
    const hi = Math.floor(whole / 4294967296);
    return { hi: hi | 0, lo: (whole - hi * 4294967296) | 0 };
  }
}

function toBigInt(a: Int64Halves): bigint {
  return (BigInt(a.hi) << 32n) | BigInt(a.lo >>> 0);
}

/** The scalar algebras, one per format. They hold no state. */
export const scalarF32: ScalarF32 = new ScalarF32();
export const scalarF64: ScalarF64 = new ScalarF64();

/** The scalar algebra of f32 on hardware that fuses: `mulAdd` rounds once. */
class FusedF32 extends ScalarF32 {
  override mulAdd(a: number, b: number, c: number): number {
    return fmaF32(a, b, c);
  }
}

/** The scalar algebra of f64 on hardware that fuses. */
class FusedF64 extends ScalarF64 {
  override mulAdd(a: number, b: number, c: number): number {
    return fmaF64(a, b, c);
  }
}

export const fusedF32: ScalarF32 = new FusedF32();
export const fusedF64: ScalarF64 = new FusedF64();
