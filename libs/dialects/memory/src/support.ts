// Checks and small parts shared by the ops of the dialect.

import { checkAlive, type MemRefValue, outOfBounds, RuntimeTrap, type RuntimeValue } from '@budflow/interpreter';
import {
  type Builder,
  ConstantLike,
  IntegerAttr,
  type LocationRef,
  type MemRefType,
  Operation,
  type Value,
} from '@budflow/ir';
import { dynamicDimCount } from './layout.js';

export function memrefType(value: Value): MemRefType {
  return value.type as MemRefType;
}

/** The integer a value is known to be; undefined when it is none or beyond 2^53. */
export function constantOf(value: Value): number | undefined {
  const op = value.definingOp;
  if (op === null || !op.info.hasTrait(ConstantLike)) return undefined;
  const attr = op.attr('value');
  return attr instanceof IntegerAttr && typeof attr.value === 'number' ? attr.value : undefined;
}

export function verifyIndexCount(op: Operation, memref: Value, count: number): boolean {
  const { rank } = memrefType(memref);
  if (count === rank) return true;
  op.emitError('memory.index-count', `expects ${rank} indices for ${memref.type}, got ${count}`);
  return false;
}

/** One size operand for each dynamic size of the type. */
export function verifySizes(op: Operation, type: MemRefType, count: number): boolean {
  const wanted = dynamicDimCount(type.shape);
  if (count === wanted) return true;
  op.emitError('memory.size-count', `expects ${wanted} sizes, one for each '?' of ${type}, got ${count}`);
  return false;
}

export function verifyAlignment(op: Operation, alignment: number | undefined): boolean {
  if (alignment === undefined || (alignment >= 1 && Number.isInteger(Math.log2(alignment)))) return true;
  op.emitError('memory.alignment', `expects an alignment that is a power of two (in bytes), got ${alignment}`);
  return false;
}

/** Position of the element at the indices in `slots`; traps outside the bounds and after a dealloc. */
export function locate(values: readonly RuntimeValue[], memref: MemRefValue, slots: readonly number[]): number {
  if (memref.allocation.freed) checkAlive(memref);
  const { sizes, strides } = memref;
  let at = memref.offset;
  for (let d = 0; d < slots.length; d++) {
    const i = values[slots[d]!] as number;
    if (!(i >= 0 && i < sizes[d]!)) throw outOfBounds(i, d, sizes[d]!);
    at += i * strides[d]!;
  }
  return at;
}

/** Run-time sizes of a type, its dynamic ones taken from `dynamic` in order. */
export function sizesAtRunTime(shape: readonly number[], dynamic: readonly number[]): number[] {
  let next = 0;
  return shape.map((d) => (d < 0 ? dynamic[next++]! : d));
}

/** Traps unless the buffer's sizes fit the static sizes of a type. */
export function checkSizes(type: { readonly shape: readonly number[] }, sizes: readonly number[]): void {
  type.shape.forEach((d, i) => {
    if (d >= 0 && d !== sizes[i])
      throw new RuntimeTrap('ShapeMismatch', `dimension ${i} has size ${sizes[i]} at run time, the type says ${d}`);
  });
}

/** `memory.cast` of a value; the value itself when it has the type. Made by name, for patterns of ops it depends on. */
export function castTo(builder: Builder, loc: LocationRef, value: Value, type: MemRefType): Value {
  if (value.type === type) return value;
  return builder.insert(Operation.create(builder.context.opInfo('memory.cast'), loc, [value], [type])).result(0);
}

/** Traps on a size below zero. */
export function checkNotNegative(sizes: readonly number[]): void {
  sizes.forEach((size, d) => {
    if (!(size >= 0)) throw new RuntimeTrap('Allocation', `dimension ${d} cannot have a size of ${size}`);
  });
}
