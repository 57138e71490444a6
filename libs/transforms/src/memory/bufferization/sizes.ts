// Sizes of what a fusion yields, computed by the host from the sizes of its operands: the caller allocates results.
import {
  buildSizeRule,
  ConstantOp,
  DimOp,
  PadOp,
  ReshapeOp,
  SliceOp,
  sizeOperand,
  sizeRule,
  sizeSource,
} from '@budflow/dialect-array';
import { AddIOp, CeilDivSIOp, DivSIOp, MulIOp, ConstantOp as ScalarConstantOp } from '@budflow/dialect-core';
import { buildDim } from '@budflow/dialect-memory';
import {
  type Builder,
  ConstantLike,
  DYNAMIC,
  IntegerAttr,
  InternalError,
  type LocationRef,
  type TensorType,
  Value,
} from '@budflow/ir';

export type Size = number | Value;

interface Dimension {
  readonly value: Value;
  readonly dim: number;
}

function isSize(origin: Size | Dimension): origin is Size {
  return typeof origin === 'number' || origin instanceof Value;
}

/** Builds the size of a dimension of what the host has for an operand. */
export interface DimBuilder {
  of(builder: Builder, loc: LocationRef, value: Value, dim: number): Value;
}

/** Sizes of buffers, each built once. Valid within one block. */
export class KnownDims implements DimBuilder {
  private readonly dims = new Map<Value, Map<number, Value>>();

  of(builder: Builder, loc: LocationRef, buffer: Value, dim: number): Value {
    const known = this.dims.get(buffer) ?? new Map<number, Value>();
    this.dims.set(buffer, known);
    const found = known.get(dim) ?? buildDim(builder, loc, buffer, dim);
    known.set(dim, found);
    return found;
  }
}

export class FusionSizes {
  private readonly builder: Builder;
  private readonly loc: LocationRef;
  /** What the host has for each block argument: a buffer (or a tensor, before bufferization), or a scalar. */
  private readonly inputs: ReadonlyMap<Value, Value>;

  private readonly dims: DimBuilder;

  constructor(
    builder: Builder,
    loc: LocationRef,
    inputs: ReadonlyMap<Value, Value>,
    dims: DimBuilder = new KnownDims(),
  ) {
    this.builder = builder;
    this.dims = dims;
    this.loc = loc;
    this.inputs = inputs;
  }

  /** Size `dim` of a tensor value of the body. @throws InternalError when nothing tells it */
  size(value: Value, dim: number): Size {
    const origin = this.origin(value, dim);
    return isSize(origin) ? origin : this.computed(origin.value, origin.dim);
  }

  /** The size when it is constant, a size of an operand, or a scalar operand: no arithmetic. */
  known(value: Value, dim: number): Size | undefined {
    const origin = this.origin(value, dim);
    return isSize(origin) ? origin : undefined;
  }

  /** Follows equal sizes towards the operands; ends at a dimension that is computed, if not there. */
  private origin(value: Value, dim: number): Size | Dimension {
    let at: Dimension = { value, dim };
    for (;;) {
      const fixed = (at.value.type as TensorType).shape[at.dim]!;
      if (fixed !== DYNAMIC) return fixed;
      if (!at.value.definingOp) return this.input(at.value, at.dim);
      const given = sizeOperand(at.value, at.dim);
      if (given) return this.index(given);
      const source = sizeSource(at.value, at.dim);
      if (!source) return at;
      at = source;
    }
  }

  /** The sizes of the dynamic dimensions, as values. */
  dynamicSizes(value: Value): Value[] {
    return (value.type as TensorType).shape.flatMap((d, i) => (d === DYNAMIC ? [this.value(this.size(value, i))] : []));
  }

  /** The number of elements along some dimensions of a value, as a value. */
  productOf(value: Value, dims: readonly number[]): Value {
    return this.value(dims.reduce<Size>((n, d) => this.multiply(n, this.size(value, d)), 1));
  }

  private input(argument: Value, dim: number): Value {
    const buffer = this.inputs.get(argument);
    if (!buffer)
      throw new InternalError(
        'bufferize: a block argument without a buffer',
        argument.parentBlock?.parentOp ?? undefined,
      );
    return this.dims.of(this.builder, this.loc, buffer, dim);
  }

  /** An index value of the body on the host. */
  private index(value: Value): Size {
    const op = value.definingOp;
    if (!op) {
      const scalar = this.inputs.get(value);
      if (scalar) return scalar;
    } else if (DimOp.is(op)) return this.size(op.operand(0), DimOp.dimension(op));
    else if (op.info.hasTrait(ConstantLike) && !ConstantOp.is(op)) {
      const constant = op.attr('value');
      if (constant instanceof IntegerAttr) return constant.number;
    }
    throw new InternalError('bufferize: a size that the host cannot compute', op ?? undefined);
  }

  private computed(value: Value, dim: number): Size {
    const op = value.definingOp!;
    const rule = sizeRule(value, dim);
    if (rule) {
      const sizes = rule.of.map((d) => this.size(op.operand(d.operand), d.dim));
      return buildSizeRule(this.builder, this.loc, rule, sizes);
    }
    if (SliceOp.is(op)) {
      const whole = this.size(op.operand(0), dim);
      return this.ceilDivide(this.add(whole, -SliceOp.starts(op)[dim]!), SliceOp.strides(op)[dim]!);
    }
    if (PadOp.is(op)) return this.add(this.size(op.operand(0), dim), PadOp.low(op)[dim]! + PadOp.high(op)[dim]!);
    if (ReshapeOp.is(op)) {
      // The one dynamic dimension: all elements over the static sizes.
      const operand = op.operand(0);
      const count = (operand.type as TensorType).shape.reduce<Size>(
        (n, _, d) => this.multiply(n, this.size(operand, d)),
        1,
      );
      const known = (value.type as TensorType).shape.reduce((n, d) => (d === DYNAMIC ? n : n * d), 1);
      return this.divide(count, known);
    }
    throw new InternalError(`bufferize: size of dimension ${dim} is not known`, op);
  }

  private value(size: Size): Value {
    if (typeof size !== 'number') return size;
    const { context } = this.builder;
    return ScalarConstantOp.build(this.builder, this.loc, {
      value: context.indexAttr(size),
      resultTypes: [context.index],
    });
  }
  private add(size: Size, amount: number): Size {
    if (typeof size === 'number') return size + amount;
    return amount === 0 ? size : AddIOp.build(this.builder, this.loc, { lhs: size, rhs: this.value(amount) });
  }
  private multiply(a: Size, b: Size): Size {
    if (typeof a === 'number' && typeof b === 'number') return a * b;
    if (a === 1) return b;
    if (b === 1) return a;
    return MulIOp.build(this.builder, this.loc, { lhs: this.value(a), rhs: this.value(b) });
  }
  private divide(size: Size, divisor: number): Size {
    if (typeof size === 'number') return Math.trunc(size / divisor);
    return divisor === 1 ? size : DivSIOp.build(this.builder, this.loc, { lhs: size, rhs: this.value(divisor) });
  }
  private ceilDivide(size: Size, divisor: number): Size {
    if (typeof size === 'number') return Math.ceil(size / divisor);
    return divisor === 1 ? size : CeilDivSIOp.build(this.builder, this.loc, { lhs: size, rhs: this.value(divisor) });
  }
}
