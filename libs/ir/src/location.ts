// Source locations. An operation read from text stores only an offset (one small integer, see SourceManager);
// `Location` objects are made when somebody asks, or when the text says loc(...).
import { Attribute } from './attribute.js';
import { printString } from './attribute-text.js';

export abstract class Location extends Attribute {
  /** Text between `loc(` and `)`. */
  abstract body(): string;
  override toString(): string {
    return `loc(${this.body()})`;
  }
}

export class UnknownLoc extends Location {
  override body(): string {
    return 'unknown';
  }
}

/** 1-based line and column; `endLine`/`endColumn` when the text gives a range. */
export class FileLineColLoc extends Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly range: string;
  constructor(file: string, line: number, column: number, range: string) {
    super();
    this.file = file;
    this.line = line;
    this.column = column;
    this.range = range;
  }
  override body(): string {
    return `${printString(this.file)}:${this.line}:${this.column}${this.range}`;
  }
}

export class NameLoc extends Location {
  readonly name: string;
  readonly child: Location | null;
  constructor(name: string, child: Location | null) {
    super();
    this.name = name;
    this.child = child;
  }
  override body(): string {
    return printString(this.name) + (this.child ? `(${this.child.body()})` : '');
  }
}

export class CallSiteLoc extends Location {
  readonly callee: Location;
  readonly caller: Location;
  constructor(callee: Location, caller: Location) {
    super();
    this.callee = callee;
    this.caller = caller;
  }
  override body(): string {
    return `callsite(${this.callee.body()} at ${this.caller.body()})`;
  }
}

export class FusedLoc extends Location {
  readonly locations: readonly Location[];
  readonly metadata: Attribute | null;
  constructor(locations: readonly Location[], metadata: Attribute | null) {
    super();
    this.locations = locations;
    this.metadata = metadata;
  }
  override body(): string {
    return `fused${this.metadata ? `<${this.metadata}>` : ''}[${this.locations.map((l) => l.body()).join(', ')}]`;
  }
}

/** What an operation stores: an offset into the context's sources, or a location object. 0 is unknown. */
export type LocationRef = number | Location;

export interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Offset of the first byte within the context; at least 1. */
  readonly base: number;
}

/** Keeps the texts that were parsed, so that an offset can become file, line, column and a quoted line. */
export class SourceManager {
  readonly sources: Source[] = [];
  private end = 1;

  add(name: string, bytes: Uint8Array): Source {
    const source: Source = { name, bytes, base: this.end };
    this.sources.push(source);
    this.end += bytes.length + 1;
    return source;
  }

  find(offset: number): Source | undefined {
    let low = 0;
    let high = this.sources.length - 1;
    while (low <= high) {
      const mid = (low + high) >> 1;
      const s = this.sources[mid]!;
      if (offset < s.base) high = mid - 1;
      else if (offset > s.base + s.bytes.length) low = mid + 1;
      else return s;
    }
    return undefined;
  }

  /** 1-based line and column (in bytes) of an offset. */
  lineColumn(offset: number): { file: string; line: number; column: number } | undefined {
    const source = this.find(offset);
    if (!source) return undefined;
    const starts = lineStarts(source);
    const at = offset - source.base;
    const line = lineAt(starts, at);
    return { file: source.name, line: line + 1, column: at - starts[line]! + 1 };
  }

  /** 1-based line and column of an offset, with the text of the line. */
  position(offset: number): { file: string; line: number; column: number; text: string } | undefined {
    const source = this.find(offset);
    if (!source) return undefined;
    const starts = lineStarts(source);
    const at = offset - source.base;
    const line = lineAt(starts, at);
    return { file: source.name, line: line + 1, column: at - starts[line]! + 1, text: lineText(source, line) };
  }

  /** The line of a named source, for locations that were written as text. */
  line(file: string, line: number): string | undefined {
    const source = this.sources.find((s) => s.name === file);
    if (!source || line < 1 || line > lineStarts(source).length) return undefined;
    return lineText(source, line - 1);
  }
}

const lineTables = new WeakMap<Source, Uint32Array>();

/** Offset of the first byte of each line; found once for each source. */
function lineStarts(source: Source): Uint32Array {
  let table = lineTables.get(source);
  if (!table) {
    const starts = [0];
    for (let i = source.bytes.indexOf(10); i >= 0; i = source.bytes.indexOf(10, i + 1)) starts.push(i + 1);
    table = Uint32Array.from(starts);
    lineTables.set(source, table);
  }
  return table;
}

/** Index of the line that contains byte `at`. */
function lineAt(starts: Uint32Array, at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (starts[mid]! <= at) low = mid;
    else high = mid - 1;
  }
  return low;
}

function lineText(source: Source, line: number): string {
  const start = lineStarts(source)[line]!;
  const end = source.bytes.indexOf(10, start);
  return new TextDecoder().decode(source.bytes.subarray(start, end < 0 ? source.bytes.length : end));
}
