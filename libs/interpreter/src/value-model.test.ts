// Storage of every element type, tensors and constants, views of memory.
import { Context, type DenseElementsAttr, type Type } from '@budflow/ir';
import { describe, expect, it } from 'vitest';
import {
  attributeFromValue,
  ComplexValue,
  DialectValue,
  denseFromTensor,
  describeValue,
  elementAccess,
  elementsOf,
  forEachOffset,
  loadElement,
  MemRefValue,
  makeMemRef,
  makeTensor,
  memrefOver,
  memrefView,
  RuntimeTrap,
  type Scalar,
  storeElement,
  storeTensor,
  tensorFrom,
  tensorFromDense,
  tensorFromMemRef,
  valueFromAttribute,
  vectorFrom,
} from './index.js';

const context = new Context();
const samples: [Type, Scalar[]][] = [
  [context.i1, [0, 1, 1]],
  [context.integer(4), [-8, 7, 0]],
  [context.i8, [-128, 127, 0]],
  [context.ui8, [0, 255, 1]],
  [context.i16, [-32768, 32767, 1]],
  [context.i32, [-(2 ** 31), 2 ** 31 - 1, 1]],
  [context.integer(32, 'unsigned'), [0, 2 ** 32 - 1, 1]],
  [context.i64, [-(2n ** 63n), 2n ** 63n - 1n, 1n]],
  [context.integer(64, 'unsigned'), [0n, 2n ** 64n - 1n, 1n]],
  [context.index, [-5, 2 ** 53 - 1, 0]],
  [context.f16, [65504, -0, Number.NEGATIVE_INFINITY]],
  [context.bf16, [1.5, -3, 2 ** 100]],
  [context.f32, [Math.fround(0.1), -0, Number.NaN]],
  [context.f64, [0.1, -0, 1e300]],
  [context.complex(context.f32), [new ComplexValue(1, 2), new ComplexValue(-0, 0.5), new ComplexValue(3, 4)]],
];
function trap(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof RuntimeTrap) return error.kind;
    throw error;
  }
  return 'none';
}

describe('elements', () => {
  it('of every type are stored and loaded', () => {
    for (const [type, values] of samples) {
      const tensor = tensorFrom(context.tensor([3], type), values);
      expect(elementsOf(tensor), `${type}`).toEqual(values);
      expect(tensor.data.byteLength).toBe(3 * elementAccess(type).bytes);
    }
  });

  it('go to constants and back, splats expanded', () => {
    for (const [type, values] of samples) {
      const tensor = tensorFrom(context.tensor([3], type), values);
      const dense = denseFromTensor(context, tensor);
      expect(elementsOf(tensorFromDense(dense)), `${type}`).toEqual(values);
      const same = tensorFrom(context.tensor([2, 2], type), [values[1]!, values[1]!, values[1]!, values[1]!]);
      const splat = denseFromTensor(context, same);
      expect(splat.splat).toBe(true);
      expect(elementsOf(tensorFromDense(splat)), `splat of ${type}`).toEqual(elementsOf(same));
      if (type === context.complex(context.f32)) continue;
      const attribute = attributeFromValue(context, type, values[0]!);
      expect(valueFromAttribute(attribute!)).toEqual(values[0]);
    }
  });

  it('of vectors are the typed array itself', () => {
    const type = context.vector([4], context.f32);
    const vector = vectorFrom(type, [1, 2, 3, 4]);
    expect(vector).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(valueFromAttribute(attributeFromValue(context, type, vector) as DenseElementsAttr)).toEqual(vector);
  });

  it('without a memory form trap', () => {
    expect(trap(() => elementAccess(context.float('f128')))).toBe('NotInterpretable');
    expect(trap(() => elementAccess(context.integer(128)))).toBe('NotInterpretable');
  });

  it('of dynamic tensors have no constant', () => {
    const tensor = makeTensor(context.tensor([-1], context.f32), [2]);
    expect(attributeFromValue(context, tensor.type, tensor)).toBeNull();
    expect(denseFromTensor(context, tensor).type).toBe(context.tensor([2], context.f32));
  });

  it('too many to allocate trap', () => {
    expect(trap(() => makeTensor(context.tensor([-1, -1], context.i8), [2 ** 20, 2 ** 20]))).toBe('Allocation');
    expect(trap(() => makeTensor(context.tensor([-1], context.i8), [-1]))).toBe('Allocation');
    expect(trap(() => tensorFrom(context.tensor([2], context.i8), [1]))).toBe('BadArgument');
  });
});

describe('memrefs', () => {
  const type = context.memref([2, 3], context.f32);

  it('check bounds on every access', () => {
    const memory = makeMemRef(type);
    storeElement(memory, [1, 2], 5);
    expect(loadElement(memory, [1, 2])).toBe(5);
    expect(elementsOf(memory)).toEqual([0, 0, 0, 0, 0, 5]);
    for (const indices of [
      [2, 0],
      [0, 3],
      [-1, 0],
      [Number.NaN, 0],
    ])
      expect(trap(() => loadElement(memory, indices))).toBe('OutOfBounds');
  });

  it('may be strided views', () => {
    const storage = Float32Array.from({ length: 12 }, (_, i) => i);
    const transposed = new MemRefValue(type, storage, 1, [2, 3], [1, 4], makeMemRef(type).allocation);
    expect(elementsOf(transposed)).toEqual([1, 5, 9, 2, 6, 10]);
    const offsets: number[] = [];
    forEachOffset(transposed, (offset) => offsets.push(offset));
    expect(offsets).toEqual([1, 5, 9, 2, 6, 10]);
    expect(elementsOf(tensorFromMemRef(transposed, context.tensor([2, 3], context.f32)))).toEqual([1, 5, 9, 2, 6, 10]);
    storeTensor(tensorFrom(context.tensor([2, 3], context.f32), [10, 20, 30, 40, 50, 60]), transposed);
    expect([...storage]).toEqual([0, 10, 40, 3, 4, 20, 50, 7, 8, 30, 60, 11]);
    expect(trap(() => storeTensor(makeTensor(context.tensor([3, 2], context.f32)), transposed))).toBe('ShapeMismatch');
  });

  it('copy to tensors, so that later stores do not show', () => {
    const memory = memrefOver(type, Float32Array.of(1, 2, 3, 4, 5, 6));
    const tensor = tensorFromMemRef(memory, context.tensor([2, 3], context.f32));
    storeElement(memory, [0, 0], 9);
    expect(elementsOf(tensor)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('share an arena through views, which must lie inside and be aligned', () => {
    const arena = makeMemRef(context.memref([-1], context.i8), [64]);
    const view = memrefView(arena, 16, type, [2, 3]);
    const bytes = memrefView(arena, 16, context.memref([4], context.ui8), [4]);
    storeElement(view, [0, 0], 1);
    expect(elementsOf(bytes)).toEqual([0, 0, 0x80, 0x3f]);
    expect(trap(() => memrefView(arena, 44, type, [2, 3]))).toBe('OutOfBounds');
    expect(trap(() => memrefView(arena, 2, type, [2, 3]))).toBe('OutOfBounds');
    expect(trap(() => memrefView(arena, -4, type, [2, 3]))).toBe('OutOfBounds');
    arena.allocation.freed = true;
    expect(trap(() => loadElement(view, [0, 0]))).toBe('UseAfterFree');
    expect(trap(() => elementsOf(view))).toBe('UseAfterFree');
    expect(trap(() => memrefView(arena, 0, type, [2, 3]))).toBe('UseAfterFree');
  });
});

it('values are described in short', () => {
  expect(describeValue(-0)).toBe('-0');
  expect(describeValue(5n)).toBe('5');
  expect(describeValue(new ComplexValue(1, 2))).toBe('(1, 2)');
  expect(describeValue(tensorFrom(context.tensor([9], context.i8), [1, 2, 3, 4, 5, 6, 7, 8, 9]))).toBe(
    'tensor<9xi8> [1, 2, 3, 4, 5, 6, 7, 8, ...]',
  );
  expect(describeValue(Float32Array.of(1, 2))).toBe('<1, 2>');
  expect(describeValue(makeMemRef(context.memref([2], context.f32)))).toBe('memref<2xf32> sizes [2]');
  expect(describeValue(new DialectValue(context.none, null))).toBe('none');
  expect(describeValue(undefined)).toBe('<undefined>');
});
