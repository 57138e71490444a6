// Dialects, and the types and attributes they define.
import type { AsmParser, AsmPrinter } from './asm.js';
import type { CustomDirective } from './assembly/directive.js';
import { type Attribute, DialectAttr } from './attribute.js';
import type { Builder } from './builder.js';
import type { Context } from './context.js';
import type { OpDefinitionBase } from './define-op.js';
import {
  type GivenValues,
  ParameterAssembly,
  type Parameters,
  type ParameterValues,
  type ParametricDefinition,
} from './define-parameters.js';
import { InternalError } from './errors.js';
import type { LocationRef } from './location.js';
import type { Operation } from './operation.js';
import { DialectType, type Type } from './type.js';

export interface DialectTypeDefinition<P = unknown> {
  readonly name: string;
  readonly summary: string;
  /** Parses what follows `!dialect.mnemonic`. */
  parse(parser: AsmParser): P;
  /** Prints what follows `!dialect.mnemonic`; types are equal when this text is. */
  print(printer: AsmPrinter, parameters: P): void;
  /** What is wrong with parameters; undefined when nothing is. The parser asks. */
  verify?(parameters: P, context: Context): string | undefined;
}

/** A value as it stands in the assembly of an op. */
export interface BareForm<T> {
  /** Completes "expected ...". */
  readonly description: string;
  parse(parser: AsmParser): T;
  /** Undefined, with nothing consumed, when the value is not there. */
  parseOptional(parser: AsmParser): T | undefined;
  print(printer: AsmPrinter, value: T): void;
}

export interface DialectAttrDefinition<P = unknown> {
  readonly name: string;
  readonly summary: string;
  parse(parser: AsmParser): P;
  print(printer: AsmPrinter, parameters: P): void;
  /** What is wrong with parameters; undefined when nothing is. The parser asks. */
  verify?(parameters: P, context: Context): string | undefined;
  /** How assembly formats of ops write `$attribute`, in place of the attribute in full. */
  readonly bare?: BareForm<P>;
}

/** A type with named parameters, which `get` makes. */
export interface ParametricTypeDefinition<S extends Parameters> extends DialectTypeDefinition<ParameterValues<S>> {
  /** @throws InternalError for values that its verifier refuses */
  get(context: Context, values: GivenValues<S>): DialectType<ParameterValues<S>>;
  is(type: Type): type is DialectType<ParameterValues<S>>;
}
/** An attribute with named parameters, which `get` makes. */
export interface ParametricAttrDefinition<S extends Parameters> extends DialectAttrDefinition<ParameterValues<S>> {
  /** @throws InternalError for values that its verifier refuses */
  get(context: Context, values: GivenValues<S>): DialectAttr<ParameterValues<S>>;
  is(attr: Attribute): attr is DialectAttr<ParameterValues<S>>;
}

/** A type `!name<...>`, e.g. name `quant.scale`: with named parameters, or with hooks that read and write them. */
export function defineType<const S extends Parameters>(
  definition: ParametricDefinition<S>,
): ParametricTypeDefinition<S>;
export function defineType<P>(definition: DialectTypeDefinition<P>): DialectTypeDefinition<P>;
export function defineType<S extends Parameters>(
  // biome-ignore lint/suspicious/noExplicitAny: the definition of either overload
  definition: ParametricDefinition<S> | DialectTypeDefinition<any>,
): unknown {
  if (!('parameters' in definition)) return definition;
  const hooks = hooksOf(definition);
  const made: ParametricTypeDefinition<S> = {
    ...hooks,
    get: (context, values) => context.dialectType<ParameterValues<S>>(made, hooks.checked(context, values)),
    is: (type): type is DialectType<ParameterValues<S>> =>
      type instanceof DialectType && type.definition === (made as unknown),
  };
  return made;
}
/** An attribute `#name<...>`, e.g. name `array.order`: with named parameters, or with hooks. */
export function defineAttribute<const S extends Parameters>(
  definition: ParametricDefinition<S>,
): ParametricAttrDefinition<S>;
export function defineAttribute<P>(definition: DialectAttrDefinition<P>): DialectAttrDefinition<P>;
export function defineAttribute<S extends Parameters>(
  // biome-ignore lint/suspicious/noExplicitAny: the definition of either overload
  definition: ParametricDefinition<S> | DialectAttrDefinition<any>,
): unknown {
  if (!('parameters' in definition)) return definition;
  const hooks = hooksOf(definition);
  const made: ParametricAttrDefinition<S> = {
    ...hooks,
    get: (context, values) => context.dialectAttr<ParameterValues<S>>(made, hooks.checked(context, values)),
    is: (attr): attr is DialectAttr<ParameterValues<S>> =>
      attr instanceof DialectAttr && attr.definition === (made as unknown),
  };
  return made;
}

function hooksOf<S extends Parameters>(definition: ParametricDefinition<S>) {
  const assembly = new ParameterAssembly(definition);
  return {
    name: definition.name,
    summary: definition.summary,
    parse: (parser: AsmParser) => assembly.parse(parser),
    print: (printer: AsmPrinter, values: ParameterValues<S>) => assembly.print(printer, values),
    verify: (values: ParameterValues<S>, context: Context) => assembly.problem(values, context),
    checked(context: Context, given: GivenValues<S>): ParameterValues<S> {
      const values = assembly.complete(given as Record<string, unknown>);
      const problem = assembly.problem(values, context);
      if (problem !== undefined) throw new InternalError(problem);
      return values;
    },
  };
}

export interface Dialect {
  /** Namespace: the text before the dot. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly ops: readonly OpDefinitionBase[];
  // biome-ignore lint/suspicious/noExplicitAny: a list of definitions with different parameters
  readonly types?: readonly DialectTypeDefinition<any>[];
  // biome-ignore lint/suspicious/noExplicitAny: a list of definitions with different parameters
  readonly attributes?: readonly DialectAttrDefinition<any>[];
  /** Attributes `#name.x<...>` that it does not define are kept as text, as those of no dialect are. */
  readonly keepsUnknownAttributes?: boolean;
  /** What `custom<Name>(...)` means in the assembly formats of its ops. */
  readonly directives?: Readonly<Record<string, CustomDirective>>;
  /** Makes an op whose result is the constant `value` of `type`; null when the dialect cannot. Used by folding. */
  readonly materializeConstant?: (builder: Builder, loc: LocationRef, value: Attribute, type: Type) => Operation | null;
}

export function defineDialect(dialect: Dialect): Dialect {
  return dialect;
}
