// Constants by content: equal bytes share one block, which lives as long as anyone holds it. Code refers to constants
// through its argument block, so it contains no address and can be cached.

import type { Block } from './block.js';
import { HeapMisuse } from './errors.js';

interface Entry {
  readonly block: Block;
  readonly hash: number;
  references: number;
}

/** What the pool needs of its heap. */
export interface ConstantStorage {
  place(bytes: Uint8Array): Block;
  remove(block: Block): void;
  bytesOf(block: Block): Uint8Array;
}

/** Reference-counted, content-addressed blocks. */
export class ConstantPool {
  readonly #storage: ConstantStorage;
  readonly #byHash = new Map<number, Entry[]>();
  readonly #byBlock = new Map<Block, Entry>();

  constructor(storage: ConstantStorage) {
    this.#storage = storage;
  }

  /** Number of distinct constants held. */
  get size(): number {
    return this.#byBlock.size;
  }

  /**
   * The block with this content, and one more reference to it. Its bytes must not be written.
   * @throws HeapExhausted if it is new and does not fit
   */
  intern(bytes: Uint8Array): Block {
    const hash = hashBytes(bytes);
    const candidates = this.#byHash.get(hash);
    if (candidates) {
      for (const entry of candidates) {
        if (entry.block.byteLength === bytes.length && equalBytes(this.#storage.bytesOf(entry.block), bytes)) {
          entry.references++;
          return entry.block;
        }
      }
    }
    const entry: Entry = { block: this.#storage.place(bytes), hash, references: 1 };
    this.#byBlock.set(entry.block, entry);
    if (candidates) candidates.push(entry);
    else this.#byHash.set(hash, [entry]);
    return entry.block;
  }

  /** Gives one reference back; the last one frees the block. */
  release(block: Block): void {
    const entry = this.#byBlock.get(block);
    if (!entry) {
      throw new HeapMisuse(`release: the block at ${block.address} is not a constant, or was released too often`);
    }
    if (--entry.references > 0) return;
    this.#byBlock.delete(block);
    const rest = (this.#byHash.get(entry.hash) ?? []).filter((other) => other !== entry);
    if (rest.length > 0) this.#byHash.set(entry.hash, rest);
    else this.#byHash.delete(entry.hash);
    this.#storage.remove(block);
  }
}

/** A 32-bit hash in the manner of MurmurHash3, four bytes a step. Equality is decided by comparison, never by this. */
export function hashBytes(bytes: Uint8Array): number {
  const { length } = bytes;
  const whole = length & ~3;
  let h = length;
  for (let i = 0; i < whole; i += 4) {
    let k =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    k = Math.imul(k, 0xcc9e2d51);
    h ^= Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  for (let i = whole; i < length; i++) h = Math.imul(h ^ (bytes[i] as number), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
