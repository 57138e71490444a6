// Sizes of results as IR: static ones as numbers, dynamic ones as index values built from the operands. What
// bufferization allocates by.
import { buildConstant, buildNamed } from '@budflow/dialect-core';
import {
  type AffineExpr,
  type Builder,
  DYNAMIC,
  type LocationRef,
  type Operation,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { type SizeRule, sizeRule } from '../shape-rules.js';
import { DimOp, sizeOperand, sizeSource } from './dim.js';
import { PadOp } from './pad.js';
import { ReshapeOp } from './reshape.js';
import { SliceOp } from './slice.js';

/** Builds index arithmetic with constants on the right. */
class IndexBuilder {
  readonly builder: Builder;
  readonly loc: LocationRef;
  constructor(builder: Builder, loc: LocationRef) {
    this.builder = builder;
    this.loc = loc;
  }
  private constant(value: number): Value {
    return buildConstant(this.builder, this.loc, this.builder.context.index, value);
  }
  private op(name: string, lhs: Value, rhs: Value): Value {
    return buildNamed(this.builder, this.loc, name, [lhs, rhs]);
  }
  dim(value: Value, dim: number): number | Value {
    const size = (value.type as TensorType).shape[dim]!;
    return size === DYNAMIC ? DimOp.build(this.builder, this.loc, { operand: value, dimension: dim }) : size;
  }
  add(value: Value, amount: number): Value {
    return amount === 0 ? value : this.op('arith.addi', value, this.constant(amount));
  }
  ceilDiv(value: Value, divisor: number): Value {
    return divisor === 1 ? value : this.op('arith.ceildivsi', value, this.constant(divisor));
  }
  div(value: Value, divisor: number): Value {
    return divisor === 1 ? value : this.op('arith.divui', value, this.constant(divisor));
  }
  mul(a: number | Value, b: number | Value): number | Value {
    if (typeof a === 'number') {
      if (typeof b === 'number') return a * b;
      return a === 1 ? b : this.op('arith.muli', b, this.constant(a));
    }
    if (typeof b !== 'number') return this.op('arith.muli', a, b);
    return b === 1 ? a : this.op('arith.muli', a, this.constant(b));
  }
}

/**
 * The sizes of a result of a structured op, in order. Undefined when a dynamic size follows neither from size operands
 * nor from the operands' dimensions by the op's maps (a foreign op that computes its shape).
 */
export function buildResultSizes(
  op: Operation,
  result: number,
  builder: Builder,
  loc: LocationRef,
): (number | Value)[] | undefined {
  const value = op.result(result);
  const type: Type = value.type;
  if (!(type instanceof TensorType)) return undefined;
  const build = new IndexBuilder(builder, loc);
  const sizes: (number | Value)[] = [];
  for (let dim = 0; dim < type.rank; dim++) {
    const size = type.shape[dim] === DYNAMIC ? dynamicSize(op, value, dim, build) : type.shape[dim]!;
    if (size === undefined) return undefined;
    sizes.push(size);
  }
  return sizes;
}

function dynamicSize(op: Operation, value: Value, dim: number, build: IndexBuilder): number | Value | undefined {
  const given = sizeOperand(value, dim);
  if (given) return given;
  const source = sizeSource(value, dim);
  if (source) return build.dim(source.value, source.dim);
  const rule = sizeRule(value, dim);
  if (rule)
    return buildSizeRule(
      build.builder,
      build.loc,
      rule,
      rule.of.map((d) => build.dim(op.operand(d.operand), d.dim)),
    );
  if (SliceOp.is(op)) {
    const n = build.dim(op.operand(0), dim) as Value;
    return build.ceilDiv(build.add(n, -SliceOp.starts(op)[dim]!), SliceOp.strides(op)[dim]!);
  }
  if (PadOp.is(op))
    return build.add(build.dim(op.operand(0), dim) as Value, PadOp.low(op)[dim]! + PadOp.high(op)[dim]!);
  if (ReshapeOp.is(op)) {
    // The one dynamic dimension: all elements over the static sizes.
    const shape = (value.type as TensorType).shape;
    const operand = op.operand(0);
    const count = (operand.type as TensorType).shape.reduce<number | Value>(
      (n, _, d) => build.mul(n, build.dim(operand, d)),
      1,
    );
    const known = shape.reduce((n, d) => (d === DYNAMIC ? n : n * d), 1);
    return typeof count === 'number' ? count / known : build.div(count, known);
  }
  return undefined;
}

const OPERATORS = {
  add: 'arith.addi',
  mul: 'arith.muli',
  floordiv: 'arith.floordivsi',
  ceildiv: 'arith.ceildivsi',
  mod: 'arith.remsi',
} as const;

/** The size that a rule gives for known sizes of the operands' dimensions, as index arithmetic. */
export function buildSizeRule(
  builder: Builder,
  loc: LocationRef,
  rule: SizeRule,
  sizes: readonly (number | Value)[],
): number | Value {
  const value = (size: number | Value): Value =>
    typeof size === 'number' ? buildConstant(builder, loc, builder.context.index, size) : size;
  const build = (e: AffineExpr): number | Value => {
    if (e.kind === 'constant') return e.value;
    if (e.kind === 'dim' || e.kind === 'symbol') return sizes[e.value]!;
    const [l, r] = [build(e.lhs!), build(e.rhs!)];
    return buildNamed(builder, loc, OPERATORS[e.kind], [value(l), value(r)]);
  };
  if (sizes.every((s) => typeof s === 'number')) return Math.max(...rule.map.evaluate(sizes as number[]));
  return rule.map.results.map(build).reduce((l, r) => buildNamed(builder, loc, 'arith.maxsi', [value(l), value(r)]));
}
