// Constraints, checks and small parts shared by the ops of the dialect.

import {
  type ElementStorage,
  type MemRefValue,
  outOfBounds,
  RuntimeTrap,
  type RuntimeValue,
} from '@budflow/interpreter';
import {
  type Attribute,
  ConstantLike,
  type Context,
  DenseElementsAttr,
  denseElement,
  FloatType,
  IndexType,
  IntegerAttr,
  IntegerType,
  type MemRefType,
  type Operation,
  StridedLayoutAttr,
  type Type,
  typeConstraint,
  type Value,
  VectorType,
} from '@budflow/ir';

function isLane(type: Type): boolean {
  return type instanceof IntegerType || type instanceof IndexType || type instanceof FloatType;
}

/** What all ops of the dialect work on. */
export const Vector = typeConstraint(
  'one-dimensional vector of fixed size of integers, indices or floats',
  (t) => t instanceof VectorType && t.rank === 1 && !t.scalable[0] && isLane(t.element),
);

export const Mask = typeConstraint(
  'one-dimensional vector of i1',
  (t) =>
    Vector.check(t) &&
    (t as VectorType).element instanceof IntegerType &&
    ((t as VectorType).element as IntegerType).width === 1,
);

export const Offsets = typeConstraint(
  'one-dimensional vector of i32, i64 or index',
  (t) =>
    Vector.check(t) &&
    ((t as VectorType).element instanceof IndexType ||
      ((t as VectorType).element instanceof IntegerType &&
        [32, 64].includes(((t as VectorType).element as IntegerType).width))),
);

export function vectorType(value: Value): VectorType {
  return value.type as VectorType;
}

export function lanesOf(value: Value): number {
  return vectorType(value).lanes;
}

/** The vector of i1 with the lanes of a vector type. */
export function maskTypeOf(type: Type, context: Context): Type {
  return context.vector((type as VectorType).shape, context.i1);
}

/** The vector type with another number of lanes. */
export function withLanes(context: Context, type: VectorType, lanes: number): VectorType {
  return context.vector([lanes], type.element);
}

/** The constant attribute a value is known to be. */
export function constantAttrOf(value: Value): Attribute | undefined {
  const op = value.definingOp;
  if (op === null || !op.info.hasTrait(ConstantLike)) return undefined;
  return op.attr('value');
}

/** The integer a scalar is known to be; undefined when it is none or beyond 2^53. */
export function constantInteger(attr: Attribute | undefined | null): number | undefined {
  return attr instanceof IntegerAttr && typeof attr.value === 'number' ? attr.value : undefined;
}

/** What is known about a mask: every lane true, every lane false, or neither (undefined). */
export function maskKind(mask: Value): 'all' | 'none' | undefined {
  const attr = constantAttrOf(mask);
  if (attr instanceof DenseElementsAttr) {
    const lanes = lanesOf(mask);
    let on = 0;
    for (let l = 0; l < lanes; l++) if (denseElement(attr, l)) on++;
    return on === lanes ? 'all' : on === 0 ? 'none' : undefined;
  }
  const op = mask.definingOp;
  if (op === null) return undefined;
  if (op.name === 'simd.splat') {
    const bit = constantInteger(constantAttrOf(op.operand(0)));
    return bit === undefined ? undefined : bit ? 'all' : 'none';
  }
  if (op.name === 'simd.mask.first_n') {
    const n = constantInteger(constantAttrOf(op.operand(0)));
    return n === undefined ? undefined : n >= lanesOf(mask) ? 'all' : n <= 0 ? 'none' : undefined;
  }
  return undefined;
}

/** Whether neighbours along the last dimension are surely neighbours in memory. */
export function isLastDimContiguous(type: MemRefType): boolean {
  if (type.layout === null) return true;
  return type.layout instanceof StridedLayoutAttr && type.layout.strides[type.rank - 1] === 1;
}

/** Checks index count, element types and, for contiguous access, the layout of a vector access. */
export function verifyAccess(
  op: Operation,
  memref: Value,
  indices: number,
  vector: VectorType,
  access: 'contiguous' | 'any',
): boolean {
  const type = memref.type as MemRefType;
  if (type.rank === 0) {
    op.emitError('simd.rank', `expects a buffer of at least one dimension, got ${type}`);
    return false;
  }
  if (indices !== type.rank) {
    op.emitError('simd.index-count', `expects ${type.rank} indices for ${type}, got ${indices}`);
    return false;
  }
  if (type.element !== vector.element) {
    op.emitError(
      'simd.element-type',
      `expects a vector of ${type.element}, the element type of ${type}, got ${vector}`,
    );
    return false;
  }
  if (access === 'contiguous' && !isLastDimContiguous(type)) {
    op.emitError(
      'simd.contiguous',
      `expects a last dimension of stride 1, got ${type}: use simd.strided_load, simd.gather or simd.scatter`,
    );
    return false;
  }
  return true;
}

export function verifyAlignment(op: Operation, alignment: number | undefined): boolean {
  if (alignment === undefined || (alignment >= 1 && Number.isInteger(Math.log2(alignment)))) return true;
  op.emitError('simd.alignment', `expects an alignment that is a power of two (in bytes), got ${alignment}`);
  return false;
}

// At run time

function checkAlive(memref: MemRefValue): void {
  if (memref.allocation.freed) throw new RuntimeTrap('UseAfterFree', 'the buffer was freed before');
}

/** Position of `lanes` neighbours along the last dimension, all inside the bounds. */
export function locateVector(
  values: readonly RuntimeValue[],
  memref: MemRefValue,
  slots: readonly number[],
  lanes: number,
): number {
  const last = slots.length - 1;
  const at = locateLanes(values, memref, slots, last);
  const i = values[slots[last]!] as number;
  const size = memref.sizes[last]!;
  if (!(i >= 0 && i + lanes <= size)) throw outOfBounds(i < 0 ? i : i + lanes - 1, last, size);
  return at;
}

/** Position of the element at the indices, checked in every dimension but `free`. */
export function locateLanes(
  values: readonly RuntimeValue[],
  memref: MemRefValue,
  slots: readonly number[],
  free: number,
): number {
  checkAlive(memref);
  const { sizes, strides } = memref;
  let at = memref.offset;
  for (let d = 0; d < slots.length; d++) {
    const i = values[slots[d]!] as number;
    if (d !== free && !(i >= 0 && i < sizes[d]!)) throw outOfBounds(i, d, sizes[d]!);
    at += i * strides[d]!;
  }
  return at;
}

/** Copies one lane; both storages hold the same element type. */
export function moveLane(from: ElementStorage, fromIndex: number, to: ElementStorage, toIndex: number): void {
  (to as Float64Array)[toIndex] = (from as Float64Array)[fromIndex]!;
}

export function isOn(mask: RuntimeValue, lane: number): boolean {
  return (mask as Uint8Array)[lane] !== 0;
}
