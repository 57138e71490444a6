// What custom assembly is written against: the parser and printer as an operation's `assembly` hooks see them.
// Parser methods report an error at the place and abandon the operation; they never return a failure.
import type { AffineMap, IntegerSet } from './affine.js';
import type { Attribute, DictionaryAttr } from './attribute.js';
import type { Block } from './block.js';
import type { Context } from './context.js';
import type { LocationRef } from './location.js';
import type { Operation, Region } from './operation.js';
import type { Type } from './type.js';
import type { Value } from './value.js';

/** `%name` or `%name#2` before its type is known. */
export interface UnresolvedOperand {
  readonly name: string;
  readonly number: number;
  readonly offset: number;
}

/** An argument of the entry block of a region that custom assembly names and types. */
export interface RegionArgument {
  readonly operand: UnresolvedOperand;
  readonly type: Type;
  /** What `loc(...)` behind it says; undefined: the place of its name. */
  readonly location?: LocationRef | undefined;
}

export interface ParsedArgument extends RegionArgument {
  /** Attributes after the type, e.g. of function arguments. */
  readonly attributes: Map<string, Attribute>;
}

/** What a parse hook fills in. */
export interface OperationState {
  loc: LocationRef;
  operands: Value[];
  resultTypes: Type[];
  attributes: Map<string, Attribute>;
  regions: Region[];
  successors: Block[];
}

export type Delimiter = 'none' | 'paren' | 'square' | 'angle' | 'optional-paren' | 'optional-square';

export interface AsmParser {
  readonly context: Context;
  /** Offset of the next token; for errors. */
  offset(): number;
  /** Reports `message` (expected ..., got ...) and abandons the operation. */
  error(message: string, offset?: number): never;

  /** A punctuation token: `,` `:` `=` `->` `(` `)` `[` `]` `{` `}` `<` `>` `::` `...` `?` `*` `+` `-` `/` `|`. */
  punctuation(text: string): void;
  optionalPunctuation(text: string): boolean;
  keyword(text: string): void;
  optionalKeyword(text: string): boolean;
  /** Any bare identifier (letters, digits, `_`, `$`, `.`). */
  anyKeyword(what: string): string;
  optionalAnyKeyword(): string | undefined;
  integer(): number;
  optionalInteger(): number | undefined;
  /** A quoted string, unescaped. */
  string(): string;
  optionalString(): string | undefined;

  type(): Type;
  optionalType(): Type | undefined;
  /** `a, b, c` without parentheses; at least one. */
  typeList(): Type[];
  /** `: type (, type)*` when a colon follows, otherwise empty. */
  optionalColonTypeList(): Type[];
  /** `-> type` or `-> (types)` when an arrow follows, otherwise empty. */
  optionalArrowTypeList(): Type[];
  /** `(types) -> results`. */
  functionType(): { inputs: Type[]; results: Type[] };

  attribute(type?: Type): Attribute;
  optionalAttribute(type?: Type): Attribute | undefined;
  /** `{...}` when present, merged into `into`. */
  optionalAttrDict(into: Map<string, Attribute>): void;
  /** `attributes {...}` when present. */
  optionalAttrDictWithKeyword(into: Map<string, Attribute>): void;
  /** `@name` */
  symbolName(): string;
  optionalSymbolName(): string | undefined;
  affineMap(): AffineMap;
  integerSet(): IntegerSet;
  /** The affine expressions of `(%i + 1, %j)`, over dims = the SSA values met, in order of first use. */
  affineMapOfOperands(delimiter: 'paren' | 'square'): { map: AffineMap; operands: UnresolvedOperand[] };

  operand(): UnresolvedOperand;
  optionalOperand(): UnresolvedOperand | undefined;
  operandList(delimiter?: Delimiter): UnresolvedOperand[];
  resolve(operand: UnresolvedOperand, type: Type): Value;
  resolveAll(operands: readonly UnresolvedOperand[], types: readonly Type[]): Value[];
  /** `%name: type {attrs}? loc(..)?` */
  argument(options?: { attributes?: boolean }): ParsedArgument;

  /** `{ ... }`; `args` become the arguments of the entry block. */
  region(args?: readonly RegionArgument[]): Region;
  optionalRegion(args?: readonly RegionArgument[]): Region | undefined;
  successor(): Block;
  /** `^bb` or `^bb(%a, %b : t, u)` */
  successorAndOperands(): { block: Block; operands: Value[] };

  commaSeparated<T>(delimiter: Delimiter, item: () => T): T[];
  /** Name (without %) of result `index` of the operation being parsed, when the text names it. */
  resultName(index: number): string | undefined;
  /** Parses what `loc(...)` holds if it follows. */
  optionalLocation(): LocationRef | undefined;
}

export interface AsmPrinter {
  readonly context: Context;
  /** Text as is. */
  text(text: string): void;
  space(): void;
  newline(): void;
  indent(): void;
  dedent(): void;
  type(type: Type): void;
  types(types: readonly Type[]): void;
  attribute(attr: Attribute): void;
  /** The attribute without its trailing type, where the syntax implies it. */
  attributeWithoutType(attr: Attribute): void;
  /** `{...}` of the op's attributes except `elided`, preceded by a space; nothing when empty. */
  attrDict(op: Operation, elided?: readonly string[]): void;
  attrDictWithKeyword(op: Operation, elided?: readonly string[]): void;
  symbolName(name: string): void;
  string(value: string): void;
  value(value: Value): void;
  values(values: readonly Value[]): void;
  /** `%arg: type {attributes} loc(...)`; the dictionary when it is not empty, the location when those are printed. */
  regionArgument(value: Value, attributes?: DictionaryAttr): void;
  block(block: Block): void;
  successor(block: Block, operands: readonly Value[]): void;
  region(region: Region, options?: { entryArguments?: boolean; terminator?: boolean }): void;
  /** `(a, b) -> c` */
  functionType(inputs: readonly Type[], results: readonly Type[]): void;
  /** `-> t`, `-> (t, u)`, preceded by a space; nothing when empty. */
  optionalArrowTypes(types: readonly Type[]): void;
  /** The map applied to operands: `(%i + 1, %j)` without the parentheses. */
  affineMapOfOperands(map: AffineMap, operands: readonly Value[]): void;
}

export interface CustomAssembly {
  /**
   * False when the custom form cannot express the op: it then prints generically, as does an op that lacks parts its
   * definition names. Hooks are only called for ops that have the operands, results, attributes and regions defined.
   */
  canPrint?(op: Operation): boolean;
  parse(parser: AsmParser, state: OperationState): void;
  print(printer: AsmPrinter, op: Operation): void;
  /** The form of ops without other attributes, when it is one of these: they are read and written without the hooks. */
  readonly plain?: PlainForm;
}

/** Forms that need no hooks. `parse` and `print` must agree with them. */
export type PlainForm =
  /** `%a, %b : type`: operands and result of one type. */
  | { readonly kind: 'same'; readonly operands: 1 | 2 | 3 }
  /** `%a : type to type` */
  | { readonly kind: 'cast' }
  /** `keyword, %a, %b : type`: an i64 attribute with the position of the keyword; on scalars the result is an i1. */
  | { readonly kind: 'compare'; readonly attribute: string; readonly keywords: readonly string[] }
  /** `%condition, %a, %b : type`: an i1, and two operands of the result's type. */
  | { readonly kind: 'select' }
  /** `value`: an attribute of the result's type. */
  | { readonly kind: 'constant'; readonly attribute: string }
  /** `@symbol(%a, %b) : (type, type) -> type` */
  | { readonly kind: 'call'; readonly attribute: string };
