// Stores that fill each other's gaps: neighbouring lanes of the parts of complex numbers, one interleaved store.
//
//   memory.store %re, %z[%i, 0] : memref<?x2xf32>        %f = memory.reshape %z : memref<?xf32>
//   memory.store %im, %z[%i, 1]                    ->    %v = simd.shuffle %re, %im [0, 8, 1, 9, ..] : 16 lanes
//                                                        simd.store %v, %f[2 * %i]
import { applyAffine } from '@budflow/dialect-loop';
import { StoreOp as ElementStore, ReshapeOp } from '@budflow/dialect-memory';
import { ShuffleOp, StoreOp } from '@budflow/dialect-simd';
import {
  AffineExpr,
  DYNAMIC,
  isMemoryEffectFree,
  type MemRefType,
  type Operation,
  type Value,
  type VectorType,
} from '@budflow/ir';
import { constantOf, type Lanes } from './lanes.js';

/** Whether all dimensions but the first are known and elements are pairs: the buffer can be seen as one row. */
export function isRowOfPairs(type: MemRefType): boolean {
  const { shape, rank, layout } = type;
  return layout === null && rank >= 2 && shape[rank - 1] === 2 && !shape.slice(1).includes(DYNAMIC);
}

/** The part that an index in the last dimension says; undefined when it is no constant. */
function partOf(index: Value): number | undefined {
  const value = constantOf(index);
  return value !== undefined && 'number' in value ? (value.number as number) : undefined;
}

/**
 * The store of imaginary parts behind that of the real ones `op`, with nothing between them that touches memory, when
 * both store to pairs along one row.
 */
export function storeOfOtherPart(op: Operation): Operation | null {
  const type = op.operand(1).type as MemRefType;
  if (!isRowOfPairs(type) || partOf(op.operand(op.operandCount - 1)) !== 0) return null;
  let other = op.next;
  while (other && !ElementStore.is(other)) {
    if (other.ownRegions !== null || !isMemoryEffectFree(other)) return null;
    other = other.next;
  }
  if (!other || other.operand(1) !== op.operand(1) || partOf(other.operand(other.operandCount - 1)) !== 1) return null;
  for (let i = 2; i < op.operandCount - 1; i++) if (op.operand(i) !== other.operand(i)) return null;
  return other;
}

/** Whether neighbouring lanes of a store lie side by side, pair by pair. */
export function isAlongPairs(lanes: Lanes, op: Operation): boolean {
  const forms = op.operands.slice(2, -1).map((v) => lanes.index(v));
  const last = forms.pop()!;
  return last.stride === 1 && !last.data && forms.every((f) => f.stride === 0 && !f.data);
}

/** Stores the lanes of both parts at once. */
export function storeInterleaved(lanes: Lanes, op: Operation, other: Operation, memref: Value): void {
  const { builder, context, width } = lanes;
  const { loc } = op;
  const [lhs, rhs] = [lanes.vector(op.operand(0), loc), lanes.vector(other.operand(0), loc)];
  const { shape, element, rank } = memref.type as MemRefType;
  const size = shape[0] === DYNAMIC ? DYNAMIC : shape.reduce((a, b) => a * b, 1);
  const row = ReshapeOp.build(builder, loc, {
    source: memref,
    sizes: [],
    resultTypes: [context.memref([size], element)],
  });
  let stride = 2;
  let place = AffineExpr.constant(0);
  for (let d = rank - 2; d >= 0; d--) {
    place = AffineExpr.dim(d).mul(stride).add(place);
    stride *= shape[d]!;
  }
  const at = op.operands.slice(2, -1).map((v) => lanes.at(lanes.index(v).expr, 0, loc));
  const value = ShuffleOp.build(builder, loc, {
    lhs,
    rhs,
    lanes: Array.from({ length: 2 * width }, (_, l) => (l >> 1) + (l % 2) * width),
    resultTypes: [context.vector([2 * width], (lhs.type as VectorType).element)],
  });
  const index = applyAffine(builder, loc, context.affineMap(at.length, 0, [place]), at);
  StoreOp.create(builder, loc, { value, memref: row, indices: [index] });
}
