// Dialects, and the types and attributes they define.
import type { AsmParser, AsmPrinter } from './asm.js';
import type { CustomDirective } from './assembly/directive.js';
import type { Attribute } from './attribute.js';
import type { Builder } from './builder.js';
import type { OpDefinitionBase } from './define-op.js';
import type { LocationRef } from './location.js';
import type { Operation } from './operation.js';
import type { Type } from './type.js';

export interface DialectTypeDefinition<P = unknown> {
  readonly name: string;
  readonly summary: string;
  /** Parses what follows `!dialect.mnemonic`. */
  parse(parser: AsmParser): P;
  /** Prints what follows `!dialect.mnemonic`; types are equal when this text is. */
  print(printer: AsmPrinter, parameters: P): void;
}

export interface DialectAttrDefinition<P = unknown> {
  readonly name: string;
  readonly summary: string;
  parse(parser: AsmParser): P;
  print(printer: AsmPrinter, parameters: P): void;
}

/** A type `!name<...>`, e.g. name `quant.scale`. */
export function defineType<P>(definition: DialectTypeDefinition<P>): DialectTypeDefinition<P> {
  return definition;
}
/** An attribute `#name<...>`, e.g. name `array.order`. */
export function defineAttribute<P>(definition: DialectAttrDefinition<P>): DialectAttrDefinition<P> {
  return definition;
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
  /** What `custom<Name>(...)` means in the assembly formats of its ops. */
  readonly directives?: Readonly<Record<string, CustomDirective>>;
  /** Makes an op whose result is the constant `value` of `type`; null when the dialect cannot. Used by folding. */
  readonly materializeConstant?: (builder: Builder, loc: LocationRef, value: Attribute, type: Type) => Operation | null;
}

export function defineDialect(dialect: Dialect): Dialect {
  return dialect;
}
