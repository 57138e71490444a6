// What the heap does where the engine gives less than it is asked for. The engine is replaced by one that refuses.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Heap, HeapExhausted } from './index.js';

const PAGE = 65536;
const RealMemory = WebAssembly.Memory;

afterEach(() => {
  vi.unstubAllGlobals();
});

/** An engine that reserves at most `maximumPages` and grows to at most `grownPages`. */
function engine(maximumPages: number, grownPages = maximumPages): void {
  class Memory extends RealMemory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if ((descriptor.maximum ?? 65536) > maximumPages) throw new RangeError('could not allocate memory');
      super(descriptor);
    }
    override grow(pages: number): number {
      if (this.buffer.byteLength / PAGE + pages > grownPages) throw new RangeError('unable to grow');
      return super.grow(pages);
    }
  }
  vi.stubGlobal('WebAssembly', { Memory });
}

describe('an engine that gives less', () => {
  it('gets a smaller maximum, which the heap tells', () => {
    engine(20_000);
    const heap = Heap.create();
    expect(heap.maximumBytes / PAGE).toBeLessThanOrEqual(20_000);
    expect(heap.maximumBytes / PAGE).toBeGreaterThan(10_000);
    expect(() => heap.allocate(20_000 * PAGE)).toThrow(HeapExhausted);
    expect(heap.allocate(100).byteLength).toBe(100);
  });

  it('cannot be asked for less than the initial size', () => {
    engine(3);
    expect(() => Heap.create({ initialBytes: 4 * PAGE })).toThrow(HeapExhausted);
    expect(Heap.create({ initialBytes: 3 * PAGE }).maximumBytes).toBe(3 * PAGE);
  });

  it('is asked for just what is needed when it refuses generous growth', () => {
    engine(65536, 100);
    const heap = Heap.create({ initialBytes: 64 * PAGE });
    const block = heap.allocate(75 * PAGE);
    expect(block.capacity).toBeGreaterThanOrEqual(75 * PAGE);
    expect(heap.statistics().reservedBytes).toBeLessThanOrEqual(100 * PAGE);
  });

  it('makes for an exhausted heap when it refuses to grow at all', () => {
    engine(65536, 16);
    const heap = Heap.create({ initialBytes: 16 * PAGE });
    const before = heap.statistics();
    expect(() => heap.allocate(17 * PAGE)).toThrow(`${16 * PAGE - 1024} bytes free`);
    expect(() => heap.allocateAtEnd(17 * PAGE)).toThrow(HeapExhausted);
    expect(heap.statistics()).toEqual(before);
    expect(heap.allocate(15 * PAGE).capacity).toBeGreaterThanOrEqual(15 * PAGE);
  });

  it('without shared memory gets a private one', () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    const heap = Heap.create({ shared: true });
    expect(heap.shared).toBe(false);
    expect(heap.memory.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('without WebAssembly cannot have a heap', () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(() => Heap.create()).toThrow(/no WebAssembly/);
  });
});
