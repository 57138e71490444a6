// Memory accesses of wide vectors: parts at shifted addresses; gathers lane by lane.
import { AddIOp, IndexCastOp } from '@budflow/dialect-core';
import { applyAffine } from '@budflow/dialect-loop';
import { buildLoad } from '@budflow/dialect-memory';
import { GatherOp, LoadOp, StoreOp, StridedLoadOp } from '@budflow/dialect-simd';
import {
  AffineExpr,
  type Builder,
  ConstantLike,
  DenseElementsAttr,
  denseElement,
  Operation,
  type Value,
  type VectorType,
} from '@budflow/ir';
import type { VectorLegalizer } from './legalizer.js';

/** The indices with one of them moved by `offset`. */
function shifted(
  legalizer: VectorLegalizer,
  builder: Builder,
  op: Operation,
  indices: readonly Value[],
  dim: number,
  offset: number,
): Value[] {
  if (offset === 0) return indices.slice();
  const map = legalizer.context.affineMap(1, 0, [AffineExpr.dim(0).add(offset)]);
  return indices.map((index, i) => (i === dim ? applyAffine(builder, op.loc, map, [index]) : index));
}

export function splitLoad(legalizer: VectorLegalizer, builder: Builder, op: Operation): void {
  const type = op.result().type as VectorType;
  const lanes = legalizer.lanes(type.element);
  const partType = legalizer.context.vector([lanes], type.element);
  const memref = LoadOp.memref(op);
  const indices = LoadOp.indices(op);
  const parts = Array.from({ length: type.lanes / lanes }, (_, i) => {
    const at = shifted(legalizer, builder, op, indices, indices.length - 1, i * lanes);
    return legalizer.recreate(builder, op, [memref, ...at], [partType]);
  });
  legalizer.setParts(op.result(), parts);
}

export function splitStridedLoad(legalizer: VectorLegalizer, builder: Builder, op: Operation): void {
  const type = op.result().type as VectorType;
  const lanes = legalizer.lanes(type.element);
  const partType = legalizer.context.vector([lanes], type.element);
  const indices = StridedLoadOp.indices(op);
  const dim = StridedLoadOp.dim(op) ?? indices.length - 1;
  const parts = Array.from({ length: type.lanes / lanes }, (_, i) => {
    const at = shifted(legalizer, builder, op, indices, dim, i * lanes * StridedLoadOp.stride(op));
    return legalizer.recreate(builder, op, [StridedLoadOp.memref(op), ...at], [partType]);
  });
  legalizer.setParts(op.result(), parts);
}

/** 128-bit vectors cannot gather: one load for each lane. */
export function gatherLanes(legalizer: VectorLegalizer, builder: Builder, op: Operation): void {
  legalizer.scalarized++;
  const type = op.result().type as VectorType;
  const indices = GatherOp.indices(op);
  const last = indices.length - 1;
  const scalars = Array.from({ length: type.lanes }, (_, l) => {
    const at = indices.slice();
    at[last] = offsetIndex(legalizer, builder, op, indices[last]!, l);
    return buildLoad(builder, op.loc, GatherOp.memref(op), at);
  });
  legalizer.setParts(op.result(), legalizer.fromScalars(builder, op, type, scalars));
}

/** `index` plus lane `lane` of a gather's offsets. */
function offsetIndex(legalizer: VectorLegalizer, builder: Builder, op: Operation, index: Value, lane: number): Value {
  const offsets = GatherOp.offsets(op);
  const constant = offsets.definingOp?.attr('value');
  if (offsets.definingOp?.info.hasTrait(ConstantLike) && constant instanceof DenseElementsAttr)
    return shifted(legalizer, builder, op, [index], 0, Number(denseElement(constant, lane)))[0]!;
  const offset = legalizer.lane(builder, op, offsets, lane);
  const rhs =
    offset.type === legalizer.context.index
      ? offset
      : IndexCastOp.build(builder, op.loc, { in: offset, resultTypes: [legalizer.context.index] });
  return AddIOp.build(builder, op.loc, { lhs: index, rhs });
}

export function splitStore(legalizer: VectorLegalizer, builder: Builder, op: Operation): void {
  const parts = legalizer.partsOf(StoreOp.value(op));
  const indices = StoreOp.indices(op);
  const lanes = (parts[0]!.type as VectorType).lanes;
  parts.forEach((part, i) => {
    const at = shifted(legalizer, builder, op, indices, indices.length - 1, i * lanes);
    builder.insert(Operation.create(op.info, op.loc, [part, StoreOp.memref(op), ...at], [], op.attributes));
  });
}
