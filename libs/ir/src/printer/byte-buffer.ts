// UTF-8 text in chunks. Writing bytes beats joining strings 2-3 times on large modules. Chunks rather than one growing
// array: large array buffers count against V8's external memory, and each doubling costs a garbage collection of a heap
// that holds the whole IR.

const encoder = new TextEncoder();

/** Capacity of a chunk once the text is large. */
const CHUNK = 1 << 18;
/** Strings and blobs are written in pieces no longer than this. */
const PIECE = 1 << 15;

export class ByteBuffer {
  /** The current chunk. */
  private bytes: Uint8Array<ArrayBuffer>;
  private length = 0;
  /** Number of bytes in chunks before the current one. */
  private done = 0;
  private readonly full: Uint8Array<ArrayBuffer>[] = [];
  private readonly sink: ((chunk: Uint8Array<ArrayBuffer>) => void) | null;

  /** With a sink, full chunks go there and are reused after it returns; otherwise they are kept. */
  constructor(capacity: number, sink: ((chunk: Uint8Array<ArrayBuffer>) => void) | null = null) {
    this.bytes = new Uint8Array(capacity);
    this.sink = sink;
  }

  /** Number of bytes written so far. */
  get position(): number {
    return this.done + this.length;
  }

  /** Makes room for `count` more bytes in the current chunk; `count` is at most a piece. */
  private reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.grow(count);
  }
  private grow(count: number): void {
    if (this.sink !== null) {
      // What there is goes to the sink already while the buffer grows: V8 sees all that happens here before it optimises.
      this.done += this.length;
      if (this.length > 0) this.sink(this.bytes.subarray(0, this.length));
      this.length = 0;
      const capacity = Math.min(CHUNK, 2 * this.bytes.length);
      if (count > this.bytes.length || capacity > this.bytes.length)
        this.bytes = new Uint8Array(Math.max(capacity, count));
      return;
    }
    if (this.length + count <= CHUNK) {
      const grown = new Uint8Array(Math.min(CHUNK, Math.max(this.length + count, this.bytes.length * 2)));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
      return;
    }
    const chunk = this.bytes.subarray(0, this.length);
    this.done += this.length;
    this.length = 0;
    this.full.push(chunk);
    this.bytes = new Uint8Array(CHUNK);
  }

  byte(code: number): void {
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length++] = code;
  }

  /** Appends a string; ASCII is the fast path. */
  text(text: string): void {
    const n = text.length;
    if (n > PIECE) {
      this.long(text);
      return;
    }
    this.reserve(n);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < n; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.data(encoder.encode(text));
        return;
      }
      bytes[at++] = code;
    }
    this.length = at;
  }
  private long(text: string): void {
    for (let start = 0; start < text.length; ) {
      let end = Math.min(text.length, start + PIECE);
      // A surrogate pair stays together.
      if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
      this.text(text.slice(start, end));
      start = end;
    }
  }

  data(data: Uint8Array): void {
    const n = data.length;
    if (n > PIECE) {
      for (let start = 0; start < n; start += PIECE) this.data(data.subarray(start, Math.min(n, start + PIECE)));
      return;
    }
    this.range(data, 0, n);
  }

  /** Appends `from[start, end)`, at most a piece. */
  range(from: Uint8Array, start: number, end: number): void {
    const n = end - start;
    this.reserve(n);
    const { bytes } = this;
    const at = this.length;
    // A loop is faster than a native call for the short pieces an operation consists of.
    if (n < 48) for (let i = 0; i < n; i++) bytes[at + i] = from[start + i]!;
    else bytes.set(from.subarray(start, end), at);
    this.length = at + n;
  }

  comma(): void {
    this.reserve(2);
    this.bytes[this.length] = 0x2c;
    this.bytes[this.length + 1] = 0x20;
    this.length += 2;
  }

  colon(): void {
    this.reserve(3);
    const { bytes, length } = this;
    bytes[length] = 0x20;
    bytes[length + 1] = 0x3a;
    bytes[length + 2] = 0x20;
    this.length = length + 3;
  }

  /** A line break and `indent` spaces. */
  newline(indent: number): void {
    this.reserve(indent + 1);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = 0x0a;
    for (const end = at + indent; at < end; ) bytes[at++] = 0x20;
    this.length = at;
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
    for (let start = 0; start < data.length; start += PIECE / 2) {
      const end = Math.min(data.length, start + PIECE / 2);
      this.reserve((end - start) * 2);
      const { bytes } = this;
      let at = this.length;
      for (let i = start; i < end; i++) {
        const b = data[i]!;
        const high = b >> 4;
        const low = b & 15;
        bytes[at++] = high < 10 ? 0x30 + high : 0x37 + high;
        bytes[at++] = low < 10 ? 0x30 + low : 0x37 + low;
      }
      this.length = at;
    }
  }

  /** The bytes from `start` on, when they are all in the current chunk. */
  since(start: number): Uint8Array | null {
    return start < this.done ? null : this.bytes.subarray(start - this.done, this.length);
  }

  /** Hands the rest to the sink. */
  flush(): void {
    if (this.length > 0) this.sink?.(this.bytes.subarray(0, this.length));
    this.done += this.length;
    this.length = 0;
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const last = this.bytes.subarray(0, this.length);
    if (this.full.length === 0) return last;
    const all = new Uint8Array(this.position);
    let at = 0;
    for (const chunk of [...this.full, last]) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
  toString(): string {
    const decoder = new TextDecoder();
    let text = '';
    for (const chunk of this.full) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode(this.bytes.subarray(0, this.length));
  }
}

/** Text longer than this is not worth keeping. */
const CACHED = 4096;
const ARENA = 1 << 20;
const NOTHING = new Int32Array(0);
const EMPTY = new Uint8Array(0);

/**
 * A direct-mapped cache from an object with an `id` (and a second key) to its text. Bounded, and it allocates nothing
 * for an entry: the texts stand in one array, which starts over when it is full.
 */
export class TextCache<K extends { readonly id: number }> {
  private readonly size: number;
  // Made when the first text is kept: most printers print one small thing.
  private keys: (K | null)[] | null = null;
  private seconds: unknown[] = [];
  private starts = NOTHING;
  private ends = NOTHING;
  private arena = EMPTY;
  private used = 0;

  /** `size` is a power of two. */
  constructor(size: number) {
    this.size = size;
  }

  /** Writes the text of `key` when it is known. */
  repeat(out: ByteBuffer, key: K, second: unknown = null): boolean {
    const slot = key.id & (this.size - 1);
    if (this.keys === null || this.keys[slot] !== key || this.seconds[slot] !== second) return false;
    out.range(this.arena, this.starts[slot]!, this.ends[slot]!);
    return true;
  }
  /** Notes that the text of `key` is what was written since `start`. */
  remember(out: ByteBuffer, start: number, key: K, second: unknown = null): void {
    const n = out.position - start;
    const text = n > CACHED ? null : out.since(start);
    if (text === null) return;
    if (this.keys === null) {
      this.keys = new Array<K | null>(this.size).fill(null);
      this.seconds = new Array<unknown>(this.size).fill(null);
      this.starts = new Int32Array(this.size);
      this.ends = new Int32Array(this.size);
    }
    if (this.used + n > this.arena.length) this.grow(n);
    this.arena.set(text, this.used);
    const slot = key.id & (this.size - 1);
    this.keys![slot] = key;
    this.seconds[slot] = second;
    this.starts[slot] = this.used;
    this.used += n;
    this.ends[slot] = this.used;
  }
  private grow(n: number): void {
    if (this.used + n > ARENA) {
      this.keys!.fill(null);
      this.used = 0;
      return;
    }
    const grown = new Uint8Array(Math.min(ARENA, Math.max(this.used + n, 256, this.arena.length * 4)));
    grown.set(this.arena.subarray(0, this.used));
    this.arena = grown;
  }
}
