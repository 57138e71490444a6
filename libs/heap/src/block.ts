// The handle of a block. A new one for every allocation, so that a stale handle can be told from the live one.

import type { Chunk } from './allocator.js';

/** A range of the heap in use. */
export interface Block {
  /** Byte address in the memory; a multiple of 64 (except for `allocateAtEnd`). Never 0. */
  readonly address: number;
  /** Bytes asked for. */
  readonly byteLength: number;
  /** Bytes that belong to the block; at least `byteLength`. */
  readonly capacity: number;
}

/** What a block really is; inside this package only. */
export class HeapBlock implements Block {
  readonly address: number;
  readonly byteLength: number;
  readonly capacity: number;
  readonly owner: object;
  /** Null once freed. */
  chunk: Chunk | null;
  /** Owned by the constant pool, which alone may free it. */
  isConstant = false;

  constructor(owner: object, chunk: Chunk, address: number, byteLength: number, capacity: number) {
    this.owner = owner;
    this.chunk = chunk;
    this.address = address;
    this.byteLength = byteLength;
    this.capacity = capacity;
  }
}
