// Enumerations as attributes: `#gpu<dim x>` in full, the bare word `x` where an op's assembly format shows them. Bit
// enumerations are sets of words: `#arith.fastmath<nnan|ninf>`.
import type { AsmParser, AsmPrinter } from './asm.js';
import type { DialectAttr } from './attribute.js';
import type { Context } from './context.js';
import type { DialectAttrDefinition } from './define-dialect.js';
import { InternalError } from './errors.js';

export interface EnumOptions<N extends string> {
  /** `dialect.mnemonic` */
  readonly name: string;
  readonly summary: string;
  readonly cases: readonly N[];
  /** `#d.e<x>` instead of `#d<e x>`. Both are read. */
  readonly brackets?: boolean;
}
export interface EnumDefinition<T, N extends string = string> extends DialectAttrDefinition<T> {
  /** The words, in the order of their numbers. */
  readonly cases: readonly N[];
  readonly bare: NonNullable<DialectAttrDefinition<T>['bare']>;
  /** @throws InternalError for a word that is no case */
  get(context: Context, value: T): DialectAttr<T>;
}

function definition<T, N extends string>(
  options: EnumOptions<N>,
  parseOptional: (parser: AsmParser) => T | undefined,
  text: (value: T) => string,
): EnumDefinition<T, N> {
  const wanted = `one of ${options.cases.join(', ')}`;
  const parse = (parser: AsmParser): T => {
    const at = parser.offset();
    return parseOptional(parser) ?? parser.error(`expected ${wanted}, got '${parser.anyKeyword(wanted)}'`, at);
  };
  const print = (printer: AsmPrinter, value: T) => printer.text(text(value));
  const made: EnumDefinition<T, N> = {
    name: options.name,
    summary: options.summary,
    cases: options.cases,
    bare: { description: wanted, parse, parseOptional, print },
    parse(parser) {
      const bracketed = parser.optionalPunctuation('<');
      const value = parse(parser);
      if (bracketed) parser.punctuation('>');
      return value;
    },
    print: (printer, value) => printer.text(options.brackets ? `<${text(value)}>` : ` ${text(value)}`),
    get: (context, value) => context.dialectAttr(made, value),
  };
  return made;
}

/** One word out of `cases`. */
export function defineEnum<const N extends string>(options: EnumOptions<N>): EnumDefinition<N, N> {
  const { cases, name } = options;
  return definition<N, N>(
    options,
    (parser) => cases.find((word) => parser.optionalKeyword(word)),
    (value) => (cases.includes(value) ? value : fail(name, value)),
  );
}

export interface BitEnumOptions<N extends string, G extends string> extends EnumOptions<N> {
  /** The word for the empty set; default `none`. */
  readonly none?: string;
  /** Words that stand for several cases. */
  readonly groups?: { readonly [K in G]: readonly N[] };
  /** Between words; default `|`. */
  readonly separator?: '|' | ',';
}

/** A set of words out of `cases`, kept in their order; equal sets are one attribute. */
export function defineBitEnum<const N extends string, const G extends string = never>(
  options: BitEnumOptions<N, G>,
): EnumDefinition<readonly N[], N> {
  const { cases, name, none = 'none', separator = '|' } = options;
  const groups = Object.entries(options.groups ?? {}) as [string, readonly N[]][];
  const word = (parser: AsmParser): readonly N[] | undefined => {
    for (const [group, members] of groups) if (parser.optionalKeyword(group)) return members;
    const found = cases.find((w) => parser.optionalKeyword(w));
    return found === undefined ? undefined : [found];
  };
  const sorted = (set: ReadonlySet<string>): N[] => cases.filter((c) => set.has(c));
  return definition<readonly N[], N>(
    options,
    (parser) => {
      if (parser.optionalKeyword(none)) return [];
      const first = word(parser);
      if (first === undefined) return undefined;
      const set = new Set<string>(first);
      while (parser.optionalPunctuation(separator)) {
        const at = parser.offset();
        const wanted = `one of ${cases.join(', ')}`;
        const next = word(parser) ?? parser.error(`expected ${wanted}, got '${parser.anyKeyword(wanted)}'`, at);
        for (const w of next) set.add(w);
      }
      return sorted(set);
    },
    (value) => {
      for (const v of value) if (!cases.includes(v)) fail(name, v);
      const list = sorted(new Set<string>(value));
      if (list.length === 0) return none;
      const group = groups.find(
        ([, members]) => members.length === list.length && members.every((m) => list.includes(m)),
      );
      return group ? group[0] : list.join(separator);
    },
  );
}

function fail(name: string, value: string): never {
  throw new InternalError(`'${value}' is no case of '${name}'`);
}
