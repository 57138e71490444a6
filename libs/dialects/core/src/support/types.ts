// Type constraints and type functions that the core dialects share.
import {
  AnyFloat,
  type Context,
  DYNAMIC,
  elementTypeOf,
  FloatType,
  IntegerType,
  like,
  SignlessInteger,
  SignlessIntegerOrIndex,
  TensorType,
  type Type,
  UnrankedTensorType,
  VectorType,
} from '@budflow/ir';

export const IntegerLike = like(SignlessIntegerOrIndex);
export const FixedIntegerLike = like(SignlessInteger);
export const FloatLike = like(AnyFloat);

/** The i1, or vector or tensor of i1, that goes with a type. */
export function boolLike(context: Context, type: Type): Type {
  return type instanceof TensorType || type instanceof VectorType || type instanceof UnrankedTensorType
    ? context.withElement(type, context.i1)
    : context.i1;
}

/** Bits of the element type: 64 for index. */
export function elementWidth(type: Type): number {
  const element = elementTypeOf(type);
  return element instanceof IntegerType || element instanceof FloatType ? element.width : 64;
}

/** A scalar, or a vector or tensor of static shape: a type that constants can have. */
export function isStaticLike(type: Type): boolean {
  return !(type instanceof TensorType) || !type.shape.includes(DYNAMIC);
}
