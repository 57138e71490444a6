// Bodies of the elementwise structured ops.
import type { Attribute, BodyContext, Operation, Type, Value } from '@budflow/ir';
import type { ComparePredicate } from './ops/compare.js';
import { type BinaryKind, ScalarBuilder, type UnaryKind } from './scalar-ops.js';
import { tensorType } from './structure.js';

export type { BinaryKind, UnaryKind } from './scalar-ops.js';

function scalars(op: Operation, context: BodyContext): ScalarBuilder {
  return new ScalarBuilder(context.builder, context.loc, op.attr('fastmath'));
}
function element(op: Operation, operand = 0): Type {
  return tensorType(op.operand(operand)).element;
}

export function unaryBody(kind: UnaryKind, op: Operation, context: BodyContext): Value {
  return scalars(op, context).unary(kind, element(op), context.operand(0));
}
export function binaryBody(kind: BinaryKind, op: Operation, context: BodyContext): Value {
  return scalars(op, context).binary(kind, element(op), context.operand(0), context.operand(1));
}
export function compareBody(op: Operation, context: BodyContext, predicate: ComparePredicate): Value {
  return scalars(op, context).compare(predicate, element(op), context.operand(0), context.operand(1));
}
export function selectBody(op: Operation, context: BodyContext): Value {
  return scalars(op, context).select(context.operand(0), context.operand(1), context.operand(2));
}
export function clampBody(op: Operation, context: BodyContext): Value {
  const build = scalars(op, context);
  const type = element(op);
  return build.binary(
    'min',
    type,
    build.binary('max', type, context.operand(1), context.operand(0)),
    context.operand(2),
  );
}
export function fmaBody(op: Operation, context: BodyContext, kind: 'exact' | 'relaxed'): Value {
  return scalars(op, context).fma(kind, element(op), context.operand(0), context.operand(1), context.operand(2));
}
export function castBody(op: Operation, context: BodyContext): Value {
  return scalars(op, context).convert(element(op), tensorType(op.result(0)).element, context.operand(0));
}
export function constantBody(context: BodyContext, value: Attribute): Value {
  return new ScalarBuilder(context.builder, context.loc).constantFrom(value);
}
/** The coordinate along `dim` as an element. */
export function iotaBody(context: BodyContext, dim: number, type: Type): Value {
  return new ScalarBuilder(context.builder, context.loc).convert(
    context.builder.context.index,
    type,
    context.point(dim),
  );
}
