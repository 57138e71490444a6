import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, DType } from './index.js';
import { GUARD_BYTES, Heap, HeapExhausted, HeapMisuse, MAXIMUM_BYTES } from './index.js';

const KiB = 1024;
const MiB = 1024 * KiB;

/** A size, most often small, sometimes a few megabytes. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 40 * KiB }),
  fc.integer({ min: 0, max: 3 * MiB }),
);
const step = fc.oneof(
  fc.record({ kind: fc.constant('allocate' as const), bytes: size }),
  fc.record({ kind: fc.constant('free' as const), which: fc.nat() }),
);

/** Every byte of a block is written, so an overlap with any other block shows in its contents. */
function stamp(heap: Heap, block: Block, value: number): void {
  heap.typedArray(block, 'ui8', block.byteLength).fill(value);
}
function isStamped(heap: Heap, block: Block, value: number): boolean {
  return heap.typedArray(block, 'ui8', block.byteLength).every((byte) => byte === value);
}

describe('allocation', () => {
  it('never overlaps, keeps alignment and contents over growth, and its statistics add up', () => {
    const program = fc.array(step, { maxLength: 60 });
    fc.assert(
      fc.property(program, fc.boolean(), (steps, shared) => {
        const heap = Heap.create({ initialBytes: 64 * KiB, maximumBytes: 512 * MiB, shared });
        const live: { block: Block; value: number }[] = [];
        let peak = 0;
        steps.forEach((s, i) => {
          if (s.kind === 'allocate') {
            const block = heap.allocate(s.bytes);
            stamp(heap, block, i & 0xff);
            live.push({ block, value: i & 0xff });
          } else if (live.length > 0) {
            const [removed] = live.splice(s.which % live.length, 1);
            expect(isStamped(heap, removed!.block, removed!.value)).toBe(true);
            heap.free(removed!.block);
          }
          const { liveBytes, freeBytes, reservedBytes, peakBytes, blocks, touchedBytes } = heap.statistics();
          peak = Math.max(peak, liveBytes);
          expect(blocks).toBe(live.length);
          expect(liveBytes).toBe(live.reduce((sum, { block }) => sum + block.capacity, 0));
          expect(liveBytes + freeBytes + GUARD_BYTES).toBe(reservedBytes);
          expect(reservedBytes).toBe(heap.memory.buffer.byteLength);
          expect(peakBytes).toBe(peak);
          expect(touchedBytes).toBeLessThanOrEqual(reservedBytes);
        });
        const sorted = live.map(({ block }) => block).sort((a, b) => a.address - b.address);
        let end = GUARD_BYTES;
        for (const block of sorted) {
          expect(block.address % 64).toBe(0);
          expect(block.address).toBeGreaterThanOrEqual(end);
          expect(block.capacity).toBeGreaterThanOrEqual(block.byteLength);
          end = block.address + block.capacity;
        }
        for (const { block, value } of live) expect(isStamped(heap, block, value)).toBe(true);
        // Everything returned: the whole memory is one piece again, as large as it can be.
        for (const { block } of live) heap.free(block);
        const rest = heap.statistics();
        expect(rest.liveBytes).toBe(0);
        const generation = heap.generation;
        heap.allocate(Math.floor((rest.reservedBytes - GUARD_BYTES) * 0.75));
        expect(heap.generation).toBe(generation);
      }),
      { numRuns: 60 },
    );
  });

  it('wastes less than a fifth of a block plus one line', () => {
    const heap = Heap.create({ maximumBytes: 64 * MiB });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 * MiB }), (bytes) => {
        const block = heap.allocate(bytes);
        expect(block.capacity).toBeLessThan(bytes * 1.25 + 64);
        heap.free(block);
      }),
    );
  });

  it('gives every block an address of its own, even of zero bytes', () => {
    const heap = Heap.create();
    const a = heap.allocate(0);
    const b = heap.allocate(0);
    expect(a.address).toBeGreaterThanOrEqual(GUARD_BYTES);
    expect(b.address).not.toBe(a.address);
  });

  it('refuses sizes that are not a number of bytes', () => {
    const heap = Heap.create();
    for (const bytes of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => heap.allocate(bytes)).toThrow(HeapMisuse);
      expect(() => heap.allocateAtEnd(bytes)).toThrow(/not a number of bytes/);
    }
  });
});

describe('reuse', () => {
  it('serves a loop that allocates and frees from memory touched before', () => {
    const heap = Heap.create({ maximumBytes: 512 * MiB });
    const round = () => {
      const blocks = [4 * MiB, 4 * MiB, 1000, 4 * MiB - 5000, 64].map((bytes) => heap.allocate(bytes));
      for (const block of blocks) heap.free(block);
    };
    round();
    const { touchedBytes } = heap.statistics();
    const { generation } = heap;
    for (let i = 0; i < 1000; i++) round();
    expect(heap.statistics().touchedBytes).toBe(touchedBytes);
    expect(heap.generation).toBe(generation);
  });

  it('gives the block freed last to the next request of its size', () => {
    const heap = Heap.create();
    const a = heap.allocate(100_000);
    heap.allocate(100_000);
    heap.free(a);
    expect(heap.allocate(99_000).address).toBe(a.address);
  });

  it('merges freed neighbours, whatever the order of freeing', () => {
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 });
    fc.assert(
      fc.property(orders, (order) => {
        const heap = Heap.create({ initialBytes: 32 * MiB });
        const blocks = Array.from({ length: 8 }, () => heap.allocate(MiB));
        heap.allocate(MiB);
        for (const i of order) heap.free(blocks[i]!);
        expect(heap.allocate(7 * MiB).address).toBe(blocks[0]!.address);
      }),
      { numRuns: 30 },
    );
  });

  it('does not put long-lived small blocks into the place of a freed large one', () => {
    const heap = Heap.create({ maximumBytes: 512 * MiB });
    const kept: Block[] = [];
    let array = heap.allocate(8 * MiB);
    heap.allocate(8 * MiB);
    for (let i = 0; i < 100; i++) {
      heap.free(array);
      kept.push(heap.allocate(8));
      const next = heap.allocate(8 * MiB);
      expect(next.address).toBe(array.address);
      array = next;
    }
    expect(new Set(kept.map((block) => block.address)).size).toBe(100);
  });
});

describe('misuse', () => {
  it('diagnoses a block that is freed twice, also when its memory has a new owner', () => {
    const heap = Heap.create();
    const block = heap.allocate(1000);
    heap.free(block);
    expect(() => heap.free(block)).toThrow(/already freed/);
    const next = heap.allocate(1000);
    expect(next.address).toBe(block.address);
    expect(() => heap.free(block)).toThrow(HeapMisuse);
    expect(() => heap.typedArray(block, 'ui8', 1)).toThrow(/already freed/);
    expect(heap.statistics().blocks).toBe(1);
  });

  it('diagnoses blocks of another heap and made-up blocks', () => {
    const heap = Heap.create();
    const other = Heap.create().allocate(64);
    expect(() => heap.free(other)).toThrow(/not of this heap/);
    expect(() => heap.free({ address: 1024, byteLength: 64, capacity: 64 })).toThrow(/not of this heap/);
    expect(() => heap.typedArray(other, 'f32', 1)).toThrow(HeapMisuse);
  });

  it('marks misuse as an internal error', () => {
    expect(new HeapMisuse('x').kind).toBe('InternalError');
  });

  it('refuses a view that is larger than its block', () => {
    const heap = Heap.create();
    const block = heap.allocate(100);
    expect(heap.typedArray(block, 'f32', 25).length).toBe(25);
    expect(() => heap.typedArray(block, 'f32', 26)).toThrow(/26 elements of f32 need 104 bytes/);
    expect(() => heap.typedArray(block, 'f32', -1)).toThrow(HeapMisuse);
  });
});

describe('views', () => {
  it('show each element type at the address of its block', () => {
    const heap = Heap.create();
    const block = heap.allocate(64);
    const expected: Record<DType, string> = {
      i1: 'Uint8Array',
      i8: 'Int8Array',
      i16: 'Int16Array',
      i32: 'Int32Array',
      i64: 'BigInt64Array',
      ui8: 'Uint8Array',
      ui16: 'Uint16Array',
      ui32: 'Uint32Array',
      ui64: 'BigUint64Array',
      index: 'BigInt64Array',
      f16: 'Uint16Array',
      bf16: 'Uint16Array',
      f32: 'Float32Array',
      f64: 'Float64Array',
      'complex<f32>': 'Float32Array',
      'complex<f64>': 'Float64Array',
    };
    for (const [dtype, arrayType] of Object.entries(expected)) {
      const view = heap.typedArray(block, dtype as DType, 3);
      expect(view.constructor.name, dtype).toBe(arrayType);
      expect(view.byteOffset).toBe(block.address);
      expect(view.length, dtype).toBe(dtype.startsWith('complex') ? 6 : 3);
    }
  });

  it('can be made again after growth, which counts the generation up', () => {
    for (const shared of [false, true]) {
      const heap = Heap.create({ initialBytes: 64 * KiB, maximumBytes: 64 * MiB, shared });
      const block = heap.allocate(40);
      const before = heap.typedArray(block, 'f32', 10);
      before.fill(1.5);
      const { generation } = heap;
      const large = heap.allocate(4 * MiB);
      expect(heap.generation).toBe(generation + 1);
      expect(before.length, 'private memories detach old views').toBe(shared ? 10 : 0);
      expect([...heap.typedArray(block, 'f32', 10)]).toEqual(new Array(10).fill(1.5));
      expect(heap.typedArray(large, 'ui8', 4 * MiB).length).toBe(4 * MiB);
      expect(heap.bytes.length).toBe(heap.statistics().reservedBytes);
    }
  });
});

describe('limits', () => {
  it('creates a shared memory if asked, a private one otherwise', () => {
    expect(Heap.create({ shared: true }).memory.buffer).toBeInstanceOf(SharedArrayBuffer);
    const heap = Heap.create({ shared: false });
    expect(heap.shared).toBe(false);
    expect(heap.memory.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('can be as large as 4 GiB minus a page', () => {
    const heap = Heap.create();
    expect(MAXIMUM_BYTES).toBe(2 ** 32 - 65536);
    expect(heap.maximumBytes).toBe(MAXIMUM_BYTES);
    const block = heap.allocate(MAXIMUM_BYTES - GUARD_BYTES);
    expect(block.address + block.capacity).toBe(MAXIMUM_BYTES);
    const view = heap.typedArray(block, 'ui8', block.byteLength);
    view[view.length - 1] = 7;
    expect(heap.bytes[MAXIMUM_BYTES - 1]).toBe(7);
  });

  it('names the request and what is free when it is exhausted, and stays as it was', () => {
    const heap = Heap.create({ initialBytes: 64 * KiB, maximumBytes: MiB });
    const a = heap.allocate(300 * KiB);
    const before = heap.statistics();
    let error: unknown;
    try {
      heap.allocate(5 * 2 ** 30);
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(HeapExhausted);
    const exhausted = error as HeapExhausted;
    expect(exhausted.kind).toBe('HeapExhausted');
    expect(exhausted.requested).toBe(5 * 2 ** 30);
    expect(exhausted.free).toBe(MiB - GUARD_BYTES - a.capacity);
    expect(exhausted.message).toContain(`${5 * 2 ** 30} bytes requested, ${exhausted.free} bytes free`);
    expect(heap.statistics()).toEqual(before);
  });

  it('gives out every last byte: what the error calls the largest piece can be had', () => {
    const heap = Heap.create({ initialBytes: 64 * KiB, maximumBytes: 8 * MiB });
    const sizes = fc.array(fc.integer({ min: 1, max: 2 * MiB }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (requests, keep) => {
        const blocks: Block[] = [];
        for (const bytes of requests) {
          try {
            blocks.push(heap.allocate(bytes));
          } catch (e) {
            expect(e).toBeInstanceOf(HeapExhausted);
          }
        }
        const kept = blocks.filter((_, i) => keep[i]);
        for (const block of blocks) if (!kept.includes(block)) heap.free(block);
        const { largestFree } = exhaust(heap);
        const last = heap.allocate(largestFree);
        expect(last.capacity).toBeGreaterThanOrEqual(largestFree);
        expect(() => heap.allocate(8 * MiB)).toThrow(HeapExhausted);
        heap.free(last);
        for (const block of kept) heap.free(block);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses an initial size above the maximum', () => {
    expect(() => Heap.create({ initialBytes: 2 * MiB, maximumBytes: MiB })).toThrow(HeapMisuse);
    expect(() => Heap.create({ initialBytes: 0 })).toThrow(/initialBytes/);
  });
});

function exhaust(heap: Heap): HeapExhausted {
  try {
    heap.allocate(2 ** 33);
  } catch (error) {
    return error as HeapExhausted;
  }
  throw new Error('8 GiB were found');
}
