import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteBuffer, ulebLength } from './index.js';

function written(write: (buffer: ByteBuffer) => void): number[] {
  const buffer = new ByteBuffer(1);
  write(buffer);
  return [...buffer.toBytes()];
}

/** LEB128 read back, as the specification defines it. */
function readLeb(bytes: readonly number[], options: { readonly signed: boolean }): bigint {
  let value = 0n;
  bytes.forEach((byte, i) => {
    expect(byte >= 0x80).toBe(i < bytes.length - 1);
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
  });
  const isNegative = options.signed && ((bytes.at(-1) ?? 0) & 0x40) !== 0;
  return isNegative ? value - (1n << BigInt(7 * bytes.length)) : value;
}

/** Fewest groups of seven bits that hold a signed value. */
function shortestSigned(value: bigint): number {
  let n = 1;
  while (value < -(1n << BigInt(7 * n - 1)) || value >= 1n << BigInt(7 * n - 1)) n++;
  return n;
}

describe('LEB128', () => {
  it('writes the examples everyone knows', () => {
    expect(written((b) => b.uleb32(624485))).toEqual([0xe5, 0x8e, 0x26]);
    expect(written((b) => b.sleb32(-123456))).toEqual([0xc0, 0xbb, 0x78]);
    expect(written((b) => b.sleb32(64))).toEqual([0xc0, 0x00]);
    expect(written((b) => b.sleb32(-64))).toEqual([0x40]);
    expect(written((b) => b.sleb64(-(2n ** 63n)))).toHaveLength(10);
    expect(written((b) => b.uleb64(2n ** 64n - 1n))).toHaveLength(10);
  });

  it('round-trips in the shortest form', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 })), (value) => {
        const bytes = written((b) => b.uleb32(value));
        expect(readLeb(bytes, { signed: false })).toBe(BigInt(value));
        expect(bytes).toHaveLength(ulebLength(value));
        expect(bytes.length === 1 || bytes.at(-1) !== 0).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -300, max: 300 }), fc.integer()), (value) => {
        const bytes = written((b) => b.sleb32(value));
        expect(readLeb(bytes, { signed: true })).toBe(BigInt(value));
        expect(bytes).toHaveLength(shortestSigned(BigInt(value)));
        expect(written((b) => b.sleb64(value))).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const bytes = written((b) => b.sleb64(value));
        expect(readLeb(bytes, { signed: true })).toBe(value);
        expect(bytes).toHaveLength(shortestSigned(value));
        const unsigned = BigInt.asUintN(64, value);
        expect(
          readLeb(
            written((b) => b.uleb64(unsigned)),
            { signed: false },
          ),
        ).toBe(unsigned);
      }),
    );
  });

  it('can be padded to five bytes and patched', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
        const bytes = written((b) => {
          b.byte(7);
          const at = b.uleb32Padded(0);
          b.byte(9);
          b.patchUleb32(at, value);
        });
        expect(bytes).toHaveLength(7);
        expect(bytes[6]).toBe(9);
        expect(readLeb(bytes.slice(1, 6), { signed: false })).toBe(BigInt(value));
      }),
    );
  });
});

describe('other encodings', () => {
  it('writes numbers little endian', () => {
    expect(written((b) => b.u32(0x01020304))).toEqual([4, 3, 2, 1]);
    expect(written((b) => b.u64(0x0102030405060708n))).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(written((b) => b.f32(value))).toEqual([...new Uint8Array(new Float32Array([value]).buffer)]);
        expect(written((b) => b.f64(value))).toEqual([...new Uint8Array(new Float64Array([value]).buffer)]);
      }),
    );
  });

  it('writes strings as UTF-8, as TextEncoder does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const utf8 = new TextEncoder().encode(text);
        const bytes = written((b) => b.utf8(text));
        const prefix = ulebLength(utf8.length);
        expect(readLeb(bytes.slice(0, prefix), { signed: false })).toBe(BigInt(utf8.length));
        expect(bytes.slice(prefix)).toEqual([...utf8]);
      }),
    );
    for (const lone of ['\ud800', 'a\udc00b', '\ud800\ud800\udc00']) {
      expect(written((b) => b.utf8(lone)).slice(1)).toEqual([...new TextEncoder().encode(lone)]);
    }
  });

  it('prefixes sizes of any length, also nested', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(17_000), { minLength: 1, maxLength: 3 }), (sizes) => {
        const bytes = written((b) => {
          const outer = b.beginSized();
          for (const size of sizes) {
            const inner = b.beginSized();
            b.bytes(new Uint8Array(size).fill(size));
            b.endSized(inner);
          }
          b.endSized(outer);
        });
        const content = sizes.flatMap((size) => [
          ...written((b) => b.uleb32(size)),
          ...new Uint8Array(size).fill(size),
        ]);
        expect(bytes).toEqual([...written((b) => b.uleb32(content.length)), ...content]);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps its storage when reset, and copies are independent of it', () => {
    const buffer = new ByteBuffer();
    buffer.bytes([1, 2, 3]);
    const copy = buffer.toBytes();
    buffer.reset();
    expect(buffer.length).toBe(0);
    buffer.byte(9);
    expect([...copy]).toEqual([1, 2, 3]);
    expect([...buffer.view()]).toEqual([9]);
  });
});
