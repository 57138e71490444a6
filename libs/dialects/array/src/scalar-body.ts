// Bodies of the elementwise structured ops, in arith and math ops.
import {
  type BuildOptions,
  buildBinary,
  buildClamp,
  buildCompare,
  buildConstantAttr,
  buildConvert,
  buildSelect,
  buildUnary,
  ComplexOps,
  FmaOp,
  fastmathOf,
  IndexCastOp,
  signednessOf,
  signlessType,
} from '@budflow/dialect-core';
import {
  type Attribute,
  type BodyContext,
  DYNAMIC,
  FloatType,
  IntegerAttr,
  type IntegerType,
  type Operation,
  StringAttr,
  type Type,
  type Value,
} from '@budflow/ir';
import type { BinaryKind, ComparePredicate, UnaryKind } from './kinds.js';
import { tensorType } from './structure.js';

/** How the integers of `element` are meant, and the op's fast-math flags. */
export function bodyOptions(op: Operation, element: Type): BuildOptions {
  return { signedness: signednessOf(element), fastmath: fastmathOf(op) };
}
function optionsOf(op: Operation): BuildOptions {
  return bodyOptions(op, tensorType(op.operand(0)).element);
}

function functionOptions(op: Operation): BuildOptions {
  const contract = op.attr('contract');
  return {
    ...optionsOf(op),
    contract: contract instanceof StringAttr ? (contract.value as 'exact' | 'relaxed') : undefined,
  };
}

export function unaryBody(kind: UnaryKind | 'is_finite', op: Operation, context: BodyContext): Value {
  return buildUnary(kind, context.builder, context.loc, context.operand(0), functionOptions(op));
}
export function binaryBody(kind: BinaryKind, op: Operation, context: BodyContext): Value {
  return buildBinary(kind, context.builder, context.loc, context.operand(0), context.operand(1), functionOptions(op));
}
export function compareBody(op: Operation, context: BodyContext, predicate: ComparePredicate): Value {
  return buildCompare(predicate, context.builder, context.loc, context.operand(0), context.operand(1), optionsOf(op));
}
export function selectBody(_op: Operation, context: BodyContext): Value {
  return buildSelect(context.builder, context.loc, context.operand(0), context.operand(1), context.operand(2));
}
export function clampBody(op: Operation, context: BodyContext): Value {
  return buildClamp(
    context.builder,
    context.loc,
    context.operand(0),
    context.operand(1),
    context.operand(2),
    optionsOf(op),
  );
}
export function fmaBody(op: Operation, context: BodyContext, kind: 'exact' | 'relaxed'): Value {
  return FmaOp.build(context.builder, context.loc, {
    a: context.operand(0),
    b: context.operand(1),
    c: context.operand(2),
    [kind]: true,
    fastmath: fastmathOf(op),
  });
}
export function castBody(op: Operation, context: BodyContext): Value {
  return buildConvert(
    context.builder,
    context.loc,
    context.operand(0),
    tensorType(op.operand(0)).element,
    tensorType(op.result(0)).element,
  );
}
export function complexBody(op: Operation, context: BodyContext): Value {
  return ComplexOps.CreateOp.build(context.builder, context.loc, {
    real: context.operand(0),
    imaginary: context.operand(1),
    resultTypes: [tensorType(op.result(0)).element],
  });
}
/** A scalar constant; of an unsigned type, in its signless form. */
export function constantBody(context: BodyContext, value: Attribute): Value {
  const ir = context.builder.context;
  const plain =
    value instanceof IntegerAttr ? ir.integerAttr(signlessType(ir, value.type) as IntegerType, value.value) : value;
  return buildConstantAttr(context.builder, context.loc, plain);
}
/** The coordinate along `dim`, which has `size` elements, as an element. */
export function iotaBody(context: BodyContext, dim: number, type: Type, size: number): Value {
  const { builder, loc } = context;
  const { index, i32 } = builder.context;
  const point = context.point(dim);
  // Vectors of i32 have conversions to floats, those of indices have none.
  if (!(type instanceof FloatType) || type.width < 32 || size === DYNAMIC || size > 2 ** 31)
    return buildConvert(builder, loc, point, index, type);
  const narrow = IndexCastOp.build(builder, loc, { in: point, resultTypes: [i32] });
  return buildConvert(builder, loc, narrow, i32, type);
}
