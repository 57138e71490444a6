// Bytes to tokens without token objects. The text is a zero-padded Uint8Array; `pos` always stands at the first byte
// of the next token (white space and comments are skipped when a token is consumed), so a peek is one array read.
// A zero byte belongs to no class: loops over a class end at the padding by themselves.
import type { Context } from '../context.js';
import { Diagnostic } from '../diagnostic.js';
import type { LocationRef, Source } from '../location.js';
import type { ParseListener } from './listener.js';

/** Thrown to abandon parsing; caught at the entry points, where the diagnostic is emitted. Has no stack trace. */
export class ParseFailure {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    this.diagnostic = diagnostic;
  }
}

/** Bytes of padding after the text: look-ahead never leaves the array. */
export const PADDING = 32;

const MAX_INT64 = (1n << 63n) - 1n;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Nested regions, types, attributes and affine expressions, together. */
export const MAX_DEPTH = 256;

// Character classes.
const C_SPACE = 1;
/** Letters and `_`: the start of a bare identifier. */
export const C_START = 2;
export const C_DIGIT = 4;
/** Letters, digits, `_`, `$`, `.`: the rest of a bare identifier. */
export const C_BARE = 8;
/** C_BARE and `-`: the rest of what follows `%`, `^`, `#`, `!`. */
export const C_SUFFIX = 16;
const C_HEX = 32;

export const CLASS: Uint8Array = /* @__PURE__ */ (() => {
  const table = new Uint8Array(256);
  for (const c of ' \t\n\r') table[c.charCodeAt(0)]! |= C_SPACE;
  const each = (from: string, to: string, bits: number) => {
    for (let c = from.charCodeAt(0); c <= to.charCodeAt(0); c++) table[c]! |= bits;
  };
  each('a', 'z', C_START | C_BARE | C_SUFFIX);
  each('A', 'Z', C_START | C_BARE | C_SUFFIX);
  each('0', '9', C_DIGIT | C_BARE | C_SUFFIX | C_HEX);
  each('a', 'f', C_HEX);
  each('A', 'F', C_HEX);
  each('_', '_', C_START | C_BARE | C_SUFFIX);
  each('$', '$', C_BARE | C_SUFFIX);
  each('.', '.', C_BARE | C_SUFFIX);
  each('-', '-', C_SUFFIX);
  return table;
})();

export const decoder: TextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A byte that is not valid UTF-8 becomes the lone surrogate U+DC00 + byte, so that no string loses data. */
function decodeLossless(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    const parts: string[] = [];
    let start = 0;
    for (let i = 0; i < bytes.length; ) {
      const size = sequenceLength(bytes, i);
      if (size > 0) {
        i += size;
        continue;
      }
      if (start < i) parts.push(decoder.decode(bytes.subarray(start, i)));
      parts.push(String.fromCharCode(0xdc00 + (bytes[i] ?? 0)));
      start = ++i;
    }
    parts.push(decoder.decode(bytes.subarray(start)));
    return parts.join('');
  }
}

/** Length of the well-formed UTF-8 sequence at `i` (Unicode's table 3-7); 0 when there is none. */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const lead = bytes[i] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const second = bytes[i + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let k = 2; k < size; k++) if (((bytes[i + k] ?? 0) & 0xc0) !== 0x80) return 0;
  return size;
}

export interface ParserInput {
  readonly context: Context;
  /** The text followed by PADDING zero bytes. */
  readonly bytes: Uint8Array;
  /** Length of the text. */
  readonly end: number;
  readonly file: string;
  /** Is told where things stand; see ParseListener. */
  readonly listener?: ParseListener | undefined;
}

/** Text of a type or attribute for a message, cut when it is long. */
export function brief(item: { toString(): string }): string {
  const text = item.toString();
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Bytes at which the inside of a string may end. */
const STRING_ENDS: Uint8Array = /* @__PURE__ */ (() => {
  const table = new Uint8Array(256);
  for (const c of [QUOTE, BACKSLASH, 10, 13, 0]) table[c] = 1;
  return table;
})();

export class Lexer {
  readonly context: Context;
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly file: string;
  readonly listener: ParseListener | null;
  pos = 0;
  depth = 0;
  private source: Source | null = null;
  /** The string whose end was looked for last. */
  private lastString = -1;
  private lastStringEnd = -1;

  constructor(input: ParserInput) {
    this.context = input.context;
    this.bytes = input.bytes;
    this.end = input.end;
    this.file = input.file;
    this.listener = input.listener ?? null;
    if (this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf) this.pos = 3; // byte order mark
    this.skip();
  }

  /** Offset of the first byte in the context's sources; the text is registered there when first needed. */
  get base(): number {
    if (this.source === null) this.source = this.context.sources.add(this.file, this.bytes.subarray(0, this.end));
    return this.source.base;
  }

  // Errors

  failure(id: string, message: string, offset: number): Diagnostic {
    return new Diagnostic('error', id, message, this.base + Math.min(offset, this.end));
  }
  /** Abandons parsing with one error at `offset`. */
  fail(id: string, message: string, offset: number = this.pos): never {
    throw new ParseFailure(this.failure(id, message, offset));
  }
  failWithNote(id: string, message: string, offset: number, note: string, noteAt: number | LocationRef): never {
    throw new ParseFailure(this.failure(id, message, offset).note(note, noteAt));
  }
  /** "expected <what>, got <next token>". */
  failExpected(what: string): never {
    this.checkCharacter();
    return this.fail('parse.expected', `expected ${what}, got ${this.describe()}`);
  }
  /** The next token, for messages. */
  describe(): string {
    const { bytes, pos } = this;
    if (pos >= this.end) return 'end of input';
    let stop = pos + 1;
    const c = bytes[pos]!;
    if (c === QUOTE) return 'a string';
    if (CLASS[c]! & (C_START | C_DIGIT) || c === 0x25 || c === 0x40 || c === 0x5e || c === 0x23 || c === 0x21)
      while (CLASS[bytes[stop]!]! & C_BARE) stop++;
    return `'${decoder.decode(bytes.subarray(pos, Math.min(stop, pos + 40)))}'`;
  }
  /** Fails when the next byte cannot begin any token. */
  private checkCharacter(): void {
    const c = this.bytes[this.pos]!;
    if (this.pos >= this.end) return;
    if (
      c < 0x20 ||
      c > 0x7e ||
      c === 0x60 ||
      c === 0x27 ||
      c === 0x5c ||
      c === 0x7e ||
      c === 0x24 ||
      c === 0x26 ||
      c === 0x3b
    ) {
      const shown = c > 0x20 && c < 0x7f ? `'${String.fromCharCode(c)}'` : `byte 0x${c.toString(16).padStart(2, '0')}`;
      this.fail('parse.character', `unexpected ${shown}`);
    }
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH) this.fail('parse.nesting', `nested more than ${MAX_DEPTH} levels deep`);
  }
  leave(): void {
    this.depth--;
  }

  // Moving

  /** To the next token, over white space and comments. */
  skip(): void {
    const bytes = this.bytes;
    let p = this.pos;
    // Nearly always nothing, or one space.
    if (bytes[p] === 32) p++;
    if (bytes[p]! > 0x2f) {
      this.pos = p;
      return;
    }
    for (;;) {
      const c = bytes[p]!;
      if (c === 32 || c === 10 || c === 13 || c === 9) p++;
      else if (c === 0x2f && bytes[p + 1] === 0x2f) {
        p += 2;
        while (p < this.end && bytes[p] !== 10 && bytes[p] !== 13) p++;
      } else break;
    }
    this.pos = p;
  }
  /** Consumes `length` bytes and the white space after them. */
  advance(length: number): void {
    this.pos += length;
    this.skip();
  }
  get atEnd(): boolean {
    return this.pos >= this.end;
  }
  slice(start: number, end: number): string {
    // Identifiers are short and ASCII: cheaper than a decoder call.
    if (end - start < 24) {
      let text = '';
      for (let i = start; i < end; i++) {
        const c = this.bytes[i]!;
        if (c > 127) return decoder.decode(this.bytes.subarray(start, end));
        text += String.fromCharCode(c);
      }
      return text;
    }
    return decoder.decode(this.bytes.subarray(start, end));
  }

  // Punctuation

  /** Consumes one byte of punctuation if it comes next. */
  accept(byte: number): boolean {
    if (this.bytes[this.pos] !== byte) return false;
    this.pos++;
    this.skip();
    return true;
  }
  expect(byte: number, what: string): void {
    if (this.bytes[this.pos] !== byte) this.failExpected(what);
    this.pos++;
    this.skip();
  }
  /** The closing bracket of what was opened at `open`. */
  expectClose(byte: number, what: string, open: number): void {
    if (this.bytes[this.pos] === byte) {
      this.pos++;
      this.skip();
      return;
    }
    this.checkCharacter();
    const opened = String.fromCharCode(this.bytes[open]!);
    this.failWithNote(
      'parse.unclosed',
      `expected ${what}, got ${this.describe()}`,
      this.pos,
      `to match this '${opened}'`,
      this.base + open,
    );
  }
  /** Two-byte punctuation: `->`, `::`. */
  accept2(first: number, second: number): boolean {
    if (this.bytes[this.pos] !== first || this.bytes[this.pos + 1] !== second) return false;
    this.advance(2);
    return true;
  }
  acceptArrow(): boolean {
    return this.accept2(0x2d, 0x3e);
  }

  // Identifiers

  /** End of the bare identifier at `pos`; equals `pos` when there is none. */
  bareEnd(): number {
    const bytes = this.bytes;
    let p = this.pos;
    if (!(CLASS[bytes[p]!]! & C_START)) return p;
    do p++;
    while (CLASS[bytes[p]!]! & C_BARE);
    return p;
  }
  /** Whether the next token is exactly the bare identifier `word`. */
  isWord(word: string): boolean {
    const { bytes, pos } = this;
    for (let i = 0; i < word.length; i++) if (bytes[pos + i] !== word.charCodeAt(i)) return false;
    return !(CLASS[bytes[pos + word.length]!]! & C_BARE);
  }
  acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.advance(word.length);
    return true;
  }
  expectWord(word: string): void {
    if (!this.acceptWord(word)) this.failExpected(`'${word}'`);
  }
  /** A bare identifier, or undefined. */
  optionalBare(): string | undefined {
    const stop = this.bareEnd();
    if (stop === this.pos) return undefined;
    const text = this.slice(this.pos, stop);
    this.pos = stop;
    this.skip();
    return text;
  }
  bare(what: string): string {
    return this.optionalBare() ?? this.failExpected(what);
  }
  /** End of the suffix-id at `p` (digits only, or letters and punctuation); equals `p` when there is none. */
  suffixEnd(p: number): number {
    const bytes = this.bytes;
    const c = CLASS[bytes[p]!]!;
    if (c & C_DIGIT) {
      do p++;
      while (CLASS[bytes[p]!]! & C_DIGIT);
    } else if (c & C_SUFFIX) {
      do p++;
      while (CLASS[bytes[p]!]! & C_SUFFIX);
    }
    return p;
  }

  // Strings

  get atString(): boolean {
    return this.bytes[this.pos] === QUOTE;
  }
  /** Position after the closing quote of the string at `start`. */
  stringEnd(start: number): number {
    // The elements of a large constant are skipped before their type is known, then read: the end is not looked for again.
    if (start === this.lastString) return this.lastStringEnd;
    const bytes = this.bytes;
    let p = start + 1;
    for (;;) {
      while (STRING_ENDS[bytes[p]!] === 0) p++;
      const c = bytes[p]!;
      if (c === QUOTE) {
        this.lastString = start;
        this.lastStringEnd = p + 1;
        return p + 1;
      }
      if (c === BACKSLASH) p++;
      else if (c === 10 || c === 13 || (c === 0 && p >= this.end))
        this.fail('parse.string', 'string is not closed on its line', start);
      p++;
    }
  }
  /** The string at `pos`, unescaped. */
  quoted(): string {
    const start = this.pos;
    const stop = this.stringEnd(start);
    let escaped = false;
    for (let i = start + 1; i < stop - 1; i++)
      if (this.bytes[i] === BACKSLASH) {
        escaped = true;
        break;
      }
    const text = escaped ? decodeLossless(this.unescape(start + 1, stop - 1)) : this.plain(start + 1, stop - 1);
    this.pos = stop;
    this.skip();
    return text;
  }
  private plain(start: number, end: number): string {
    for (let i = start; i < end; i++) if (this.bytes[i]! > 127) return decodeLossless(this.bytes.subarray(start, end));
    return this.slice(start, end);
  }
  private unescape(start: number, end: number): Uint8Array {
    const out = new Uint8Array(end - start);
    let n = 0;
    for (let i = start; i < end; i++) {
      const c = this.bytes[i]!;
      if (c !== BACKSLASH) {
        out[n++] = c;
        continue;
      }
      const e = this.bytes[++i]!;
      if (e === QUOTE || e === BACKSLASH) out[n++] = e;
      else if (e === 0x6e) out[n++] = 10;
      else if (e === 0x74) out[n++] = 9;
      else if (CLASS[e]! & C_HEX && CLASS[this.bytes[i + 1]!]! & C_HEX && i + 1 < end)
        out[n++] = (hexDigit(e) << 4) | hexDigit(this.bytes[++i]!);
      else
        this.fail(
          'parse.string',
          'unknown escape in a string; write \\n, \\t, \\", \\\\ or two hexadecimal digits',
          i - 1,
        );
    }
    return out.subarray(0, n);
  }
  optionalQuoted(): string | undefined {
    return this.atString ? this.quoted() : undefined;
  }

  // Integers

  get atDigit(): boolean {
    return (CLASS[this.bytes[this.pos]!]! & C_DIGIT) !== 0;
  }
  /** A decimal integer below 2^53 without sign. */
  decimal(what: string): number {
    const bytes = this.bytes;
    const start = this.pos;
    let p = start;
    let n = 0;
    while (CLASS[bytes[p]!]! & C_DIGIT) n = n * 10 + (bytes[p++]! - 48);
    if (p === start) this.failExpected(what);
    if (n > Number.MAX_SAFE_INTEGER) this.fail('parse.integer-range', `${what} is too large`, start);
    this.pos = p;
    this.skip();
    return n;
  }
  /** A decimal integer below 2^63 without sign: a bigint where a number is not exact. */
  decimal64(what: string): number | bigint {
    const start = this.pos;
    let p = start;
    while (CLASS[this.bytes[p]!]! & C_DIGIT) p++;
    if (p - start < 16) return this.decimal(what);
    const n = BigInt(this.slice(start, p));
    if (n > MAX_INT64) this.fail('parse.integer-range', `${what} is too large`, start);
    this.pos = p;
    this.skip();
    return n <= MAX_SAFE ? Number(n) : n;
  }
  /** End of the integer literal (decimal or 0x) at `p`. */
  integerEnd(p: number): number {
    const bytes = this.bytes;
    if (bytes[p] === 0x30 && bytes[p + 1] === 0x78 && CLASS[bytes[p + 2]!]! & C_HEX) {
      p += 2;
      while (CLASS[bytes[p]!]! & C_HEX) p++;
      return p;
    }
    while (CLASS[bytes[p]!]! & C_DIGIT) p++;
    return p;
  }
}

function hexDigit(c: number): number {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x61 + 10;
}

/** Values of two hexadecimal digits, the first of which counts 16: their sum is below 0 when one is no digit. */
export const HEX_HIGH: Int16Array = /* @__PURE__ */ hexTable(16);
export const HEX_LOW: Int16Array = /* @__PURE__ */ hexTable(1);

function hexTable(factor: number): Int16Array {
  const table = new Int16Array(256).fill(-256);
  for (const c of '0123456789abcdefABCDEF') table[c.charCodeAt(0)] = factor * Number.parseInt(c, 16);
  return table;
}
