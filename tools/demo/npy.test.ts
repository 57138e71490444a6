// The .npy and PNG files: what is written is read back, and what is not understood is refused by name.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Dtype, decodeNpy, encodeNpy, readNpy, tensor, writeNpy } from './lib/npy.mjs';
import { readPng, writePng } from './lib/png.mjs';

const folder = mkdtempSync(join(tmpdir(), 'budflow-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bytesOf = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** A .npy file put together by hand, independent of the writer. */
function handmade(header: string, data: Uint8Array, major = 1): Uint8Array {
  const length = major === 1 ? [header.length, 0] : [header.length, 0, 0, 0];
  return Uint8Array.from([0x93, ...bytesOf('NUMPY'), major, 0, ...length, ...bytesOf(header), ...data]);
}

const HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";
const TWO_FLOATS = new Uint8Array(new Float32Array([1.5, -2]).buffer);

describe('npy', () => {
  const make: Record<Dtype, (n: number, seed: number) => ReturnType<typeof tensor>['data']> = {
    f4: (n, s) => Float32Array.from({ length: n }, (_, i) => Math.sin(i + s)),
    f8: (n, s) => Float64Array.from({ length: n }, (_, i) => Math.sin(i + s)),
    i4: (n, s) => Int32Array.from({ length: n }, (_, i) => (i - 3) * s),
    i8: (n, s) => BigInt64Array.from({ length: n }, (_, i) => BigInt(i - 3) * BigInt(s) * 4294967296n),
    u1: (n, s) => Uint8Array.from({ length: n }, (_, i) => i * s),
    b1: (n, s) => Uint8Array.from({ length: n }, (_, i) => (i + s) & 1),
  };

  it('reads back what it wrote, for every element type and rank', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(make) as Dtype[])),
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 1000 }),
        (dtype, shape, seed) => {
          const size = shape.reduce((a, b) => a * b, 1);
          const value = tensor(dtype, shape, make[dtype](size, seed));
          expect(decodeNpy(encodeNpy(value), 'x.npy')).toEqual(value);
        },
      ),
    );
  });

  it('writes a header NumPy accepts: data at a multiple of 64 bytes, header ending in a newline', () => {
    const bytes = encodeNpy(tensor('f4', [2], new Float32Array([1.5, -2])));
    const start = bytes.length - 8;
    expect(start % 64).toBe(0);
    expect(bytes[8] + 256 * bytes[9]).toBe(start - 10);
    expect(bytes[start - 1]).toBe(10);
    expect(new TextDecoder().decode(bytes.subarray(10, start)).trimEnd()).toBe(HEADER.trimEnd());
  });

  it('reads versions 1 and 2 at any alignment', () => {
    const expected = { dtype: 'f4', shape: [2], data: new Float32Array([1.5, -2]) };
    expect(decodeNpy(handmade(HEADER, TWO_FLOATS), 'x.npy')).toEqual(expected);
    expect(decodeNpy(handmade(HEADER, TWO_FLOATS, 2), 'x.npy')).toEqual(expected);
    const shifted = new Uint8Array([7, ...handmade(HEADER, TWO_FLOATS)]).subarray(1);
    expect(decodeNpy(shifted, 'x.npy')).toEqual(expected);
  });

  it('reads and writes files, making the folders', () => {
    const path = join(folder, 'a', 'b.npy');
    const value = tensor('i8', [1, 2], new BigInt64Array([-1n, 2n ** 62n]));
    writeNpy(path, value);
    expect(readNpy(path)).toEqual(value);
  });

  it.each([
    ['not a .npy file', bytesOf('hello, world'), 'x.npy: not a .npy file'],
    ['an unknown version', handmade(HEADER, TWO_FLOATS, 3), '.npy version 3'],
    ['a cut header', handmade(HEADER, TWO_FLOATS).subarray(0, 30), 'truncated header'],
    ['a cut version 2 length', handmade(HEADER, TWO_FLOATS, 2).subarray(0, 11), 'truncated header'],
    ['cut data', handmade(HEADER, TWO_FLOATS.subarray(0, 7)), 'shape [2] of f4 needs 8 bytes of data, the file has 7'],
    ['big-endian elements', handmade(HEADER.replace('<', '>'), TWO_FLOATS), "element type '>f4'"],
    ['Fortran order', handmade(HEADER.replace('False', 'True'), TWO_FLOATS), 'ascontiguousarray'],
    ['a negative extent', handmade(HEADER.replace('2,', '-2,'), TWO_FLOATS), 'bad shape (-2,)'],
    ['no shape', handmade(HEADER.replace('shape', 'size'), TWO_FLOATS), "no 'shape'"],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeNpy(bytes, 'x.npy')).toThrow(message);
  });

  it('refuses a tensor whose data does not fit', () => {
    expect(() => tensor('f4', [2, 3], new Float32Array(5))).toThrow('shape [2,3] needs 6 elements, got 5');
    expect(() => tensor('f4', [1], new Float64Array(1))).toThrow('dtype f4 needs a Float32Array, got a Float64Array');
  });
});

describe('png', () => {
  it('reads back a colour image', () => {
    const image = tensor(
      'u1',
      [2, 3, 3],
      Uint8Array.from({ length: 18 }, (_, i) => i * 14),
    );
    writePng(join(folder, 'colour.png'), image);
    expect(readPng(join(folder, 'colour.png'))).toEqual(image);
  });

  it('writes a grey image, which reads as three equal channels', () => {
    writePng(join(folder, 'grey.png'), tensor('u1', [1, 2], new Uint8Array([7, 250])));
    expect([...readPng(join(folder, 'grey.png')).data]).toEqual([7, 7, 7, 250, 250, 250]);
  });

  it('refuses what is no image', () => {
    const path = join(folder, 'bad.png');
    expect(() => writePng(path, tensor('f4', [1, 1], new Float32Array(1)))).toThrow('a PNG needs bytes');
    expect(() => writePng(path, tensor('u1', [1, 1, 2], new Uint8Array(2)))).toThrow('got u1 [1,1,2]');
  });
});
