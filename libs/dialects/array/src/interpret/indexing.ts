// Walks over index spaces, as the interpretations of ops with computed indices need them.
import { elementAccess, type Scalar, stridesOf, type TensorValue } from '@budflow/interpreter';
import { signless } from './reduce.js';

/** Visits every index of a shape in row-major order; the array is reused. */
export function forEachIndex(shape: readonly number[], visit: (index: readonly number[]) => void): void {
  const index = new Array<number>(shape.length).fill(0);
  const count = shape.reduce((n, d) => n * d, 1);
  for (let i = 0; i < count; i++) {
    visit(index);
    for (let d = shape.length - 1; d >= 0; d--) {
      if (++index[d]! < shape[d]!) break;
      index[d] = 0;
    }
  }
}

export function offsetOf(index: readonly number[], strides: readonly number[]): number {
  let offset = 0;
  for (let d = 0; d < index.length; d++) offset += index[d]! * strides[d]!;
  return offset;
}

/** An integer element as a number; beyond 2^53 the nearest, which is out of every tensor all the same. */
export function integerAt(tensor: TensorValue, offset: number): number {
  return Number(elementAccess(tensor.type.element).load(tensor.data, offset) as number | bigint);
}

export function clampIndex(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

/** Reads elements as regions see them. */
export function scalarReader(tensor: TensorValue): (offset: number) => Scalar {
  const access = elementAccess(tensor.type.element);
  return (offset) => signless(tensor.type.element, access.load(tensor.data, offset));
}

/** A copy of a tensor's elements, to be written into. */
export function copyOf(tensor: TensorValue): TensorValue['data'] {
  return tensor.data.slice();
}

export { stridesOf };
