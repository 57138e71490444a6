// What the parser says about one part of a document (the whole of it, unless lines `// -----` divide it): its operations,
// values and blocks with their places, and what is wrong. An error in one function does not hide the others: the
// statement around it is blanked out, and the rest is read again.
import {
  type Block,
  type Context,
  type Diagnostic,
  IsolatedFromAbove,
  type LocationRef,
  type Operation,
  type OpInfo,
  type ParseListener,
  parseModule,
  positionOf,
  SymbolTableTrait,
  SymbolTrait,
  type Value,
  verify,
} from '@budflow/ir';
import { byteOffsetsOf } from '../text/byte-offsets.js';
import { TokenKind, type Tokens } from '../text/tokens.js';

/** An operation in the text. Offsets here and below are those of the document. */
export interface OpRecord {
  readonly info: OpInfo;
  /** Null when the text of the operation did not parse to its end. */
  op: Operation | null;
  /** Of the name. */
  readonly start: number;
  readonly nameEnd: number;
  /** End of its last token. */
  end: number;
  parent: OpRecord | null;
}

/** A name of values: `%a`, `%a:2`. */
export interface ValueName {
  readonly kind: 'value';
  /** Offset of the `%` where it is defined, -1 when it is not. */
  readonly definition: number;
  /** By number; `%a#1` is number 1. */
  readonly values: Value[];
  /** Offsets of the `%`. */
  readonly uses: number[];
}

export interface BlockName {
  readonly kind: 'block';
  definition: number;
  readonly block: Block;
  readonly uses: number[];
}

/** A problem with its place in the document. */
export interface Problem {
  readonly diagnostic: Diagnostic;
  readonly offset: number;
  readonly notes: readonly { readonly message: string; readonly offset: number | undefined }[];
  readonly origin: 'parser' | 'verifier';
}

export interface Part {
  readonly start: number;
  readonly end: number;
  readonly context: Context;
  /** Undefined when not all of the text parses. */
  readonly module: Operation | undefined;
  /** In the order of their names in the text. */
  readonly ops: readonly OpRecord[];
  /** By the offset of each occurrence. */
  readonly values: ReadonlyMap<number, ValueName>;
  readonly blocks: ReadonlyMap<number, BlockName>;
  readonly problems: readonly Problem[];
}

/** How many statements with errors are looked for, and for how long. */
const MAX_ERRORS = 20;
const MAX_MILLISECONDS = 500;

export interface PartOptions {
  readonly newContext: () => Context;
  readonly file: string;
}

export function readPart(
  tokens: Tokens,
  range: { readonly start: number; readonly end: number },
  options: PartOptions,
): Part {
  const original = tokens.text.slice(range.start, range.end);
  const offsets = byteOffsetsOf(original);
  // Blanks are as many bytes as what they replace, so that offsets stay.
  const bytes = new TextEncoder().encode(original);
  const began = performance.now();
  const problems: Problem[] = [];
  const found = new Findings();
  const blanked: string[] = [];
  for (;;) {
    const context = options.newContext();
    const recorder = new Recorder(range.start, (byte) => offsets.utf16(byte), tokens);
    const { result: module, diagnostics } = context.diagnostics.collect(() =>
      parseModule(bytes, context, { file: options.file, listener: recorder }),
    );
    const place = (ref: LocationRef): number | undefined => {
      if (typeof ref === 'number') {
        const source = ref === 0 ? undefined : context.sources.find(ref);
        return source ? range.start + offsets.utf16(ref - source.base) : undefined;
      }
      // A location that the text gives itself, perhaps of this very text.
      const at = positionOf(context, ref);
      return at && at.file === options.file ? lineOffset(original, at.line, at.column) + range.start : undefined;
    };
    const report = (list: readonly Diagnostic[], origin: Problem['origin']) => {
      for (const diagnostic of list)
        problems.push({
          diagnostic,
          offset: place(diagnostic.location) ?? (diagnostic.op ? (recorder.places.get(diagnostic.op) ?? 0) : 0),
          notes: diagnostic.notes.map((n) => ({ message: n.message, offset: place(n.location) })),
          origin,
        });
    };
    if (module) {
      report(
        context.diagnostics
          .collect(() => verify(module))
          .diagnostics.filter((d) => !blanked.some((name) => d.message.includes(name))),
        'verifier',
      );
      return {
        ...range,
        context,
        module: blanked.length === 0 && problems.every((p) => p.origin === 'verifier') ? module : undefined,
        ...found.complete(recorder, range.end),
        problems,
      };
    }
    report(diagnostics, 'parser');
    const at = problems.at(-1)?.offset ?? range.start;
    const chunk =
      problems.length < MAX_ERRORS && performance.now() - began < MAX_MILLISECONDS
        ? statementAround(at, recorder, tokens, range)
        : undefined;
    const hidden = chunk ? blank(bytes, offsets.utf16, chunk, range.start, original) : false;
    if (!chunk || !hidden) {
      return { ...range, context, module: undefined, ...found.complete(recorder, range.end), problems };
    }
    found.add(recorder, chunk.start, chunk.end);
    // What refers to symbols that are blanked out is not wrong.
    blanked.push(...symbolsIn(tokens, chunk));
  }
}

function lineOffset(text: string, line: number, column: number): number {
  let at = 0;
  for (let l = 1; l < line; l++) {
    const end = text.indexOf('\n', at);
    if (end < 0) return at;
    at = end + 1;
  }
  return Math.min(at + column - 1, text.length);
}

function symbolsIn(tokens: Tokens, chunk: { start: number; end: number }): string[] {
  const names: string[] = [];
  for (let i = tokens.before(chunk.start - 1) + 1; i < tokens.count && tokens.starts[i]! < chunk.end; i++)
    if (tokens.kinds[i] === TokenKind.symbol) {
      names.push(`@${plainSymbol(tokens.slice(i))}`, `'${plainSymbol(tokens.slice(i))}'`);
      break;
    }
  return names;
}

/** `a` of `@a` and of `@"a"`. */
export function plainSymbol(token: string): string {
  const name = token.startsWith('@') ? token.slice(1) : token;
  return name.startsWith('"') ? name.replace(/^"|"$/g, '').replace(/\\(["\\])/g, '$1') : name;
}

/** Blanks a range of the bytes; false when nothing was there. */
function blank(
  bytes: Uint8Array,
  utf16: (byte: number) => number,
  chunk: { readonly start: number; readonly end: number },
  origin: number,
  text: string,
): boolean {
  const from = byteOf(chunk.start - origin, utf16, bytes.length, text);
  const to = byteOf(chunk.end - origin, utf16, bytes.length, text);
  let changed = false;
  for (let i = from; i < to; i++)
    if (bytes[i] !== 10 && bytes[i] !== 13 && bytes[i] !== 32) {
      bytes[i] = 32;
      changed = true;
    }
  return changed;
}

function byteOf(unit: number, utf16: (byte: number) => number, length: number, text: string): number {
  if (length === text.length) return unit;
  let low = 0;
  let high = length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (utf16(mid) < unit) low = mid + 1;
    else high = mid;
  }
  return low;
}

/**
 * The statement of a module that contains an error: by its layout, since brackets cannot be trusted. It begins with the
 * operation the parser was in, and ends before the next line that is not indented deeper and closes nothing.
 */
function statementAround(
  at: number,
  recorder: Recorder,
  tokens: Tokens,
  range: { readonly start: number; readonly end: number },
): { start: number; end: number } | undefined {
  const { text } = tokens;
  const open = recorder.open.find((record) => !isTable(record));
  const from = open ? Math.min(open.start, at) : at;
  const lineStart = Math.max(range.start, text.lastIndexOf('\n', from - 1) + 1);
  const column = indentation(text, lineStart);
  let end = lineStart;
  let first = true;
  while (end < range.end) {
    const next = text.indexOf('\n', end);
    const stop = next < 0 || next >= range.end ? range.end : next + 1;
    if (!first) {
      const here = indentation(text, end);
      const c = text[end + here] ?? '';
      const isBlank = c === '' || c === '\n' || c === '\r';
      if (!isBlank && here <= column) {
        const closes = c === '}' && here === column;
        if (closes) return { start: lineStart, end: end + here + 1 };
        if (c !== ')' && c !== ']' && c !== '^' && c !== '{' && !text.startsWith('//', end + here)) break;
        if (c === '}') break;
      }
    }
    first = false;
    end = stop;
  }
  return end > lineStart ? { start: lineStart, end } : undefined;
}

function indentation(text: string, at: number): number {
  let n = 0;
  while (text[at + n] === ' ' || text[at + n] === '\t') n++;
  return n;
}

export function isTable(record: OpRecord): boolean {
  return record.info.name === 'builtin.module' || record.info.hasTrait(SymbolTableTrait);
}
export function isIsolated(record: OpRecord): boolean {
  return record.info.name === 'builtin.module' || record.info.hasTrait(IsolatedFromAbove);
}
export function definesSymbol(record: OpRecord): boolean {
  return (
    record.info.hasTrait(SymbolTrait) ||
    record.info.name === 'builtin.module' ||
    record.op?.attr('sym_name') !== undefined
  );
}

/** Writes down what the parser tells. */
class Recorder implements ParseListener {
  readonly ops: OpRecord[] = [];
  /** Operations begun and not ended, outermost first. */
  readonly open: OpRecord[] = [];
  readonly places = new Map<Operation, number>();
  readonly values = new Map<number, ValueName>();
  readonly blocks = new Map<number, BlockName>();
  private readonly nameOf = new Map<Value, ValueName>();
  private readonly blockNames = new Map<Block, BlockName>();
  private readonly origin: number;
  private readonly utf16: (byte: number) => number;
  private readonly tokens: Tokens;

  constructor(origin: number, utf16: (byte: number) => number, tokens: Tokens) {
    this.origin = origin;
    this.utf16 = utf16;
    this.tokens = tokens;
  }
  private place(byte: number): number {
    return this.origin + this.utf16(byte);
  }

  operationName(info: OpInfo, start: number, end: number): void {
    const record: OpRecord = {
      info,
      op: null,
      start: this.place(start),
      nameEnd: this.place(end),
      end: this.place(end),
      parent: this.open.at(-1) ?? null,
    };
    this.ops.push(record);
    this.open.push(record);
  }
  operation(op: Operation, start: number, end: number): void {
    const record = this.open.pop();
    if (!record) return;
    record.op = op;
    // Not the white space and the comments before the next token.
    let last = this.tokens.before(this.place(end) - 1);
    while (last > 0 && this.tokens.kinds[last] === TokenKind.comment) last--;
    record.end = Math.max(record.nameEnd, this.tokens.ends[last] ?? 0);
    this.places.set(op, this.place(start));
  }
  definition(value: Value, start: number, index: number): void {
    const at = this.place(start);
    let name = this.values.get(at);
    if (!name) {
      name = { kind: 'value', definition: at, values: [], uses: [] };
      this.values.set(at, name);
    }
    name.values[index] = value;
    this.nameOf.set(value, name);
  }
  use(value: Value, start: number): void {
    const at = this.place(start);
    let name = this.nameOf.get(value);
    if (!name) {
      name = { kind: 'value', definition: -1, values: [value], uses: [] };
      this.nameOf.set(value, name);
    }
    name.uses.push(at);
    this.values.set(at, name);
  }
  resolved(placeholder: Value, value: Value): void {
    const early = this.nameOf.get(placeholder);
    const name = this.nameOf.get(value);
    if (!early || !name) return;
    this.nameOf.delete(placeholder);
    for (const at of early.uses) this.values.set(at, name);
    name.uses.push(...early.uses);
  }
  block(block: Block, start: number, role: 'definition' | 'successor'): void {
    const at = this.place(start);
    let name = this.blockNames.get(block);
    if (!name) {
      name = { kind: 'block', definition: -1, block, uses: [] };
      this.blockNames.set(block, name);
    }
    if (role === 'definition') name.definition = at;
    else name.uses.push(at);
    this.blocks.set(at, name);
  }
}

/** What readings that failed found in the statements they failed in. */
class Findings {
  private readonly ops: OpRecord[] = [];
  private readonly values: [number, ValueName][] = [];
  private readonly blocks: [number, BlockName][] = [];

  add(recorder: Recorder, start: number, end: number): void {
    for (const record of recorder.open) record.end = Math.max(record.end, end);
    for (const record of recorder.ops) if (record.start >= start && record.start < end) this.ops.push(record);
    for (const entry of recorder.values) if (entry[0] >= start && entry[0] < end) this.values.push(entry);
    for (const entry of recorder.blocks) if (entry[0] >= start && entry[0] < end) this.blocks.push(entry);
  }

  /** Together with what the last reading found elsewhere, which is most. */
  complete(last: Recorder, end: number) {
    const { ops, values, blocks } = last;
    for (const record of last.open) record.end = Math.max(record.end, end);
    for (const [at, name] of this.values) values.set(at, name);
    for (const [at, name] of this.blocks) blocks.set(at, name);
    if (this.ops.length > 0) {
      for (const record of this.ops) ops.push(record);
      ops.sort((a, b) => a.start - b.start);
      // What is around an operation was read in another round.
      const around: OpRecord[] = [];
      for (const record of ops) {
        while (around.length > 0 && around.at(-1)!.end <= record.start) around.pop();
        record.parent = around.at(-1) ?? null;
        around.push(record);
      }
    }
    return { ops, values, blocks };
  }
}
