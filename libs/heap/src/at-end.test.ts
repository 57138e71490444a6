// A block at the very end of the memory, seen by a WebAssembly load.
import { ModuleBuilder, Op, ValueType } from '@budflow/backend-wasm';
import { expect, it } from 'vitest';
import { Heap, HeapExhausted } from './index.js';

const MiB = 1024 * 1024;

/** load(address): the byte there; load4(address): four bytes. */
function loads(heap: Heap): { load: (address: number) => number; load4: (address: number) => number } {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', {
    min: 1,
    max: heap.maximumBytes / 65536,
    shared: heap.shared,
  });
  for (const [name, op] of [
    ['load', Op.i32_load8_u],
    ['load4', Op.i32_load],
  ] as const) {
    const f = module.function({ params: [ValueType.i32], results: [ValueType.i32], export: name });
    f.get(f.param(0));
    f.memory(op, 0, 1);
  }
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), {
    env: { memory: heap.memory as unknown as WebAssembly.Memory },
  });
  return instance.exports as never;
}

it.each([true, false])('an access one byte past a block at the end traps (shared: %s)', (shared) => {
  for (const bytes of [1, 4, 60, 64, 1000, 3 * MiB]) {
    const heap = Heap.create({ maximumBytes: 64 * MiB, shared });
    const block = heap.allocateAtEnd(bytes);
    heap.typedArray(block, 'ui8', bytes).fill(9);
    const { load, load4 } = loads(heap);
    expect(load(block.address + bytes - 1)).toBe(9);
    expect(() => load(block.address + bytes)).toThrow(WebAssembly.RuntimeError);
    expect(() => load4(block.address + bytes - 3)).toThrow(WebAssembly.RuntimeError);
  }
});

it('lies apart from all other blocks, and its memory is reused', () => {
  const heap = Heap.create({ initialBytes: MiB, maximumBytes: 4 * MiB });
  const first = heap.allocate(300_000);
  const end = heap.allocateAtEnd(100);
  expect(end.address + 100).toBe(MiB);
  const between = heap.allocate(500_000);
  expect(between.address).toBeGreaterThanOrEqual(first.address + first.capacity);
  expect(between.address + between.capacity).toBeLessThanOrEqual(end.address);
  // The end is taken: the next one moves the end.
  const second = heap.allocateAtEnd(100);
  expect(second.address + 100).toBe(heap.memory.buffer.byteLength);
  expect(second.address).toBeGreaterThan(end.address);
  for (const block of [end, between, first, second]) heap.free(block);
  expect(heap.statistics().liveBytes).toBe(0);
  expect(heap.allocate(1_200_000).address).toBe(first.address);
});

it('is refused when the end is taken and the heap may not grow', () => {
  const heap = Heap.create({ initialBytes: MiB, maximumBytes: MiB });
  heap.allocateAtEnd(100);
  expect(() => heap.allocateAtEnd(100)).toThrow(HeapExhausted);
});

it('refuses views that its address does not allow', () => {
  const heap = Heap.create();
  const block = heap.allocateAtEnd(5);
  expect(() => heap.typedArray(block, 'f32', 1)).toThrow(/not aligned for elements of f32/);
  expect(heap.typedArray(block, 'ui8', 5).length).toBe(5);
});
