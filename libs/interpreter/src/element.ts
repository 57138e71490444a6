// How elements of each type are held as scalars and stored in typed arrays.
//
// Scalars: index, i1..i32 and ui* up to 32 bits are numbers (i1 is 0 or 1, signless and signed ones are signed),
// wider integers bigints, floats numbers rounded to their type, complex numbers ComplexValue.
// Storage is what lies in memory: f16 and bf16 as bits in Uint16Array, index as BigInt64Array, complex as two parts.
import {
  ComplexType,
  type ElementArray,
  FloatType,
  IndexType,
  IntegerType,
  InternalError,
  type Type,
} from '@budflow/ir';
import { bf16Bits, bf16FromBits, f16Bits, f16FromBits } from '@budflow/numerics';
import { RuntimeTrap } from './trap.js';

export type ElementStorage = ElementArray;
export type BigStorage = BigInt64Array | BigUint64Array;
export type NumberStorage = Exclude<ElementArray, BigStorage>;

export class ComplexValue {
  readonly re: number;
  readonly im: number;
  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }
}

export type Scalar = number | bigint | ComplexValue;

/**
 * `number` and `bigint`: a stored element is the scalar itself. `half`, `index` and `complex` are converted on the way.
 */
export type StorageKind = 'number' | 'bigint' | 'half' | 'index' | 'complex';

export interface ElementAccess {
  readonly type: Type;
  readonly kind: StorageKind;
  /** Zeroed storage for `count` elements. */
  make(count: number): ElementStorage;
  load(storage: ElementStorage, index: number): Scalar;
  store(storage: ElementStorage, index: number, value: Scalar): void;
  /** A view of bytes (of any alignment of at least the element's). */
  view(buffer: ArrayBufferLike, byteOffset: number, count: number): ElementStorage;
  /** Bytes of one element. */
  readonly bytes: number;
}

type StorageConstructor =
  | Float64ArrayConstructor
  | Float32ArrayConstructor
  | Int8ArrayConstructor
  | Uint8ArrayConstructor
  | Int16ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor;

function access(
  type: Type,
  kind: StorageKind,
  storage: StorageConstructor,
  load: ElementAccess['load'],
  store: ElementAccess['store'],
): ElementAccess {
  const parts = kind === 'complex' ? 2 : 1;
  return {
    type,
    kind,
    bytes: storage.BYTES_PER_ELEMENT * parts,
    make(count) {
      if (!(count >= 0 && count <= MAX_ELEMENTS))
        throw new RuntimeTrap('Allocation', `cannot allocate ${count} elements of ${type}`);
      return new storage(count * parts);
    },
    view: (buffer, byteOffset, count) => new storage(buffer as ArrayBuffer, byteOffset, count * parts),
    load,
    store,
  };
}

/** More elements than this in one buffer are refused. */
const MAX_ELEMENTS = 2 ** 31;

function numberAccess(type: Type, storage: StorageConstructor): ElementAccess {
  return access(
    type,
    'number',
    storage,
    (s, i) => (s as NumberStorage)[i] as number,
    (s, i, v) => {
      (s as NumberStorage)[i] = v as number;
    },
  );
}

function make(type: Type): ElementAccess {
  if (type instanceof FloatType) {
    switch (type.name) {
      case 'f64':
        return numberAccess(type, Float64Array);
      case 'f32':
        return numberAccess(type, Float32Array);
      case 'f16':
      case 'bf16': {
        const [encode, decode] = type.name === 'f16' ? [f16Bits, f16FromBits] : [bf16Bits, bf16FromBits];
        return access(
          type,
          'half',
          Uint16Array,
          (s, i) => decode((s as Uint16Array)[i] as number),
          (s, i, v) => {
            (s as Uint16Array)[i] = encode(v as number);
          },
        );
      }
    }
  } else if (type instanceof IndexType) {
    return access(
      type,
      'index',
      BigInt64Array,
      (s, i) => toIndex((s as BigInt64Array)[i] as bigint),
      (s, i, v) => {
        (s as BigInt64Array)[i] = BigInt(v as number);
      },
    );
  } else if (type instanceof IntegerType) {
    const unsigned = type.signedness === 'unsigned' || type.width === 1;
    if (type.width <= 8) return numberAccess(type, unsigned ? Uint8Array : Int8Array);
    if (type.width <= 16) return numberAccess(type, unsigned ? Uint16Array : Int16Array);
    if (type.width <= 32) return numberAccess(type, unsigned ? Uint32Array : Int32Array);
    if (type.width <= 64)
      return access(
        type,
        'bigint',
        unsigned ? BigUint64Array : BigInt64Array,
        (s, i) => (s as BigStorage)[i] as bigint,
        (s, i, v) => {
          (s as BigStorage)[i] = v as bigint;
        },
      );
  } else if (
    type instanceof ComplexType &&
    type.element instanceof FloatType &&
    (type.element.name === 'f32' || type.element.name === 'f64')
  ) {
    return access(
      type,
      'complex',
      type.element.name === 'f64' ? Float64Array : Float32Array,
      (s, i) => new ComplexValue((s as Float64Array)[2 * i] as number, (s as Float64Array)[2 * i + 1] as number),
      (s, i, v) => {
        (s as Float64Array)[2 * i] = (v as ComplexValue).re;
        (s as Float64Array)[2 * i + 1] = (v as ComplexValue).im;
      },
    );
  }
  throw new RuntimeTrap('NotInterpretable', `elements of type ${type} cannot be held in memory`);
}

// Types are uniqued in their context and never die before it: a weak map does not keep contexts alive.
const accesses = new WeakMap<Type, ElementAccess>();

/** Access to elements of a type; throws a NotInterpretable trap for types without a memory form. */
export function elementAccess(type: Type): ElementAccess {
  let found = accesses.get(type);
  if (!found) {
    found = make(type);
    accesses.set(type, found);
  }
  return found;
}

/** Whether scalars of the type are bigints. */
export function isBigType(type: Type): boolean {
  return type instanceof IntegerType && type.width > 32;
}

/** A 64-bit integer as an index scalar; traps beyond the numbers' exact range. */
export function toIndex(value: bigint): number {
  const n = Number(value);
  if (!Number.isSafeInteger(n))
    throw new RuntimeTrap('IndexRange', `index ${value} is beyond 2^53, which the interpreter cannot hold`);
  return n;
}

/** The zero of a scalar type. */
export function zeroOf(type: Type): Scalar {
  if (type instanceof ComplexType) return new ComplexValue(0, 0);
  if (type instanceof FloatType || type instanceof IndexType || type instanceof IntegerType)
    return isBigType(type) ? 0n : 0;
  throw new InternalError(`no zero of type ${type}`);
}
