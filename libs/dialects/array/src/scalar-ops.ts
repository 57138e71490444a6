// Scalar arithmetic of the array ops in arith and math ops, with the array dialect's semantics: every case that arith
// leaves undefined is guarded. Elements of unsigned types are signless scalars; their type says how they are read.
import {
  type Attribute,
  type Builder,
  type FloatAttr,
  FloatType,
  IndexType,
  IntegerAttr,
  IntegerType,
  type LocationRef,
  Operation,
  type Type,
  type Value,
} from '@budflow/ir';
import { isBoolean, isUnsigned } from './element-types.js';
import type { ComparePredicate } from './ops/compare.js';

export type UnaryKind =
  | 'neg'
  | 'abs'
  | 'sqrt'
  | 'rsqrt'
  | 'exp'
  | 'exp2'
  | 'expm1'
  | 'log'
  | 'log2'
  | 'log10'
  | 'log1p'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'floor'
  | 'ceil'
  | 'round_even'
  | 'not';
export type BinaryKind = 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'min' | 'max' | 'and' | 'or' | 'xor';

/** The type of a scalar that holds an element: unsigned integers become signless. */
export function scalarType(element: Type, builder: { integer(width: number): IntegerType }): Type {
  return element instanceof IntegerType && element.signedness !== 'signless' ? builder.integer(element.width) : element;
}

/** Builds scalar ops of one element type at one place. */
export class ScalarBuilder {
  private readonly builder: Builder;
  private readonly loc: LocationRef;
  private readonly fastmath: Attribute | undefined;

  constructor(builder: Builder, loc: LocationRef, fastmath?: Attribute) {
    this.builder = builder;
    this.loc = loc;
    this.fastmath = fastmath;
  }

  private op(
    name: string,
    operands: readonly Value[],
    type: Type,
    attributes: readonly (readonly [string, Attribute])[] = [],
  ): Value {
    const { context } = this.builder;
    const op = Operation.create(context.opInfo(name), this.loc, operands, [type], context.dictionary(attributes));
    return this.builder.insert(op).result(0);
  }
  /** A float op, with the flags of the array op. */
  private float(
    name: string,
    operands: readonly Value[],
    type: Type,
    extra: readonly (readonly [string, Attribute])[] = [],
  ): Value {
    return this.op(name, operands, type, this.fastmath ? [...extra, ['fastmath', this.fastmath]] : extra);
  }
  private scalar(type: Type): Type {
    return scalarType(type, this.builder.context);
  }

  /** A constant of an element type. */
  constant(type: Type, value: number | bigint): Value {
    const scalar = this.scalar(type);
    return this.op('arith.constant', [], scalar, [['value', this.builder.context.constantAttr(scalar, value)]]);
  }
  constantFrom(attr: Attribute): Value {
    if (attr instanceof IntegerAttr) return this.constant(attr.type, attr.value);
    return this.op('arith.constant', [], (attr as FloatAttr).type, [['value', attr]]);
  }
  select(condition: Value, a: Value, b: Value): Value {
    return this.op('arith.select', [condition, a, b], a.type);
  }
  private cmpi(predicate: number, a: Value, b: Value): Value {
    const { context } = this.builder;
    return this.op('arith.cmpi', [a, b], context.i1, [['predicate', context.i64Attr(predicate)]]);
  }
  private cmpf(predicate: number, a: Value, b: Value): Value {
    const { context } = this.builder;
    return this.float('arith.cmpf', [a, b], context.i1, [['predicate', context.i64Attr(predicate)]]);
  }

  unary(kind: UnaryKind, type: Type, x: Value): Value {
    if (type instanceof FloatType) {
      if (kind === 'neg') return this.float('arith.negf', [x], type);
      return this.float(
        kind === 'abs' ? 'math.absf' : kind === 'round_even' ? 'math.roundeven' : `math.${kind}`,
        [x],
        type,
      );
    }
    if (kind === 'neg') return this.op('arith.subi', [this.constant(type, 0), x], x.type);
    if (kind === 'not') return this.op('arith.xori', [x, this.constant(type, -1)], x.type);
    return isUnsigned(type) ? x : this.op('math.absi', [x], x.type);
  }

  binary(kind: BinaryKind, type: Type, x: Value, y: Value): Value {
    if (type instanceof FloatType)
      return this.float(`arith.${FLOAT_OPS[kind as keyof typeof FLOAT_OPS]}`, [x, y], type);
    const sign = isUnsigned(type) ? 'ui' : 'si';
    switch (kind) {
      case 'div':
      case 'rem':
        return this.quotient(kind, type, x, y);
      case 'min':
      case 'max':
        return this.op(`arith.${kind}${sign}`, [x, y], x.type);
      default:
        return this.op(`arith.${kind}i`, [x, y], x.type);
    }
  }

  /** x / 0 == -1, x rem 0 == x, MIN / -1 == MIN, MIN rem -1 == 0; the divisor is made safe where arith's is undefined. */
  private quotient(kind: 'div' | 'rem', type: Type, x: Value, y: Value): Value {
    const unsigned = isUnsigned(type);
    const one = this.constant(type, 1);
    const zero = this.constant(type, 0);
    const isZero = this.cmpi(0, y, zero);
    const ones = this.constant(type, -1);
    const isMinusOne = unsigned ? undefined : this.cmpi(0, y, ones);
    const unsafe = isMinusOne ? this.op('arith.ori', [isZero, isMinusOne], isZero.type) : isZero;
    const result = this.op(`arith.${kind}${unsigned ? 'ui' : 'si'}`, [x, this.select(unsafe, one, y)], x.type);
    if (kind === 'rem') return this.select(isZero, x, result);
    const guarded = isMinusOne ? this.select(isMinusOne, this.op('arith.subi', [zero, x], x.type), result) : result;
    return this.select(isZero, ones, guarded);
  }

  compare(predicate: ComparePredicate, type: Type, x: Value, y: Value): Value {
    if (type instanceof FloatType) return this.cmpf(FLOAT_PREDICATES[predicate], x, y);
    return this.cmpi((isUnsigned(type) ? UNSIGNED_PREDICATES : SIGNED_PREDICATES)[predicate], x, y);
  }

  fma(kind: 'exact' | 'relaxed', type: Type, a: Value, b: Value, c: Value): Value {
    const { context } = this.builder;
    return this.float('math.fma', [a, b, c], type, [[kind, context.unitAttr]]);
  }

  /** array.cast of a scalar. */
  convert(from: Type, to: Type, x: Value): Value {
    if (from === to) return x;
    if (isBoolean(to))
      return from instanceof FloatType
        ? this.cmpf(13, x, this.constant(from, 0))
        : this.cmpi(1, x, this.constant(from, 0));
    if (from instanceof FloatType)
      return to instanceof FloatType
        ? this.floatToFloat(from, to, x)
        : this.floatToInteger(from, to as IntegerType | IndexType, x);
    const unsigned = isUnsigned(from);
    if (to instanceof FloatType) {
      const integer = from instanceof IndexType ? this.op('arith.index_cast', [x], this.builder.context.i64) : x;
      return this.op(unsigned ? 'arith.uitofp' : 'arith.sitofp', [integer], to);
    }
    const scalar = this.scalar(to);
    if (from instanceof IndexType || to instanceof IndexType)
      return this.op(unsigned ? 'arith.index_castui' : 'arith.index_cast', [x], scalar);
    const [a, b] = [(from as IntegerType).width, (to as IntegerType).width];
    if (a === b) return x;
    return this.op(a > b ? 'arith.trunci' : unsigned ? 'arith.extui' : 'arith.extsi', [x], scalar);
  }

  private floatToFloat(from: FloatType, to: FloatType, x: Value): Value {
    if (from.width < to.width) return this.float('arith.extf', [x], to);
    if (from.width > to.width) return this.float('arith.truncf', [x], to);
    const { f32 } = this.builder.context;
    return this.float('arith.truncf', [this.float('arith.extf', [x], f32)], to);
  }

  /** Saturates; NaN gives 0. The conversion itself only sees values in range. */
  private floatToInteger(from: FloatType, to: IntegerType | IndexType, x: Value): Value {
    const { context } = this.builder;
    const unsigned = isUnsigned(to);
    const width = to instanceof IndexType ? 64 : to.width;
    const scalar = to instanceof IndexType ? context.i64 : this.scalar(to);
    const [least, greatest] = unsigned
      ? [0n, (1n << BigInt(width)) - 1n]
      : [-(1n << BigInt(width - 1)), (1n << BigInt(width - 1)) - 1n];
    const low = this.constant(from, Number(least));
    // One more than the greatest: a power of two, which the float format holds exactly or as infinity.
    const high = this.constant(from, Number(greatest + 1n));
    const below = this.cmpf(5, x, low);
    const above = this.cmpf(3, x, high);
    const nan = this.cmpf(14, x, x);
    const outside = this.op('arith.ori', [this.op('arith.ori', [below, above], context.i1), nan], context.i1);
    const safe = this.select(outside, this.constant(from, 0), x);
    let result = this.op(unsigned ? 'arith.fptoui' : 'arith.fptosi', [safe], scalar);
    result = this.select(below, this.constant(scalar, least), result);
    result = this.select(above, this.constant(scalar, greatest), result);
    return to instanceof IndexType ? this.op('arith.index_cast', [result], to) : result;
  }
}

const FLOAT_OPS = {
  add: 'addf',
  sub: 'subf',
  mul: 'mulf',
  div: 'divf',
  rem: 'remf',
  min: 'minimumf',
  max: 'maximumf',
} as const;
// Positions in MLIR's predicate enumerations.
const FLOAT_PREDICATES: Record<ComparePredicate, number> = { eq: 1, gt: 2, ge: 3, lt: 4, le: 5, ne: 13 };
const SIGNED_PREDICATES: Record<ComparePredicate, number> = { eq: 0, ne: 1, lt: 2, le: 3, gt: 4, ge: 5 };
const UNSIGNED_PREDICATES: Record<ComparePredicate, number> = { eq: 0, ne: 1, lt: 6, le: 7, gt: 8, ge: 9 };
