// Types and attributes with named, typed parameters: what `defineType({ name, parameters: {...} })` makes of them. The text is
// `<a = 1, b = i32>`, or what a format says: literals, `$parameter`, `params` (all, with commas), `struct(params)` and
// `struct($a, $b)` (`a = .., b = ..` in any order), and `( ... $p^ ... )?` for optional parameters.
import type { AsmParser, AsmPrinter } from './asm.js';
import type { Attribute } from './attribute.js';
import type { TypeConstraint } from './constraints.js';
import type { Context } from './context.js';
import { InternalError } from './errors.js';
import type { Type } from './type.js';

/** How one parameter is read, checked and written. */
export interface Parameter<T> {
  readonly description: string;
  /** May be left out of the text: T then includes undefined, or `defaultValue` stands in. */
  readonly optional: boolean;
  readonly defaultValue?: T;
  parse(parser: AsmParser): T;
  print(printer: AsmPrinter, value: T): void;
  /** Text that is equal for equal values only. */
  key(value: T): string;
  /** What is wrong with a value; undefined when nothing is. */
  problem(value: T): string | undefined;
}
// biome-ignore lint/suspicious/noExplicitAny: parameters of different value types
export type Parameters = Readonly<Record<string, Parameter<any>>>;
type ValueOf<P> = P extends Parameter<infer T> ? T : never;
/** The values of parameters, by name. */
export type ParameterValues<S extends Parameters> = { readonly [K in keyof S]: ValueOf<S[K]> };
type OptionalKeys<S extends Parameters> = { [K in keyof S]: S[K] extends { optional: false } ? never : K }[keyof S];
/** The values as given: what is optional may be left out. */
export type GivenValues<S extends Parameters> = Omit<ParameterValues<S>, OptionalKeys<S>> &
  Partial<Pick<ParameterValues<S>, OptionalKeys<S>>>;

type Required<T> = Parameter<T> & { readonly optional: false };
const fine = () => undefined;

function required<T>(
  description: string,
  parse: (parser: AsmParser) => T,
  print: (printer: AsmPrinter, value: T) => void,
  key: (value: T) => string = String,
  problem: (value: T) => string | undefined = fine,
): Required<T> {
  return { description, optional: false, parse, print, key, problem };
}

export const param = {
  type: required<Type>(
    'a type',
    (p) => p.type(),
    (p, v) => p.type(v),
    (v) => `${v.id}`,
  ),
  /** A type that satisfies a constraint. */
  typeOf: (constraint: TypeConstraint): Required<Type> =>
    required<Type>(
      constraint.description,
      (p) => p.type(),
      (p, v) => p.type(v),
      (v) => `${v.id}`,
      (v) => (constraint.check(v) ? undefined : `must be ${constraint.description}, but got '${v}'`),
    ),
  attribute: required<Attribute>(
    'an attribute',
    (p) => p.attribute(),
    (p, v) => p.attribute(v),
    (v) => `${v.id}`,
  ),
  /** An exact integer. */
  integer: required<number>(
    'an integer',
    (p) => p.integer(),
    (p, v) => p.text(String(v)),
  ),
  boolean: required<boolean>(
    'true or false',
    (p) => p.optionalKeyword('true') || (p.keyword('false'), false),
    (p, v) => p.text(String(v)),
  ),
  string: required<string>(
    'a string',
    (p) => p.string(),
    (p, v) => p.string(v),
    (v) => JSON.stringify(v),
  ),
  /** One of some words. */
  keyword<const N extends readonly string[]>(...words: N): Required<N[number]> {
    return required<N[number]>(
      `one of ${words.join(', ')}`,
      (p) => {
        const at = p.offset();
        const word = p.anyKeyword(`one of ${words.join(', ')}`);
        return words.includes(word) ? word : p.error(`expected one of ${words.join(', ')}, got '${word}'`, at);
      },
      (p, v) => p.text(v),
    );
  },
  /** `[a, b]` */
  array<T>(of: Parameter<T>): Required<readonly T[]> {
    return required<readonly T[]>(
      `a list of ${of.description}`,
      (p) => p.commaSeparated('square', () => of.parse(p)),
      (p, list) => {
        p.text('[');
        list.forEach((value, i) => {
          if (i > 0) p.text(', ');
          of.print(p, value);
        });
        p.text(']');
      },
      (list) => list.map((v) => of.key(v)).join(),
      (list) => {
        for (let i = 0; i < list.length; i++) {
          const wrong = of.problem(list[i]!);
          if (wrong !== undefined) return `entry #${i} ${wrong}`;
        }
        return undefined;
      },
    );
  },
  optional<T>(of: Parameter<T>): Parameter<T | undefined> {
    return {
      ...(of as unknown as Parameter<T | undefined>),
      optional: true,
      key: (v) => (v === undefined ? '' : of.key(v)),
      problem: (v) => (v === undefined ? undefined : of.problem(v)),
    };
  },
  /** Left out of the text where it equals `value`. */
  withDefault<T>(of: Parameter<T>, value: T): Parameter<T> {
    return { ...of, optional: true, defaultValue: value };
  },
  /** A parameter that also satisfies a predicate, which the description names. */
  where<T>(of: Parameter<T> & { optional: false }, description: string, holds: (value: T) => boolean): Required<T> {
    return {
      ...of,
      description,
      problem: (v) => of.problem(v) ?? (holds(v) ? undefined : `must be ${description}, but got '${of.key(v)}'`),
    };
  },
} as const;

/** A definition with named parameters, as `defineType` and `defineAttribute` take it. */
export interface ParametricDefinition<S extends Parameters> {
  readonly name: string;
  readonly summary: string;
  readonly parameters: S;
  /** Without it the text is `<a = .., b = ..>`, nothing when all are left out. */
  readonly assembly?: string;
  /** What is wrong with values that are each right for themselves; undefined when nothing is. */
  readonly verify?: (values: ParameterValues<S>, context: Context) => string | undefined;
}

type Node =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'list'; readonly names: readonly string[] }
  | { readonly kind: 'struct'; readonly names: readonly string[] }
  | { readonly kind: 'group'; readonly elements: readonly Node[]; readonly anchor: string };

type Values = Record<string, unknown>;

/** Reads, writes and checks the parameters of a definition. */
export class ParameterAssembly<S extends Parameters> {
  private readonly definition: ParametricDefinition<S>;
  private readonly names: readonly string[];
  private readonly nodes: readonly Node[];

  /** @throws InternalError for a format that is wrong */
  constructor(definition: ParametricDefinition<S>) {
    this.definition = definition;
    this.names = Object.keys(definition.parameters);
    this.nodes =
      definition.assembly === undefined
        ? [
            { kind: 'literal', text: '<' },
            { kind: 'struct', names: this.names },
            { kind: 'literal', text: '>' },
          ]
        : new FormatReader(definition.name, this.names, definition.parameters, definition.assembly).read();
  }

  parse(parser: AsmParser): ParameterValues<S> {
    const values: Values = {};
    const at = parser.offset();
    if (this.definition.assembly !== undefined || this.names.length > 0) {
      if (this.definition.assembly !== undefined) for (const node of this.nodes) this.read(parser, node, values);
      else if (parser.optionalPunctuation('<')) {
        this.readStruct(parser, this.names, values);
        parser.punctuation('>');
      }
    }
    const missing = this.names.find((n) => values[n] === undefined && !this.definition.parameters[n]!.optional);
    if (missing !== undefined) parser.error(`parameter '${missing}' of '${this.definition.name}' is missing`, at);
    return this.complete(values);
  }
  print(printer: AsmPrinter, values: ParameterValues<S>): void {
    if (this.definition.assembly === undefined && !this.names.some((n) => this.isGiven(n, values))) return;
    for (const node of this.nodes) this.write(printer, node, values);
  }
  /** Values with their defaults. */
  complete(given: Values): ParameterValues<S> {
    const values: Values = {};
    for (const name of this.names) values[name] = given[name] ?? this.definition.parameters[name]!.defaultValue;
    return values as ParameterValues<S>;
  }
  problem(values: ParameterValues<S>, context: Context): string | undefined {
    for (const name of this.names) {
      const parameter = this.definition.parameters[name]!;
      const value = (values as Values)[name];
      if (value === undefined && !parameter.optional)
        return `parameter '${name}' of '${this.definition.name}' is missing`;
      const wrong = value === undefined ? undefined : parameter.problem(value);
      if (wrong !== undefined) return `parameter '${name}' of '${this.definition.name}' ${wrong}`;
    }
    return this.definition.verify?.(values, context);
  }

  /** Whether the text has to say it. */
  private isGiven(name: string, values: ParameterValues<S>): boolean {
    const { optional, defaultValue, key } = this.definition.parameters[name]!;
    const value = (values as Values)[name];
    if (!optional) return true;
    return value !== undefined && (defaultValue === undefined || key(value) !== key(defaultValue));
  }

  private read(parser: AsmParser, node: Node, values: Values): void {
    switch (node.kind) {
      case 'literal':
        if (isWord(node.text)) parser.keyword(node.text);
        else parser.punctuation(node.text);
        return;
      case 'parameter':
        values[node.name] = this.definition.parameters[node.name]!.parse(parser);
        return;
      case 'list':
        node.names.forEach((name, i) => {
          if (i > 0) parser.punctuation(',');
          values[name] = this.definition.parameters[name]!.parse(parser);
        });
        return;
      case 'struct':
        this.readStruct(parser, node.names, values);
        return;
      case 'group': {
        const [first, ...rest] = node.elements as [Node & { kind: 'literal' }, ...Node[]];
        const there = isWord(first.text) ? parser.optionalKeyword(first.text) : parser.optionalPunctuation(first.text);
        if (there) for (const element of rest) this.read(parser, element, values);
      }
    }
  }
  /** `a = .., b = ..` in any order. */
  private readStruct(parser: AsmParser, names: readonly string[], values: Values): void {
    let at = parser.offset();
    for (let name = parser.optionalAnyKeyword(); name !== undefined; name = parser.optionalAnyKeyword()) {
      if (!names.includes(name))
        parser.error(`'${this.definition.name}' has no parameter '${name}'; it has ${names.join(', ')}`, at);
      if (values[name] !== undefined) parser.error(`parameter '${name}' is given twice`, at);
      parser.punctuation('=');
      values[name] = this.definition.parameters[name]!.parse(parser);
      if (!parser.optionalPunctuation(',')) return;
      at = parser.offset();
    }
  }

  private write(printer: AsmPrinter, node: Node, values: ParameterValues<S>): void {
    const one = (name: string) => this.definition.parameters[name]!.print(printer, (values as Values)[name]);
    switch (node.kind) {
      case 'literal':
        printer.text(node.text === ',' ? ', ' : node.text === ':' || isWord(node.text) ? ` ${node.text} ` : node.text);
        return;
      case 'parameter':
        one(node.name);
        return;
      case 'list':
        node.names.forEach((name, i) => {
          if (i > 0) printer.text(', ');
          one(name);
        });
        return;
      case 'struct':
        node.names
          .filter((name) => this.isGiven(name, values))
          .forEach((name, i) => {
            printer.text(`${i > 0 ? ', ' : ''}${name} = `);
            one(name);
          });
        return;
      case 'group':
        if (this.isGiven(node.anchor, values))
          for (const element of node.elements) this.write(printer, element, values);
    }
  }
}

function isWord(text: string): boolean {
  return /^[A-Za-z_]/.test(text);
}

class FormatReader {
  private readonly name: string;
  private readonly names: readonly string[];
  private readonly parameters: Parameters;
  private readonly tokens: readonly { readonly text: string; readonly at: number }[];
  private next = 0;
  private readonly bound = new Set<string>();

  constructor(name: string, names: readonly string[], parameters: Parameters, format: string) {
    this.name = name;
    this.names = names;
    this.parameters = parameters;
    this.tokens = [...format.matchAll(/`[^`]*`|\$\w+|\w+|\S/g)].map((m) => ({ text: m[0], at: m.index }));
  }
  private fail(message: string): never {
    const at = this.tokens[this.next]?.at;
    throw new InternalError(
      `assembly format of '${this.name}'${at === undefined ? '' : `, column ${at + 1}`}: ${message}`,
    );
  }
  private accept(text: string): boolean {
    if (this.tokens[this.next]?.text !== text) return false;
    this.next++;
    return true;
  }
  private expect(text: string): void {
    if (!this.accept(text)) this.fail(`expected '${text}', got '${this.tokens[this.next]?.text ?? 'the end'}'`);
  }

  read(): Node[] {
    const nodes: Node[] = [];
    while (this.next < this.tokens.length) nodes.push(this.accept('(') ? this.group() : this.element());
    const missing = this.names.find((n) => !this.bound.has(n));
    if (missing !== undefined) this.fail(`parameter '${missing}' is not in the format`);
    return nodes;
  }
  private element(): Node {
    const token = this.tokens[this.next]?.text ?? this.fail('unexpected end');
    if (token.startsWith('`')) {
      this.next++;
      return { kind: 'literal', text: token.slice(1, -1) };
    }
    if (token.startsWith('$')) {
      const name = this.variable();
      return { kind: 'parameter', name };
    }
    if (this.accept('params')) return { kind: 'list', names: this.all() };
    if (this.accept('struct')) {
      this.expect('(');
      const names = this.accept('params') ? this.all() : [this.variable()];
      while (this.accept(',')) names.push(this.variable());
      this.expect(')');
      return { kind: 'struct', names };
    }
    return this.fail(`unknown element '${token}'`);
  }
  private all(): string[] {
    return this.names.map((name) => this.bind(name));
  }
  private variable(): string {
    const token = this.tokens[this.next]?.text ?? '';
    if (!token.startsWith('$')) this.fail(`expected a parameter, got '${token}'`);
    const name = token.slice(1);
    if (!this.names.includes(name)) this.fail(`'${token}' is no parameter`);
    this.bind(name);
    this.next++;
    return name;
  }
  private bind(name: string): string {
    if (this.bound.has(name)) this.fail(`'${name}' is already bound`);
    this.bound.add(name);
    return name;
  }
  private group(): Node {
    const elements: Node[] = [];
    let anchor: string | undefined;
    while (!this.accept(')')) {
      const element = this.element();
      elements.push(element);
      if (!this.accept('^')) continue;
      if (element.kind !== 'parameter' || !this.parameters[element.name]!.optional)
        this.fail('only an optional parameter can be an anchor');
      anchor = element.name;
    }
    this.expect('?');
    if (elements[0]?.kind !== 'literal') this.fail('an optional group must begin with a literal');
    if (anchor === undefined) return this.fail('optional group has no anchor `^`');
    return { kind: 'group', elements, anchor };
  }
}
