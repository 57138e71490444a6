// Attributes: immutable compile-time data, uniqued in a Context, compared with `===`. Construct them through the Context.
import type { AffineMap, IntegerSet } from './affine.js';
import { printDense, printFloat, printString, printSymbolName } from './attribute-text.js';
import type { DialectAttrDefinition } from './define-dialect.js';
import { DYNAMIC, FloatType, type IndexType, IntegerType, type ShapedType, type Type } from './type.js';

let nextAttributeId = 1;

export abstract class Attribute {
  /** Unique per process; for hashing. */
  readonly id: number = nextAttributeId++;
  /** MLIR text of the attribute, with its type where MLIR prints one. */
  abstract toString(): string;
}

export class UnitAttr extends Attribute {
  override toString(): string {
    return 'unit';
  }
}

/** An integer, index or i1 (bool) constant. `value` is a number when safe, a bigint otherwise; signed unless the type is ui*. */
export class IntegerAttr extends Attribute {
  readonly type: IntegerType | IndexType;
  readonly value: number | bigint;
  constructor(type: IntegerType | IndexType, value: number | bigint) {
    super();
    this.type = type;
    this.value = value;
  }
  get number(): number {
    return Number(this.value);
  }
  get bigint(): bigint {
    return BigInt(this.value);
  }
  get isBool(): boolean {
    return this.type instanceof IntegerType && this.type.width === 1 && this.type.signedness === 'signless';
  }
  override toString(): string {
    if (this.isBool) return this.value ? 'true' : 'false';
    return `${this.value} : ${this.type}`;
  }
}

/** A float constant rounded to its type. `nanBits` keeps the payload of a NaN. */
export class FloatAttr extends Attribute {
  readonly type: FloatType;
  readonly value: number;
  readonly nanBits: bigint | null;
  constructor(type: FloatType, value: number, nanBits: bigint | null) {
    super();
    this.type = type;
    this.value = value;
    this.nanBits = nanBits;
  }
  override toString(): string {
    return `${printFloat(this.value, this.type, this.nanBits)} : ${this.type}`;
  }
}

export class StringAttr extends Attribute {
  readonly value: string;
  readonly type: Type | null;
  constructor(value: string, type: Type | null) {
    super();
    this.value = value;
    this.type = type;
  }
  override toString(): string {
    return printString(this.value) + (this.type ? ` : ${this.type}` : '');
  }
}

export class ArrayAttr extends Attribute {
  readonly elements: readonly Attribute[];
  constructor(elements: readonly Attribute[]) {
    super();
    this.elements = elements;
  }
  override toString(): string {
    return `[${this.elements.join(', ')}]`;
  }
}

/** Names in ascending order, so that equal dictionaries are one object. */
export class DictionaryAttr extends Attribute {
  readonly names: readonly string[];
  readonly values: readonly Attribute[];
  constructor(names: readonly string[], values: readonly Attribute[]) {
    super();
    this.names = names;
    this.values = values;
  }
  get size(): number {
    return this.names.length;
  }
  get(name: string): Attribute | undefined {
    const names = this.names;
    for (let i = 0; i < names.length; i++) if (names[i] === name) return this.values[i];
    return undefined;
  }
  override toString(): string {
    return `{${this.names.map((n, i) => printNamed(n, this.values[i]!)).join(', ')}}`;
  }
}

/** `name = value`, or the bare name of a unit attribute. */
export function printNamed(name: string, value: Attribute): string {
  const key = /^[A-Za-z_][\w$.]*$/.test(name) ? name : printString(name);
  return value instanceof UnitAttr ? key : `${key} = ${value}`;
}

export class TypeAttr extends Attribute {
  readonly type: Type;
  constructor(type: Type) {
    super();
    this.type = type;
  }
  override toString(): string {
    return this.type.toString();
  }
}

/** `@root::@nested::...` */
export class SymbolRefAttr extends Attribute {
  readonly root: string;
  readonly nested: readonly string[];
  constructor(root: string, nested: readonly string[]) {
    super();
    this.root = root;
    this.nested = nested;
  }
  get leaf(): string {
    return this.nested.length ? this.nested[this.nested.length - 1]! : this.root;
  }
  override toString(): string {
    return [this.root, ...this.nested].map(printSymbolName).join('::');
  }
}

export class AffineMapAttr extends Attribute {
  readonly map: AffineMap;
  constructor(map: AffineMap) {
    super();
    this.map = map;
  }
  override toString(): string {
    return this.map.toString();
  }
}

export class IntegerSetAttr extends Attribute {
  readonly set: IntegerSet;
  constructor(set: IntegerSet) {
    super();
    this.set = set;
  }
  override toString(): string {
    return this.set.toString();
  }
}

/**
 * `strided<[s0, s1], offset: o>`; DYNAMIC entries print as `?`. Negative numbers show as DYNAMIC here, which promises
 * nothing, and are kept in `written`.
 */
export class StridedLayoutAttr extends Attribute {
  readonly strides: readonly number[];
  readonly offset: number;
  /** The text, where it has negative numbers. */
  readonly written: string | null;
  constructor(strides: readonly number[], offset: number, written: string | null = null) {
    super();
    this.written = written;
    this.strides = strides;
    this.offset = offset;
  }
  override toString(): string {
    if (this.written !== null) return this.written;
    const dim = (d: number) => (d === DYNAMIC ? '?' : String(d));
    const offset = this.offset === 0 ? '' : `, offset: ${dim(this.offset)}`;
    return `strided<[${this.strides.map(dim).join(', ')}]${offset}>`;
  }
}

/** `array<i64: 1, 2>`; elements of i64 beyond 2^53 are bigints. */
export class DenseArrayAttr extends Attribute {
  readonly elementType: Type;
  readonly values: readonly (number | bigint)[];
  constructor(elementType: Type, values: readonly (number | bigint)[]) {
    super();
    this.elementType = elementType;
    this.values = values;
  }
  override toString(): string {
    const type = this.elementType;
    if (this.values.length === 0) return `array<${type}>`;
    const bool = type instanceof IntegerType && type.width === 1;
    const items = this.values.map((v) =>
      bool ? (v ? 'true' : 'false') : type instanceof FloatType ? printFloat(Number(v), type, null) : String(v),
    );
    return `array<${type}: ${items.join(', ')}>`;
  }
}

/**
 * `dense<...> : type`. `bytes` holds the elements row-major and little-endian, one element only for a splat;
 * i1 takes one byte, index eight, a complex element two consecutive parts.
 */
export class DenseElementsAttr extends Attribute {
  readonly type: ShapedType;
  readonly bytes: Uint8Array;
  readonly splat: boolean;
  constructor(type: ShapedType, bytes: Uint8Array, splat: boolean) {
    super();
    this.type = type;
    this.bytes = bytes;
    this.splat = splat;
  }
  override toString(): string {
    return `${printDense(this)} : ${this.type}`;
  }
}

/** `dense<"..."> : tensor<..x!string>` and other non-numeric elements. */
export class DenseStringElementsAttr extends Attribute {
  readonly type: ShapedType;
  readonly values: readonly string[];
  readonly splat: boolean;
  constructor(type: ShapedType, values: readonly string[], splat: boolean) {
    super();
    this.type = type;
    this.values = values;
    this.splat = splat;
  }
  override toString(): string {
    const nest = (level: number, at: number, span: number): string => {
      if (level === this.type.shape.length) return printString(this.values[at]!);
      const n = this.type.shape[level]!;
      return `[${Array.from({ length: n }, (_, i) => nest(level + 1, at + (i * span) / n, span / n)).join(', ')}]`;
    };
    return `dense<${this.splat ? printString(this.values[0]!) : nest(0, 0, this.values.length)}> : ${this.type}`;
  }
}

/** `sparse<indices, values> : type` */
export class SparseElementsAttr extends Attribute {
  readonly type: ShapedType;
  readonly indices: Attribute;
  readonly values: Attribute;
  /** The two parts as read, without their types. */
  readonly text: string;
  constructor(type: ShapedType, indices: Attribute, values: Attribute, text: string) {
    super();
    this.type = type;
    this.indices = indices;
    this.values = values;
    this.text = text;
  }
  override toString(): string {
    return `sparse<${this.text}> : ${this.type}`;
  }
}

/** `dense_resource<key> : type`; the blob lives in `context.resources`. */
export class DenseResourceAttr extends Attribute {
  readonly type: ShapedType;
  readonly key: string;
  constructor(type: ShapedType, key: string) {
    super();
    this.type = type;
    this.key = key;
  }
  override toString(): string {
    const key = /^[A-Za-z_][\w$.]*$/.test(this.key) ? this.key : printString(this.key);
    return `dense_resource<${key}> : ${this.type}`;
  }
}

/** `distinct[n]<attr>`; never uniqued across definitions. */
export class DistinctAttr extends Attribute {
  readonly number: number;
  readonly referenced: Attribute;
  constructor(number: number, referenced: Attribute) {
    super();
    this.number = number;
    this.referenced = referenced;
  }
  override toString(): string {
    return `distinct[${this.number}]<${this.referenced}>`;
  }
}

/** An attribute of a dialect nobody registered, kept as text: `#dialect.body` or `#dialect<body>`. */
export class OpaqueAttr extends Attribute {
  readonly dialect: string;
  readonly text: string;
  readonly type: Type | null;
  constructor(dialect: string, text: string, type: Type | null) {
    super();
    this.dialect = dialect;
    this.text = text;
    this.type = type;
  }
  override toString(): string {
    return `#${this.text}${this.type ? ` : ${this.type}` : ''}`;
  }
}

/** An attribute defined by a dialect with `defineAttribute`. */
export class DialectAttr<P = unknown> extends Attribute {
  readonly definition: DialectAttrDefinition<P>;
  readonly parameters: P;
  readonly text: string;
  constructor(definition: DialectAttrDefinition<P>, parameters: P, text: string) {
    super();
    this.definition = definition;
    this.parameters = parameters;
    this.text = text;
  }
  override toString(): string {
    return this.text;
  }
}

/** The type an attribute carries (constants), or null. */
export function typeOfAttribute(attr: Attribute): Type | null {
  if (
    attr instanceof IntegerAttr ||
    attr instanceof FloatAttr ||
    attr instanceof DenseElementsAttr ||
    attr instanceof DenseResourceAttr ||
    attr instanceof DenseStringElementsAttr ||
    attr instanceof SparseElementsAttr
  )
    return attr.type;
  if (attr instanceof StringAttr || attr instanceof OpaqueAttr) return attr.type;
  return null;
}
