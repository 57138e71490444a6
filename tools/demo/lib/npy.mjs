// Reader and writer for NumPy's .npy files, versions 1 and 2: little-endian, C order, no Python objects.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** @typedef {'f4' | 'f8' | 'i4' | 'i8' | 'u1' | 'b1'} Dtype */
/** @typedef {Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array} Data */
/** @typedef {{ dtype: Dtype, shape: number[], data: Data }} Tensor */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ARRAYS = {
  f4: Float32Array,
  f8: Float64Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  b1: Uint8Array,
};
/** @type {Record<string, Dtype>} */
const DTYPE_OF_DESCR = { '<f4': 'f4', '<f8': 'f8', '<i4': 'i4', '<i8': 'i8', '|u1': 'u1', '|b1': 'b1' };

/**
 * Builds a tensor and checks that the data matches dtype and shape.
 * @param {Dtype} dtype
 * @param {number[]} shape
 * @param {Data} data row-major; booleans are bytes 0 or 1
 * @returns {Tensor}
 */
export function tensor(dtype, shape, data) {
  const size = shape.reduce((a, b) => a * b, 1);
  if (!(data instanceof ARRAYS[dtype])) {
    throw new Error(`dtype ${dtype} needs a ${ARRAYS[dtype].name}, got a ${data.constructor.name}`);
  }
  if (data.length !== size) throw new Error(`shape [${shape}] needs ${size} elements, got ${data.length}`);
  return { dtype, shape, data };
}

/**
 * Decodes the bytes of a .npy file.
 * @param {Uint8Array} bytes
 * @param {string} name names the file in errors
 * @returns {Tensor}
 */
export function decodeNpy(bytes, name) {
  /** @param {string} message @returns {never} */
  const fail = (message) => {
    throw new Error(`${name}: ${message}`);
  };
  if (bytes.length < 10 || MAGIC.some((b, i) => bytes[i] !== b)) fail('not a .npy file (wrong magic bytes)');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6];
  if (major !== 1 && major !== 2) fail(`.npy version ${major}; versions 1 and 2 are supported`);
  if (major === 2 && bytes.length < 12) fail('truncated header');
  const headerStart = major === 1 ? 10 : 12;
  const headerLength = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = headerStart + headerLength;
  if (start > bytes.length) fail('truncated header');
  const header = new TextDecoder('latin1').decode(bytes.subarray(headerStart, start));

  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1] ?? fail(`no element type in header ${header.trim()}`);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1] ?? fail("no 'fortran_order' in header");
  const dims = /'shape'\s*:\s*\(([^)]*)\)/.exec(header)?.[1] ?? fail("no 'shape' in header");
  const dtype = DTYPE_OF_DESCR[descr];
  if (dtype === undefined) {
    fail(`element type '${descr}'; supported are ${Object.keys(DTYPE_OF_DESCR).join(' ')} (convert with astype)`);
  }
  if (order === 'True') fail('Fortran order; save a C-ordered copy (numpy.ascontiguousarray)');
  const shape = dims
    .split(',')
    .map((d) => d.trim())
    .filter((d) => d !== '')
    .map((d) => (/^\d+$/.test(d) ? Number(d) : fail(`bad shape (${dims})`)));

  const arrayType = ARRAYS[dtype];
  const size = shape.reduce((a, b) => a * b, 1) * arrayType.BYTES_PER_ELEMENT;
  if (bytes.length - start !== size) {
    fail(`shape [${shape}] of ${dtype} needs ${size} bytes of data, the file has ${bytes.length - start}`);
  }
  // A copy: the data's offset in the file need not be aligned for the typed array.
  return { dtype, shape, data: new arrayType(bytes.slice(start).buffer) };
}

/**
 * Encodes a tensor as a version 1 .npy file; the data begins at a multiple of 64 bytes, as NumPy writes it.
 * @param {Tensor} value
 * @returns {Uint8Array}
 */
export function encodeNpy({ dtype, shape, data }) {
  const descr = Object.keys(DTYPE_OF_DESCR).find((d) => DTYPE_OF_DESCR[d] === dtype);
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims}), }`;
  const start = Math.ceil((10 + fields.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set(MAGIC);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${fields.padEnd(start - 11)}\n`), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

/**
 * Reads a .npy file.
 * @param {string} path
 * @returns {Tensor}
 */
export function readNpy(path) {
  const bytes = readFileSync(path);
  // Own buffer: small files come out of Node's shared pool, and `slice` on a Buffer does not copy.
  return decodeNpy(new Uint8Array(bytes), path);
}

/**
 * Writes a .npy file, and the folders above it.
 * @param {string} path
 * @param {Tensor} value
 */
export function writeNpy(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, encodeNpy(value));
}
