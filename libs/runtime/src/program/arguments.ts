// From what callers pass to the slots of a host program: checks, and copies of what is not in the heap yet.
import type { Block } from '@budflow/heap';
import type { ArrayMemory } from '../arrays/array-memory.js';
import {
  arrayName,
  arrayNames,
  bytesPerElement,
  countOf,
  type DType,
  describeArray,
  holds,
  partsOf,
  type TypedArray,
} from '../arrays/dtype.js';
import { NdArray } from '../arrays/nd-array.js';
import { badArgument, type RuntimeTrap } from '../errors.js';
import { type ArgumentSpec, type ArraySpec, argumentSlots } from '../host/program.js';

/** What a call takes for an array: an NdArray, a typed array, or a number for one of rank 0. */
export type CallArgument = NdArray | TypedArray | number | bigint | boolean;

/** Sizes and addresses are below 2^32. */
const SIZE_LIMIT = 2 ** 32;

/** Reads the arguments of one function. */
export class ArgumentReader {
  private readonly name: string;
  private readonly specs: readonly ArgumentSpec[];
  private readonly memory: ArrayMemory;
  private readonly donates: boolean;
  /** Blocks that hold copies during a call. */
  readonly staged: Block[] = [];
  /** Whether an argument of the call being read lies in the heap. */
  sawResident = false;
  /** Another number whenever the slots may have got other sizes: what depends on them is to be checked again. */
  generation = 0;
  /** Per argument the signature of the array whose sizes are in the slots; 0 when it was none. */
  private readonly signatures: number[];
  /** Slot of the address, or the value, of each argument. */
  private readonly firstSlots: readonly number[];

  constructor(name: string, specs: readonly ArgumentSpec[], memory: ArrayMemory) {
    this.name = name;
    this.specs = specs;
    this.memory = memory;
    this.signatures = specs.map(() => 0);
    this.firstSlots = argumentSlots(specs);
    this.donates = specs.some((spec) => spec.kind === 'array' && spec.donated === true);
  }

  /**
   * Fills the slots of arguments; the same slots each time.
   * @throws RuntimeTrap of kind BadArgument, naming the argument
   */
  read(args: readonly CallArgument[], slots: number[]): void {
    const { specs, signatures, firstSlots, memory } = this;
    this.sawResident = false;
    if (args.length !== specs.length) {
      throw badArgument(
        this.name,
        'arguments',
        `expected ${specs.length}, got ${args.length}; it takes (${specs.map(describeSpec).join(', ')})`,
      );
    }
    for (let i = 0; i < specs.length; i++) {
      const value = args[i]!;
      // The usual call: a resident array of the type of the last one, whose sizes are still there.
      if (value instanceof NdArray && value.signature === signatures[i] && value.memory === memory) {
        this.sawResident = true;
        slots[firstSlots[i]!] = value.address;
        continue;
      }
      this.generation++;
      signatures[i] = 0;
      const spec = specs[i]!;
      if (spec.kind === 'scalar') slots[firstSlots[i]!] = this.scalar(value, spec.dtype, i);
      else {
        this.array(value, spec, i, slots, firstSlots[i]!);
        if (value instanceof NdArray) signatures[i] = value.signature;
      }
    }
    if (this.donates) this.separateDonated(args, slots);
  }

  /** A donated array that is another argument too is copied: what the program writes must not be read as the other. */
  private separateDonated(args: readonly CallArgument[], slots: number[]): void {
    args.forEach((array, i) => {
      const spec = this.specs[i]!;
      if (spec.kind !== 'array' || !spec.donated || !(array instanceof NdArray) || array.memory !== this.memory) return;
      if (args.some((other, k) => other === array && k !== i)) {
        slots[this.firstSlots[i]!] = this.stage(array.data, array.dtype);
      }
    });
  }

  /** Gives the copies of the last call back. */
  unstage(): void {
    const { staged } = this;
    for (let block = staged.pop(); block; block = staged.pop()) this.memory.heap.free(block);
  }

  private array(value: CallArgument, spec: ArraySpec, index: number, slots: number[], at: number): void {
    const { shape } = spec;
    if (value instanceof NdArray) {
      const given = value.shape;
      let slot = at + 1;
      let fits = given.length === shape.length && value.dtype === spec.dtype;
      for (let d = 0; fits && d < shape.length; d++) {
        const size = shape[d]!;
        if (size === null) slots[slot++] = given[d]!;
        else if (size !== given[d]) fits = false;
      }
      if (!fits) throw this.mismatch(spec, index, describeArray(value.dtype, given));
      if (value.memory === this.memory) {
        this.sawResident = true;
        slots[at] = value.address;
      } else slots[at] = this.stage(value.data, spec.dtype as DType);
      return;
    }
    if (arrayName(value) !== undefined) {
      this.typedArray(value as TypedArray, spec, index, slots, at);
      return;
    }
    if (shape.length > 0 || typeof value === 'object') throw this.mismatch(spec, index, describeValue(value));
    slots[at] = this.stage(this.rankZero(value, spec, index), spec.dtype as DType);
  }

  private typedArray(value: TypedArray, spec: ArraySpec, index: number, slots: number[], at: number): void {
    const dtype = spec.dtype as DType;
    if (!holds(dtype, value)) {
      throw this.mismatch(spec, index, `${arrayName(value)} of ${value.length}; pass a ${arrayNames(dtype)[0]}`);
    }
    const parts = partsOf(dtype);
    let known = parts;
    let open = 0;
    for (const size of spec.shape) {
      if (size === null) open++;
      else known *= size;
    }
    const { length } = value;
    // Sizes follow from the length when at most one is open.
    const size = open === 1 ? (known === 0 ? 0 : length / known) : 0;
    if (open > 1 || (open === 0 ? length !== known : !Number.isInteger(size) || size * known !== length)) {
      const hint = open > 1 ? '; its shape does not follow from its length: pass array(data, shape)' : '';
      throw this.mismatch(spec, index, `${arrayName(value)} of ${length}${hint}`);
    }
    slots[at] = this.stage(value, dtype);
    if (open === 0) return;
    if (size >= SIZE_LIMIT) throw this.mismatch(spec, index, `${arrayName(value)} of ${length}`);
    slots[at + 1] = size;
  }

  private stage(data: TypedArray, dtype: DType): number {
    const block = this.memory.allocate(data.byteLength);
    this.staged.push(block);
    this.memory.write(block.address, dtype, data);
    return block.address;
  }

  private rankZero(value: CallArgument, spec: ArraySpec, index: number): TypedArray {
    const dtype = spec.dtype as DType;
    const number = typeof value === 'boolean' ? Number(value) : value;
    switch (dtype) {
      case 'f32':
        if (typeof number === 'number') return Float32Array.of(number);
        break;
      case 'f64':
        if (typeof number === 'number') return Float64Array.of(number);
        break;
      case 'i64':
      case 'index':
        if (isInteger(number)) return BigInt64Array.of(BigInt(number));
        break;
      case 'ui64':
        if (isInteger(number)) return BigUint64Array.of(BigInt(number));
        break;
      case 'i1':
      case 'i8':
      case 'i16':
      case 'i32':
      case 'ui8':
      case 'ui16':
      case 'ui32':
        if (typeof number === 'number' && Number.isInteger(number)) return integerArray(dtype, number);
        break;
      default:
    }
    throw this.mismatch(spec, index, describeValue(value));
  }

  private scalar(value: CallArgument, dtype: string, index: number): number {
    if (typeof value === 'boolean') return Number(value);
    if (/^b?f\d/.test(dtype)) {
      if (typeof value === 'number') return value;
    } else if (isInteger(value)) {
      const number = Number(value);
      const [, unsigned, width] = /^(u?)i(\d+)$/.exec(dtype) ?? ['', '', '54'];
      const bits = Math.min(Number(width), 54);
      // Signless integers take both readings.
      if (number >= (unsigned ? 0 : -(2 ** (bits - 1))) && number < 2 ** Math.min(bits, 53)) return number;
    }
    throw badArgument(this.name, `argument ${index}`, `expected a number for ${dtype}, got ${describeValue(value)}`);
  }

  private mismatch(spec: ArraySpec, index: number, got: string): RuntimeTrap {
    return badArgument(this.name, `argument ${index}`, `expected ${describeArray(spec.dtype, spec.shape)}, got ${got}`);
  }
}

/** `f32 [?, 4]` of an array, `index` of a number. */
export function describeSpec(spec: ArgumentSpec): string {
  return spec.kind === 'array' ? describeArray(spec.dtype, spec.shape) : spec.dtype;
}

/** Bytes of an array of elements that callers pass. */
export function bytesOf(dtype: DType, shape: readonly number[]): number {
  return countOf(shape) * bytesPerElement(dtype);
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
}

function integerArray(dtype: DType, value: number): TypedArray {
  switch (dtype) {
    case 'i8':
      return Int8Array.of(value);
    case 'i16':
      return Int16Array.of(value);
    case 'i32':
      return Int32Array.of(value);
    case 'ui16':
      return Uint16Array.of(value);
    case 'ui32':
      return Uint32Array.of(value);
    default:
      return Uint8Array.of(value);
  }
}

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  if (Array.isArray(value)) return 'a plain array; pass a typed array';
  return typeof value === 'object'
    ? `a ${value.constructor?.name ?? 'object'}`
    : `the ${typeof value} ${String(value)}`;
}
