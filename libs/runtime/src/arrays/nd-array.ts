/// <reference lib="esnext.disposable" preserve="true" />
// Arrays of callers: a typed array with a shape, or a block of the heap that kernels read and write in place.
import type { Block } from '@budflow/heap';
import { RuntimeTrap } from '../errors.js';
import type { ArrayMemory } from './array-memory.js';
import {
  bytesPerElement,
  countOf,
  DTYPES,
  type DType,
  defaultDType,
  describeArray,
  holds,
  isDType,
  partsOf,
  type TypedArray,
} from './dtype.js';

// Engines without explicit resource management get the symbol as a plain one, which `using` then finds.
const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** Numbers of signatures by what they stand for. */
const signatures = new Map<string, number>();

export class NdArray {
  /** Element type by its MLIR name. */
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly size: number;
  readonly #memory: ArrayMemory | null;
  #block: Block | null;
  /** The elements of an array outside the heap; of one inside, a view as of `#generation`. */
  #data: TypedArray | null;
  #generation = -1;
  #signature = 0;
  #isBorrowed = false;

  private constructor(
    dtype: DType,
    shape: readonly number[],
    data: TypedArray | null,
    memory: ArrayMemory | null,
    block: Block | null,
  ) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = countOf(shape);
    this.#data = data;
    this.#memory = memory;
    this.#block = block;
  }

  /**
   * An array over a typed array, which is not copied. Without a dtype, that of the typed array.
   * @throws RuntimeTrap of kind BadArgument when shape, dtype and length do not fit
   */
  static from(data: TypedArray, shape: readonly number[] = [data.length], dtype?: DType): NdArray {
    if (dtype !== undefined && !isDType(dtype)) {
      throw new RuntimeTrap('BadArgument', `array: unknown element type '${dtype}'; there are ${DTYPES.join(', ')}`);
    }
    const type = dtype ?? defaultDType(data);
    if (type === undefined || !holds(type, data)) {
      throw new RuntimeTrap(
        'BadArgument',
        `array: expected a typed array${dtype ? ` for ${dtype}` : ''}, got ${kindOf(data)}`,
      );
    }
    for (const d of shape) {
      if (!Number.isSafeInteger(d) || d < 0)
        throw new RuntimeTrap('BadArgument', `array: ${d} is not a size: shape [${shape.join(', ')}]`);
    }
    const count = countOf(shape) * partsOf(type);
    if (count !== data.length) {
      throw new RuntimeTrap(
        'BadArgument',
        `array: ${describeArray(type, shape)} has ${count} values, got ${data.length}`,
      );
    }
    return new NdArray(type, [...shape], data, null, null);
  }

  /** An array over elements that are known to fit. */
  static outside(data: TypedArray, dtype: DType, shape: readonly number[]): NdArray {
    return new NdArray(dtype, shape, data, null, null);
  }

  /** An array that owns a block of the heap. */
  static resident(memory: ArrayMemory, block: Block, dtype: DType, shape: readonly number[]): NdArray {
    const array = new NdArray(dtype, shape, null, memory, block);
    memory.adopt(array, block);
    return array;
  }

  /** An array over memory of the heap that somebody else frees; of no use after `dispose`. */
  static borrowed(memory: ArrayMemory, address: number, dtype: DType, shape: readonly number[]): NdArray {
    const byteLength = countOf(shape) * bytesPerElement(dtype);
    const array = new NdArray(dtype, shape, null, memory, { address, byteLength, capacity: byteLength });
    array.#isBorrowed = true;
    return array;
  }

  /** A number that arrays of the same element type and shape share, and others do not: what a call compares. At least 1. */
  get signature(): number {
    if (this.#signature === 0) {
      const key = `${this.dtype} ${this.shape.join(' ')}`;
      this.#signature = signatures.get(key) ?? signatures.size + 1;
      signatures.set(key, this.#signature);
    }
    return this.#signature;
  }

  /** Whether the elements lie in the heap, where kernels use them in place. */
  get isResident(): boolean {
    return this.#memory !== null;
  }

  get isDisposed(): boolean {
    return this.#memory !== null && this.#block === null;
  }

  /** The heap of a resident array. */
  get memory(): ArrayMemory | null {
    return this.#memory;
  }

  /** Address of a resident array in its heap. @throws RuntimeTrap of kind UseAfterFree once disposed of */
  get address(): number {
    return this.#live().address;
  }

  /**
   * The elements in row-major order. Of a resident array, a view: it shows what later calls write, and is to be asked
   * for again after other arrays were made. f16 and bf16 show their bits, complex types pairs.
   * @throws RuntimeTrap of kind UseAfterFree once disposed of
   */
  get data(): TypedArray {
    if (this.#memory === null) return this.#data as TypedArray;
    const block = this.#live();
    const { heap } = this.#memory;
    if (this.#data === null || this.#generation !== heap.generation) {
      this.#data = this.#isBorrowed
        ? this.#memory.view(block.address, this.dtype, this.size)
        : heap.typedArray(block, this.dtype, this.size);
      this.#generation = heap.generation;
    }
    return this.#data;
  }

  /** A copy of the elements outside the heap. */
  toTypedArray(): TypedArray {
    if (this.#memory === null) return (this.#data as Uint8Array).slice();
    return this.#memory.read(this.#live().address, this.dtype, this.size);
  }

  /** Gives the block of a resident array back; views of it must not be used any more. Harmless when repeated. */
  dispose(): void {
    if (this.#block === null) return;
    const block = this.#block;
    this.#block = null;
    this.#data = null;
    if (!this.#isBorrowed) this.#memory?.release(block);
  }

  [DISPOSE](): void {
    this.dispose();
  }

  toString(): string {
    return `NdArray(${describeArray(this.dtype, this.shape)})`;
  }

  #live(): Block {
    if (this.#block) return this.#block;
    throw new RuntimeTrap('UseAfterFree', `${this} was disposed of`);
  }
}

function kindOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return `${value}`;
  return value.constructor?.name ?? 'object';
}
