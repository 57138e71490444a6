// A growing buffer of UTF-8 text. Writing bytes beats joining strings 2-3 times on large modules, and text that was
// written before (a type, an attribute dictionary) is copied from the buffer itself.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class ByteBuffer {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  byte(code: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = code;
  }

  /** Appends a string; ASCII is the fast path. */
  text(text: string): void {
    const n = text.length;
    this.reserve(n);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < n; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.encoded(text);
        return;
      }
      bytes[at++] = code;
    }
    this.length = at;
  }
  private encoded(text: string): void {
    this.reserve(text.length * 3);
    this.length += encoder.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  data(data: Uint8Array): void {
    const n = data.length;
    this.reserve(n);
    const { bytes } = this;
    const at = this.length;
    // A loop is faster than a native call for the short pieces an operation consists of.
    if (n < 48) for (let i = 0; i < n; i++) bytes[at + i] = data[i]!;
    else bytes.set(data, at);
    this.length = at + n;
  }

  /** Appends again what was written at [start, end). */
  repeat(start: number, end: number): void {
    const n = end - start;
    this.reserve(n);
    const { bytes } = this;
    const at = this.length;
    if (n < 48) for (let i = 0; i < n; i++) bytes[at + i] = bytes[start + i]!;
    else bytes.copyWithin(at, start, end);
    this.length = at + n;
  }

  /** A non-negative integer below 2^31 in decimal. */
  decimal(value: number): void {
    this.reserve(10);
    const { bytes } = this;
    if (value < 10) {
      bytes[this.length++] = 0x30 + value;
      return;
    }
    let digits = 2;
    for (let limit = 100; value >= limit && digits < 10; limit *= 10) digits++;
    let rest = value;
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = 0x30 + rest - next * 10;
      rest = next;
    }
    this.length += digits;
  }

  /** Two upper-case hexadecimal digits for each byte. */
  hex(data: Uint8Array): void {
    this.reserve(data.length * 2);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < data.length; i++) {
      const b = data[i]!;
      const high = b >> 4;
      const low = b & 15;
      bytes[at++] = high < 10 ? 0x30 + high : 0x37 + high;
      bytes[at++] = low < 10 ? 0x30 + low : 0x37 + low;
    }
    this.length = at;
  }

  spaces(count: number): void {
    this.reserve(count);
    this.bytes.fill(0x20, this.length, this.length + count);
    this.length += count;
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }
  toString(): string {
    return decoder.decode(this.bytes.subarray(0, this.length));
  }
}

/**
 * A direct-mapped cache from an object with an `id` (and a second key) to where its text stands in the buffer.
 * Bounded, and it allocates nothing per entry.
 */
export class TextCache<K extends { readonly id: number }> {
  private readonly mask: number;
  private readonly keys: (K | null)[];
  private readonly seconds: unknown[];
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;

  /** `size` is a power of two. */
  constructor(size: number) {
    this.mask = size - 1;
    this.keys = new Array<K | null>(size).fill(null);
    this.seconds = new Array<unknown>(size).fill(null);
    this.starts = new Int32Array(size);
    this.ends = new Int32Array(size);
  }

  /** Repeats the text of `key` when it is known. */
  repeat(out: ByteBuffer, key: K, second: unknown = null): boolean {
    const slot = key.id & this.mask;
    if (this.keys[slot] !== key || this.seconds[slot] !== second) return false;
    out.repeat(this.starts[slot]!, this.ends[slot]!);
    return true;
  }
  /** Notes that the text of `key` was written from `start` to the end of the buffer. */
  remember(out: ByteBuffer, start: number, key: K, second: unknown = null): void {
    const slot = key.id & this.mask;
    this.keys[slot] = key;
    this.seconds[slot] = second;
    this.starts[slot] = start;
    this.ends[slot] = out.length;
  }
}
