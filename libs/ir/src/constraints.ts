// Constraints on operand and result types, and specifications of attributes, as used in `defineOp`.

import type { AffineMap } from './affine.js';
import {
  AffineMapAttr,
  ArrayAttr,
  type Attribute,
  DenseArrayAttr,
  DenseElementsAttr,
  DialectAttr,
  DictionaryAttr,
  FloatAttr,
  IntegerAttr,
  StringAttr,
  SymbolRefAttr,
  TypeAttr,
  typeOfAttribute,
  UnitAttr,
} from './attribute.js';
import type { Context } from './context.js';
import type { BareForm, DialectAttrDefinition, DialectTypeDefinition } from './define-dialect.js';
import {
  ComplexType,
  DialectType,
  FloatType,
  FunctionType,
  IndexType,
  IntegerType,
  isShaped,
  MemRefType,
  TensorType,
  type Type,
  UnrankedTensorType,
  VectorType,
} from './type.js';

// Types

export interface TypeConstraint {
  readonly kind: 'one';
  /** Completes "operand #0 must be ...". */
  readonly description: string;
  check(type: Type): boolean;
  /** The only type that passes, when there is just one: assembly formats then need not write it. */
  readonly build?: (context: Context) => Type;
}
export interface VariadicConstraint {
  readonly kind: 'variadic';
  readonly of: TypeConstraint;
}
export interface OptionalConstraint {
  readonly kind: 'optional';
  readonly of: TypeConstraint;
}
export type ValueConstraint = TypeConstraint | VariadicConstraint | OptionalConstraint;

export function typeConstraint(
  description: string,
  check: (type: Type) => boolean,
  build?: (context: Context) => Type,
): TypeConstraint {
  return { kind: 'one', description, check, build };
}
export function variadic(of: TypeConstraint): VariadicConstraint {
  return { kind: 'variadic', of };
}
export function optional(of: TypeConstraint): OptionalConstraint {
  return { kind: 'optional', of };
}
export function anyOf(...list: TypeConstraint[]): TypeConstraint {
  return typeConstraint(list.map((c) => c.description).join(' or '), (t) => list.some((c) => c.check(t)));
}

/** What satisfies every one of the constraints. */
export function allOf(...list: TypeConstraint[]): TypeConstraint {
  const build = list.find((c) => c.build)?.build;
  return typeConstraint(list.map((c) => c.description).join(' and '), (t) => list.every((c) => c.check(t)), build);
}
/** What satisfies none of the constraints. */
export function noneOf(...list: TypeConstraint[]): TypeConstraint {
  return typeConstraint(`not ${list.map((c) => c.description).join(' or ')}`, (t) => !list.some((c) => c.check(t)));
}
/** A constraint with a predicate, which the description names: `32-bit integer`. */
export function where<T extends TypeConstraint>(
  of: T,
  description: string,
  holds: (type: Type) => boolean,
): TypeConstraint {
  return typeConstraint(description, (t) => of.check(t) && holds(t), of.build);
}
/** A type made with `defineType`, with constraints on its parameters where they are given. */
export function dialectTypeOf<P>(
  definition: DialectTypeDefinition<P>,
  description = `!${definition.name}`,
  holds: (parameters: P) => boolean = () => true,
): TypeConstraint {
  return typeConstraint(
    description,
    (t) => t instanceof DialectType && t.definition === (definition as unknown) && holds(t.parameters as P),
  );
}

export const AnyType = typeConstraint('any type', () => true);
export const Index = typeConstraint(
  'index',
  (t) => t instanceof IndexType,
  (c) => c.index,
);
export const I1 = typeConstraint(
  '1-bit signless integer',
  (t) => t instanceof IntegerType && t.width === 1 && t.signedness === 'signless',
  (c) => c.i1,
);
export const AnyInteger = typeConstraint('integer', (t) => t instanceof IntegerType);
export const SignlessInteger = typeConstraint(
  'signless integer',
  (t) => t instanceof IntegerType && t.signedness === 'signless',
);
export const SignlessIntegerOrIndex = typeConstraint(
  'signless integer or index',
  (t) => t instanceof IndexType || (t instanceof IntegerType && t.signedness === 'signless'),
);
export const AnyFloat = typeConstraint('floating-point', (t) => t instanceof FloatType);
export const AnyComplex = typeConstraint('complex', (t) => t instanceof ComplexType);
export const AnyTensor = typeConstraint('ranked tensor', (t) => t instanceof TensorType);
export const AnyMemRef = typeConstraint('memref', (t) => t instanceof MemRefType);
export const AnyVector = typeConstraint('vector', (t) => t instanceof VectorType);
export const AnyFunction = typeConstraint('function', (t) => t instanceof FunctionType);

export function tensorOf(element: TypeConstraint): TypeConstraint {
  return typeConstraint(
    `ranked tensor of ${element.description} values`,
    (t) => t instanceof TensorType && element.check(t.element),
  );
}
export function memrefOf(element: TypeConstraint): TypeConstraint {
  return typeConstraint(
    `memref of ${element.description} values`,
    (t) => t instanceof MemRefType && element.check(t.element),
  );
}
export function vectorOf(element: TypeConstraint): TypeConstraint {
  return typeConstraint(
    `vector of ${element.description} values`,
    (t) => t instanceof VectorType && element.check(t.element),
  );
}
/** A scalar, or a vector or tensor of such scalars (MLIR's `...Like`). */
export function like(element: TypeConstraint): TypeConstraint {
  return typeConstraint(`${element.description}-like`, (t) =>
    element.check((isShaped(t) && !(t instanceof MemRefType)) || t instanceof UnrankedTensorType ? t.element : t),
  );
}

// Attributes

/**
 * How an assembly format writes `$attribute`: a number without its type, a bare keyword out of `keywords`, nothing (a
 * unit attribute, the group around it says it), a string, `@symbol`, a type, or `[1, 2]`. Otherwise the attribute in full.
 */
export type AttrForm = 'untyped' | 'keyword' | 'unit' | 'string' | 'symbol' | 'type' | 'integers';

export interface AttrSpec<T> {
  readonly description: string;
  readonly form?: AttrForm;
  /** The names of an enumeration. */
  readonly keywords?: readonly string[];
  /** How an assembly format writes the attribute, where it has a form of its own. */
  readonly bare?: BareForm<T>;
  /** Absent attributes are allowed: T then includes undefined, or `defaultValue` stands in. */
  readonly optional: boolean;
  readonly defaultValue?: T;
  check(attr: Attribute): boolean;
  read(attr: Attribute): T;
  make(context: Context, value: T): Attribute;
  /** What older versions wrote as it is written now: applied when text is read. Other attributes stay. */
  upgrade?(attr: Attribute, context: Context): Attribute;
}

/** May be absent; the accessor then returns undefined. */
export function optionalAttr<T>(spec: AttrSpec<T>): AttrSpec<T | undefined> {
  return {
    description: spec.description,
    form: spec.form,
    keywords: spec.keywords,
    bare: spec.bare as BareForm<T | undefined> | undefined,
    optional: true,
    check: spec.check,
    read: spec.read,
    make: (context, value) => spec.make(context, value as T),
    ...(spec.upgrade ? { upgrade: spec.upgrade } : {}),
  };
}
/** May be absent; the accessor then returns `value`. Omitted from the text when equal to it. */
export function defaultAttr<T>(spec: AttrSpec<T>, value: T): AttrSpec<T> {
  return { ...spec, optional: true, defaultValue: value };
}

function integer(width: number): AttrSpec<number> {
  return {
    description: `${width}-bit signless integer attribute`,
    form: 'untyped',
    optional: false,
    check: (a) => a instanceof IntegerAttr && a.type instanceof IntegerType && a.type.width === width,
    read: (a) => (a as IntegerAttr).number,
    make: (c, v) => c.integerAttr(c.integer(width), v),
  };
}

export const attr = {
  any: {
    description: 'any attribute',
    optional: false,
    check: () => true,
    read: (a) => a,
    make: (_, v) => v,
  } as AttrSpec<Attribute>,
  i64: integer(64),
  i32: integer(32),
  index: {
    description: 'index attribute',
    form: 'untyped',
    optional: false,
    check: (a) => a instanceof IntegerAttr && a.type instanceof IndexType,
    read: (a) => (a as IntegerAttr).number,
    make: (c, v) => c.integerAttr(c.index, v),
  } as AttrSpec<number>,
  f64: {
    description: '64-bit float attribute',
    form: 'untyped',
    optional: false,
    check: (a) => a instanceof FloatAttr && a.type.name === 'f64',
    read: (a) => (a as FloatAttr).value,
    make: (c, v) => c.floatAttr(c.f64, v),
  } as AttrSpec<number>,
  bool: {
    description: 'bool attribute',
    form: 'untyped',
    optional: false,
    check: (a) => a instanceof IntegerAttr && a.isBool,
    read: (a) => (a as IntegerAttr).number !== 0,
    make: (c, v) => c.boolAttr(v),
  } as AttrSpec<boolean>,
  /** Present or absent; reads as true or false. */
  unit: {
    description: 'unit attribute',
    form: 'unit',
    optional: true,
    defaultValue: false,
    check: (a) => a instanceof UnitAttr,
    read: () => true,
    make: (c) => c.unitAttr,
  } as AttrSpec<boolean>,
  string: {
    description: 'string attribute',
    form: 'string',
    optional: false,
    check: (a) => a instanceof StringAttr,
    read: (a) => (a as StringAttr).value,
    make: (c, v) => c.stringAttr(v),
  } as AttrSpec<string>,
  /** A flat reference `@name`, read as the name. */
  symbol: {
    description: 'flat symbol reference attribute',
    form: 'symbol',
    optional: false,
    check: (a) => a instanceof SymbolRefAttr && a.nested.length === 0,
    read: (a) => (a as SymbolRefAttr).root,
    make: (c, v) => c.symbolRef(v),
  } as AttrSpec<string>,
  type: {
    description: 'type attribute',
    form: 'type',
    optional: false,
    check: (a) => a instanceof TypeAttr,
    read: (a) => (a as TypeAttr).type,
    make: (c, v) => c.typeAttr(v),
  } as AttrSpec<Type>,
  functionType: {
    description: 'type attribute of function type',
    form: 'type',
    optional: false,
    check: (a) => a instanceof TypeAttr && a.type instanceof FunctionType,
    read: (a) => (a as TypeAttr).type as FunctionType,
    make: (c, v) => c.typeAttr(v),
  } as AttrSpec<FunctionType>,
  /** `array<i64: ...>` read as numbers. */
  i64Array: {
    description: 'i64 dense array attribute',
    form: 'integers',
    optional: false,
    check: (a) => a instanceof DenseArrayAttr && a.elementType instanceof IntegerType && a.elementType.width === 64,
    read: (a) => (a as DenseArrayAttr).values.map(Number),
    make: (c, v) => c.denseArray(c.i64, v),
  } as AttrSpec<readonly number[]>,
  i32Array: {
    description: 'i32 dense array attribute',
    form: 'integers',
    optional: false,
    check: (a) => a instanceof DenseArrayAttr && a.elementType instanceof IntegerType && a.elementType.width === 32,
    read: (a) => (a as DenseArrayAttr).values.map(Number),
    make: (c, v) => c.denseArray(c.i32, v),
  } as AttrSpec<readonly number[]>,
  affineMap: {
    description: 'affine map attribute',
    optional: false,
    check: (a) => a instanceof AffineMapAttr,
    read: (a) => (a as AffineMapAttr).map,
    make: (c, v) => c.affineMapAttr(v),
  } as AttrSpec<AffineMap>,
  elements: {
    description: 'constant vector/tensor attribute',
    optional: false,
    check: (a) => a instanceof DenseElementsAttr,
    read: (a) => a as DenseElementsAttr,
    make: (_, v) => v,
  } as AttrSpec<DenseElementsAttr>,
  /** A number, string, elements or other attribute that carries a type. */
  typed: {
    description: 'typed attribute',
    optional: false,
    check: (a) => typeOfAttribute(a) !== null,
    read: (a) => a,
    make: (_, v) => v,
  } as AttrSpec<Attribute>,
  dictionary: {
    description: 'dictionary attribute',
    optional: false,
    check: (a) => a instanceof DictionaryAttr,
    read: (a) => a as DictionaryAttr,
    make: (_, v) => v,
  } as AttrSpec<DictionaryAttr>,
  /** An array attribute whose elements fit `of`. */
  array<T>(of: AttrSpec<T>): AttrSpec<readonly T[]> {
    return {
      description: `array of ${of.description}s`,
      optional: false,
      check: (a) => a instanceof ArrayAttr && a.elements.every((e) => of.check(e)),
      read: (a) => (a as ArrayAttr).elements.map((e) => of.read(e)),
      make: (c, v) => c.arrayAttr(v.map((e) => of.make(c, e))),
    };
  },
  /** An attribute that one of the specifications accepts; read as the attribute. */
  anyOf(...list: readonly Pick<AttrSpec<unknown>, 'description' | 'check'>[]): AttrSpec<Attribute> {
    return {
      description: list.map((s) => s.description).join(' or '),
      optional: false,
      check: (a) => list.some((s) => s.check(a)),
      read: (a) => a,
      make: (_, v) => v,
    };
  },
  /** A specification with a predicate on the value, which the description names: `positive 64-bit integer`. */
  where<T>(of: AttrSpec<T>, description: string, holds: (value: T) => boolean): AttrSpec<T> {
    return { ...of, description, check: (a) => of.check(a) && holds(of.read(a)) };
  },
  /** A string out of a fixed set. */
  enum<const N extends readonly string[]>(...names: N): AttrSpec<N[number]> {
    return {
      description: `one of ${names.map((n) => `"${n}"`).join(', ')}`,
      form: 'keyword',
      keywords: names,
      optional: false,
      check: (a) => a instanceof StringAttr && names.includes(a.value),
      read: (a) => (a as StringAttr).value,
      make: (c, v) => c.stringAttr(v),
    };
  },
  /** An i64 that stands for a name (arith.cmpi's predicate); read as the name. */
  intEnum<const N extends readonly string[]>(names: N): AttrSpec<N[number]> {
    return {
      description: `one of ${names.join(', ')}`,
      form: 'keyword',
      keywords: names,
      optional: false,
      check: (a) =>
        a instanceof IntegerAttr &&
        a.type instanceof IntegerType &&
        a.type.width === 64 &&
        a.type.signedness === 'signless' &&
        a.number >= 0 &&
        a.number < names.length,
      read: (a) => names[(a as IntegerAttr).number] as N[number],
      make: (c, v) => c.integerAttr(c.i64, names.indexOf(v)),
    };
  },
  /** An attribute made by `defineAttribute`; read as its parameters. */
  dialect<P>(definition: DialectAttrDefinition<P>): AttrSpec<P> {
    return {
      description: `#${definition.name} attribute`,
      bare: definition.bare,
      optional: false,
      check: (a) => a instanceof DialectAttr && a.definition === definition,
      read: (a) => (a as DialectAttr<P>).parameters,
      make: (c, v) => c.dialectAttr(definition, v),
    };
  },
} as const;
