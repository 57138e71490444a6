// Types: immutable, uniqued in a Context, compared with `===`. Construct them through the Context.
import type { Attribute } from './attribute.js';
import type { DialectTypeDefinition } from './define-dialect.js';

/** A dimension whose size is known only at run time; printed `?`. */
export const DYNAMIC = -1;

let nextTypeId = 1;

export abstract class Type {
  /** Unique per process; for hashing. */
  readonly id: number = nextTypeId++;
  /** MLIR text of the type. */
  abstract toString(): string;
}

export type Signedness = 'signless' | 'signed' | 'unsigned';

export class IntegerType extends Type {
  readonly width: number;
  readonly signedness: Signedness;
  constructor(width: number, signedness: Signedness) {
    super();
    this.width = width;
    this.signedness = signedness;
  }
  override toString(): string {
    return `${this.signedness === 'signless' ? '' : this.signedness === 'signed' ? 's' : 'u'}i${this.width}`;
  }
}

export class IndexType extends Type {
  override toString(): string {
    return 'index';
  }
}

export const FLOAT_WIDTHS = {
  bf16: 16,
  f16: 16,
  tf32: 19,
  f32: 32,
  f64: 64,
  f80: 80,
  f128: 128,
  f8E5M2: 8,
  f8E4M3: 8,
  f8E4M3FN: 8,
  f8E5M2FNUZ: 8,
  f8E4M3FNUZ: 8,
  f8E4M3B11FNUZ: 8,
  f8E3M4: 8,
  f8E8M0FNU: 8,
  f6E2M3FN: 6,
  f6E3M2FN: 6,
  f4E2M1FN: 4,
} as const;
export type FloatName = keyof typeof FLOAT_WIDTHS;

export class FloatType extends Type {
  readonly name: FloatName;
  readonly width: number;
  constructor(name: FloatName) {
    super();
    this.name = name;
    this.width = FLOAT_WIDTHS[name];
  }
  override toString(): string {
    return this.name;
  }
}

export class NoneType extends Type {
  override toString(): string {
    return 'none';
  }
}

export class ComplexType extends Type {
  readonly element: Type;
  constructor(element: Type) {
    super();
    this.element = element;
  }
  override toString(): string {
    return `complex<${this.element}>`;
  }
}

export class FunctionType extends Type {
  readonly inputs: readonly Type[];
  readonly results: readonly Type[];
  constructor(inputs: readonly Type[], results: readonly Type[]) {
    super();
    this.inputs = inputs;
    this.results = results;
  }
  override toString(): string {
    const results = this.results;
    const single = results.length === 1 && !(results[0] instanceof FunctionType);
    return `(${this.inputs.join(', ')}) -> ${single ? results[0] : `(${results.join(', ')})`}`;
  }
}

export class TupleType extends Type {
  readonly elements: readonly Type[];
  constructor(elements: readonly Type[]) {
    super();
    this.elements = elements;
  }
  override toString(): string {
    return `tuple<${this.elements.join(', ')}>`;
  }
}

/** A dimension as text says it: a bigint beyond 2^53. */
export type Dimension = number | bigint;

function dims(shape: readonly Dimension[]): string {
  let text = '';
  for (const d of shape) text += d === DYNAMIC ? '?x' : `${d}x`;
  return text;
}

/** Product of the sizes; undefined when a dimension is dynamic. */
export function elementCount(shape: readonly number[]): number | undefined {
  let n = 1;
  for (const d of shape) {
    if (d === DYNAMIC) return undefined;
    n *= d;
  }
  return n;
}

export class TensorType extends Type {
  /** A size beyond 2^53 shows as DYNAMIC, which promises nothing, and is kept in `wideShape`. */
  readonly shape: readonly number[];
  readonly element: Type;
  readonly encoding: Attribute | null;
  /** The exact sizes where a number cannot hold one of them. */
  readonly wideShape: readonly Dimension[] | null;
  constructor(
    shape: readonly number[],
    element: Type,
    encoding: Attribute | null,
    wideShape: readonly Dimension[] | null = null,
  ) {
    super();
    this.shape = shape;
    this.element = element;
    this.encoding = encoding;
    this.wideShape = wideShape;
  }
  get rank(): number {
    return this.shape.length;
  }
  override toString(): string {
    return `tensor<${dims(this.wideShape ?? this.shape)}${this.element}${this.encoding ? `, ${this.encoding}` : ''}>`;
  }
}

export class UnrankedTensorType extends Type {
  readonly element: Type;
  constructor(element: Type) {
    super();
    this.element = element;
  }
  override toString(): string {
    return `tensor<*x${this.element}>`;
  }
}

export class VectorType extends Type {
  readonly shape: readonly number[];
  readonly element: Type;
  /** Per dimension: whether it is scalable (`[4]`). */
  readonly scalable: readonly boolean[];
  /** Several scalable dimensions at the end share their brackets in text, `[2x4]`, as MLIR 16 wants it. */
  readonly groupedText: boolean;
  constructor(
    shape: readonly number[],
    element: Type,
    scalable: readonly boolean[],
    options: { groupedText: boolean } = { groupedText: false },
  ) {
    super();
    this.shape = shape;
    this.element = element;
    this.scalable = scalable;
    this.groupedText = options.groupedText;
  }
  get rank(): number {
    return this.shape.length;
  }
  /** Number of elements of a fixed-size vector. */
  get lanes(): number {
    let n = 1;
    for (const d of this.shape) n *= d;
    return n;
  }
  override toString(): string {
    let text = '';
    this.shape.forEach((d, i) => {
      text += this.scalable[i] ? `[${d}]x` : `${d}x`;
    });
    if (this.groupedText) text = text.replaceAll(']x[', 'x');
    return `vector<${text}${this.element}>`;
  }
}

export class MemRefType extends Type {
  /** A size beyond 2^53 shows as DYNAMIC, which promises nothing, and is kept in `wideShape`. */
  readonly shape: readonly number[];
  readonly element: Type;
  /** A `strided<>` or an affine map; null is the identity (row-major) layout. */
  readonly layout: Attribute | null;
  readonly memorySpace: Attribute | null;
  /** The exact sizes where a number cannot hold one of them. */
  readonly wideShape: readonly Dimension[] | null;
  constructor(
    shape: readonly number[],
    element: Type,
    layout: Attribute | null,
    memorySpace: Attribute | null,
    wideShape: readonly Dimension[] | null = null,
  ) {
    super();
    this.wideShape = wideShape;
    this.shape = shape;
    this.element = element;
    this.layout = layout;
    this.memorySpace = memorySpace;
  }
  get rank(): number {
    return this.shape.length;
  }
  override toString(): string {
    const layout = this.layout ? `, ${this.layout}` : '';
    const space = this.memorySpace ? `, ${this.memorySpace}` : '';
    return `memref<${dims(this.wideShape ?? this.shape)}${this.element}${layout}${space}>`;
  }
}

export class UnrankedMemRefType extends Type {
  readonly element: Type;
  readonly memorySpace: Attribute | null;
  constructor(element: Type, memorySpace: Attribute | null) {
    super();
    this.element = element;
    this.memorySpace = memorySpace;
  }
  override toString(): string {
    return `memref<*x${this.element}${this.memorySpace ? `, ${this.memorySpace}` : ''}>`;
  }
}

/** A type of a dialect nobody registered, kept as text: `!dialect.body` or `!dialect<body>`. */
export class OpaqueType extends Type {
  readonly dialect: string;
  /** Everything after `!`, as written. */
  readonly text: string;
  constructor(dialect: string, text: string) {
    super();
    this.dialect = dialect;
    this.text = text;
  }
  override toString(): string {
    return `!${this.text}`;
  }
}

/** A type defined by a dialect with `defineType`; `parameters` are what its definition's parse returned. */
export class DialectType<P = unknown> extends Type {
  readonly definition: DialectTypeDefinition<P>;
  readonly parameters: P;
  readonly text: string;
  constructor(definition: DialectTypeDefinition<P>, parameters: P, text: string) {
    super();
    this.definition = definition;
    this.parameters = parameters;
    this.text = text;
  }
  override toString(): string {
    return this.text;
  }
}

export type ShapedType = TensorType | VectorType | MemRefType;

export function isShaped(type: Type): type is ShapedType {
  return type instanceof TensorType || type instanceof VectorType || type instanceof MemRefType;
}

/** The element type of a shaped type, the type itself otherwise. */
export function elementTypeOf(type: Type): Type {
  if (isShaped(type) || type instanceof UnrankedTensorType || type instanceof UnrankedMemRefType) return type.element;
  return type;
}

/** True for i1, i8, ... and index; not for shaped types of them. */
export function isIntegerLike(type: Type): type is IntegerType | IndexType {
  return type instanceof IntegerType || type instanceof IndexType;
}

/** Bytes one element occupies in memory (CONTRACTS 4: i1 is one byte, index eight); undefined when it has no layout. */
export function byteWidth(type: Type): number | undefined {
  if (type instanceof IntegerType)
    return type.width <= 8 ? 1 : type.width <= 16 ? 2 : type.width <= 32 ? 4 : type.width <= 64 ? 8 : undefined;
  if (type instanceof IndexType) return 8;
  if (type instanceof FloatType)
    return type.width <= 8 ? 1 : type.width === 16 ? 2 : type.width <= 32 ? 4 : type.width === 64 ? 8 : undefined;
  if (type instanceof ComplexType) {
    const part = byteWidth(type.element);
    return part === undefined ? undefined : 2 * part;
  }
  return undefined;
}

/**
 * Bytes of an element in a dense constant: those of memory, and for types that have no layout there as many as MLIR's
 * own storage (whole bytes). Undefined for what dense constants cannot hold.
 */
export function storageWidth(type: Type): number | undefined {
  const width = byteWidth(type);
  if (width !== undefined) return width;
  if (type instanceof IntegerType || type instanceof FloatType) return Math.ceil(type.width / 8);
  if (!(type instanceof ComplexType)) return undefined;
  const part = storageWidth(type.element);
  return part === undefined ? undefined : 2 * part;
}

/** Bytes of an element in the text `dense<"0x...">`; i1 is packed instead. */
export function blobWidth(type: Type): number | undefined {
  if (type instanceof IntegerType) return Math.max(1, Math.ceil(type.width / 8));
  if (!(type instanceof ComplexType)) return storageWidth(type);
  const part = blobWidth(type.element);
  return part === undefined ? undefined : 2 * part;
}

/** Row-major strides in elements; a stride after a dynamic dimension is DYNAMIC. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride = stride === DYNAMIC || shape[i] === DYNAMIC ? DYNAMIC : stride * shape[i]!;
  }
  return strides;
}
