// Bodies, combiners and identities of the reductions.
import {
  type Attribute,
  type BodyContext,
  type Builder,
  FloatType,
  IndexType,
  type IntegerType,
  type LocationRef,
  type Operation,
  type Type,
  type Value,
} from '@budflow/ir';
import { floatIdentity, narrowIntegerIdentity, wideIntegerIdentity } from '@budflow/numerics';
import { isUnsigned } from './element-types.js';
import { regionKind } from './ops/reduce-region.js';
import type { ReduceKind } from './reduce-kinds.js';
import { ScalarBuilder } from './scalar-ops.js';
import { tensorType } from './structure.js';

/** The neutral element of a kind as a constant of the (array) element type. */
export function identityAttribute(op: Operation, kind: ReduceKind, type: Type): Attribute {
  const { context } = op;
  if (type instanceof FloatType) return context.floatAttr(type, floatIdentity(kind));
  const integer = type as IntegerType | IndexType;
  const width = integer instanceof IndexType ? 64 : integer.width;
  const signed = !isUnsigned(integer);
  return context.integerAttr(
    integer,
    width > 32 ? wideIntegerIdentity(kind, width, { signed }) : narrowIntegerIdentity(kind, width, { signed }),
  );
}

/** The kind an op reduces with: named, or by a region of one op that has a name. */
export function effectiveKind(op: Operation, named: ReduceKind | undefined): ReduceKind | undefined {
  return named ?? regionKind(op)?.kind;
}

/** Clones the region's ops before the terminator; returns the values it yields. */
function inlineRegion(op: Operation, builder: Builder, args: readonly Value[]): Value[] {
  const block = op.region(0).entry;
  const mapping = new Map<Value, Value>();
  block.arguments.forEach((arg, i) => mapping.set(arg, args[i]!));
  for (let inner = block.firstOp; inner && inner !== block.lastOp; inner = inner.next)
    builder.insert(inner.clone(mapping));
  return block.terminator.operands.map((v) => mapping.get(v) ?? v);
}

/** What combines two values (or groups of values, one for each result). */
export function combineValues(
  op: Operation,
  kind: ReduceKind | undefined,
  builder: Builder,
  loc: LocationRef,
  lhs: readonly Value[],
  rhs: readonly Value[],
): Value[] {
  if (op.regions.length > 0) return inlineRegion(op, builder, [...lhs, ...rhs]);
  return [
    new ScalarBuilder(builder, loc, op.attr('fastmath')).binary(
      kind!,
      tensorType(op.operand(0)).element,
      lhs[0]!,
      rhs[0]!,
    ),
  ];
}

/** accumulator + a * b as `contract` says. */
function multiplyAdd(
  build: ScalarBuilder,
  type: Type,
  contract: 'none' | 'relaxed' | 'exact',
  a: Value,
  b: Value,
  accumulator: Value,
): Value {
  if (contract !== 'none' && type instanceof FloatType) return build.fma(contract, type, a, b, accumulator);
  return build.binary('add', type, accumulator, build.binary('mul', type, a, b));
}

/** combine(accumulator, element); with `contract`, an element that is a product made right here is added unrounded. */
export function reduceBody(
  op: Operation,
  context: BodyContext,
  kind: ReduceKind | undefined,
  contract: 'none' | 'relaxed' | 'exact',
): Value[] {
  const elements = op.results.map((_, i) => context.operand(i));
  const accumulators = op.results.map((_, i) => context.accumulator(i));
  const product = contract === 'none' ? null : elements[0]!.definingOp;
  if (product?.name === 'arith.mulf') {
    const build = new ScalarBuilder(context.builder, context.loc, op.attr('fastmath'));
    return [
      multiplyAdd(
        build,
        tensorType(op.operand(0)).element,
        contract,
        product.operand(0),
        product.operand(1),
        accumulators[0]!,
      ),
    ];
  }
  return combineValues(op, kind, context.builder, context.loc, accumulators, elements);
}

/** accumulator + lhs * rhs in the element type of the result. */
export function dotBody(op: Operation, context: BodyContext, contract: 'none' | 'relaxed' | 'exact'): Value {
  const build = new ScalarBuilder(context.builder, context.loc, op.attr('fastmath'));
  const from = tensorType(op.operand(0)).element;
  const to = tensorType(op.result(0)).element;
  const [a, b] = [build.convert(from, to, context.operand(0)), build.convert(from, to, context.operand(1))];
  return multiplyAdd(build, to, contract, a, b, context.accumulator(0));
}

export function addValues(op: Operation, builder: Builder, loc: LocationRef, lhs: Value, rhs: Value): Value {
  return new ScalarBuilder(builder, loc, op.attr('fastmath')).binary('add', tensorType(op.result(0)).element, lhs, rhs);
}
