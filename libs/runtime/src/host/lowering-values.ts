// Sizes, addresses and constants of buffers, as host programs have them.
import type { SizeExpression } from '@budflow/backend-api';
import { TensorValue, valueFromAttribute } from '@budflow/interpreter';
import {
  byteWidth,
  type ComplexType,
  type MemRefType,
  type Operation,
  positionOf,
  type Type,
  type Value,
} from '@budflow/ir';
import { type HostExpression, hostOperation } from './expression.js';
import { isHostScalar } from './scalar-ops.js';

/** Whether a size over the sizes of arguments takes something away: what they require does not cover every rule of sizes. */
export function mayBeNegative(e: HostExpression): boolean {
  if (typeof e === 'number') return e < 0;
  if (!('op' in e)) return false;
  if (e.op === 'max') return mayBeNegative(e.lhs) && mayBeNegative(e.rhs);
  return e.op === 'sub' || mayBeNegative(e.lhs) || mayBeNegative(e.rhs);
}

/** The address of the imaginary part. */
export function behind(address: HostExpression, type: ComplexType): HostExpression {
  return hostOperation('add', address, widthOf(type.element));
}

/** A constant number as the interpreter has it. */
export function constantNumber(op: Operation): HostExpression | undefined {
  if (!isHostScalar(op.result(0).type)) return undefined;
  const value = valueFromAttribute(op.attr('value')!);
  if (typeof value === 'bigint') return { big: value.toString() };
  return typeof value === 'number' ? value : undefined;
}

/** `f.mlir:3:8` */
export function placeOf(op: Operation): string | undefined {
  const at = positionOf(op.context, op.loc);
  return at ? `${at.file}:${at.line}:${at.column}` : undefined;
}

export function widthOf(element: Type): number {
  return byteWidth(element)!;
}
export function elementBytes(value: Value): number {
  return widthOf((value.type as MemRefType).element);
}

/** The number of chunks for sizes given as expressions. */
export function chunkExpression(e: SizeExpression, sizes: readonly HostExpression[]): HostExpression {
  if (typeof e === 'number') return e;
  if ('size' in e) return sizes[e.size]!;
  return hostOperation(e.op, chunkExpression(e.lhs, sizes), chunkExpression(e.rhs, sizes));
}

/** The elements of a constant as they lie in memory; i1 is one byte each. Undefined for attributes that are no tensors. */
export function constantBytes(op: Operation): Uint8Array | undefined {
  const value = valueFromAttribute(op.attr('value')!, op.context);
  if (!(value instanceof TensorValue)) return undefined;
  const { buffer, byteOffset, byteLength } = value.data;
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}
