// Symbols (@name) and aliases (#name, !name) of one part: where each is defined and used.
import { TokenKind, type Tokens } from '../text/tokens.js';
import { definesSymbol, isTable, type OpRecord, type Part, plainSymbol } from './part.js';

export interface SymbolName {
  readonly kind: 'symbol';
  readonly name: string;
  readonly record: OpRecord;
  /** Offset of the token that gives the name: `@name`, or `"name"` behind `sym_name =`. */
  readonly definition: number;
  readonly uses: number[];
}

export interface AliasName {
  readonly kind: 'alias';
  /** With its `#` or `!`. */
  readonly name: string;
  definition: number;
  readonly uses: number[];
}

export class SymbolIndex {
  /** By the offset of each occurrence. */
  readonly symbols = new Map<number, SymbolName>();
  readonly aliases = new Map<number, AliasName>();
  readonly aliasNames = new Map<string, AliasName>();
  /** Symbols by their table (null: the file), then name. */
  readonly tables = new Map<OpRecord | null, Map<string, SymbolName>>();
  private readonly part: Part;
  private readonly tokens: Tokens;

  constructor(part: Part, tokens: Tokens) {
    this.part = part;
    this.tokens = tokens;
    this.define();
    this.use();
  }

  private define(): void {
    const { tokens } = this;
    for (const record of this.part.ops) {
      if (!definesSymbol(record)) continue;
      const token = this.nameToken(record);
      if (token < 0) continue;
      const table = tableAround(record.parent);
      const name = plainSymbol(tokens.slice(token));
      let names = this.tables.get(table);
      if (!names) {
        names = new Map();
        this.tables.set(table, names);
      }
      if (names.has(name)) continue;
      const definition = tokens.starts[token]!;
      const symbol: SymbolName = { kind: 'symbol', name, record, definition, uses: [] };
      names.set(name, symbol);
      this.symbols.set(definition, symbol);
    }
  }

  /** Index of the token with the name of the symbol an operation defines; -1 when it has none. */
  private nameToken(record: OpRecord): number {
    const { tokens } = this;
    let i = tokens.before(record.start) + 1;
    if (tokens.text[record.start] !== '"') {
      // Custom syntax: `func.func private @name`, `module @name`; the name comes before any bracket.
      for (; i < tokens.count && tokens.starts[i]! < record.end; i++) {
        if (tokens.kinds[i] === TokenKind.symbol) return i;
        if (tokens.kinds[i] !== TokenKind.word) return -1;
      }
      return -1;
    }
    // Generic: `"func.func"() <{sym_name = "name", ...}>`, or in the dictionary behind the regions.
    for (; i < tokens.count && tokens.starts[i]! < record.end; i++) {
      if (tokens.is(i, '(') && tokens.is(i + 1, '{') && tokens.matches[i]! > i) i = tokens.matches[i]!;
      else if (tokens.is(i, 'sym_name') && tokens.is(i + 1, '=') && tokens.kinds[i + 2] === TokenKind.string)
        return i + 2;
    }
    return -1;
  }

  private use(): void {
    const { tokens, part } = this;
    let op = 0;
    let around: OpRecord | null = null;
    const first = tokens.before(part.start - 1) + 1;
    for (let i = first; i < tokens.count && tokens.starts[i]! < part.end; i++) {
      const kind = tokens.kinds[i];
      const at = tokens.starts[i]!;
      while (op < part.ops.length && part.ops[op]!.start <= at) around = part.ops[op++]!;
      while (around && around.end <= at) around = around.parent;
      if (kind === TokenKind.symbol) {
        if (this.symbols.has(at)) continue;
        const symbol: SymbolName | undefined =
          tokens.is(i - 1, '::') && this.symbols.get(tokens.starts[i - 2]!)
            ? this.tables.get(this.symbols.get(tokens.starts[i - 2]!)!.record)?.get(plainSymbol(tokens.slice(i)))
            : tokens.is(i - 1, '::')
              ? undefined
              : this.lookup(around, plainSymbol(tokens.slice(i)));
        if (!symbol) continue;
        symbol.uses.push(at);
        this.symbols.set(at, symbol);
      } else if (kind === TokenKind.hash || kind === TokenKind.bang) this.alias(i, at);
    }
  }

  private alias(i: number, at: number): void {
    const { tokens } = this;
    const name = tokens.slice(i);
    // `#dialect.name`, `#dialect<...>` and the `#1` of `%a#1` are no aliases.
    if (name.length === 1 || name.includes('.') || tokens.text[tokens.ends[i]!] === '<') return;
    if (tokens.kinds[i - 1] === TokenKind.value && tokens.ends[i - 1] === at) return;
    let alias = this.aliasNames.get(name);
    if (!alias) {
      alias = { kind: 'alias', name, definition: -1, uses: [] };
      this.aliasNames.set(name, alias);
    }
    if (alias.definition < 0 && tokens.is(i + 1, '=') && tokens.braces[i] === -1 && tokens.startsLine(i))
      alias.definition = at;
    else alias.uses.push(at);
    this.aliases.set(at, alias);
  }

  /** The symbol a reference inside of `record` means: in the innermost table that has it. */
  lookup(record: OpRecord | null, name: string): SymbolName | undefined {
    for (let table = tableAround(record); ; table = tableAround(table.parent)) {
      const symbol = this.tables.get(table)?.get(name);
      if (symbol || table === null) return symbol;
    }
  }

  /** All symbols that can be named at a place inside of `record`. */
  visible(record: OpRecord | null): SymbolName[] {
    const list: SymbolName[] = [];
    for (let table = tableAround(record); ; table = tableAround(table.parent)) {
      list.push(...(this.tables.get(table)?.values() ?? []));
      if (table === null) return list;
    }
  }
}

/** The symbol table a place inside of `record` is in; null for the file. */
export function tableAround(record: OpRecord | null): OpRecord | null {
  for (let r = record; r; r = r.parent) if (isTable(r)) return r;
  return null;
}
