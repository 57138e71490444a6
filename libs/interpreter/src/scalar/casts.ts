// Conversions between scalar types, by the names of arith's cast ops.
import { FloatType, IndexType, IntegerType, type Type } from '@budflow/ir';
import {
  type AnyFloatFormat,
  bf16Bits,
  bf16FromBits,
  f16Bits,
  f16FromBits,
  f32Bits,
  f32FromBits,
  f64Bits,
  f64FromBits,
  nextDown,
  nextUp,
  roundToFloat,
} from '@budflow/numerics';
import { isBigType, toIndex } from '../element.js';
import { notInterpretable } from '../interpretable.js';
import { RuntimeTrap } from '../trap.js';
import { floatFormat, rounding } from './floats.js';
import { fromBigInt, isSignedForm } from './integers.js';

export type CastOp =
  | 'extsi'
  | 'extui'
  | 'trunci'
  | 'extf'
  | 'truncf'
  | 'sitofp'
  | 'uitofp'
  | 'fptosi'
  | 'fptoui'
  | 'index_cast'
  | 'index_castui'
  | 'bitcast';

export type RoundingMode = 'to_nearest_even' | 'downward' | 'upward' | 'toward_zero' | 'to_nearest_away';

export type ScalarCast = (x: number | bigint) => number | bigint;

function widthOf(type: Type): number {
  return type instanceof IndexType ? 64 : (type as IntegerType | FloatType).width;
}

/** A scalar conversion. `to_nearest_even` unless another mode is given for truncf. */
export function scalarCast(op: CastOp, from: Type, to: Type, mode: RoundingMode = 'to_nearest_even'): ScalarCast {
  switch (op) {
    case 'extsi':
    case 'index_cast':
      return integerCast(from, to, { signed: true });
    case 'extui':
    case 'index_castui':
      return integerCast(from, to, { signed: false });
    case 'trunci':
      return integerCast(from, to, { signed: true });
    case 'extf':
      return rounding(to) as ScalarCast;
    case 'truncf':
      return (mode === 'to_nearest_even' ? rounding(to) : directedRounding(floatFormat(to), mode)) as ScalarCast;
    case 'sitofp':
      return integerToFloat(from, to, { signed: true });
    case 'uitofp':
      return integerToFloat(from, to, { signed: false });
    case 'fptosi':
      return floatToInteger(to, { signed: true });
    case 'fptoui':
      return floatToInteger(to, { signed: false });
    case 'bitcast':
      return bitcast(from, to);
  }
}

function integerCast(from: Type, to: Type, { signed }: { signed: boolean }): ScalarCast {
  const width = widthOf(from);
  if (!isBigType(from) && !isBigType(to) && !(from instanceof IndexType) && !(to instanceof IndexType)) {
    const unused = 32 - width;
    const keep = 32 - widthOf(to);
    const signedTo = isSignedForm(to as IntegerType);
    return (x) => {
      const value = signed ? ((x as number) << unused) >> unused : ((x as number) << unused) >>> unused;
      return signedTo ? (value << keep) >> keep : (value << keep) >>> keep;
    };
  }
  const view = signed ? BigInt.asIntN : BigInt.asUintN;
  const back = fromBigInt(to);
  if (from instanceof IndexType && to instanceof IndexType) return (x) => x;
  if (to instanceof IndexType && !isBigType(from)) {
    const unused = 32 - width;
    return signed ? (x) => ((x as number) << unused) >> unused : (x) => ((x as number) << unused) >>> unused;
  }
  return (x) => back(view(width, BigInt(x)));
}

function integerToFloat(from: Type, to: Type, { signed }: { signed: boolean }): ScalarCast {
  const format = floatFormat(to);
  const width = widthOf(from);
  if (!isBigType(from) && !(from instanceof IndexType)) {
    const unused = 32 - width;
    const round = rounding(to);
    return signed
      ? (x) => round(((x as number) << unused) >> unused)
      : (x) => round(((x as number) << unused) >>> unused);
  }
  const view = signed ? BigInt.asIntN : BigInt.asUintN;
  return (x) => floatFromBigInt(view(width, BigInt(x)), format);
}

/** A bigint rounded once to a float format. */
export function floatFromBigInt(x: bigint, format: AnyFloatFormat): number {
  // Number() rounds correctly to f64; narrower formats must not be rounded twice.
  const magnitude = x < 0n ? -x : x;
  if (format === 'f64' || magnitude < 1n << 53n) return roundToFloat(Number(x), format);
  const drop = BigInt(magnitude.toString(2).length - 52);
  const kept = magnitude >> drop;
  const sticky = kept << drop === magnitude ? 0n : 1n;
  // 52 bits, then one that says whether anything was cut off.
  const value = Number((kept << 1n) | sticky) * 2 ** Number(drop - 1n);
  return roundToFloat(x < 0n ? -value : value, format);
}

function outOfRange(x: number, to: Type): RuntimeTrap {
  return new RuntimeTrap('Undefined', `conversion of ${x} to ${to}, which does not hold it`);
}

function floatToInteger(to: Type, { signed }: { signed: boolean }): ScalarCast {
  const width = widthOf(to);
  const low = signed ? -(2 ** (width - 1)) : 0;
  const limit = 2 ** (signed ? width - 1 : width);
  const big = isBigType(to) || to instanceof IndexType;
  const back = fromBigInt(to);
  const wrapUnsigned = !big && isSignedForm(to as IntegerType);
  const unused = 32 - width;
  return (x) => {
    const whole = Math.trunc(x as number);
    if (!(whole >= low && whole < limit)) throw outOfRange(x as number, to);
    if (big) return back(BigInt(whole));
    return wrapUnsigned ? (whole << unused) >> unused : (whole << unused) >>> unused;
  };
}

/** Rounds to a format in a mode other than nearest-even. */
function directedRounding(format: AnyFloatFormat, mode: RoundingMode): (x: number) => number {
  return (x) => {
    const near = roundToFloat(x, format);
    if (near === x || Number.isNaN(x)) return near;
    if (!Number.isFinite(x)) return near;
    const up = near > x ? near : nextUp(near, format);
    const down = near < x ? near : nextDown(near, format);
    const zero = x > 0 ? down : up;
    const away = x > 0 ? up : down;
    switch (mode) {
      case 'to_nearest_even':
        return near;
      case 'downward':
        return down;
      case 'upward':
        return up;
      case 'toward_zero':
        return zero === 0 && x < 0 ? -0 : zero;
      case 'to_nearest_away':
        if (!Number.isFinite(near)) return near;
        return Math.abs(x - zero) < Math.abs(away - x) ? zero : away;
    }
  };
}

/** The bits of a scalar, unsigned. */
function bitsOf(type: Type): (x: number | bigint) => bigint {
  if (type instanceof FloatType) {
    switch (floatFormat(type)) {
      case 'f64':
        return (x) => BigInt.asUintN(64, f64Bits(x as number));
      case 'f32':
        return (x) => BigInt(f32Bits(x as number));
      case 'f16':
        return (x) => BigInt(f16Bits(x as number));
      case 'bf16':
        return (x) => BigInt(bf16Bits(x as number));
    }
  }
  if (!(type instanceof IntegerType) && !(type instanceof IndexType)) throw notInterpretable(`the bits of ${type}`);
  const width = widthOf(type);
  return (x) => BigInt.asUintN(width, BigInt(x));
}

function fromBits(type: Type): (bits: bigint) => number | bigint {
  if (type instanceof FloatType) {
    switch (floatFormat(type)) {
      case 'f64':
        return (bits) => f64FromBits(bits);
      case 'f32':
        return (bits) => f32FromBits(Number(bits));
      case 'f16':
        return (bits) => f16FromBits(Number(bits));
      case 'bf16':
        return (bits) => bf16FromBits(Number(bits));
    }
  }
  if (type instanceof IndexType) return (bits) => toIndex(BigInt.asIntN(64, bits));
  return fromBigInt(type);
}

function bitcast(from: Type, to: Type): ScalarCast {
  if (from instanceof FloatType && to instanceof IntegerType) {
    if (from.name === 'f32' && isSignedForm(to)) return (x) => f32Bits(x as number) | 0;
  }
  if (from instanceof IntegerType && to instanceof FloatType && to.name === 'f32')
    return (x) => f32FromBits(x as number);
  const read = bitsOf(from);
  const write = fromBits(to);
  return (x) => write(read(x));
}
