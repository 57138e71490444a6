// All that is known about a version of a document, worked out when first asked for: tokens at once, what the parser and
// the verifier say later.
import type { Context } from '@budflow/ir';
import { LineIndex } from '../text/line-index.js';
import { TokenKind, Tokens } from '../text/tokens.js';
import { type OpRecord, type Part, readPart } from './part.js';
import { SymbolIndex } from './symbols.js';

export interface Environment {
  readonly newContext: (options: { readonly allowUnregistered: boolean }) => Context;
  readonly allowUnregistered: boolean;
}

export class MlirDocument {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
  private readonly environment: Environment;
  private lazyLines: LineIndex | undefined;
  private lazyTokens: Tokens | undefined;
  private lazyParts: readonly Part[] | undefined;
  private readonly lazySymbols = new Map<Part, SymbolIndex>();

  constructor(uri: string, version: number, text: string, environment: Environment) {
    this.uri = uri;
    this.version = version;
    this.text = text;
    this.environment = environment;
  }

  get lines(): LineIndex {
    this.lazyLines ??= new LineIndex(this.text);
    return this.lazyLines;
  }
  get tokens(): Tokens {
    this.lazyTokens ??= new Tokens(this.text);
    return this.lazyTokens;
  }

  /** `--allow-unregistered-dialect` in a RUN line means what it says. */
  get allowsUnregistered(): boolean {
    return this.environment.allowUnregistered || /^\s*\/\/.*--?allow-unregistered-dialect\b/m.test(this.text);
  }

  get parts(): readonly Part[] {
    if (!this.lazyParts) {
      const allowUnregistered = this.allowsUnregistered;
      const newContext = () => this.environment.newContext({ allowUnregistered });
      this.lazyParts = this.ranges().map((range) => readPart(this.tokens, range, { newContext, file: this.uri }));
    }
    return this.lazyParts;
  }
  get isAnalysed(): boolean {
    return this.lazyParts !== undefined;
  }

  /** Lines `// -----` divide a file of tests into modules of their own. */
  private ranges(): { start: number; end: number }[] {
    const ranges: { start: number; end: number }[] = [];
    let start = 0;
    for (const match of this.text.matchAll(/^\/\/ -----.*$/gm)) {
      ranges.push({ start, end: match.index });
      start = match.index + match[0].length;
    }
    ranges.push({ start, end: this.text.length });
    return ranges;
  }

  partAt(offset: number): Part {
    const { parts } = this;
    return parts.find((part) => offset <= part.end) ?? parts.at(-1)!;
  }

  symbols(part: Part): SymbolIndex {
    let index = this.lazySymbols.get(part);
    if (!index) {
      index = new SymbolIndex(part, this.tokens);
      this.lazySymbols.set(part, index);
    }
    return index;
  }

  /** The innermost operation around an offset, in the extent that is known of it. */
  opAround(offset: number): OpRecord | null {
    const record = this.opBefore(offset);
    for (let r = record; r; r = r.parent) if (offset <= r.end) return r;
    return null;
  }
  /** The operation whose name begins last at or before an offset. */
  opBefore(offset: number): OpRecord | null {
    const { ops } = this.partAt(offset);
    let low = 0;
    let high = ops.length - 1;
    while (low <= high) {
      const mid = (low + high) >> 1;
      if (ops[mid]!.start <= offset) low = mid + 1;
      else high = mid - 1;
    }
    return ops[high] ?? null;
  }

  /** First offset of the statement an operation is in: where the names of its results begin. */
  statementStart(record: OpRecord): number {
    const { tokens } = this;
    let i = tokens.before(record.start);
    if (!tokens.is(i - 1, '=')) return record.start;
    i -= 1;
    while (
      i > 0 &&
      (tokens.kind(i - 1) === TokenKind.value ||
        tokens.kind(i - 1) === TokenKind.number ||
        tokens.is(i - 1, ',') ||
        tokens.is(i - 1, ':'))
    ) {
      i--;
      if (tokens.kind(i) === TokenKind.value && tokens.startsLine(i)) break;
    }
    return tokens.starts[i]!;
  }
}
