// Arrays that end where the memory ends, so that the byte behind them traps; what lies before them must keep its value.
import type { DType } from '@budflow/heap';
import { type CompiledModule, NdArray } from 'budflow';
import { expect } from 'vitest';
import { tensor } from './arguments.js';
import type { TestTensor } from './differential.js';
import type { Element } from './random/program.js';

const CANARY = 0xa5;

export const isComplex = (e: string) => e.startsWith('complex');

/** Random elements. Those of 16 bits are in [1, 2), since the bits of NaN may differ. */
export function elements(element: string, shape: readonly number[], seed = 1): TestTensor {
  if (isComplex(element))
    return { shape, data: tensor(element === 'complex<f32>' ? 'f32' : 'f64', [...shape, 2], seed).data };
  if (element !== 'f16' && element !== 'bf16') return tensor(element as Element, shape, seed);
  const [one, fraction] = element === 'f16' ? [0x3c00, 0x400] : [0x3f80, 0x80];
  const count = shape.reduce((n, d) => n * d, 1);
  return { shape, data: Uint16Array.from({ length: count }, (_, i) => one! + ((i * 37 + seed * 11) % fraction!)) };
}

/** Calls `use` with an array that ends with the memory; the 64 bytes before it must not change. */
export function atEnd<T>(module: CompiledModule, content: TestTensor, dtype: DType, use: (array: NdArray) => T): T {
  const { heap } = module;
  const anchor = module.array(new Uint8Array(1));
  const block = heap.allocateAtEnd(content.data.byteLength);
  expect(block.address + block.byteLength).toBe(heap.memory.buffer.byteLength);
  const array = NdArray.resident(anchor.memory!, block, dtype, content.shape);
  (array.data as Uint8Array).set(content.data as Uint8Array);
  const before = heap.bytes.subarray(block.address - 64, block.address);
  before.fill(CANARY);
  try {
    const result = use(array);
    expect(before.every((b) => b === CANARY)).toBe(true);
    return result;
  } finally {
    array.dispose();
    anchor.dispose();
  }
}
