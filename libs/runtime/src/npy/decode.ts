// Reads .npy files: versions 1 to 3, C and Fortran order, both byte orders.
import { bytesPerElement, countOf, type DType, partsOf, type TypedArray } from '../arrays/dtype.js';
import { RuntimeTrap } from '../errors.js';
import { MAGIC, type NpyArray, parseDescr } from './format.js';

export interface DecodeOptions {
  /** Name of the file, to begin messages with. */
  readonly file?: string;
}

interface Header {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/**
 * The array in the bytes of a .npy file, in row-major order whatever the file's is.
 * @throws RuntimeTrap of kind BadArgument for other content, truncated files, and elements that are no numbers
 */
export function decodeNpy(bytes: Uint8Array, options: DecodeOptions = {}): NpyArray {
  const fail = (message: string): RuntimeTrap => new RuntimeTrap('BadArgument', `${options.file ?? 'npy'}: ${message}`);
  // 1. The header.
  if (bytes.length === 0) throw fail('the file is empty');
  if (MAGIC.some((b, i) => bytes[i] !== b))
    throw fail('not a .npy file: it does not begin with \\x93NUMPY; numpy.save writes one');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] ?? 0;
  if (bytes.length > 6 && (version < 1 || version > 3))
    throw fail(`version ${version}.${bytes[7]} of the format is not known; 1.0 to 3.0 are`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw fail(`truncated: ${bytes.length} bytes hold no header`);
  const headerLength = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataStart = start + headerLength;
  if (bytes.length < dataStart)
    throw fail(`truncated: the header ends at byte ${dataStart}, the file at ${bytes.length}`);
  // TextDecoder refuses shared memory, where files may be: the header is copied.
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(copyOf(bytes, start, dataStart));
  const header = parseHeader(text);
  if (typeof header === 'string') throw fail(header);
  const type = parseDescr(header.descr);
  if (typeof type === 'string') throw fail(`${type}; only booleans, integers, floats and complex numbers can be read`);

  // 2. The elements.
  const { dtype, bigEndian } = type;
  const { shape } = header;
  const count = countOf(shape);
  const wanted = count * bytesPerElement(dtype);
  if (!Number.isSafeInteger(wanted)) throw fail(`shape (${shape.join(', ')}) is too large`);
  const available = bytes.length - dataStart;
  if (available < wanted) {
    throw fail(
      `truncated: shape (${shape.join(', ')}) of ${header.descr} takes ${wanted} bytes, ${available} are left`,
    );
  }
  const content = copyOf(bytes, dataStart, dataStart + wanted);
  const part = bytesPerElement(dtype) / partsOf(dtype);
  if (bigEndian && part > 1) swapBytes(content, part);
  const data = elements(
    header.fortranOrder && shape.length > 1 ? fromFortranOrder(content, shape, bytesPerElement(dtype)) : content,
    dtype,
  );
  if (dtype === 'i1') for (let i = 0; i < data.length; i++) if (data[i]) data[i] = 1;
  return { dtype, shape, data };
}

/** The Python dictionary of a header; a string says what is wrong. */
function parseHeader(text: string): Header | string {
  const value = (key: string, form: string): RegExpExecArray | null =>
    new RegExp(`['"]${key}['"]\\s*:\\s*${form}`).exec(text);
  const descr = value('descr', `['"]([^'"]*)['"]`);
  if (!descr) {
    return value('descr', '\\[')
      ? 'its elements are records; save their fields as arrays of their own'
      : "the header has no 'descr'";
  }
  const order = value('fortran_order', '(True|False)');
  if (!order) return "the header has no 'fortran_order'";
  const shape = value('shape', '\\(([^)]*)\\)');
  if (!shape) return "the header has no 'shape'";
  const sizes = shape[1]!
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  // Python 2 wrote 3L.
  if (sizes.some((size) => !/^\d+L?$/.test(size))) return `the header has the shape (${shape[1]})`;
  return { descr: descr[1]!, fortranOrder: order[1] === 'True', shape: sizes.map((size) => Number.parseInt(size, 10)) };
}

/** A copy in memory of its own, also of a Node Buffer, whose `slice` is a view. */
function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
}

/** Elements in column-major order (the first index fastest) in row-major order. */
function fromFortranOrder(bytes: Uint8Array, shape: readonly number[], width: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length);
  const strides: number[] = [];
  shape.reduce((stride, size) => {
    strides.push(stride);
    return stride * size;
  }, width);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < bytes.length; to += width) {
    for (let k = 0; k < width; k++) result[to + k] = bytes[from + k]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= shape[d]! * strides[d]!;
      index[d] = 0;
    }
  }
  return result;
}

function elements({ buffer }: Uint8Array, dtype: DType): TypedArray {
  switch (dtype) {
    case 'i1':
    case 'ui8':
      return new Uint8Array(buffer);
    case 'i8':
      return new Int8Array(buffer);
    case 'i16':
      return new Int16Array(buffer);
    case 'i32':
      return new Int32Array(buffer);
    case 'i64':
    case 'index':
      return new BigInt64Array(buffer);
    case 'ui16':
    case 'f16':
    case 'bf16':
      return new Uint16Array(buffer);
    case 'ui32':
      return new Uint32Array(buffer);
    case 'ui64':
      return new BigUint64Array(buffer);
    case 'f32':
    case 'complex<f32>':
      return new Float32Array(buffer);
    case 'f64':
    case 'complex<f64>':
      return new Float64Array(buffer);
  }
}
