// Float arithmetic on scalars: every result rounded once to its type.
import { FloatType, type Type } from '@budflow/ir';
import {
  type AnyFloatFormat,
  binaryMathEvaluator,
  fmaF32,
  fmaF64,
  mathEvaluator,
  mathFunctions,
  nextDown,
  nextUp,
  type RoundingOptions,
  roundAwayFromZero,
  roundEven,
  roundToFloat,
} from '@budflow/numerics';
import { notInterpretable } from '../interpretable.js';

export type FloatOp =
  | 'addf'
  | 'subf'
  | 'mulf'
  | 'divf'
  | 'remf'
  | 'maximumf'
  | 'minimumf'
  | 'maxnumf'
  | 'minnumf'
  | 'copysign';

export const FLOAT_PREDICATES = [
  'false',
  'oeq',
  'ogt',
  'oge',
  'olt',
  'ole',
  'one',
  'ord',
  'ueq',
  'ugt',
  'uge',
  'ult',
  'ule',
  'une',
  'uno',
  'true',
] as const;
export type FloatPredicate = (typeof FLOAT_PREDICATES)[number];

/** The format of a float type; traps for the 8-bit and the very wide ones, which nothing here computes in. */
export function floatFormat(type: Type): AnyFloatFormat {
  if (
    type instanceof FloatType &&
    (type.name === 'f32' || type.name === 'f64' || type.name === 'f16' || type.name === 'bf16')
  )
    return type.name;
  throw notInterpretable(`arithmetic on ${type} cannot be executed`);
}

/** Rounds a number to a float type. */
export function rounding(type: Type): (x: number) => number {
  const format = floatFormat(type);
  if (format === 'f32') return Math.fround;
  if (format === 'f64') return (x) => x;
  return (x) => roundToFloat(x, format);
}

/**
 * A float op on scalars. Computing in doubles and rounding once more is exact: a double has more than twice the bits
 * of the narrower formats plus two.
 */
export function floatBinary(op: FloatOp, type: Type): (a: number, b: number) => number {
  const format = floatFormat(type);
  const round = rounding(type);
  switch (op) {
    case 'addf':
      return format === 'f64'
        ? (a, b) => a + b
        : format === 'f32'
          ? (a, b) => Math.fround(a + b)
          : (a, b) => round(a + b);
    case 'subf':
      return format === 'f64'
        ? (a, b) => a - b
        : format === 'f32'
          ? (a, b) => Math.fround(a - b)
          : (a, b) => round(a - b);
    case 'mulf':
      return format === 'f64'
        ? (a, b) => a * b
        : format === 'f32'
          ? (a, b) => Math.fround(a * b)
          : (a, b) => round(a * b);
    case 'divf':
      return format === 'f64'
        ? (a, b) => a / b
        : format === 'f32'
          ? (a, b) => Math.fround(a / b)
          : (a, b) => round(a / b);
    // The remainder of two values of a format is a value of it; these select one of their operands.
    case 'remf':
      return (a, b) => a % b;
    case 'maximumf':
      return (a, b) => Math.max(a, b);
    case 'minimumf':
      return (a, b) => Math.min(a, b);
    case 'maxnumf':
      return (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b));
    case 'minnumf':
      return (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b));
    case 'copysign':
      return (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a));
  }
}

/** Exact functions of one float; everything else is a math function of numerics. */
const EXACT: Record<string, (x: number) => number> = {
  negf: (x) => -x,
  absf: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  round: roundAwayFromZero,
  roundeven: roundEven,
};

/** Whether `floatUnary` can give the function for the type. */
export function hasFloatUnary(name: string, type: Type): boolean {
  if (Object.hasOwn(EXACT, name) || name === 'sqrt') return true;
  const { format } = mathFormat(type);
  return Object.hasOwn(mathFunctions, name) && mathFunctions[name]!.formats[format] !== undefined;
}

function mathFormat(type: Type): { format: 'f32' | 'f64'; half: boolean } {
  const format = floatFormat(type);
  return format === 'f64' ? { format, half: false } : { format: 'f32', half: format !== 'f32' };
}

/**
 * A function of one float by the name of its `math` op (or `negf`): numerics' own, so that folds, interpretation and
 * compiled code agree. With `fused`, multiply-adds of an expansion round once;
 * with `fast` it is the expansion of ops that allow approximation. f16 and bf16 are computed in f32. Traps when numerics does not have the function.
 */
export function floatUnary(name: string, type: Type, options: RoundingOptions = {}): (x: number) => number {
  if (Object.hasOwn(EXACT, name)) return EXACT[name]!;
  const round = rounding(type);
  if (name === 'sqrt') return (x) => round(Math.sqrt(x));
  if (!hasFloatUnary(name, type)) throw notInterpretable(`math.${name} on ${type} cannot be executed yet`);
  const { format, half } = mathFormat(type);
  const f = mathEvaluator(name, format, options);
  return half ? (x) => round(f(x)) : f;
}

/** As `floatUnary`, for a function of two floats by the name of its `math` op: atan2, powf. */
export function floatBinaryFunction(
  name: string,
  type: Type,
  options: RoundingOptions = {},
): (a: number, b: number) => number {
  const { format, half } = mathFormat(type);
  const f = binaryMathEvaluator(name, format, options);
  const round = rounding(type);
  return half ? (a, b) => round(f(a, b)) : f;
}

/** `arith.cmpf` on scalars; gives 0 or 1. */
export function floatCompare(predicate: FloatPredicate): (a: number, b: number) => number {
  switch (predicate) {
    case 'false':
      return () => 0;
    case 'true':
      return () => 1;
    case 'oeq':
      return (a, b) => (a === b ? 1 : 0);
    case 'ogt':
      return (a, b) => (a > b ? 1 : 0);
    case 'oge':
      return (a, b) => (a >= b ? 1 : 0);
    case 'olt':
      return (a, b) => (a < b ? 1 : 0);
    case 'ole':
      return (a, b) => (a <= b ? 1 : 0);
    case 'one':
      return (a, b) => (a < b || a > b ? 1 : 0);
    case 'ord':
      return (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? 0 : 1);
    // Unordered-or: the negation of the opposite ordered comparison.
    case 'ueq':
      return (a, b) => (a < b || a > b ? 0 : 1);
    case 'ugt':
      return (a, b) => (a <= b ? 0 : 1);
    case 'uge':
      return (a, b) => (a < b ? 0 : 1);
    case 'ult':
      return (a, b) => (a >= b ? 0 : 1);
    case 'ule':
      return (a, b) => (a > b ? 0 : 1);
    case 'une':
      return (a, b) => (a === b ? 0 : 1);
    case 'uno':
      return (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? 1 : 0);
  }
}

/**
 * `a * b + c` rounded once ('once') or after each step ('twice'). No machine has relaxed multiply-adds of 16-bit floats:
 * those always round once.
 */
export function floatMultiplyAdd(type: Type, roundings: 'once' | 'twice'): (a: number, b: number, c: number) => number {
  const format = floatFormat(type);
  const round = rounding(type);
  if (format === 'f16' || format === 'bf16') return (a, b, c) => fmaHalf(a, b, c, format);
  if (roundings === 'twice') return (a, b, c) => round(round(a * b) + c);
  return format === 'f64' ? fmaF64 : fmaF32;
}

/** The product of two 16-bit floats is exact in a double. The sum rounded to odd leaves the second rounding correct. */
function fmaHalf(a: number, b: number, c: number, format: AnyFloatFormat): number {
  const product = a * b;
  const sum = product + c;
  const part = sum - product;
  const error = product - (sum - part) + (c - part);
  if (error === 0 || !Number.isFinite(sum) || Number.isNaN(error)) return roundToFloat(sum, format);
  // The double next to the sum on the side of the error differs in the last bit: between both, the odd one.
  const neighbour = error > 0 ? nextUp(sum, 'f64') : nextDown(sum, 'f64');
  return roundToFloat(isOdd(sum) ? sum : neighbour, format);
}

const double = new Float64Array(1);
const doubleBits = new BigUint64Array(double.buffer);

function isOdd(x: number): boolean {
  double[0] = x;
  return (doubleBits[0]! & 1n) === 1n;
}
