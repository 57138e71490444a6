// Hands out address ranges of one growing region. It follows TLSF (Masmano et al., 2004): bins of free chunks by size
// class, a bitmap that finds the first bin that serves, and neighbours merged on every free. Allocation and freeing
// take constant time. The part never handed out (past `top`) stays out of the bins: used memory is preferred to it,
// since the first touch of a page costs more than most kernels.
//
// It knows addresses only; growing the memory is the heap's business.

import { CLASS_COUNT, classAbove, classBelow, UNIT, unitsOfClass } from './size-classes.js';

/** Blocks up to this size are small: they may not split chunks above `SMALL_SOURCE` while there is another way. */
const SMALL = 16 * 1024;
/** A long-lived scalar in the middle of a freed 40 MB array would keep the next such array from being placed there. */
const SMALL_SOURCE = 1024 * 1024;
/** Where small blocks come from: pieces of this size, taken from the end. */
export const SMALL_REGION = 256 * 1024;

/** A range of addresses, free or in use. Chunks of one region form a list in address order. */
export class Chunk {
  address: number;
  size: number;
  isFree = false;
  previous: Chunk | null;
  next: Chunk | null = null;
  previousFree: Chunk | null = null;
  nextFree: Chunk | null = null;

  constructor(address: number, size: number, previous: Chunk | null) {
    this.address = address;
    this.size = size;
    this.previous = previous;
  }
}

/** Allocator of the addresses from `start` (a multiple of 64) to a movable end. */
export class Allocator {
  readonly #bins: (Chunk | null)[] = new Array<Chunk | null>(CLASS_COUNT + 1).fill(null);
  /** Bit `c` of word `c / 32`: bin `c` is not empty. */
  readonly #filled = new Uint32Array((CLASS_COUNT >> 5) + 1);
  #last: Chunk | null = null;
  #top: number;
  #end: number;
  #touched: number;

  constructor(start: number, end: number) {
    this.#top = start;
    this.#end = end;
    this.#touched = start;
  }

  /** End of the addresses handed out so far at most. */
  get touched(): number {
    return this.#touched;
  }

  /** End of the last chunk; behind it all is free. */
  get top(): number {
    return this.#top;
  }

  /** Moves the end up. */
  extend(end: number): void {
    this.#end = end;
  }

  /** A chunk of at least `bytes`, or null if no free range below the end holds its size class. */
  allocate(bytes: number): Chunk | null {
    const wanted = classAbove(Math.max(1, Math.ceil(bytes / UNIT)));
    const size = unitsOfClass(wanted) * UNIT;
    if (size <= SMALL) return this.#allocateSmall(wanted, size);
    return this.#fromBins(wanted, CLASS_COUNT, size) ?? this.#fromTop(size);
  }

  #allocateSmall(wanted: number, size: number): Chunk | null {
    const preferred = this.#fromBins(wanted, classBelow(SMALL_SOURCE / UNIT), size);
    if (preferred) return preferred;
    const region = this.#fromTop(SMALL_REGION);
    if (region) return this.#split(region, size);
    return this.#fromTop(size) ?? this.#fromBins(wanted, CLASS_COUNT, size);
  }

  /** A chunk of exactly `bytes` rounded to the unit: for requests whose size class does not fit any more. */
  allocateTight(bytes: number): Chunk | null {
    this.#returnTail();
    const units = Math.max(1, Math.ceil(bytes / UNIT));
    const size = units * UNIT;
    const fromTop = this.#fromTop(size);
    if (fromTop) return fromTop;
    for (let chunk = this.#bins[classBelow(units)] ?? null; chunk; chunk = chunk.nextFree) {
      if (chunk.size >= size) return this.#take(chunk, size);
    }
    return this.#fromBins(classBelow(units) + 1, CLASS_COUNT, size);
  }

  /** The chunk that ends at the end, of `bytes` rounded up to the unit; null if something lies in its place. */
  allocateAtEnd(bytes: number): Chunk | null {
    this.#returnTail();
    const size = Math.max(1, Math.ceil(bytes / UNIT)) * UNIT;
    const address = this.#end - size;
    if (address < this.#top) return null;
    if (address > this.#top) this.#file(this.#append(address - this.#top));
    return this.#append(size);
  }

  /** Takes a chunk back and merges it with free neighbours. */
  free(chunk: Chunk): void {
    const { previous, next } = chunk;
    if (next?.isFree) {
      this.#unfile(next);
      this.#absorbNext(chunk, next);
    }
    let merged = chunk;
    if (previous?.isFree) {
      this.#unfile(previous);
      this.#absorbNext(previous, chunk);
      merged = previous;
    }
    if (merged === this.#last) this.#dropLast(merged);
    else this.#file(merged);
  }

  /** The rest of a region for small blocks may lie before the top: gives it back, so that both count as one range. */
  #returnTail(): void {
    const last = this.#last;
    if (!last?.isFree) return;
    this.#unfile(last);
    this.#dropLast(last);
  }

  #dropLast(last: Chunk): void {
    this.#last = last.previous;
    if (this.#last) this.#last.next = null;
    this.#top = last.address;
    last.previous = null;
  }

  /** Bytes of the largest free range, if the end were at `limit`. */
  largestFree(limit: number): number {
    this.#returnTail();
    let largest = limit - this.#top;
    for (let i = CLASS_COUNT; i > 0; i--) {
      let chunk = this.#bins[i] ?? null;
      if (!chunk) continue;
      for (; chunk; chunk = chunk.nextFree) largest = Math.max(largest, chunk.size);
      break;
    }
    return largest;
  }

  #fromBins(lowest: number, highest: number, size: number): Chunk | null {
    const index = this.#firstFilled(lowest);
    if (index > highest) return null;
    return this.#take(this.#bins[index] as Chunk, size);
  }

  /** First non-empty bin from `index` on; past every class if there is none. */
  #firstFilled(index: number): number {
    for (let word = index >> 5; word < this.#filled.length; word++) {
      let bits = this.#filled[word] as number;
      if (word === index >> 5) bits = (bits >>> (index & 31)) << (index & 31);
      if (bits !== 0) return (word << 5) + 31 - Math.clz32(bits & -bits);
    }
    return CLASS_COUNT + 1;
  }

  #take(chunk: Chunk, size: number): Chunk {
    this.#unfile(chunk);
    return this.#split(chunk, size);
  }

  /** Cuts a chunk in use down to `size`, unless what is left over is too little to be of use. */
  #split(chunk: Chunk, size: number): Chunk {
    const rest = chunk.size - size;
    if (rest < UNIT || rest * 8 < size) return chunk;
    const remainder = new Chunk(chunk.address + size, rest, chunk);
    remainder.next = chunk.next;
    if (chunk.next) chunk.next.previous = remainder;
    else this.#last = remainder;
    chunk.next = remainder;
    chunk.size = size;
    this.#file(remainder);
    return chunk;
  }

  #fromTop(size: number): Chunk | null {
    return this.#end - this.#top >= size ? this.#append(size) : null;
  }

  #append(size: number): Chunk {
    const chunk = new Chunk(this.#top, size, this.#last);
    if (this.#last) this.#last.next = chunk;
    this.#last = chunk;
    this.#top += size;
    if (this.#top > this.#touched) this.#touched = this.#top;
    return chunk;
  }

  #absorbNext(chunk: Chunk, next: Chunk): void {
    chunk.size += next.size;
    chunk.next = next.next;
    if (next.next) next.next.previous = chunk;
    else this.#last = chunk;
  }

  #file(chunk: Chunk): void {
    const index = classBelow(chunk.size / UNIT);
    const head = this.#bins[index] ?? null;
    chunk.isFree = true;
    chunk.previousFree = null;
    chunk.nextFree = head;
    if (head) head.previousFree = chunk;
    this.#bins[index] = chunk;
    this.#filled[index >> 5] = (this.#filled[index >> 5] as number) | (1 << (index & 31));
  }

  #unfile(chunk: Chunk): void {
    const { previousFree, nextFree } = chunk;
    if (previousFree) previousFree.nextFree = nextFree;
    if (nextFree) nextFree.previousFree = previousFree;
    if (!previousFree) {
      const index = classBelow(chunk.size / UNIT);
      this.#bins[index] = nextFree;
      if (!nextFree) this.#filled[index >> 5] = (this.#filled[index >> 5] as number) & ~(1 << (index & 31));
    }
    chunk.isFree = false;
    chunk.previousFree = null;
    chunk.nextFree = null;
  }
}
