import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesPerElement, DTYPES, type DType, partsOf, type TypedArray } from '../arrays/dtype.js';
import { readNpy, writeNpy } from '../node.js';
import { decodeNpy } from './decode.js';
import { encodeNpy } from './encode.js';

/** A file by hand: version, header text, data. */
function file(header: string, data: ArrayLike<number>, version = 1): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(start + header.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), start);
  bytes.set(data, start + header.length);
  return bytes;
}

const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
const f32 = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe('decodeNpy', () => {
  it.each([1, 2, 3])('reads version %i', (version) => {
    const array = decodeNpy(file(header('<f4', '(2, 2)'), f32(1, 2, 3, 4), version));
    expect(array).toEqual({ dtype: 'f32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  });

  it('gives arrays in Fortran order in row-major order', () => {
    // Columns of [[1, 2, 3], [4, 5, 6]].
    const array = decodeNpy(file(header('<f4', '(2, 3)', 'True'), f32(1, 4, 2, 5, 3, 6)));
    expect([...array.data]).toEqual([1, 2, 3, 4, 5, 6]);
    const cube = decodeNpy(file(header('|u1', '(2, 2, 2)', 'True'), [0, 4, 2, 6, 1, 5, 3, 7]));
    expect([...cube.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('swaps big-endian elements', () => {
    expect([...decodeNpy(file(header('>i2', '(2,)'), [1, 2, 0xff, 0xfe])).data]).toEqual([0x0102, -2]);
    expect([...decodeNpy(file(header('>c8', '(1,)'), [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0])).data]).toEqual([1, -2]);
  });

  it('reads rank 0, empty arrays, and sizes as Python 2 wrote them', () => {
    expect(decodeNpy(file(header('<f4', '()'), f32(7)))).toEqual({ dtype: 'f32', shape: [], data: Float32Array.of(7) });
    expect(decodeNpy(file(header('<i8', '(0, 3)'), []))).toEqual({
      dtype: 'i64',
      shape: [0, 3],
      data: new BigInt64Array(0),
    });
    expect(decodeNpy(file(header('<f4', '(1L, 2L)'), f32(1, 2))).shape).toEqual([1, 2]);
  });

  it('reads booleans as 0 and 1, and halves by their bits', () => {
    expect([...decodeNpy(file(header('|b1', '(3,)'), [0, 1, 7])).data]).toEqual([0, 1, 1]);
    expect(decodeNpy(file(header('<f2', '(1,)'), [0, 0x3c]))).toEqual({
      dtype: 'f16',
      shape: [1],
      data: Uint16Array.of(0x3c00),
    });
  });

  it('reads from any place in a buffer', () => {
    const bytes = file(header('<f8', '(1,)'), new Uint8Array(Float64Array.of(0.5).buffer));
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expect(decodeNpy(moved.subarray(3)).data).toEqual(Float64Array.of(0.5));
  });

  it.each([
    ['', /the file is empty/],
    ['hello there', /not a \.npy file/],
  ])('refuses %j', (text, message) => {
    expect(() => decodeNpy(new TextEncoder().encode(text))).toThrow(message);
  });

  it.each([
    ['|O', /Python objects \(\|O\); only booleans/],
    ['<U5', /its elements are strings \(<U5\)/],
    ['|S3', /byte strings/],
    ['<M8[ns]', /dates/],
    ['<f16', /extended precision/],
    ['<q7', /element type '<q7' is not known/],
  ])('refuses elements of %s', (descr, message) => {
    expect(() => decodeNpy(file(header(descr, '(1,)'), new Uint8Array(16)), { file: 'x.npy' })).toThrow(message);
  });

  it('refuses records, and headers that lack something', () => {
    expect(() => decodeNpy(file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", []))).toThrow(
      /records/,
    );
    expect(() => decodeNpy(file("{'fortran_order': False, 'shape': (1,)}", []))).toThrow(/no 'descr'/);
    expect(() => decodeNpy(file("{'descr': '<f4', 'shape': (1,)}", []))).toThrow(/no 'fortran_order'/);
    expect(() => decodeNpy(file("{'descr': '<f4', 'fortran_order': False}", []))).toThrow(/no 'shape'/);
    expect(() => decodeNpy(file(header('<f4', '(-1,)'), []))).toThrow(/the shape \(-1,\)/);
    expect(() => decodeNpy(file(header('<f4', '(99999999999, 99999999999)'), []))).toThrow(/too large/);
    expect(() => decodeNpy(Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 9, 0, 0, 0, 0, 0))).toThrow(
      /version 9\.0/,
    );
  });

  it('says what is missing of every truncated file', () => {
    const whole = encodeNpy({ dtype: 'f32', shape: [4], data: Float32Array.of(1, 2, 3, 4) });
    for (let n = 1; n < whole.length; n++) {
      expect(() => decodeNpy(whole.slice(0, n), { file: 'short.npy' })).toThrow(
        n < 6 ? /^short\.npy: not a/ : /^short\.npy: truncated: /,
      );
    }
    expect(() => decodeNpy(whole.slice(0, -1))).toThrow('shape (4) of <f4 takes 16 bytes, 15 are left');
  });
});

describe('encodeNpy', () => {
  it('writes the bytes that numpy.save writes', () => {
    const bytes = encodeNpy({ dtype: 'f32', shape: [2, 1], data: Float32Array.of(1, -2) });
    const text = new TextDecoder('latin1').decode(bytes);
    expect(bytes.length).toBe(128 + 8);
    expect(text.slice(1, 6)).toBe('NUMPY');
    expect([...bytes.slice(6, 10)]).toEqual([1, 0, 118, 0]);
    expect(text.slice(10, 128)).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }".padEnd(117) + '\n');
  });

  it('uses version 2 for a header past 64 KiB', () => {
    const shape = new Array<number>(30_000).fill(1);
    const bytes = encodeNpy({ dtype: 'ui8', shape, data: Uint8Array.of(3) });
    expect(bytes[6]).toBe(2);
    expect(decodeNpy(bytes)).toEqual({ dtype: 'ui8', shape, data: Uint8Array.of(3) });
  });

  it('refuses bf16', () => {
    expect(() => encodeNpy({ dtype: 'bf16', shape: [1], data: Uint16Array.of(0) })).toThrow(
      /bf16 \[1\] has no NumPy type; convert it to f32/,
    );
  });

  it('is the inverse of decodeNpy for every element type and shape', () => {
    const dtypes = DTYPES.filter((d) => d !== 'bf16' && d !== 'index');
    const arrays = fc.tuple(
      fc.constantFrom(...dtypes),
      fc.array(fc.nat(4), { maxLength: 4 }),
      fc.infiniteStream(fc.nat(255)),
    );
    fc.assert(
      fc.property(arrays, ([dtype, shape, stream]) => {
        const array = randomArray(dtype, shape, stream);
        const read = decodeNpy(encodeNpy(array));
        expect(read.dtype).toBe(dtype);
        expect(read.shape).toEqual(shape);
        expect(bytesOf(read.data)).toEqual(bytesOf(array.data));
      }),
    );
  });
});

describe('files', () => {
  it('come back as they were written, and leave nothing else behind', () => {
    const folder = mkdtempSync(join(tmpdir(), 'npy-'));
    try {
      const path = join(folder, 'a.npy');
      const array = { dtype: 'f64', shape: [3], data: Float64Array.of(1, 2, 3) } as const;
      writeNpy(path, array);
      expect(readNpy(path)).toEqual(array);
      expect(readdirSync(folder)).toEqual(['a.npy']);
      writeFileSync(path, readFileSync(path).subarray(0, 100));
      expect(() => readNpy(path)).toThrow(`${path}: truncated`);
      expect(() => readNpy(join(folder, 'b.npy'))).toThrow(`${join(folder, 'b.npy')}: no such file or directory`);
      expect(() => writeNpy(join(folder, 'no', 'c.npy'), array)).toThrow(/no such file or directory/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function randomArray(dtype: DType, shape: readonly number[], stream: fc.Stream<number>) {
  const count = shape.reduce((a, b) => a * b, 1);
  const bytes = Uint8Array.from({ length: count * bytesPerElement(dtype) }, () => stream.next().value as number);
  if (dtype === 'i1') for (let i = 0; i < bytes.length; i++) bytes[i]! &= 1;
  const empty = decodeNpy(encodeNpy({ dtype, shape: [0], data: new Uint8Array(0) })).data;
  const type = empty.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => TypedArray;
  return { dtype, shape, data: new type(bytes.buffer, 0, count * partsOf(dtype)) };
}

function bytesOf(data: TypedArray): number[] {
  return [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}
