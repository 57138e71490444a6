// Bodies, combiners and identities of the reductions.
import { buildBinary, buildConvert, complexAttr, FmaOp } from '@budflow/dialect-core';
import {
  type Attribute,
  type BodyContext,
  type Builder,
  ComplexType,
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
import type { Contract, ReduceKind } from './kinds.js';
import { regionKind } from './ops/reduce-region.js';
import { bodyOptions } from './scalar-body.js';
import { tensorType } from './structure.js';

/**
 * The neutral element of a kind as a constant of the (array) element type; null where there is none: a complex 1 times an
 * infinity is NaN in a part.
 */
export function identityAttribute(op: Operation, kind: ReduceKind, type: Type): Attribute | null {
  const { context } = op;
  if (type instanceof ComplexType)
    return kind === 'add' ? complexAttr(context, type, floatIdentity(kind), floatIdentity(kind)) : null;
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
  block.arguments.forEach((arg, i) => {
    mapping.set(arg, args[i]!);
  });
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
  return [buildBinary(kind!, builder, loc, lhs[0]!, rhs[0]!, bodyOptions(op, tensorType(op.operand(0)).element))];
}

/** accumulator + a * b as `contract` says. */
function multiplyAdd(
  op: Operation,
  { builder, loc }: BodyContext,
  type: Type,
  contract: Contract,
  a: Value,
  b: Value,
  c: Value,
): Value {
  const options = bodyOptions(op, type);
  if (contract !== 'none' && type instanceof FloatType)
    return FmaOp.build(builder, loc, { a, b, c, [contract]: true, fastmath: options.fastmath ?? 0 });
  return buildBinary('add', builder, loc, c, buildBinary('mul', builder, loc, a, b, options), options);
}

/** combine(accumulator, element); with `contract`, an element that is a product made right here is added unrounded. */
export function reduceBody(
  op: Operation,
  context: BodyContext,
  kind: ReduceKind | undefined,
  contract: Contract,
): Value[] {
  const elements = op.results.map((_, i) => context.operand(i));
  const accumulators = op.results.map((_, i) => context.accumulator(i));
  const product = contract === 'none' ? null : elements[0]!.definingOp;
  if (product?.name === 'arith.mulf')
    return [
      multiplyAdd(
        op,
        context,
        tensorType(op.operand(0)).element,
        contract,
        product.operand(0),
        product.operand(1),
        accumulators[0]!,
      ),
    ];
  return combineValues(op, kind, context.builder, context.loc, accumulators, elements);
}

/** accumulator + lhs * rhs in the element type of the result. */
export function dotBody(op: Operation, context: BodyContext, contract: Contract): Value {
  const from = tensorType(op.operand(0)).element;
  const to = tensorType(op.result(0)).element;
  const factor = (i: number) => buildConvert(context.builder, context.loc, context.operand(i), from, to);
  return multiplyAdd(op, context, to, contract, factor(0), factor(1), context.accumulator(0));
}

export function addValues(op: Operation, builder: Builder, loc: LocationRef, lhs: Value, rhs: Value): Value {
  return buildBinary('add', builder, loc, lhs, rhs, bodyOptions(op, tensorType(op.result(0)).element));
}
