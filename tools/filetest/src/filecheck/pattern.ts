// One pattern of a check file: fixed text, or pieces of regular expressions with variables.
import {
  EvaluationError,
  evaluate,
  formatNumber,
  type NumberFormat,
  type NumericExpression,
  parseNumber,
  parseNumericBlock,
  wildcard,
} from './numeric.js';
import type { FileCheckOptions } from './options.js';
import { RegexMatcher } from './regex-matcher.js';
import { parseRegex, RegexError, type RegexNode } from './regex-syntax.js';
import { CheckFileError, NumericVariables, parseVariableName, type TextAt } from './variables.js';

export type CheckKind = 'plain' | 'next' | 'same' | 'not' | 'dag' | 'label' | 'empty' | 'end';

/** Variables by name, shared by all patterns of a file. */
export class Variables {
  /** Values of string variables. */
  readonly strings = new Map<string, string>();
  /** Names of string variables that some pattern defines. */
  readonly stringNames = new Set<string>();
  readonly numbers = new NumericVariables(this.stringNames);

  clearLocal(): void {
    for (const name of [...this.strings.keys()]) if (!name.startsWith('$')) this.strings.delete(name);
    this.numbers.clearLocal();
  }
}

type Substitution =
  | { readonly kind: 'string'; readonly name: string; readonly offset: number }
  | {
      readonly kind: 'number';
      readonly expression: NumericExpression;
      readonly format: NumberFormat;
      readonly offset: number;
      readonly text: string;
    };

/** A part of a pattern; what is not regular yet gets its value at each match. */
type Piece =
  | RegexNode
  | { readonly kind: 'substitution'; readonly of: Substitution }
  | { readonly kind: 'capture'; readonly item: Exclude<Piece, { readonly kind: 'capture' }> };

const fixedText = (text: string): RegexNode => ({ kind: 'text', text });
const EMPTY: RegexNode = { kind: 'sequence', items: [] };
const LINE_START: RegexNode = { kind: 'line-start' };
const LINE_END: RegexNode = { kind: 'line-end' };
/** ` *` */
const BLANKS: RegexNode = { kind: 'repeat', item: fixedText(' '), least: 0, most: Number.POSITIVE_INFINITY };

/** A variable's value at the time of a match, for reports. */
export interface Substituted {
  readonly what: string;
  readonly value: string;
}

export interface Match {
  /** 0-based in the text that was searched. */
  readonly start: number;
  readonly end: number;
  /** Values that the match gave to variables. */
  readonly captured: readonly Substituted[];
}

/** A pattern that cannot be used where it stands: a variable without a value, a number out of range. */
export class SubstitutionError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export class Pattern {
  readonly kind: CheckKind;
  /** The directive as written: `CHECK-NEXT`. */
  readonly directive: string;
  /** 1-based line in the check file; 0 for patterns of the command line. */
  readonly line: number;
  /** The text after the colon, and where it is. */
  readonly source: TextAt;
  /** Matches in a row it must have. */
  readonly count: number;
  private readonly variables: Variables;
  private readonly ignoreCase: boolean;
  private fixed: string | undefined;
  private readonly pieces: Piece[] = [];
  private compiled: RegexMatcher | undefined;
  private readonly stringGroups = new Map<string, number>();
  private readonly numberGroups = new Map<string, { readonly group: number; readonly format: NumberFormat }>();
  private groups = 0;

  constructor(
    head: {
      readonly kind: CheckKind;
      readonly directive: string;
      readonly line: number;
      readonly source: TextAt;
      readonly count?: number;
      readonly literal?: boolean;
    },
    variables: Variables,
    options: FileCheckOptions,
  ) {
    this.kind = head.kind;
    this.directive = head.directive;
    this.line = head.line;
    this.count = head.count ?? 1;
    this.variables = variables;
    this.ignoreCase = options.ignoreCase;
    const keepBlanks = options.strictWhitespace && options.matchFullLines;
    const text = keepBlanks ? head.source.text : head.source.text.replace(/[ \t]+$/, '');
    this.source = { text, offset: head.source.offset };
    if (this.kind !== 'end') this.parse(options, head.literal === true);
  }

  /** Whether it cannot be a label; as in LLVM, defining a number is fine. */
  get usesVariables(): boolean {
    return this.stringGroups.size > 0 || this.substitutions.length > 0;
  }

  // Parsing

  private parse(options: FileCheckOptions, literal: boolean): void {
    const { text, offset } = this.source;
    const fullLines = options.matchFullLines && this.kind !== 'not';
    if (text === '' && this.kind !== 'empty')
      throw new CheckFileError(`found empty check string with prefix '${this.directive}:'`, offset);
    if (this.kind === 'empty') {
      if (text !== '')
        throw new CheckFileError(
          `found non-empty check string for empty check with prefix '${this.directive}:'`,
          offset,
        );
      this.pieces.push(fixedText('\n'), LINE_END);
      return;
    }
    if (literal || (!fullLines && !text.includes('{{') && !text.includes('[['))) {
      this.fixed = text;
      return;
    }
    const blanks = options.strictWhitespace ? [] : [BLANKS];
    if (fullLines) this.pieces.push(LINE_START, ...blanks);
    for (let at = 0; at < text.length; ) {
      if (text.startsWith('{{', at)) at = this.regexBlock(at);
      else if (text.startsWith('[[', at) && text[at + 2] !== '[') at = this.variableBlock(at);
      else {
        // Of `[[[` the first bracket is text.
        const ends = [text.indexOf('{{', at + 1), text.indexOf('[[', at + 1)].filter((end) => end >= 0);
        const end = ends.length > 0 ? Math.min(...ends) : text.length;
        this.pieces.push(fixedText(text.slice(at, end)));
        at = end;
      }
    }
    if (fullLines) this.pieces.push(...blanks, LINE_END);
  }

  private regexBlock(at: number): number {
    const { text, offset } = this.source;
    const end = text.indexOf('}}', at);
    if (end < 0) throw new CheckFileError("found start of regex string with no end '}}'", offset + at);
    // A capturing group around alternatives, as they count in back-references.
    const grouped = text.includes('|', at);
    if (grouped) this.groups++;
    const node = this.regex(text.slice(at + 2, end), offset + at + 2);
    this.pieces.push(grouped ? { kind: 'group', item: node } : node);
    return end + 2;
  }

  private regex(source: string, offset: number): RegexNode {
    try {
      const { node, groups } = parseRegex(source);
      this.groups += groups;
      return node;
    } catch (error) {
      if (error instanceof RegexError) throw new CheckFileError(`invalid regex: ${error.message}`, offset);
      throw error;
    }
  }

  private variableBlock(at: number): number {
    const { text, offset } = this.source;
    const start = at + 2;
    const end = this.blockEnd(start);
    const content = { text: text.slice(start, end), offset: offset + start };
    if (content.text.startsWith('#'))
      this.numberBlock({ text: content.text.slice(1), offset: content.offset + 1 }, { legacyLine: false });
    else this.stringBlock(content);
    return end + 2;
  }

  /** Where the `]]` of a block is: brackets inside nest, and a backslash takes the next character along. */
  private blockEnd(start: number): number {
    const { text, offset } = this.source;
    let depth = 0;
    for (let at = start; at < text.length; at++) {
      if (depth === 0 && text.startsWith(']]', at)) return at;
      const c = text[at];
      if (c === '\\') at++;
      else if (c === '[') depth++;
      else if (c === ']' && depth-- === 0)
        throw new CheckFileError('missing closing "]" for regex variable', offset + at);
    }
    throw new CheckFileError('invalid substitution block, no ]] found', offset + start);
  }

  private stringBlock(block: TextAt): void {
    const colon = block.text.indexOf(':');
    const head = colon < 0 ? block.text : block.text.slice(0, colon);
    const blank = head.search(/[ \t]/);
    if (blank >= 0) throw new CheckFileError('unexpected whitespace', block.offset + blank);
    const name = parseVariableName(block);
    const isPseudo = name.startsWith('@');
    if (colon < 0) {
      if (isPseudo) {
        this.numberBlock(block, { legacyLine: true });
        return;
      }
      if (name.length < block.text.length)
        throw new CheckFileError('invalid name in string variable use', block.offset + name.length);
      const group = this.stringGroups.get(name);
      if (group === undefined)
        this.pieces.push({ kind: 'substitution', of: { kind: 'string', name, offset: block.offset } });
      else if (group <= 9) this.pieces.push({ kind: 'reference', group });
      else throw new CheckFileError("can't back-reference more than 9 variables", block.offset);
      return;
    }
    if (isPseudo || name.length !== colon)
      throw new CheckFileError('invalid name in string variable definition', block.offset);
    if (this.variables.numbers.has(name))
      throw new CheckFileError(`numeric variable with name '${name}' already exists`, block.offset);
    this.groups++;
    this.stringGroups.set(name, this.groups);
    this.variables.stringNames.add(name);
    const source = block.text.slice(colon + 1);
    this.pieces.push({ kind: 'group', item: source === '' ? EMPTY : this.regex(source, block.offset + colon + 1) });
  }

  private numberBlock(block: TextAt, how: { readonly legacyLine: boolean }): void {
    const { defines, expression, format } = parseNumericBlock(block, this.line, this.variables.numbers, how);
    if (defines !== undefined) {
      this.groups++;
      this.numberGroups.set(defines, { group: this.groups, format });
    }
    const piece: Exclude<Piece, { readonly kind: 'capture' }> = expression
      ? {
          kind: 'substitution',
          of: { kind: 'number', expression, format, offset: block.offset, text: block.text.trim() },
        }
      : this.regex(wildcard(format), block.offset);
    this.pieces.push(defines === undefined ? piece : { kind: 'capture', item: piece });
  }

  // Matching

  private get substitutions(): Substitution[] {
    return this.pieces.flatMap((piece) => {
      const inner = piece.kind === 'capture' ? piece.item : piece;
      return inner.kind === 'substitution' ? [inner.of] : [];
    });
  }

  /** The values its variables have now. @throws SubstitutionError */
  substituted(): Substituted[] {
    return this.substitutions.map((substitution) => ({
      what: substitution.kind === 'string' ? substitution.name : substitution.text,
      value: this.valueOf(substitution),
    }));
  }

  private valueOf(substitution: Substitution): string {
    const { offset } = substitution;
    if (substitution.kind === 'string') {
      const value = this.variables.strings.get(substitution.name);
      if (value === undefined) throw new SubstitutionError(`undefined variable: ${substitution.name}`, offset);
      return value;
    }
    try {
      const value = formatNumber(evaluate(substitution.expression, this.variables.numbers), substitution.format);
      if (value !== undefined) return value;
    } catch (error) {
      if (error instanceof EvaluationError) throw new SubstitutionError(error.message, offset);
      throw error;
    }
    throw new SubstitutionError('unable to substitute variable or numeric expression: overflow error', offset);
  }

  /** The first match in a text; variables get their values. @throws SubstitutionError */
  match(text: string): Match | undefined {
    if (this.kind === 'end') return { start: text.length, end: text.length, captured: [] };
    if (this.fixed !== undefined) return this.matchFixed(text, this.fixed);
    const found = this.matcher().exec(text);
    if (!found) return undefined;
    const captured: Substituted[] = [];
    for (const [name, group] of this.stringGroups) {
      const value = found.groups[group] ?? '';
      this.variables.strings.set(name, value);
      captured.push({ what: name, value });
    }
    for (const [name, { group, format }] of this.numberGroups) {
      const value = found.groups[group] ?? '';
      const number = parseNumber(value, format);
      if (number === undefined)
        throw new SubstitutionError(`unable to represent numeric value: ${value}`, this.source.offset);
      this.variables.numbers.set(name, number);
      captured.push({ what: name, value });
    }
    // The line end in front of an empty line belongs to the line before.
    const start = found.start + (this.kind === 'empty' ? 1 : 0);
    return { start, end: found.end, captured };
  }

  private matchFixed(text: string, fixed: string): Match | undefined {
    const start = this.ignoreCase ? text.toLowerCase().indexOf(fixed.toLowerCase()) : text.indexOf(fixed);
    return start < 0 ? undefined : { start, end: start + fixed.length, captured: [] };
  }

  private matcher(): RegexMatcher {
    if (this.compiled) return this.compiled;
    const items = this.pieces.map((piece) => this.nodeOf(piece));
    const matcher = new RegexMatcher({ kind: 'sequence', items }, { ignoreCase: this.ignoreCase });
    if (this.substitutions.length === 0) this.compiled = matcher;
    return matcher;
  }

  private nodeOf(piece: Piece): RegexNode {
    if (piece.kind === 'substitution') return fixedText(this.valueOf(piece.of));
    if (piece.kind === 'capture') return { kind: 'group', item: this.nodeOf(piece.item) };
    return piece;
  }
}
