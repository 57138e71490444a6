// Element types of arrays and the typed arrays that show them.

/** The typed array of each element type. f16 and bf16 show as their bits, complex as interleaved pairs. */
export interface TypedArrays {
  i1: Uint8Array;
  i8: Int8Array;
  i16: Int16Array;
  i32: Int32Array;
  i64: BigInt64Array;
  ui8: Uint8Array;
  ui16: Uint16Array;
  ui32: Uint32Array;
  ui64: BigUint64Array;
  index: BigInt64Array;
  f16: Uint16Array;
  bf16: Uint16Array;
  f32: Float32Array;
  f64: Float64Array;
  'complex<f32>': Float32Array;
  'complex<f64>': Float64Array;
}

/** Element types, by their MLIR names. */
export type DType = keyof TypedArrays;

interface View<T> {
  readonly type: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T;
  /** Typed-array elements per array element. */
  readonly parts: number;
  readonly bytes: number;
}

const VIEWS: { readonly [D in DType]: View<TypedArrays[D]> } = {
  i1: { type: Uint8Array, parts: 1, bytes: 1 },
  i8: { type: Int8Array, parts: 1, bytes: 1 },
  i16: { type: Int16Array, parts: 1, bytes: 2 },
  i32: { type: Int32Array, parts: 1, bytes: 4 },
  i64: { type: BigInt64Array, parts: 1, bytes: 8 },
  ui8: { type: Uint8Array, parts: 1, bytes: 1 },
  ui16: { type: Uint16Array, parts: 1, bytes: 2 },
  ui32: { type: Uint32Array, parts: 1, bytes: 4 },
  ui64: { type: BigUint64Array, parts: 1, bytes: 8 },
  index: { type: BigInt64Array, parts: 1, bytes: 8 },
  f16: { type: Uint16Array, parts: 1, bytes: 2 },
  bf16: { type: Uint16Array, parts: 1, bytes: 2 },
  f32: { type: Float32Array, parts: 1, bytes: 4 },
  f64: { type: Float64Array, parts: 1, bytes: 8 },
  'complex<f32>': { type: Float32Array, parts: 2, bytes: 8 },
  'complex<f64>': { type: Float64Array, parts: 2, bytes: 16 },
};

/** Bytes of one element. */
export function bytesPerElement(dtype: DType): number {
  return VIEWS[dtype].bytes;
}

/** The alignment its typed array needs, in bytes. */
export function viewAlignment(dtype: DType): number {
  return VIEWS[dtype].bytes / VIEWS[dtype].parts;
}

/** A view of `length` elements at `address`. @throws RangeError if the address is not a multiple of the element size */
export function viewOf<D extends DType>(
  buffer: ArrayBufferLike,
  dtype: D,
  address: number,
  length: number,
): TypedArrays[D] {
  const { type, parts } = VIEWS[dtype];
  return new type(buffer, address, length * parts);
}
