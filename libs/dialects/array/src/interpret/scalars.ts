// Scalar functions of the elementwise ops, with StableHLO's semantics: no case is undefined.

import {
  type ComplexBinary,
  type ComplexFunction,
  type ComplexParts,
  complexAbs,
  complexBinary,
  complexFunction,
  complexPower,
  partArithmetic,
} from '@budflow/dialect-core';
import {
  ComplexValue,
  type Evaluator1,
  type Evaluator2,
  floatBinary,
  floatUnary,
  integerPower,
  isBigType,
  rounding,
  type ScalarCast,
  scalarCast,
  toIndex,
} from '@budflow/interpreter';
import { ComplexType, FloatType, IndexType, type IntegerType, type Type } from '@budflow/ir';
import { type IntegerArithmetic, narrowInteger, wideInteger } from '@budflow/numerics';
import { isBoolean, isUnsigned } from '../element-types.js';
import type { BinaryKind, ComparePredicate, UnaryKind } from '../kinds.js';

type IntegerUnaryName = 'neg' | 'abs' | 'not' | 'sign' | 'popcount' | 'clz';
type IntegerBinaryName = Exclude<BinaryKind, 'pow' | 'atan2'>;

/** Arithmetic of an integer type over its scalars; undefined for index, whose scalars are numbers of 64-bit range. */
function arithmetic(type: IntegerType): IntegerArithmetic<number> | IntegerArithmetic<bigint> {
  const signed = !isUnsigned(type);
  return isBigType(type) ? wideInteger(type.width, { signed }) : narrowInteger(type.width, { signed });
}

const indexArithmetic = wideInteger(64, { signed: true });

const INTEGER_UNARY = { neg: 'neg', abs: 'abs', not: 'not', popcount: 'popcount', clz: 'countLeadingZeros' } as const;

function integerUnaryScalar(kind: IntegerUnaryName, type: Type): Evaluator1 {
  if (kind === 'sign') return isBigType(type) ? bigSign : Math.sign;
  const name = INTEGER_UNARY[kind];
  if (type instanceof IndexType) return (a: number) => toIndex(indexArithmetic[name](BigInt(a)));
  const a = arithmetic(type as IntegerType) as IntegerArithmetic<number>;
  return (x: number) => a[name](x);
}

const bigSign: Evaluator1 = (a: bigint) => (a > 0n ? 1n : a < 0n ? -1n : 0n);

/** Wrapping power; a negative one is 0, unless the base is 1 or -1. */
export function integerPowerScalar(type: Type): Evaluator2 {
  const power = integerPower(type);
  return (a: number | bigint, b: number | bigint) => ((a === 0 || a === 0n) && b < 0 ? a : power(a, b));
}

/** Names of the arithmetic for the kinds that are called otherwise. */
const SHIFTS = { shl: 'shl', shr_s: 'shrS', shr_u: 'shrU' } as const;

function integerBinaryScalar(kind: IntegerBinaryName, type: Type): Evaluator2 {
  const name = kind === 'shl' || kind === 'shr_s' || kind === 'shr_u' ? SHIFTS[kind] : kind;
  if (type instanceof IndexType) return (a: number, b: number) => toIndex(indexArithmetic[name](BigInt(a), BigInt(b)));
  const a = arithmetic(type as IntegerType) as IntegerArithmetic<number>;
  return (x: number, y: number) => a[name](x, y);
}

const FLOAT_UNARY: Partial<Record<UnaryKind, string>> = { neg: 'negf', abs: 'absf', round_even: 'roundeven' };

export function floatUnaryName(kind: UnaryKind): string {
  return FLOAT_UNARY[kind] ?? kind;
}

/** Functions of complex numbers; real, imag and abs give numbers. */
function complexUnaryScalar(kind: UnaryKind, type: Type): Evaluator1 {
  const arithmetic = partArithmetic(type);
  const of = (f: (z: ComplexValue) => ComplexParts<number>): Evaluator1 => {
    return (z: ComplexValue) => {
      const { re, im } = f(z);
      return new ComplexValue(re, im);
    };
  };
  switch (kind) {
    case 'real':
      return (z: ComplexValue) => z.re;
    case 'imag':
      return (z: ComplexValue) => z.im;
    case 'abs':
      return (z: ComplexValue) => complexAbs(arithmetic, z);
    case 'neg':
      return of(({ re, im }) => ({ re: -re, im: -im }));
    case 'conj':
      return of(({ re, im }) => ({ re, im: -im }));
    default:
      return of((z) => complexFunction(kind as ComplexFunction, arithmetic, z));
  }
}

function complexBinaryScalar(kind: BinaryKind, type: Type): Evaluator2 {
  const arithmetic = partArithmetic(type);
  return (a: ComplexValue, b: ComplexValue) => {
    const { re, im } =
      kind === 'pow' ? complexPower(arithmetic, a, b) : complexBinary(kind as ComplexBinary, arithmetic, a, b);
    return new ComplexValue(re, im);
  };
}

export function unaryScalar(kind: UnaryKind, type: Type): Evaluator1 {
  if (type instanceof ComplexType) return complexUnaryScalar(kind, type);
  // NaN and zeros are their own sign.
  if (kind === 'sign' && type instanceof FloatType) return Math.sign;
  if (type instanceof FloatType) return floatUnary(floatUnaryName(kind), type) as Evaluator1;
  return integerUnaryScalar(kind as IntegerUnaryName, type);
}

const FLOAT_BINARY = {
  add: 'addf',
  sub: 'subf',
  mul: 'mulf',
  div: 'divf',
  rem: 'remf',
  min: 'minimumf',
  max: 'maximumf',
} as const;

export function binaryScalar(kind: BinaryKind, type: Type): Evaluator2 {
  if (type instanceof ComplexType) return complexBinaryScalar(kind, type);
  if (type instanceof FloatType)
    return floatBinary(FLOAT_BINARY[kind as keyof typeof FLOAT_BINARY], type) as Evaluator2;
  return integerBinaryScalar(kind as IntegerBinaryName, type);
}

/** Scalars of every type compare as they are: their form has the sign of the type. Gives 0 or 1. */
export function compareScalar(predicate: ComparePredicate, type: Type): Evaluator2 {
  if (type instanceof ComplexType) {
    const equal = predicate === 'eq' ? 1 : 0;
    return (a: ComplexValue, b: ComplexValue) => (a.re === b.re && a.im === b.im ? equal : 1 - equal);
  }
  switch (predicate) {
    case 'eq':
      return (a: number, b: number) => (a === b ? 1 : 0);
    case 'ne':
      return (a: number, b: number) => (a !== b ? 1 : 0);
    case 'lt':
      return (a: number, b: number) => (a < b ? 1 : 0);
    case 'le':
      return (a: number, b: number) => (a <= b ? 1 : 0);
    case 'gt':
      return (a: number, b: number) => (a > b ? 1 : 0);
    case 'ge':
      return (a: number, b: number) => (a >= b ? 1 : 0);
  }
}

/** array.cast to complex numbers, of real or complex ones. */
export function convertToComplex(from: Type, to: ComplexType): Evaluator1 {
  const part = convertScalar(from instanceof ComplexType ? from.element : from, to.element);
  if (!(from instanceof ComplexType)) return (x: number | bigint) => new ComplexValue(part(x) as number, 0);
  return ({ re, im }: ComplexValue) => new ComplexValue(part(re) as number, part(im) as number);
}

/** array.cast on real scalars. */
export function convertScalar(from: Type, to: Type): ScalarCast {
  if (from === to) return (x) => x;
  // NaN differs from zero.
  if (isBoolean(to)) return (x) => (x === 0 || x === 0n ? 0 : 1);
  const unsigned = isUnsigned(from);
  if (from instanceof FloatType) {
    if (to instanceof FloatType) return rounding(to) as ScalarCast;
    // The interpreter's indices stop at 2^53: saturation at 2^63 - 1 traps there.
    if (to instanceof IndexType) return (x) => toIndex(indexArithmetic.fromFloat(x as number));
    const target = arithmetic(to as IntegerType) as IntegerArithmetic<number>;
    return (x) => target.fromFloat(x as number);
  }
  if (to instanceof FloatType) return scalarCast(unsigned ? 'uitofp' : 'sitofp', from, to);
  return scalarCast(unsigned ? 'extui' : 'extsi', from, to);
}
