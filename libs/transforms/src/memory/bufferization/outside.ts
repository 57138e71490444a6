// Sizes that are computed inside of a loop or a branch, computed before it: what is passed out of it needs memory made there.
import { DivSIOp, MulIOp, ConstantOp as ScalarConstantOp } from '@budflow/dialect-core';
import { ForOp, IfOp } from '@budflow/dialect-loop';
import { AllocOp, ReshapeOp as BufferReshapeOp, buildDim, DimOp } from '@budflow/dialect-memory';
import { Builder, DYNAMIC, isMemoryEffectFree, type MemRefType, type Operation, type Value } from '@budflow/ir';
import { isLoop, loopShape } from './shape-of-control-flow.js';

/** An index value as it can be computed before `op`; undefined when it depends on what happens inside. */
export function outside(value: Value, op: Operation): Value | undefined {
  if (!isInside(value, op)) return value;
  const made = value.definingOp;
  if (made?.resultCount !== 1 || made.regions.length > 0) return undefined;
  if (DimOp.is(made)) return sizeOutside(made.operand(0), DimOp.dimension(made), op);
  if (!isMemoryEffectFree(made)) return undefined;
  const mapping = new Map<Value, Value>();
  for (const operand of made.operands) {
    const found = outside(operand, op);
    if (!found) return undefined;
    mapping.set(operand, found);
  }
  return Builder.before(op).insert(made.clone(mapping)).result(0);
}

function isInside(value: Value, op: Operation): boolean {
  const region = value.parentBlock?.parent;
  return region !== null && region !== undefined && op.regions.some((own) => own.isAncestorOf(region));
}

/** A size of a buffer. What is carried keeps its sizes, and the branches of an if pass equal ones. */
function sizeOutside(buffer: Value, dim: number, op: Operation): Value | undefined {
  const { shape } = buffer.type as MemRefType;
  const builder = Builder.before(op);
  if (!isInside(buffer, op)) return buildDim(builder, op.loc, buffer, dim);
  if (shape[dim] !== DYNAMIC) return constant(builder, op, shape[dim]!);
  const made = buffer.definingOp;
  if (!made) {
    const loop = buffer.parentBlock!.parentOp!;
    return isLoop(loop) ? sizeOutside(initOf(loop, buffer.index - (ForOp.is(loop) ? 1 : 0)), dim, op) : undefined;
  }
  if (isLoop(made)) return sizeOutside(initOf(made, buffer.index), dim, op);
  if (IfOp.is(made)) return sizeOutside(made.region(0).entry.terminator.operand(buffer.index), dim, op);
  const position = shape.slice(0, dim).filter((d) => d === DYNAMIC).length;
  if (AllocOp.is(made)) return outside(made.operand(position), op);
  if (!BufferReshapeOp.is(made)) return undefined;
  if (made.operandCount > 1) return outside(made.operand(1 + position), op);
  // All elements over the known sizes.
  const source = made.operand(0);
  let count: Value | undefined;
  for (const [d] of (source.type as MemRefType).shape.entries()) {
    const size = sizeOutside(source, d, op);
    if (!size) return undefined;
    count = count ? MulIOp.build(builder, op.loc, { lhs: count, rhs: size }) : size;
  }
  const known = shape.reduce((n, d) => (d === DYNAMIC ? n : n * d), 1);
  return count && DivSIOp.build(builder, op.loc, { lhs: count, rhs: constant(builder, op, known) });
}

function constant(builder: Builder, { context, loc }: Operation, value: number): Value {
  return ScalarConstantOp.build(builder, loc, { value: context.indexAttr(value), resultTypes: [context.index] });
}

function initOf(loop: Operation, k: number): Value {
  const { firstInit, order } = loopShape(loop)!;
  return loop.operand(firstInit + order[k]!);
}
