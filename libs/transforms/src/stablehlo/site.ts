// Where a StableHLO op is converted: its operands in converted types, and array ops in its place.
import {
  BroadcastOp,
  CastOp,
  CmpOp,
  type ComparePredicate,
  ConstantOp,
  DimOp,
  FullOp,
  ReshapeOp,
  SelectOp,
} from '@budflow/dialect-array';
import { buildNamed } from '@budflow/dialect-core';
import {
  type Attribute,
  type Context,
  DenseElementsAttr,
  DYNAMIC,
  InternalError,
  type LocationRef,
  type Operation,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import type { ConversionRewriter, ConvertedOperands, TypeConverter } from '@budflow/rewrite';
import { carriedElements } from './narrow.js';

export class HloSite {
  readonly op: Operation;
  readonly operands: ConvertedOperands;
  readonly rewriter: ConversionRewriter;
  readonly converter: TypeConverter;

  constructor(op: Operation, operands: ConvertedOperands, rewriter: ConversionRewriter, converter: TypeConverter) {
    this.op = op;
    this.operands = operands;
    this.rewriter = rewriter;
    this.converter = converter;
  }
  get loc(): LocationRef {
    return this.op.loc;
  }
  get context(): Context {
    return this.op.context;
  }
  /** What operand `index` became; not for tuples. */
  operand(index: number): Value {
    return this.operands.one(index);
  }
  /** All operands; not for tuples. */
  all(): Value[] {
    return this.operands.flat();
  }
  /** The type that result `index` becomes. */
  type(index = 0): TensorType {
    const type = this.converter.convertOne(this.op.result(index).type);
    if (type === null) throw new InternalError(`result ${index} has no counterpart`, this.op);
    return type as TensorType;
  }
  types(): Type[] {
    return this.converter.convertAll(this.op.resultTypes)!;
  }

  /** The results of an op that stands for this one: those of tuples together. */
  results(made: Operation): (readonly Value[])[] {
    let next = 0;
    return this.op.resultTypes.map((type) => {
      const count = this.converter.convert(type)!.length;
      next += count;
      return made.results.slice(next - count, next);
    });
  }
  elementOf(value: Value): Type {
    return (value.type as TensorType).element;
  }

  /** An elementwise array op by its name without `array.`; the result has the type of the first operand. */
  named(kind: string, ...operands: readonly Value[]): Value {
    return buildNamed(this.rewriter, this.loc, `array.${kind}`, operands);
  }
  compare(predicate: ComparePredicate, lhs: Value, rhs: Value): Value {
    return CmpOp.build(this.rewriter, this.loc, { predicate, lhs, rhs });
  }
  select(condition: Value, trueValue: Value, falseValue: Value): Value {
    return SelectOp.build(this.rewriter, this.loc, { condition, trueValue, falseValue });
  }
  /** The value with elements of another type. */
  cast(value: Value, element: Type): Value {
    const type = this.context.withElement(value.type, element);
    return type === value.type ? value : CastOp.build(this.rewriter, this.loc, { operand: value, resultTypes: [type] });
  }
  constant(value: Attribute): Value {
    const carried = value instanceof DenseElementsAttr ? carriedElements(this.context, value) : value;
    return ConstantOp.build(this.rewriter, this.loc, { value: carried });
  }
  /** A number everywhere, in the type of `like`. */
  splat(number: number | bigint, like: Value): Value {
    const type = like.type as TensorType;
    if (!type.shape.includes(DYNAMIC)) return this.constant(this.context.constantAttr(type, number));
    const value = this.context.constantAttr(type.element, number);
    return FullOp.build(this.rewriter, this.loc, { value, sizes: this.dynamicSizes(like), resultTypes: [type] });
  }
  /** The size of a dimension, an index. */
  dim(value: Value, dimension: number): Value {
    return DimOp.build(this.rewriter, this.loc, { operand: value, dimension });
  }
  /** The sizes that the type of `value` leaves open. */
  dynamicSizes(value: Value): Value[] {
    return (value.type as TensorType).shape.flatMap((size, d) => (size === DYNAMIC ? [this.dim(value, d)] : []));
  }
  /** A value of rank 0 in the shape of `like`. */
  spread(value: Value, like: Value): Value {
    const type = this.context.withElement(like.type, (value.type as TensorType).element);
    if (type === value.type) return value;
    return BroadcastOp.build(this.rewriter, this.loc, {
      operand: value,
      dims: [],
      sizes: this.dynamicSizes(like),
      resultTypes: [type],
    });
  }
  /** The elements in another shape, all of whose sizes are known. */
  reshape(value: Value, shape: readonly number[]): Value {
    const type = this.context.tensor(shape, (value.type as TensorType).element);
    if (type === value.type) return value;
    return ReshapeOp.build(this.rewriter, this.loc, { operand: value, sizes: [], resultTypes: [type] });
  }
}
