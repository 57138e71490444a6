// Makes index values from affine maps.
import {
  type AffineMap,
  type Builder,
  type Context,
  InternalError,
  type LocationRef,
  Operation,
  type Value,
} from '@budflow/ir';
import { APPLY_NAME, composeAppliedMap, dropDominatedResults, singleValue } from './affine-operands.js';

/** `arith.constant` of type index at the insertion point. */
export function buildIndexConstant(builder: Builder, loc: LocationRef, value: number): Value {
  const { context } = builder;
  const made = context.dialect('arith')?.materializeConstant?.(builder, loc, context.indexAttr(value), context.index);
  if (!made) throw new InternalError("index constants need the dialect 'arith': register it in the context");
  return made.result(0);
}

function mapOp(builder: Builder, loc: LocationRef, name: string, map: AffineMap, operands: readonly Value[]): Value {
  const { context } = builder;
  const attributes = context.dictionary([['map', context.affineMapAttr(map)]]);
  return builder.insert(Operation.create(context.opInfo(name), loc, operands, [context.index], attributes)).result(0);
}

/**
 * The value of a map of one result at the insertion point, with as little as possible: nothing for one of the operands,
 * a constant, or one loop.apply into which the loop.apply ops of the operands and constants are composed.
 */
export function applyAffine(builder: Builder, loc: LocationRef, map: AffineMap, operands: readonly Value[]): Value {
  if (map.results.length !== 1) throw new InternalError(`applyAffine: expects a map of one result, got ${map}`);
  return combineAffine(builder, loc, 'loop.min', map, operands);
}

/** The minimum (`loop.min`) or maximum (`loop.max`) of the results of a map, made like `applyAffine` makes one result. */
export function combineAffine(
  builder: Builder,
  loc: LocationRef,
  name: 'loop.min' | 'loop.max',
  map: AffineMap,
  operands: readonly Value[],
): Value {
  const { context } = builder;
  if (map.numDims + map.numSymbols !== operands.length)
    throw new InternalError(`${map} takes ${map.numDims + map.numSymbols} operands, got ${operands.length}`);
  const composed = simplified(context, map, operands, name);
  const single = singleValue(composed);
  if (single !== undefined) return single;
  const constant = composed.map.singleConstant();
  if (constant !== undefined) return buildIndexConstant(builder, loc, constant);
  return mapOp(builder, loc, composed.map.results.length === 1 ? APPLY_NAME : name, composed.map, composed.operands);
}

function simplified(context: Context, map: AffineMap, operands: readonly Value[], name: 'loop.min' | 'loop.max') {
  return dropDominatedResults(
    context,
    composeAppliedMap(context, { map, operands }),
    name === 'loop.min' ? 'min' : 'max',
  );
}
