// What a call of a kernel costs: operations and bytes of its fusion, as far as sizes are static.
import { IN_PLACE_ATTR } from '@budflow/analysis';
import { bodyOps, FusionOp } from '@budflow/dialect-array';
import { argumentAttr } from '@budflow/dialect-rt';
import {
  byteWidth,
  elementCount,
  OpCost,
  type Operation,
  StructuredOp,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { loopLowering } from '../../array/lowering/registry.js';

/** Operations plus bytes of one run of a kernel, as bufferize leaves it; undefined when a size is not static. */
export function kernelWork(kernel: Operation): number | undefined {
  const fusion = kernel.region(0).entry.ops.find((op) => FusionOp.is(op));
  if (!fusion) return undefined;
  const body = fusion.region(0).entry;
  const writesInPlace = hasInPlace(kernel);
  let work = 0;
  for (const op of bodyOps(fusion)) {
    const points = pointsOf(op, writesInPlace);
    if (points === undefined) return undefined;
    work += points * Math.max(OpCost.of(op)?.pointCost(op).flops ?? 1, 1);
    // Of an input an op reads no more than it has points.
    for (const operand of op.operands) {
      if (operand.owner !== body) continue;
      const count = elementsOf(operand.type);
      if (count === undefined) return undefined;
      work += Math.min(count, points) * widthOf(operand);
    }
  }
  for (const result of body.terminator.operands) {
    const made = result.definingOp;
    const count = made ? pointsOf(made, writesInPlace) : elementsOf(result.type);
    if (count === undefined) return undefined;
    work += Math.min(elementsOf(result.type) ?? count, count) * widthOf(result);
  }
  return work;
}

/**
 * Points of the iteration domain; for ops without one, elements that are made, and read where that takes operations. What is
 * updated in place is not made again.
 */
function pointsOf(op: Operation, writesInPlace: boolean): number | undefined {
  const structured = StructuredOp.of(op);
  if (structured) {
    let domain = 1;
    for (const { size } of structured.domain(op)) {
      if (size.kind === 'static') {
        domain *= size.size;
        continue;
      }
      const { type } = size.kind === 'operand' ? op.operand(size.operand) : op.result(size.result);
      const count = type instanceof TensorType ? elementCount(type.shape.slice(size.dim, size.dim + 1)) : undefined;
      if (count === undefined) return undefined;
      domain *= count;
    }
    return domain;
  }
  const moves = (OpCost.of(op)?.pointCost(op).flops ?? 1) === 0;
  const target = writesInPlace ? loopLowering(op)?.destination?.(op, 0) : undefined;
  let points = 0;
  const values: readonly Value[] =
    target !== undefined
      ? op.operands.filter((_, i) => i !== target)
      : moves
        ? op.results
        : [...op.operands, ...op.results];
  for (const { type } of values) {
    const count = elementsOf(type);
    if (count === undefined) return undefined;
    points += count;
  }
  return points;
}

function hasInPlace(kernel: Operation): boolean {
  return kernel.region(0).entry.arguments.some((_, i) => argumentAttr(kernel, i, IN_PLACE_ATTR) !== undefined);
}

function elementsOf(type: Type): number | undefined {
  return type instanceof TensorType ? elementCount(type.shape) : 1;
}

function widthOf({ type }: Value): number {
  return type instanceof TensorType ? (byteWidth(type.element) ?? 8) : 8;
}
