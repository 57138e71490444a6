// The memory arrays live in: one growable WebAssembly memory, shared where that is possible. This file grows it and
// guards its handles; which addresses are free is the allocator's knowledge.

import type { Chunk } from './allocator.js';
import { Allocator, SMALL_REGION } from './allocator.js';
import type { Block } from './block.js';
import { HeapBlock } from './block.js';
import { ConstantPool } from './constants.js';
import { HeapExhausted, HeapMisuse } from './errors.js';
import { UNIT } from './size-classes.js';
import type { DType, TypedArrays } from './views.js';
import { bytesPerElement, viewAlignment, viewOf } from './views.js';
import type { WasmMemory } from './webassembly.js';
import { createMemory, PAGE } from './webassembly.js';

/** Largest heap: 4 GiB minus one page, so that the end of every block is an unsigned 32-bit number. */
export const MAXIMUM_BYTES = 2 ** 32 - PAGE;
/** Bytes at address 0 that are never handed out. */
export const GUARD_BYTES = 1024;
/** Growth is by the heap's own size, as far as this. Reserved pages cost nothing before they are touched. */
const GROWTH_LIMIT = 256 * 1024 * 1024;

/** How to create a heap. Sizes are rounded up to pages of 64 KiB. */
export interface HeapOptions {
  /** Bytes to begin with (default 1 MiB). */
  readonly initialBytes?: number;
  /** Bytes to grow to at most (default and limit: `MAXIMUM_BYTES`). */
  readonly maximumBytes?: number;
  /** Ask for a shared memory (default true); without shared memory in the engine the heap is private. */
  readonly shared?: boolean;
}

/** Sizes in bytes. */
export interface HeapStatistics {
  /** What all blocks in use occupy: their capacities (of a block at the end: rounded up to 64). */
  readonly liveBytes: number;
  /** The largest `liveBytes` so far. */
  readonly peakBytes: number;
  /** Size of the memory. */
  readonly reservedBytes: number;
  /** Free bytes within the memory: reserved minus live minus guard. */
  readonly freeBytes: number;
  /** Highest address ever handed out: what may have been touched. It stays put while blocks are reused. */
  readonly touchedBytes: number;
  /** Blocks in use. */
  readonly blocks: number;
}

/** A heap. Blocks are 64-byte aligned; kernels never touch a byte outside of theirs. */
export class Heap {
  /** The memory, for kernels to import. Only the heap may grow it. */
  readonly memory: WasmMemory;
  /** Whether the memory is shared between threads. */
  readonly shared: boolean;
  /** Bytes the heap can grow to. */
  readonly maximumBytes: number;
  /** Constants by content. */
  readonly constants: ConstantPool;
  readonly #allocator: Allocator;
  #buffer: ArrayBufferLike;
  #bytes: Uint8Array;
  #generation = 0;
  #liveBytes = 0;
  #peakBytes = 0;
  #blocks = 0;

  private constructor(memory: WasmMemory, shared: boolean, maximumBytes: number) {
    this.memory = memory;
    this.shared = shared;
    this.maximumBytes = maximumBytes;
    this.#buffer = memory.buffer;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#allocator = new Allocator(GUARD_BYTES, memory.buffer.byteLength);
    this.constants = new ConstantPool({
      place: (bytes) => this.#placeConstant(bytes),
      remove: (block) => {
        this.#release(this.#owned(block, 'release'));
      },
      bytesOf: (block) => this.typedArray(block, 'ui8', block.byteLength),
    });
  }

  /**
   * Creates a heap. Where the engine cannot reserve addresses up to the maximum, it settles for less: see
   * `maximumBytes`. @throws HeapExhausted if not even the initial size can be had
   */
  static create(options: HeapOptions = {}): Heap {
    const initial = pages(options.initialBytes ?? 1024 * 1024);
    const limit = Math.min(pages(options.maximumBytes ?? MAXIMUM_BYTES), MAXIMUM_BYTES / PAGE);
    if (!(initial >= 1 && initial <= limit)) {
      throw new HeapMisuse(
        `Heap.create: initialBytes ${options.initialBytes} is not between 1 and the maximum, ${limit * PAGE}`,
      );
    }
    const shared = options.shared !== false && typeof SharedArrayBuffer !== 'undefined';
    for (let maximum = limit; ; maximum = Math.max(initial, maximum >> 1)) {
      try {
        return new Heap(createMemory({ initial, maximum, shared }), shared, maximum * PAGE);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        if (maximum === initial) throw new HeapExhausted(initial * PAGE, 0, 0, limit * PAGE);
      }
    }
  }

  /**
   * A block of `bytes` bytes (0 is fine). Its content is whatever was there.
   * @throws HeapExhausted if it does not fit below the maximum
   */
  allocate(bytes: number): Block {
    checkSize('allocate', bytes);
    const chunk = this.#allocator.allocate(bytes) ?? this.#growAndAllocate(bytes);
    return this.#handOut(chunk, chunk.address, bytes, chunk.size);
  }

  /** Takes a block back. Its memory is reused, and never returned to the system. */
  free(block: Block): void {
    const owned = this.#owned(block, 'free');
    if (owned.isConstant) {
      throw new HeapMisuse(`free: the block at ${block.address} is a constant; constants.release gives it back`);
    }
    this.#release(owned);
  }

  /**
   * For tests: a block that ends with the memory, so that an access one byte past it traps. This holds until the heap
   * grows. The address is a multiple of 64 only if `bytes` is.
   */
  allocateAtEnd(bytes: number): Block {
    checkSize('allocateAtEnd', bytes);
    let chunk = this.#allocator.allocateAtEnd(bytes);
    if (!chunk) {
      const end = this.#allocator.top + Math.max(UNIT, Math.ceil(bytes / UNIT) * UNIT);
      if (end <= this.maximumBytes && this.#growTo(end)) chunk = this.#allocator.allocateAtEnd(bytes);
      if (!chunk) throw this.#exhausted(bytes);
    }
    return this.#handOut(chunk, chunk.address + chunk.size - bytes, bytes, bytes);
  }

  /**
   * Counts the growths. After a growth, views made before are stale: of a private memory they are detached (length
   * 0), of a shared one they stay valid for their old range.
   */
  get generation(): number {
    return this.#generation;
  }

  /** All of the memory, as of this generation. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * A view of the first `length` elements of a block. Make it again when `generation` has changed.
   * @throws HeapMisuse if the block is freed, foreign or too small
   */
  typedArray<D extends DType>(block: Block, dtype: D, length: number): TypedArrays[D] {
    this.#owned(block, 'typedArray');
    const bytes = length * bytesPerElement(dtype);
    if (!(length >= 0 && Number.isInteger(length) && bytes <= block.byteLength)) {
      throw new HeapMisuse(
        `typedArray: ${length} elements of ${dtype} need ${bytes} bytes, the block at ${block.address} has ${block.byteLength}`,
      );
    }
    if (block.address % viewAlignment(dtype) !== 0) {
      throw new HeapMisuse(`typedArray: the block at ${block.address} is not aligned for elements of ${dtype}`);
    }
    return viewOf(this.#buffer, dtype, block.address, length);
  }

  /** What is in use now. */
  statistics(): HeapStatistics {
    const reservedBytes = this.#bytes.length;
    return {
      liveBytes: this.#liveBytes,
      peakBytes: this.#peakBytes,
      reservedBytes,
      freeBytes: reservedBytes - this.#liveBytes - GUARD_BYTES,
      touchedBytes: this.#allocator.touched,
      blocks: this.#blocks,
    };
  }

  #growAndAllocate(bytes: number): Chunk {
    const { top } = this.#allocator;
    // A size class is less than a quarter above the request.
    const comfortable = top + Math.max(Math.ceil((bytes * 5) / 4), SMALL_REGION) + UNIT;
    if (comfortable <= this.maximumBytes) {
      const reserved = this.#bytes.length;
      const generous = Math.min(Math.max(comfortable, reserved + Math.min(reserved, GROWTH_LIMIT)), this.maximumBytes);
      if (this.#growTo(generous) || this.#growTo(comfortable)) {
        const chunk = this.#allocator.allocate(bytes);
        if (chunk) return chunk;
      }
    }
    const tight = top + Math.ceil(bytes / UNIT) * UNIT;
    if (tight <= this.maximumBytes) this.#growTo(tight);
    const chunk = this.#allocator.allocateTight(bytes);
    if (!chunk) throw this.#exhausted(bytes);
    return chunk;
  }

  /** Grows the memory to at least `end` bytes; false if the engine refuses. */
  #growTo(end: number): boolean {
    const more = pages(end) - this.#bytes.length / PAGE;
    if (more <= 0) return true;
    try {
      this.memory.grow(more);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    this.#buffer = this.memory.buffer;
    this.#bytes = new Uint8Array(this.#buffer);
    this.#generation++;
    this.#allocator.extend(this.#bytes.length);
    return true;
  }

  #handOut(chunk: Chunk, address: number, byteLength: number, capacity: number): HeapBlock {
    this.#liveBytes += chunk.size;
    if (this.#liveBytes > this.#peakBytes) this.#peakBytes = this.#liveBytes;
    this.#blocks++;
    return new HeapBlock(this, chunk, address, byteLength, capacity);
  }

  #release(block: HeapBlock): void {
    const chunk = block.chunk as Chunk;
    block.chunk = null;
    this.#liveBytes -= chunk.size;
    this.#blocks--;
    this.#allocator.free(chunk);
  }

  #placeConstant(bytes: Uint8Array): Block {
    const block = this.allocate(bytes.length) as HeapBlock;
    block.isConstant = true;
    // Growth replaces the view of all bytes, so it is read after the allocation.
    this.#bytes.set(bytes, block.address);
    return block;
  }

  #owned(block: Block, what: string): HeapBlock {
    if (!(block instanceof HeapBlock) || block.owner !== this) {
      throw new HeapMisuse(`${what}: the block at ${block.address} is not of this heap`);
    }
    if (!block.chunk) {
      throw new HeapMisuse(`${what}: the block at ${block.address} (${block.byteLength} bytes) is already freed`);
    }
    return block;
  }

  #exhausted(bytes: number): HeapExhausted {
    // If it would fit below the maximum, it was the engine that refused to grow: then what is reserved is all there is.
    const fits = this.#allocator.largestFree(this.maximumBytes) >= bytes;
    const limit = fits ? this.#bytes.length : this.maximumBytes;
    const free = limit - this.#liveBytes - GUARD_BYTES;
    return new HeapExhausted(bytes, free, this.#allocator.largestFree(limit), limit);
  }
}

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE);
}

function checkSize(what: string, bytes: number): void {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new HeapMisuse(`${what}: ${bytes} is not a number of bytes`);
}
