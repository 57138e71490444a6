// Element types and the typed arrays that callers pass for them.
import { bytesPerElement, type DType, type TypedArrays } from '@budflow/heap';

export { bytesPerElement, type DType, type TypedArrays };

/** A typed array that callers may pass; results are of those in `TypedArrays`. */
export type TypedArray = TypedArrays[DType] | Uint8ClampedArray;

interface DTypeInfo {
  /** Names of the typed arrays whose elements are of this type; the first is what results are. */
  readonly arrays: readonly string[];
  /** Typed-array elements of one array element. */
  readonly parts: number;
}

const INFO: { readonly [D in DType]: DTypeInfo } = {
  i1: { arrays: ['Uint8Array'], parts: 1 },
  i8: { arrays: ['Int8Array'], parts: 1 },
  i16: { arrays: ['Int16Array'], parts: 1 },
  i32: { arrays: ['Int32Array'], parts: 1 },
  i64: { arrays: ['BigInt64Array'], parts: 1 },
  ui8: { arrays: ['Uint8Array', 'Uint8ClampedArray'], parts: 1 },
  ui16: { arrays: ['Uint16Array'], parts: 1 },
  ui32: { arrays: ['Uint32Array'], parts: 1 },
  ui64: { arrays: ['BigUint64Array'], parts: 1 },
  index: { arrays: ['BigInt64Array'], parts: 1 },
  f16: { arrays: ['Uint16Array', 'Float16Array'], parts: 1 },
  bf16: { arrays: ['Uint16Array'], parts: 1 },
  f32: { arrays: ['Float32Array'], parts: 1 },
  f64: { arrays: ['Float64Array'], parts: 1 },
  'complex<f32>': { arrays: ['Float32Array'], parts: 2 },
  'complex<f64>': { arrays: ['Float64Array'], parts: 2 },
};

/** Element types that arrays in the heap can have, by their MLIR names. */
export const DTYPES = Object.keys(INFO) as readonly DType[];

export function isDType(name: string): name is DType {
  return Object.hasOwn(INFO, name);
}

/** Names of the typed arrays that hold elements of a type; the first is the usual one. */
export function arrayNames(dtype: DType): readonly string[] {
  return INFO[dtype].arrays;
}

/** Typed-array elements of one array element: 2 for complex types. */
export function partsOf(dtype: DType): number {
  return INFO[dtype].parts;
}

/** `Float32Array` of a typed array of any realm; undefined for other values. */
export function arrayName(value: unknown): string | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  const name = (value as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  return name === 'DataView' ? undefined : name;
}

/** The element type a typed array has when nothing else says: Uint8Array is ui8. */
export function defaultDType(value: unknown): DType | undefined {
  const name = arrayName(value);
  switch (name) {
    case 'Uint8Array':
    case 'Uint8ClampedArray':
      return 'ui8';
    case 'Uint16Array':
      return 'ui16';
    case 'Float16Array':
      return 'f16';
    default:
      return name === undefined ? undefined : DTYPES.find((d) => INFO[d].arrays[0] === name && INFO[d].parts === 1);
  }
}

/** Whether a typed array can hold elements of a type. */
export function holds(dtype: DType, value: TypedArray): boolean {
  return INFO[dtype].arrays.includes(arrayName(value) ?? '');
}

/** Product of sizes. */
export function countOf(shape: readonly number[]): number {
  let n = 1;
  for (const d of shape) n *= d;
  return n;
}

/** `f32 [4, 5]`, as messages show arrays. */
export function describeArray(dtype: string, shape: readonly (number | null)[]): string {
  return `${dtype} [${shape.map((d) => d ?? '?').join(', ')}]`;
}
