import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashBytes } from './constants.js';
import { Heap, HeapMisuse } from './index.js';

const bytesOf = (...values: number[]) => new Uint8Array(values);

describe('constants', () => {
  it('share one block for equal contents', () => {
    const heap = Heap.create();
    const a = heap.constants.intern(bytesOf(1, 2, 3, 4, 5));
    const b = heap.constants.intern(bytesOf(1, 2, 3, 4, 5));
    const c = heap.constants.intern(bytesOf(1, 2, 3, 4, 6));
    const longer = heap.constants.intern(bytesOf(1, 2, 3, 4, 5, 0));
    expect(b).toBe(a);
    expect(new Set([a, c, longer]).size).toBe(3);
    expect([...heap.typedArray(a, 'ui8', 5)]).toEqual([1, 2, 3, 4, 5]);
    expect(heap.constants.size).toBe(3);
  });

  it('live until the last reference is released', () => {
    const heap = Heap.create();
    const block = heap.constants.intern(bytesOf(9, 9));
    heap.constants.intern(bytesOf(9, 9));
    heap.constants.release(block);
    expect([...heap.typedArray(block, 'ui8', 2)]).toEqual([9, 9]);
    heap.constants.release(block);
    expect(heap.statistics().blocks).toBe(0);
    expect(() => heap.constants.release(block)).toThrow(/released too often/);
    expect(heap.constants.intern(bytesOf(9, 9))).not.toBe(block);
  });

  it('cannot be freed as blocks, nor blocks released as constants', () => {
    const heap = Heap.create();
    const constant = heap.constants.intern(bytesOf(1));
    expect(() => heap.free(constant)).toThrow(/constants.release/);
    expect(() => heap.constants.release(heap.allocate(1))).toThrow(HeapMisuse);
  });

  it('keep contents apart whose hashes are equal', () => {
    // The final mixing is a bijection, so two eight-byte contents collide if the first words' difference is undone by
    // the second's: found by search over small contents.
    const seen = new Map<number, Uint8Array>();
    let pair: [Uint8Array, Uint8Array] | undefined;
    const words = new Uint32Array(2);
    for (let i = 0; !pair && i < 1_000_000; i++) {
      words[0] = Math.imul(i, 0x9e3779b1);
      words[1] = i ^ (i << 13);
      const bytes = new Uint8Array(words.buffer).slice();
      const hash = hashBytes(bytes);
      const other = seen.get(hash);
      if (other) pair = [other, bytes];
      seen.set(hash, bytes);
    }
    const [a, b] = pair!;
    expect(hashBytes(a)).toBe(hashBytes(b));
    const heap = Heap.create();
    const first = heap.constants.intern(a);
    const second = heap.constants.intern(b);
    expect(second).not.toBe(first);
    heap.constants.release(first);
    expect(heap.constants.intern(b)).toBe(second);
    expect([...heap.typedArray(second, 'ui8', 8)]).toEqual([...b]);
  });

  it('hold what was interned, across growth, for any contents', () => {
    const heap = Heap.create({ initialBytes: 65536, maximumBytes: 256 * 1024 * 1024 });
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (contents) => {
        const blocks = contents.map((content) => heap.constants.intern(content));
        heap.allocate(200_000);
        contents.forEach((content, i) => {
          expect([...heap.typedArray(blocks[i]!, 'ui8', content.length)]).toEqual([...content]);
        });
        expect(heap.constants.size).toBe(new Set(contents.map((content) => content.join())).size);
        for (const block of blocks) heap.constants.release(block);
        expect(heap.constants.size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
