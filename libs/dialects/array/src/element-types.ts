// Which tensors the ops accept, by their elements.
import {
  ComplexType,
  FloatType,
  IndexType,
  IntegerType,
  TensorType,
  type Type,
  type TypeConstraint,
  tensorOf,
  typeConstraint,
} from '@budflow/ir';

const FloatElement: TypeConstraint = typeConstraint('floating-point', (t) => t instanceof FloatType);

/** Complex numbers of f32 and f64: what lies in memory as pairs. */
const ComplexElement: TypeConstraint = typeConstraint(
  'complex<f32> or complex<f64>',
  (t) => t instanceof ComplexType && t.element instanceof FloatType && t.element.width >= 32 && t.element.width <= 64,
);

/** Where functions of real and of complex numbers exist. */
const FunctionElement: TypeConstraint = typeConstraint(
  'floating-point or complex',
  (t) => t instanceof FloatType || ComplexElement.check(t),
);

/** i1 is a truth value, not a number: `array.or`, `and`, `xor` are its arithmetic. */
const NumericElement: TypeConstraint = typeConstraint(
  'floating-point, integer (not i1) or index',
  (t) => t instanceof FloatType || t instanceof IndexType || (t instanceof IntegerType && t.width > 1),
);

/** What can be added and multiplied. */
const ArithmeticElement: TypeConstraint = typeConstraint(
  'floating-point, complex, integer (not i1) or index',
  (t) => NumericElement.check(t) || ComplexElement.check(t),
);

/** Integers as bits: truth values have one, and index no fixed number of them. */
const BitsElement: TypeConstraint = typeConstraint('integer (not i1)', (t) => t instanceof IntegerType && t.width > 1);

/** What can be raised to a power: integers with a sign, because powers have one. */
const PowerElement: TypeConstraint = typeConstraint(
  'floating-point, complex or signed integer (not i1)',
  (t) => FunctionElement.check(t) || (t instanceof IntegerType && t.width > 1 && t.signedness !== 'unsigned'),
);

const IntegerElement: TypeConstraint = typeConstraint(
  'integer or index',
  (t) => t instanceof IntegerType || t instanceof IndexType,
);

/** What is less or greater than another: numbers but complex ones, and truth values. */
const OrderedElement: TypeConstraint = typeConstraint(
  'floating-point, integer or index',
  (t) => t instanceof FloatType || t instanceof IntegerType || t instanceof IndexType,
);

/** Numbers and truth values. */
const ScalarElement: TypeConstraint = typeConstraint(
  'floating-point, complex, integer or index',
  (t) => FunctionElement.check(t) || t instanceof IntegerType || t instanceof IndexType,
);

export const FloatTensor: TypeConstraint = tensorOf(FloatElement);
export const ComplexTensor: TypeConstraint = tensorOf(ComplexElement);
export const FunctionTensor: TypeConstraint = tensorOf(FunctionElement);
export const ArithmeticTensor: TypeConstraint = tensorOf(ArithmeticElement);
export const NumericTensor: TypeConstraint = tensorOf(NumericElement);
export const OrderedTensor: TypeConstraint = tensorOf(OrderedElement);
export const IntegerTensor: TypeConstraint = tensorOf(IntegerElement);
export const BitsTensor: TypeConstraint = tensorOf(BitsElement);
export const PowerTensor: TypeConstraint = tensorOf(PowerElement);
export const ScalarTensor: TypeConstraint = tensorOf(ScalarElement);
export const BooleanTensor: TypeConstraint = typeConstraint(
  'ranked tensor of i1 values',
  (t) => t instanceof TensorType && isBoolean(t.element),
);

/** Whether arithmetic on the type rounds: laws that hold for integers do not. */
export function isRounded(type: Type): boolean {
  return type instanceof FloatType || type instanceof ComplexType;
}

export function isBoolean(type: Type): boolean {
  return type instanceof IntegerType && type.width === 1;
}

/** Whether the integers of a type are read as non-negative: `ui*` and i1. */
export function isUnsigned(type: Type): boolean {
  return type instanceof IntegerType && (type.signedness === 'unsigned' || type.width === 1);
}

/** Range of an integer type as bigints; index is 64-bit signed. */
export function integerRange(type: IntegerType | IndexType): { min: bigint; max: bigint } {
  const width = BigInt(type instanceof IndexType ? 64 : type.width);
  if (isUnsigned(type)) return { min: 0n, max: (1n << width) - 1n };
  return { min: -(1n << (width - 1n)), max: (1n << (width - 1n)) - 1n };
}

/** Significant bits and exponent range of the float formats a conversion is judged by. */
function floatRange(type: FloatType): { precision: number; minExponent: number; maxExponent: number } | undefined {
  switch (type.name) {
    case 'f16':
      return { precision: 11, minExponent: -14, maxExponent: 15 };
    case 'bf16':
      return { precision: 8, minExponent: -126, maxExponent: 127 };
    case 'f32':
      return { precision: 24, minExponent: -126, maxExponent: 127 };
    case 'f64':
      return { precision: 53, minExponent: -1022, maxExponent: 1023 };
    default:
      return undefined;
  }
}

/** Whether every value of element type `from` is kept by `array.cast` to `to`. */
export function isExactConversion(from: Type, to: Type): boolean {
  if (from === to) return true;
  if (from instanceof FloatType) {
    if (!(to instanceof FloatType)) return false;
    const a = floatRange(from);
    const b = floatRange(to);
    return (
      a !== undefined &&
      b !== undefined &&
      a.precision <= b.precision &&
      a.minExponent >= b.minExponent &&
      a.maxExponent <= b.maxExponent
    );
  }
  if (from instanceof ComplexType) return to instanceof ComplexType && isExactConversion(from.element, to.element);
  if (!(from instanceof IntegerType || from instanceof IndexType)) return false;
  const range = integerRange(from);
  if (to instanceof FloatType) {
    const b = floatRange(to);
    if (!b) return false;
    // All integers of magnitude up to 2^precision are floats.
    const limit = 1n << BigInt(Math.min(b.precision, b.maxExponent));
    return range.max <= limit && -range.min <= limit;
  }
  if (!(to instanceof IntegerType || to instanceof IndexType) || isBoolean(to)) return false;
  const target = integerRange(to);
  return range.min >= target.min && range.max <= target.max;
}
