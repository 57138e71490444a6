// fuse: makes one loop of two perfectly nested ones.
//
//   loop.for %i = 0 to %m name "x" {            loop.for %k = 0 to (%m * 8) name "x.y" {
//     loop.for %j = 0 to 8 name "y" {      ->     f(%k floordiv 8, %k mod 8) }
//       f(%i, %j) } }
//
// Always legal: iterations keep their order. Quotients and remainders are affine by constants only: where the inner loop
// has no constant number of iterations but a bound on it, it is given so many, and the body runs under a condition.
import { IndexSpace, loopName, maximalTripCount } from '@budflow/analysis';
import {
  applyAffine,
  combineAffine,
  composeAppliedMap,
  constantTripCount,
  ForOp,
  forBounds,
  inductionVariable,
} from '@budflow/dialect-loop';
import { AffineExpr, AttrNames, Builder, Operation, Region, type Value } from '@budflow/ir';
import { bodyOps, findLoop, isMovable, loopNames } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import { buildGuard, tripExpressions } from './split.js';
import type { FuseStep } from './steps.js';

export const fuse = definePrimitive<FuseStep>('fuse', (kernel, { loops: names }) => {
  // 1. Two loops, one directly inside the other, with nothing else.
  if (names.length !== 2) throw new Refusal(`expects two loops, got ${names.length}`, { loop: names[0] });
  const [outer, inner] = names.map((name) => findLoop(kernel, name)) as [Operation, Operation];
  const where = { loop: names[0] };
  if (inner.parentOp !== outer)
    throw new Refusal(`loop "${names[1]}" is not directly inside loop "${names[0]}"`, where);
  for (const loop of [outer, inner]) {
    if (loop.resultCount > 0) throw new Refusal(`loop "${loopName(loop)}" carries values`, { loop: loopName(loop) });
    const { lower, step } = forBounds(loop);
    if (step !== 1) throw new Refusal(`loop "${loopName(loop)}" has step ${step}`, { loop: loopName(loop) });
    if (lower.map.results.length !== 1)
      throw new Refusal(`the lower bound of loop "${loopName(loop)}" is a maximum`, { loop: loopName(loop) });
  }
  const between = bodyOps(outer).filter((op) => op !== inner);
  const blocker = between.find((op) => !isMovable(op));
  if (blocker)
    throw new Refusal(`'${blocker.name}' stands beside loop "${names[1]}": they are not perfectly nested`, where);
  const isEven = constantTripCount(inner) !== undefined;
  const count = maximalTripCount(new IndexSpace(), inner);
  if (!Number.isFinite(count))
    throw new Refusal(`the trip count of loop "${names[1]}" has no constant bound: split it first`, { loop: names[1] });
  if (count === 0) throw new Refusal(`loop "${names[1]}" has no iterations`, { loop: names[1] });
  const trip = tripExpressions(outer);
  const name = `${names[0]}.${names[1]}`;
  if (loopNames(kernel).has(name)) throw new Refusal(`the kernel has a loop named "${name}" already`, where);

  // 2. The loop over both.
  const { context } = outer;
  const region = new Region();
  const block = region.append();
  const k = block.addArgument(context.index);
  const upper = composeAppliedMap(context, {
    map: context.affineMap(
      trip.numDims,
      trip.numSymbols,
      trip.results.map((e) => e.mul(count)),
    ),
    operands: trip.operands,
  });
  const attributes = context.dictionary([
    ['lowerBound', context.affineMapAttr(context.constantMap(0))],
    ['upperBound', context.affineMapAttr(upper.map)],
    ['name', context.stringAttr(name)],
    [AttrNames.operandSegmentSizes, context.denseArray(context.i32, [0, upper.operands.length, 0])],
  ]);
  const made = Operation.create(outer.info, outer.loc, upper.operands, [], attributes, [region]);
  outer.parent!.insertBefore(made, outer);

  // 3. Its body: both variables, what stood between the loops, the inner body.
  const builder = Builder.atEnd(context, block);
  const variable = (loop: Operation, part: AffineExpr): Value => {
    const { map, operands } = forBounds(loop).lower;
    const { numDims, numSymbols } = map;
    const shifted = Array.from({ length: numDims }, (_, i) => AffineExpr.dim(i + 1));
    const first = map.results[0]!.replace(shifted, []);
    const iv = applyAffine(builder, loop.loc, context.affineMap(numDims + 1, numSymbols, [first.add(part)]), [
      k,
      ...operands,
    ]);
    inductionVariable(loop).replaceAllUsesWith(iv);
    return iv;
  };
  variable(outer, AffineExpr.dim(0).floorDiv(count));
  for (const op of between) {
    op.remove();
    block.append(op);
  }
  builder.setInsertionPointToEnd(block);
  const j = variable(inner, AffineExpr.dim(0).mod(count));
  const body = bodyOps(inner);
  const terminator = ForOp.body(inner).entry.terminator;
  terminator.remove();
  block.append(terminator);
  builder.setInsertionPoint(terminator);
  let end = terminator;
  if (!isEven) {
    const { map, operands } = forBounds(inner).upper;
    end = buildGuard(builder, inner.loc, j, combineAffine(builder, inner.loc, 'loop.min', map, operands)).lastOp!;
  }
  for (const op of body) op.moveBefore(end);
  outer.erase();
});
