// MLIR text as tokens, for whatever must work on text that does not parse: highlighting what stands under the cursor,
// folding, formatting, completion. Every text has tokens; nothing here fails. Columns of arrays instead of objects: a
// megabyte is some 300,000 tokens.

export const TokenKind = {
  /** `%name`, without `#n` or `:n` */
  value: 1,
  /** `^name` */
  block: 2,
  /** `@name`, `@"name"` */
  symbol: 3,
  /** `#name` */
  hash: 4,
  /** `!name` */
  bang: 5,
  /** A bare identifier, dots included. */
  word: 6,
  number: 7,
  string: 8,
  punctuation: 9,
  comment: 10,
} as const;
export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

const WORD = /[A-Za-z_][\w$.]*/y;
const SUFFIX = /\d+|[A-Za-z_$.-][\w$.-]*/y;
const STRING = /"(?:[^"\\\n\r]|\\[^\n\r])*"?/y;
// The `x` of a shape belongs to no number: `4x?xf32` is `4`, `x`, `?`, `xf32`.
const NUMBER = /0x[0-9a-fA-F]+|\d+(?:\.\d*(?:[eE][-+]?\d+)?)?/y;

export class Tokens {
  readonly text: string;
  readonly count: number;
  /** Offsets in UTF-16 units. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly kinds: Uint8Array;
  /** Of an opening bracket `( [ {` its closing one and the other way round; -1 for all else and for unmatched ones. */
  readonly matches: Int32Array;
  /** Index of the innermost `{` around a token, -1 at the top. A brace itself belongs to what is around it. */
  readonly braces: Int32Array;

  constructor(text: string) {
    this.text = text;
    let room = Math.max(16, text.length >> 1);
    let starts = new Int32Array(room);
    let ends = new Int32Array(room);
    let kinds = new Uint8Array(room);
    let n = 0;
    let at = 0;
    const { length } = text;
    while (at < length) {
      const c = text.charCodeAt(at);
      if (c === 32 || (c >= 9 && c <= 13) || c === 0xfeff) {
        at++;
        continue;
      }
      const { kind, end } = scan(text, at, c);
      if (n === room) {
        room *= 2;
        starts = grown(starts, new Int32Array(room));
        ends = grown(ends, new Int32Array(room));
        const more = new Uint8Array(room);
        more.set(kinds);
        kinds = more;
      }
      starts[n] = at;
      ends[n] = end;
      kinds[n++] = kind;
      at = end;
    }
    this.count = n;
    this.starts = starts.subarray(0, n);
    this.ends = ends.subarray(0, n);
    this.kinds = kinds.subarray(0, n);
    this.matches = new Int32Array(n).fill(-1);
    this.braces = new Int32Array(n).fill(-1);
    this.matchBrackets();
  }

  private matchBrackets(): void {
    const open: number[] = [];
    const braces: number[] = [];
    for (let i = 0; i < this.count; i++) {
      if (this.kinds[i] === TokenKind.punctuation) {
        const c = this.text[this.starts[i]!]!;
        if (c === '}' || c === ')' || c === ']') {
          const wanted = c === '}' ? '{' : c === ')' ? '(' : '[';
          // A bracket that does not fit closes nothing; a brace closes what is still open inside of it.
          let k = c === '}' && braces.length === 0 ? -1 : open.length - 1;
          if (c === '}') while (k >= 0 && this.text[this.starts[open[k]!]!] !== '{') k--;
          if (k >= 0 && this.text[this.starts[open[k]!]!] === wanted) {
            const o = open[k]!;
            open.length = k;
            if (c === '}') braces.pop();
            this.matches[o] = i;
            this.matches[i] = o;
          }
          this.braces[i] = braces.at(-1) ?? -1;
          continue;
        }
        this.braces[i] = braces.at(-1) ?? -1;
        if (c === '{' || c === '(' || c === '[') {
          open.push(i);
          if (c === '{') braces.push(i);
        }
        continue;
      }
      this.braces[i] = braces.at(-1) ?? -1;
    }
  }

  kind(i: number): number {
    return this.kinds[i] ?? 0;
  }
  slice(i: number): string {
    return i >= 0 && i < this.count ? this.text.slice(this.starts[i], this.ends[i]) : '';
  }
  is(i: number, text: string): boolean {
    return (
      i >= 0 &&
      i < this.count &&
      this.ends[i]! - this.starts[i]! === text.length &&
      this.text.startsWith(text, this.starts[i])
    );
  }

  /** Index of the last token that starts at or before `offset`; -1 when there is none. */
  before(offset: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const mid = (low + high) >> 1;
      if (this.starts[mid]! <= offset) low = mid + 1;
      else high = mid - 1;
    }
    return high;
  }
  /** The token under a cursor: the one that contains `offset`, or else ends there; -1 when there is none. */
  at(offset: number): number {
    const i = this.before(offset);
    if (i < 0 || offset > this.ends[i]!) return -1;
    // Between two tokens the name wins: `%a|,`.
    if (
      this.starts[i] === offset &&
      this.kinds[i] === TokenKind.punctuation &&
      i > 0 &&
      this.ends[i - 1] === offset &&
      this.kinds[i - 1] !== TokenKind.punctuation
    )
      return i - 1;
    if (offset === this.ends[i] && this.kinds[i] === TokenKind.comment) return i;
    return i;
  }
  /** The next token that is no comment. */
  next(i: number): number {
    let k = i + 1;
    while (k < this.count && this.kinds[k] === TokenKind.comment) k++;
    return k;
  }
  /** The token before that is no comment; -1 when there is none. */
  previous(i: number): number {
    let k = i - 1;
    while (k >= 0 && this.kinds[k] === TokenKind.comment) k--;
    return k;
  }
  /** Whether a token is the first of its line. */
  startsLine(i: number): boolean {
    if (i === 0) return true;
    for (let p = this.starts[i]! - 1; p >= this.ends[i - 1]!; p--) if (this.text.charCodeAt(p) === 10) return true;
    return false;
  }
  /** Index of the innermost `{` that contains `offset`, -1 for none. */
  braceAround(offset: number): number {
    const i = this.before(offset - 1);
    if (i < 0) return -1;
    if (this.is(i, '{')) return i;
    return this.braces[i]!;
  }
  /** Whether the brace `outer` (-1: the file) is `inner` or around it. */
  encloses(outer: number, inner: number): boolean {
    if (outer === -1) return true;
    for (let b = inner; b !== -1; b = this.braces[b]!) if (b === outer) return true;
    return false;
  }
}

function grown(from: Int32Array<ArrayBuffer>, to: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  to.set(from);
  return to;
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function scan(text: string, at: number, c: number): { kind: TokenKind; end: number } {
  if (c === 0x2f && text.charCodeAt(at + 1) === 0x2f) {
    let end = at;
    while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end++;
    return { kind: TokenKind.comment, end };
  }
  switch (c) {
    case 0x25:
      return { kind: TokenKind.value, end: match(SUFFIX, text, at + 1) };
    case 0x5e:
      return { kind: TokenKind.block, end: match(SUFFIX, text, at + 1) };
    case 0x23:
      return { kind: TokenKind.hash, end: match(SUFFIX, text, at + 1) };
    case 0x21:
      return { kind: TokenKind.bang, end: match(SUFFIX, text, at + 1) };
    case 0x40:
      return {
        kind: TokenKind.symbol,
        end: text[at + 1] === '"' ? match(STRING, text, at + 1) : match(WORD, text, at + 1),
      };
    case 0x22:
      return { kind: TokenKind.string, end: match(STRING, text, at) };
    case 0x2d:
      return { kind: TokenKind.punctuation, end: text[at + 1] === '>' ? at + 2 : at + 1 };
    case 0x3a:
      return { kind: TokenKind.punctuation, end: text[at + 1] === ':' ? at + 2 : at + 1 };
  }
  if (c >= 48 && c <= 57) return { kind: TokenKind.number, end: match(NUMBER, text, at) };
  const word = match(WORD, text, at);
  if (word > at) return { kind: TokenKind.word, end: word };
  // One character, a surrogate pair as a whole.
  const end = c >= 0xd800 && c < 0xdc00 ? Math.min(at + 2, text.length) : at + 1;
  return { kind: TokenKind.punctuation, end };
}
