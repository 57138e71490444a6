// Reads the directives of a check file.
import { DEFAULT_OPTIONS, type FileCheckOptions } from './options.js';
import { type CheckKind, Pattern, Variables } from './pattern.js';
import { CheckFileError, type TextAt } from './variables.js';

/** A directive that finds its place in order, with the -DAG and -NOT directives in front of it. */
export interface Check {
  readonly pattern: Pattern;
  /** In order: -DAG and -NOT. */
  readonly before: readonly Pattern[];
}

export interface CheckFile {
  readonly checks: readonly Check[];
  readonly variables: Variables;
}

interface Directive {
  readonly kind: CheckKind | 'comment';
  readonly count: number;
  readonly literal: boolean;
  /** Where the text after the colon begins. */
  readonly rest: number;
  readonly name: string;
}

const WORD = /[A-Za-z0-9_-]/;
const PREFIX = /^[A-Za-z][A-Za-z0-9_-]*$/;
const MOST = 2 ** 31 - 1;

/** @throws CheckFileError for prefixes that are none, or that are given twice */
export function checkPrefixes({ prefixes, commentPrefixes }: FileCheckOptions): void {
  const seen = new Set<string>();
  for (const prefix of [...prefixes, ...commentPrefixes]) {
    if (!PREFIX.test(prefix))
      throw new CheckFileError(
        `the prefix '${prefix}' is not valid: it starts with a letter and has only letters, digits, '-' and '_'`,
        0,
      );
    if (seen.has(prefix)) throw new CheckFileError(`the prefix '${prefix}' is given twice`, 0);
    seen.add(prefix);
  }
}

/** Parses canonical text (see `canonicalText`). @throws CheckFileError */
export function readCheckFile(text: string, options: FileCheckOptions = DEFAULT_OPTIONS): CheckFile {
  checkPrefixes(options);
  return new Reader(text, options).read();
}

class Reader {
  private readonly text: string;
  private readonly options: FileCheckOptions;
  private readonly variables = new Variables();

  constructor(text: string, options: FileCheckOptions) {
    this.text = text;
    this.options = options;
  }

  read(): CheckFile {
    const { text, options } = this;
    this.define(options.defines);
    const implicit = options.implicitCheckNot.map((source) =>
      this.pattern({ kind: 'not', directive: '--implicit-check-not', line: 0, source: { text: source, offset: 0 } }),
    );
    const checks: Check[] = [];
    const unused = new Set(options.prefixes);
    let before: Pattern[] = [...implicit];
    const longestFirst = [...options.prefixes, ...options.commentPrefixes].sort((a, b) => b.length - a.length);
    const finder = new RegExp(longestFirst.join('|'), 'g');
    let line = 1;
    let counted = 0;
    for (let found = finder.exec(text); found; found = finder.exec(text)) {
      const at = found.index;
      const prefix = found[0];
      const isInWord = at > 0 && WORD.test(text[at - 1] as string);
      const directive = isInWord ? undefined : this.directive(at, prefix);
      if (!directive) {
        let next = at + prefix.length;
        while (next < text.length && WORD.test(text[next] as string)) next++;
        finder.lastIndex = next;
        continue;
      }
      for (; counted < at; counted++) if (text[counted] === '\n') line++;
      if (directive.kind !== 'comment') unused.delete(prefix);
      const source = this.rest(directive.rest);
      finder.lastIndex = source.offset + source.text.length;
      if (directive.kind === 'comment') continue;
      const pattern = this.pattern({
        kind: directive.kind,
        directive: directive.name,
        line,
        source,
        count: directive.count,
        literal: directive.literal,
      });
      this.checkPlace(pattern, prefix, at, checks.length === 0);
      if (pattern.kind === 'dag' || pattern.kind === 'not') before.push(pattern);
      else {
        checks.push({ pattern, before });
        before = [...implicit];
      }
    }
    this.checkUse(unused, implicit.length > 0);
    if (before.length > 0) {
      const source = { text: '', offset: text.length };
      checks.push({
        pattern: this.pattern({ kind: 'end', directive: `${options.prefixes[0]}`, line: line + 1, source }),
        before,
      });
    }
    return { checks, variables: this.variables };
  }

  private pattern(head: ConstructorParameters<typeof Pattern>[0]): Pattern {
    return new Pattern(head, this.variables, this.options);
  }

  private define(defines: readonly string[]): void {
    for (const define of defines) {
      const equals = define.indexOf('=');
      const isNumber = define.startsWith('#');
      const name = define.slice(isNumber ? 1 : 0, Math.max(equals, 0));
      if (!/^\$?[A-Za-z_]\w*$/.test(name))
        throw new CheckFileError(`-D${define}: expected NAME=text, or #NAME=number`, 0);
      const value = define.slice(equals + 1);
      if (!isNumber) {
        if (this.variables.numbers.has(name))
          throw new CheckFileError(`numeric variable with name '${name}' already exists`, 0);
        this.variables.stringNames.add(name);
        this.variables.strings.set(name, value);
        continue;
      }
      if (!/^-?(?:0x[0-9a-fA-F]+|\d+)$/.test(value))
        throw new CheckFileError(`-D${define}: '${value}' is no whole number`, 0);
      const kind = value.startsWith('-') ? 'd' : 'u';
      this.variables.numbers.define(name, { kind, precision: 0, alternate: false }, 0, 0);
      this.variables.numbers.set(name, value.startsWith('-') ? -BigInt(value.slice(1)) : BigInt(value));
    }
  }

  /** The directive that begins at a prefix; undefined when it is none. */
  private directive(at: number, prefix: string): Directive | undefined {
    const { text, options } = this;
    let rest = at + prefix.length;
    const take = (token: string) => {
      if (!text.startsWith(token, rest)) return false;
      rest += token.length;
      return true;
    };
    if (options.commentPrefixes.includes(prefix))
      return take(':') ? { kind: 'comment', count: 1, literal: false, rest, name: prefix } : undefined;
    let kind: CheckKind = 'plain';
    let count = 1;
    if (take('-COUNT-')) {
      const digits = /^\d+/.exec(text.slice(rest, rest + 12))?.[0] ?? '';
      count = Number(digits);
      rest += digits.length;
      if (digits === '' || count <= 0 || count > MOST || !/[:{]/.test(text[rest] ?? ''))
        throw new CheckFileError(`invalid count in -COUNT specification on prefix '${prefix}'`, at);
    } else if (take('-')) {
      if (/^(?:NOT-(?:DAG|NEXT|SAME|EMPTY)|(?:DAG|NEXT|SAME|EMPTY)-NOT):/.test(text.slice(rest, rest + 12)))
        throw new CheckFileError(`unsupported -NOT combo on prefix '${prefix}'`, at);
      const suffix = (['next', 'same', 'not', 'dag', 'label', 'empty'] as const).find((s) => take(s.toUpperCase()));
      if (!suffix) return undefined;
      kind = suffix;
    }
    const name = text.slice(at, rest);
    if (take(':')) return { kind, count, literal: false, rest, name };
    const modifiers = /\{(?:\s*LITERAL\s*,)*\s*LITERAL\s*\}:/y;
    modifiers.lastIndex = rest;
    const found = modifiers.exec(text);
    return found ? { kind, count, literal: true, rest: rest + found[0].length, name } : undefined;
  }

  /** The rest of the line. */
  private rest(from: number): TextAt {
    const { text, options } = this;
    let start = from;
    if (!(options.strictWhitespace && options.matchFullLines))
      while (text[start] === ' ' || text[start] === '\t') start++;
    const end = text.slice(start).search(/[\n\r]/);
    return { text: end < 0 ? text.slice(start) : text.slice(start, start + end), offset: start };
  }

  private checkPlace(pattern: Pattern, prefix: string, at: number, isFirst: boolean): void {
    const { kind } = pattern;
    if (kind === 'label' && pattern.usesVariables)
      throw new CheckFileError(`found '${prefix}-LABEL:' with variable definition or use`, at);
    if (isFirst && (kind === 'next' || kind === 'same' || kind === 'empty'))
      throw new CheckFileError(`found '${prefix}-${kind.toUpperCase()}' without previous '${prefix}: line`, at);
  }

  private checkUse(unused: ReadonlySet<string>, hasImplicit: boolean): void {
    const { prefixes, allowUnusedPrefixes, explicitPrefixes } = this.options;
    const none = unused.size === new Set(prefixes).size;
    if (!none && (allowUnusedPrefixes || unused.size === 0)) return;
    if (hasImplicit && !explicitPrefixes) return;
    const names = [...unused].map((prefix) => `'${prefix}:'`).join(', ');
    throw new CheckFileError(`no check strings found with prefix${unused.size > 1 ? 'es' : ''} ${names}`, 0);
  }
}
