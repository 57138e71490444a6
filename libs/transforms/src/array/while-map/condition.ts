// The condition of a loop.while over tensors: `some element is active, and ..`.
import { AndOp, ExtractOp, NotOp, ReduceOp, XorOp } from '@budflow/dialect-array';
import { AndIOp, boolLike, XOrIOp } from '@budflow/dialect-core';
import {
  ConstantLike,
  DenseElementsAttr,
  denseElement,
  IntegerAttr,
  type Operation,
  TensorType,
  type Value,
} from '@budflow/ir';
import { Refusal } from './element-code.js';

/** Elements that are active: where `value` holds, or, inverted, where it does not. */
export interface Active {
  readonly value: Value;
  readonly inverted: boolean;
}

export interface LoopCondition {
  /** Absent when all elements take the same steps. */
  readonly active?: Active;
  /** The other conditions, all of which must hold. */
  readonly uniform: readonly Value[];
}

/** Takes `reduce or (active) and u and ..` apart, or a condition that elements have no part in. */
export function loopCondition(condition: Value): LoopCondition {
  const active: Active[] = [];
  const uniform: Value[] = [];
  for (const part of parts(condition)) {
    const found = someElement(part, { inverted: false });
    if (found) active.push(found);
    else uniform.push(part);
  }
  const [only] = active;
  if (active.length > 1) throw new Refusal('its condition asks about the elements more than once');
  return only ? { active: only, uniform } : { uniform };
}

function parts(value: Value): Value[] {
  const op = value.definingOp;
  if (op && ExtractOp.is(op) && op.operand(0).definingOp) return parts(op.operand(0));
  if (op && (AndIOp.is(op) || (AndOp.is(op) && isBit(op, value)))) return op.operands.flatMap(parts);
  return [value];
}

function isBit(op: Operation, value: Value): boolean {
  return value.type instanceof TensorType && value.type.rank === 0 && boolLike(op.context, value.type) === value.type;
}

/** `reduce or x`, or `not reduce and x`: some element that is not x. */
function someElement(value: Value, { inverted }: { readonly inverted: boolean }): Active | null {
  const op = value.definingOp;
  if (!op) return null;
  if (ExtractOp.is(op)) return someElement(op.operand(0), { inverted });
  const negated = negation(op);
  if (negated) return someElement(negated, { inverted: !inverted });
  if (!ReduceOp.is(op) || op.operandCount !== 2) return null;
  const source = op.operand(0).type;
  if (!(source instanceof TensorType) || ReduceOp.dims(op).length !== source.rank) return null;
  const kind = ReduceOp.kind(op);
  if (kind !== (inverted ? 'and' : 'or') || constantBit(op.operand(1)) !== inverted) return null;
  return { value: op.operand(0), inverted };
}

/** What an op negates. */
function negation(op: Operation): Value | null {
  if (NotOp.is(op)) return op.operand(0);
  if ((XOrIOp.is(op) || XorOp.is(op)) && constantBit(op.operand(1)) === true) return op.operand(0);
  return null;
}

function constantBit(value: Value): boolean | undefined {
  const op = value.definingOp;
  const attr = op?.info.hasTrait(ConstantLike) ? op.attr('value') : undefined;
  if (attr instanceof IntegerAttr && attr.type === value.type && attr.type === op!.context.i1) return attr.number !== 0;
  if (!(attr instanceof DenseElementsAttr) || !attr.splat || attr.type.element !== op!.context.i1) return undefined;
  return Number(denseElement(attr, 0)) !== 0;
}
