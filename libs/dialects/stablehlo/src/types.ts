// Which types StableHLO values have: constraints of operands and results, in the names of its specification.
import {
  anyOf,
  ComplexType,
  DialectType,
  dialectTypeOf,
  FloatType,
  IndexType,
  IntegerType,
  TensorType,
  TupleType,
  type Type,
  type TypeConstraint,
  typeConstraint,
  UnrankedTensorType,
} from '@budflow/ir';
import { type QuantizedParameters, UniformType } from './quant/types.js';
import { FutureType, TokenType } from './token.js';

const INTEGER_WIDTHS: ReadonlySet<number> = new Set([2, 4, 8, 16, 32, 64]);

export function isPredType(type: Type): boolean {
  return type instanceof IntegerType && type.width === 1 && type.signedness === 'signless';
}
/** Signless integers are the signed ones of StableHLO, `ui` the unsigned ones. */
export function isHloIntegerType(type: Type): type is IntegerType {
  return type instanceof IntegerType && type.signedness !== 'signed' && INTEGER_WIDTHS.has(type.width);
}
export function isSignedHloIntegerType(type: Type): boolean {
  return isHloIntegerType(type) && type.signedness === 'signless';
}
/** f4 to f64, not the types of matrix units and x87. */
export function isHloFloatType(type: Type): type is FloatType {
  return type instanceof FloatType && type.name !== 'tf32' && type.width <= 64;
}
export function isHloComplexType(type: Type): type is ComplexType {
  return (
    type instanceof ComplexType &&
    type.element instanceof FloatType &&
    (type.element.name === 'f32' || type.element.name === 'f64')
  );
}
export function isQuantizedType(type: Type): type is DialectType<QuantizedParameters> {
  return UniformType.is(type);
}
function isPerTensorQuantizedType(type: Type): boolean {
  return UniformType.is(type) && type.parameters.axes.length === 0;
}
export function isTokenType(type: Type): boolean {
  return type instanceof DialectType && type.definition === TokenType;
}

const Pred = typeConstraint('pred (i1)', isPredType);
const Int = typeConstraint('2/4/8/16/32/64-bit integer', isHloIntegerType);
const SignedInt = typeConstraint('2/4/8/16/32/64-bit signless integer', isSignedHloIntegerType);
const Float = typeConstraint('4/6/8/16/32/64-bit float', isHloFloatType);
const Complex = typeConstraint('complex<f32> or complex<f64>', isHloComplexType);
const PerTensorQuantized = typeConstraint('per-tensor quantized integer', isPerTensorQuantizedType);
const Quantized = typeConstraint('quantized integer', isQuantizedType);

/** A ranked tensor of one of some element types. */
function ranked(...elements: TypeConstraint[]): TypeConstraint {
  const element = anyOf(...elements);
  return typeConstraint(
    `ranked tensor of ${element.description} values`,
    (t) => t instanceof TensorType && element.check(t.element),
  );
}
/** A tensor of one of some element types, ranked or not. */
function anyRank(...elements: TypeConstraint[]): TypeConstraint {
  const element = anyOf(...elements);
  return typeConstraint(
    `tensor of ${element.description} values`,
    (t) => (t instanceof TensorType || t instanceof UnrankedTensorType) && element.check(t.element),
  );
}
function withRank(rank: number, element: TypeConstraint, description: string): TypeConstraint {
  return typeConstraint(description, (t) => t instanceof TensorType && t.rank === rank && element.check(t.element));
}

export const HloPredTensor: TypeConstraint = ranked(Pred);
export const HloIntTensor: TypeConstraint = ranked(Int);
export const HloPredOrIntTensor: TypeConstraint = ranked(Pred, Int);
export const HloFpTensor: TypeConstraint = ranked(Float);
export const HloFp32Or64Tensor: TypeConstraint = ranked(
  typeConstraint('32/64-bit float', (t) => t instanceof FloatType && (t.name === 'f32' || t.name === 'f64')),
);
export const HloComplexTensor: TypeConstraint = ranked(Complex);
export const HloFpOrComplexTensor: TypeConstraint = ranked(Float, Complex);
export const HloFpOrQuantizedTensor: TypeConstraint = ranked(Float, PerTensorQuantized);
export const HloFpComplexOrQuantizedTensor: TypeConstraint = ranked(Float, Complex, PerTensorQuantized);
export const HloSignedFpComplexOrQuantizedTensor: TypeConstraint = ranked(
  SignedInt,
  Float,
  Complex,
  PerTensorQuantized,
);
export const HloIntFpComplexOrQuantizedTensor: TypeConstraint = ranked(Int, Float, Complex, PerTensorQuantized);
export const HloPredIntOrFpTensor: TypeConstraint = ranked(Pred, Int, Float);
export const HloQuantizedTensor: TypeConstraint = ranked(Quantized);
/** Any tensor, quantized per tensor at most. */
export const HloTensor: TypeConstraint = ranked(Pred, Int, Float, Complex, PerTensorQuantized);
/** Any tensor, those quantized per axis included. */
export const HloAnyQuantizedTensor: TypeConstraint = ranked(Pred, Int, Float, Complex, Quantized);
export const HloScalarTensor: TypeConstraint = withRank(
  0,
  anyOf(Pred, Int, Float, Complex, PerTensorQuantized),
  '0D tensor of any value',
);
export const HloScalarIntTensor: TypeConstraint = withRank(0, Int, '0D tensor of 2/4/8/16/32/64-bit integer values');
export const HloScalarPredTensor: TypeConstraint = withRank(0, Pred, '0D tensor of pred (i1) values');
const DimensionValue = typeConstraint('index or integer', (t) => t instanceof IndexType || isHloIntegerType(t));
/** A shape as a value. */
export const HloDimensionTensor: TypeConstraint = withRank(
  1,
  DimensionValue,
  '1D tensor of index or 2/4/8/16/32/64-bit integer values',
);
export const HloAnyRankTensor: TypeConstraint = anyRank(Pred, Int, Float, Complex, Quantized);
export const HloAnyRankPredOrIntTensor: TypeConstraint = anyRank(Pred, Int);
export const HloAnyRankFpTensor: TypeConstraint = anyRank(Float);
export const HloAnyRankComplexTensor: TypeConstraint = anyRank(Complex);
export const HloAnyRankFpOrComplexTensor: TypeConstraint = anyRank(Float, Complex);
export const HloAnyRankPredTensor: TypeConstraint = anyRank(Pred);

export const HloToken: TypeConstraint = dialectTypeOf(TokenType, 'token');
export const HloFuture: TypeConstraint = dialectTypeOf(FutureType, 'future');

/** A tuple, at any depth, of what `leaf` accepts. */
function nestedTuple(leaf: TypeConstraint): TypeConstraint {
  const check = (t: Type): boolean => t instanceof TupleType && t.elements.every((e) => leaf.check(e) || check(e));
  return typeConstraint(`nested tuple of ${leaf.description}`, check);
}
const TensorOrToken = typeConstraint('tensor or token', (t) => HloAnyQuantizedTensor.check(t) || isTokenType(t));
const TensorOrTokenOfAnyRank = typeConstraint('tensor or token', (t) => HloAnyRankTensor.check(t) || isTokenType(t));
export const HloTensorOrToken: TypeConstraint = TensorOrToken;
export const HloTuple: TypeConstraint = nestedTuple(TensorOrToken);
export const HloTensorOrTokenOrTuple: TypeConstraint = typeConstraint(
  'tensor, token or tuple of these',
  (t) => TensorOrToken.check(t) || HloTuple.check(t),
);
export const HloTensorOrTokenOrFuture: TypeConstraint = typeConstraint(
  'tensor, token or future',
  (t) => TensorOrToken.check(t) || HloFuture.check(t),
);
const AnyTuple = nestedTuple(TensorOrTokenOfAnyRank);
/** What custom calls take and give: tensors of any rank, tokens, and tuples of them. */
export const HloCustomCallValue: TypeConstraint = typeConstraint(
  'tensor of any rank, token or tuple of these',
  (t) => TensorOrTokenOfAnyRank.check(t) || AnyTuple.check(t),
);
