// The heap as arrays see it: views of all of it by element type, copies in and out, and blocks freed when their array is
// garbage.
import { type Block, Heap, type HeapOptions, viewOf } from '@budflow/heap';
import { asTrap } from '../errors.js';
import { bytesPerElement, type DType, partsOf, type TypedArray } from './dtype.js';

/** What a typed array of elements can do beyond what all kinds have in common by type. */
interface Elements {
  readonly length: number;
  set(values: ArrayLike<number> | ArrayLike<bigint>, offset?: number): void;
  slice(start: number, end: number): TypedArray;
}

export class ArrayMemory {
  readonly heap: Heap;
  /** Views of the whole memory by element type, as of `generation`. */
  private readonly views = new Map<DType, Elements>();
  private generation: number;
  private readonly registry:
    | { register(target: object, block: Block, token: object): void; unregister(token: object): void }
    | undefined;

  constructor(heap: Heap) {
    this.heap = heap;
    this.generation = heap.generation;
    if (typeof FinalizationRegistry === 'function') {
      this.registry = new FinalizationRegistry<Block>((block) => heap.free(block));
    }
  }

  /** @throws RuntimeTrap of kind HeapExhausted when the engine has no memory for even the initial size */
  static create(options: HeapOptions = {}): ArrayMemory {
    try {
      return new ArrayMemory(Heap.create(options));
    } catch (error) {
      throw asTrap(error);
    }
  }

  /** A new block. @throws RuntimeTrap of kind HeapExhausted, naming the request and what is free */
  allocate(bytes: number): Block {
    try {
      return this.heap.allocate(bytes);
    } catch (error) {
      throw asTrap(error);
    }
  }

  /** Frees `block` when `owner` is garbage, unless `release` does before. */
  adopt(owner: object, block: Block): void {
    this.registry?.register(owner, block, block);
  }

  /** Frees a block that was adopted. */
  release(block: Block): void {
    this.registry?.unregister(block);
    this.heap.free(block);
  }

  /** Writes elements at an address. Values of i1 become 0 and 1. */
  write(address: number, dtype: DType, data: TypedArray): void {
    const view = this.elements(dtype);
    const at = address / (bytesPerElement(dtype) / partsOf(dtype));
    // A Float16Array shows numbers; its bits are what is stored.
    const bits = dtype === 'f16' && data.BYTES_PER_ELEMENT === 2 ? bitsOf(data) : data;
    view.set(bits as ArrayLike<number>, at);
    if (dtype !== 'i1') return;
    const bytes = view as unknown as Uint8Array;
    for (let i = at; i < at + data.length; i++) if (bytes[i]! > 1) bytes[i] = 1;
  }

  /** A copy of `count` elements at an address. */
  read(address: number, dtype: DType, count: number): TypedArray {
    const at = address / (bytesPerElement(dtype) / partsOf(dtype));
    return this.elements(dtype).slice(at, at + count * partsOf(dtype));
  }

  /** The `count` elements at an address in place: of no use once the memory has grown. */
  view(address: number, dtype: DType, count: number): TypedArray {
    return viewOf(this.heap.memory.buffer, dtype, address, count);
  }

  /** Copies bytes within the memory. */
  copy(to: number, from: number, bytes: number): void {
    this.heap.bytes.copyWithin(to, from, from + bytes);
  }

  private elements(dtype: DType): Elements {
    if (this.generation !== this.heap.generation) {
      this.views.clear();
      this.generation = this.heap.generation;
    }
    let view = this.views.get(dtype);
    if (!view) {
      const { buffer } = this.heap.memory;
      view = viewOf(buffer, dtype, 0, Math.floor(buffer.byteLength / bytesPerElement(dtype))) as unknown as Elements;
      this.views.set(dtype, view);
    }
    return view;
  }
}

function bitsOf(data: TypedArray): Uint16Array {
  return new Uint16Array(data.buffer, data.byteOffset, data.length);
}
