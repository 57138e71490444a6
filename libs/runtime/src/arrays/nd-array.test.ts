import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ArrayMemory } from './array-memory.js';
import { DTYPES, type DType, defaultDType, type TypedArray } from './dtype.js';
import { NdArray } from './nd-array.js';

function resident(memory: ArrayMemory, data: Float32Array): NdArray {
  const block = memory.allocate(data.byteLength);
  memory.write(block.address, 'f32', data);
  return NdArray.resident(memory, block, 'f32', [data.length]);
}

describe('arrays outside the heap', () => {
  it('are views of their typed array', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    const array = NdArray.from(data, [2, 3]);
    expect(array).toMatchObject({
      dtype: 'f32',
      shape: [2, 3],
      size: 6,
      isResident: false,
      isDisposed: false,
      memory: null,
    });
    expect(array.data).toBe(data);
    expect(array.toTypedArray()).toEqual(data);
    expect(array.toTypedArray()).not.toBe(data);
    array.dispose();
    expect(array.data).toBe(data);
    expect(`${array}`).toBe('NdArray(f32 [2, 3])');
  });

  it('have the element type of their typed array unless told otherwise', () => {
    const types = [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      BigInt64Array,
      BigUint64Array,
      Float32Array,
      Float64Array,
    ];
    expect(types.map((T) => NdArray.from(new T(1)).dtype)).toEqual([
      'i8',
      'ui8',
      'ui8',
      'i16',
      'ui16',
      'i32',
      'ui32',
      'i64',
      'ui64',
      'f32',
      'f64',
    ]);
    expect(NdArray.from(Uint8Array.of(1), [1], 'i1').dtype).toBe('i1');
    expect(NdArray.from(Uint16Array.of(0x3c00), [1], 'f16').dtype).toBe('f16');
    expect(NdArray.from(Float32Array.of(1, 2), [1], 'complex<f32>')).toMatchObject({ size: 1 });
    expect(defaultDType('text')).toBe(undefined);
    expect(defaultDType(new DataView(new ArrayBuffer(1)))).toBe(undefined);
  });

  it.each<[string, () => unknown]>([
    ['array: f32 [2, 2] has 4 values, got 3', () => NdArray.from(new Float32Array(3), [2, 2])],
    ['array: expected a typed array for i1, got Float32Array', () => NdArray.from(new Float32Array(1), [1], 'i1')],
    ['array: expected a typed array, got Array', () => NdArray.from([1, 2] as unknown as TypedArray)],
    ['array: expected a typed array, got undefined', () => NdArray.from(undefined as unknown as TypedArray, [1])],
    ['array: -1 is not a size: shape [-1, -1]', () => NdArray.from(new Float32Array(1), [-1, -1])],
    ['array: 1.5 is not a size: shape [1.5]', () => NdArray.from(new Float32Array(1), [1.5])],
    [
      "array: unknown element type 'f33'; there are i1, i8",
      () => NdArray.from(new Float32Array(1), [1], 'f33' as DType),
    ],
  ])('refuse: %s', (message, make) => {
    expect(make).toThrow(message);
  });
});

describe('resident arrays', () => {
  it('show the heap, through growth too', () => {
    const memory = ArrayMemory.create({ initialBytes: 65536, maximumBytes: 1 << 22, shared: false });
    const array = resident(memory, Float32Array.of(1, 2));
    const { data } = array;
    expect(array.data).toBe(data);
    memory.allocate(1 << 20);
    expect(data.length).toBe(0);
    expect([...array.data]).toEqual([1, 2]);
    (array.data as Float32Array)[1] = 7;
    expect([...array.toTypedArray()]).toEqual([1, 7]);
  });

  it('give their block back once', () => {
    const memory = ArrayMemory.create({ maximumBytes: 1 << 22 });
    const array = resident(memory, Float32Array.of(1, 2));
    expect(memory.heap.statistics().blocks).toBe(1);
    array.dispose();
    array.dispose();
    expect(memory.heap.statistics().blocks).toBe(0);
    expect(array.isDisposed).toBe(true);
    for (const use of [() => array.data, () => array.address, () => array.toTypedArray()]) {
      expect(use).toThrow('NdArray(f32 [2]) was disposed of');
    }
  });

  it('are disposed of by using', () => {
    const memory = ArrayMemory.create({ maximumBytes: 1 << 22 });
    {
      using array = resident(memory, Float32Array.of(1));
      expect(array.isDisposed).toBe(false);
      expect(memory.heap.statistics().blocks).toBe(1);
    }
    expect(memory.heap.statistics().blocks).toBe(0);
  });

  it('give their block back when they are garbage', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const memory = ArrayMemory.create({ maximumBytes: 1 << 22 });
    (() => {
      for (let i = 0; i < 10; i++) resident(memory, Float32Array.of(i));
    })();
    expect(memory.heap.statistics().blocks).toBe(10);
    for (let i = 0; i < 50 && memory.heap.statistics().blocks > 0; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(memory.heap.statistics().blocks).toBe(0);
  });
});

it('every element type can be written and read', () => {
  const memory = ArrayMemory.create({ maximumBytes: 1 << 22 });
  for (const dtype of DTYPES) {
    const block = memory.allocate(64);
    const zero = memory.read(block.address, dtype, 2);
    const values = (zero.constructor as Float32ArrayConstructor).from(
      zero as Float32Array,
      (v) => ((typeof v as string) === 'bigint' ? 1n : 1) as number,
    );
    memory.write(block.address, dtype, values);
    expect(memory.read(block.address, dtype, 2)).toEqual(values);
    memory.heap.free(block);
  }
});
