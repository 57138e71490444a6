// A growable array of bytes with the number encodings of the WebAssembly binary format. It knows nothing of modules.

const scratch = new DataView(new ArrayBuffer(8));

/** Number of bytes of the shortest unsigned LEB128 form of `value` (taken as an unsigned 32-bit integer). */
export function ulebLength(value: number): number {
  const v = value >>> 0;
  return v < 0x80 ? 1 : v < 0x4000 ? 2 : v < 0x200000 ? 3 : v < 0x10000000 ? 4 : 5;
}

/** Growable byte array. Growth doubles, so appending costs amortised constant time. */
export class ByteBuffer {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param capacity bytes to reserve at first */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Forgets the content and keeps the storage. */
  reset(): void {
    this.#length = 0;
  }

  /** A view of the content; the next write may leave it stale. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of the content with storage of its own. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes room for `count` more bytes. */
  ensure(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#bytes.length) this.#grow(needed);
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2, 64));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }

  /** Appends the low eight bits of `value`. */
  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(this.#length + 1);
    this.#bytes[this.#length++] = value;
  }

  /** Appends all of `source`. */
  bytes(source: ArrayLike<number>): void {
    this.ensure(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
  }

  /** Appends everything `source` holds. */
  append(source: ByteBuffer): void {
    this.bytes(source.view());
  }

  /** Unsigned LEB128 of a 32-bit integer; negative numbers are taken modulo 2^32. */
  uleb32(value: number): void {
    this.ensure(5);
    const bytes = this.#bytes;
    let at = this.#length;
    let v = value >>> 0;
    while (v >= 0x80) {
      bytes[at++] = (v & 0x7f) | 0x80;
      v >>>= 7;
    }
    bytes[at++] = v;
    this.#length = at;
  }

  /** Signed LEB128 of a 32-bit integer. */
  sleb32(value: number): void {
    this.ensure(5);
    const bytes = this.#bytes;
    let at = this.#length;
    let v = value | 0;
    // The last byte's bit 6 is the sign: stop once the rest of the number is a copy of it.
    while (v < -64 || v > 63) {
      bytes[at++] = (v & 0x7f) | 0x80;
      v >>= 7;
    }
    bytes[at++] = v & 0x7f;
    this.#length = at;
  }

  /** Unsigned LEB128 of a 64-bit integer, modulo 2^64. */
  uleb64(value: bigint): void {
    let v = BigInt.asUintN(64, value);
    while (v >= 0x80n) {
      this.byte(Number(v & 0x7fn) | 0x80);
      v >>= 7n;
    }
    this.byte(Number(v));
  }

  /** Signed LEB128 of a 64-bit integer, modulo 2^64. Integers that fit 32 bits take a path without bigints. */
  sleb64(value: bigint | number): void {
    if (typeof value === 'number' && value === (value | 0)) {
      this.sleb32(value);
      return;
    }
    let v = BigInt.asIntN(64, BigInt(value));
    while (v < -64n || v > 63n) {
      this.byte(Number(v & 0x7fn) | 0x80);
      v >>= 7n;
    }
    this.byte(Number(v & 0x7fn));
  }

  /** Unsigned LEB128 in exactly five bytes, so that the value can be written later with `patchUleb32`. */
  uleb32Padded(value: number): number {
    const at = this.#length;
    this.ensure(5);
    this.#length += 5;
    this.patchUleb32(at, value);
    return at;
  }

  /** Overwrites the five bytes at `at`, which `uleb32Padded` wrote. */
  patchUleb32(at: number, value: number): void {
    const bytes = this.#bytes;
    const v = value >>> 0;
    bytes[at] = (v & 0x7f) | 0x80;
    bytes[at + 1] = ((v >>> 7) & 0x7f) | 0x80;
    bytes[at + 2] = ((v >>> 14) & 0x7f) | 0x80;
    bytes[at + 3] = ((v >>> 21) & 0x7f) | 0x80;
    bytes[at + 4] = v >>> 28;
  }

  /** Four bytes, little endian. */
  u32(value: number): void {
    this.ensure(4);
    const bytes = this.#bytes;
    const at = this.#length;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    this.#length = at + 4;
  }

  /** Eight bytes, little endian, modulo 2^64. */
  u64(value: bigint): void {
    scratch.setBigUint64(0, BigInt.asUintN(64, value), true);
    this.u32(scratch.getInt32(0, true));
    this.u32(scratch.getInt32(4, true));
  }

  /** Binary32, rounded to nearest. The payload of a NaN is lost: write its bits with `u32`. */
  f32(value: number): void {
    scratch.setFloat32(0, value, true);
    this.u32(scratch.getInt32(0, true));
  }

  /** Binary64. The payload of a NaN is lost: write its bits with `u64`. */
  f64(value: number): void {
    scratch.setFloat64(0, value, true);
    this.u32(scratch.getInt32(0, true));
    this.u32(scratch.getInt32(4, true));
  }

  /** A length-prefixed UTF-8 string. A lone surrogate becomes U+FFFD, as names must be valid UTF-8. */
  utf8(text: string): void {
    const start = this.beginSized();
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c < 0x80) this.byte(c);
      else this.#codePoint(c < 0xd800 || c > 0xdfff ? c : this.#surrogate(text, i));
      if (c >= 0xd800 && c <= 0xdbff && isLowSurrogate(text.charCodeAt(i + 1))) i++;
    }
    this.endSized(start);
  }

  #surrogate(text: string, at: number): number {
    const high = text.charCodeAt(at);
    const low = text.charCodeAt(at + 1);
    return high <= 0xdbff && isLowSurrogate(low) ? 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
  }

  #codePoint(c: number): void {
    if (c < 0x800) {
      this.byte(0xc0 | (c >> 6));
    } else {
      if (c < 0x10000) this.byte(0xe0 | (c >> 12));
      else {
        this.byte(0xf0 | (c >> 18));
        this.byte(0x80 | ((c >> 12) & 0x3f));
      }
      this.byte(0x80 | ((c >> 6) & 0x3f));
    }
    this.byte(0x80 | (c & 0x3f));
  }

  /** Starts a size-prefixed run of bytes; give the result to `endSized`. */
  beginSized(): number {
    this.byte(0);
    return this.#length;
  }

  /** Writes the size before the bytes since `beginSized`, in the shortest form (the bytes move up if it needs more). */
  endSized(start: number): void {
    const size = this.#length - start;
    const extra = ulebLength(size) - 1;
    if (extra > 0) {
      this.ensure(extra);
      this.#bytes.copyWithin(start + extra, start, this.#length);
    }
    const end = this.#length + extra;
    this.#length = start - 1;
    this.uleb32(size);
    this.#length = end;
  }
}

function isLowSurrogate(c: number): boolean {
  return c >= 0xdc00 && c <= 0xdfff;
}
