// fuse: makes one loop of two perfectly nested ones.
//
//   loop.for %i = 0 to %m name "x" {            loop.for %k = 0 to (%m * 8) name "x.y" {
//     loop.for %j = 0 to 8 name "y" {      ->     f(%k floordiv 8, %k mod 8) }
//       f(%i, %j) } }
//
// Always legal: iterations keep their order. The inner loop has a constant number of iterations, as quotients and
// remainders by anything else are not affine; the body is private to an iteration of both loops.
import { loopName } from '@budflow/analysis';
import {
  applyAffine,
  composeAppliedMap,
  constantTripCount,
  ForOp,
  forBounds,
  inductionVariable,
} from '@budflow/dialect-loop';
import { AffineExpr, AttrNames, Builder, Operation, Region } from '@budflow/ir';
import { bodyOps, findLoop, isMovable, loopNames, moveBody } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import { tripExpressions } from './split.js';
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
  const count = constantTripCount(inner);
  if (count === undefined)
    throw new Refusal(`the trip count of loop "${names[1]}" is not a constant: split it first`, { loop: names[1] });
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
  const variable = (loop: Operation, part: AffineExpr): void => {
    const { map, operands } = forBounds(loop).lower;
    const { numDims, numSymbols } = map;
    const shifted = Array.from({ length: numDims }, (_, i) => AffineExpr.dim(i + 1));
    const first = map.results[0]!.replace(shifted, []);
    const iv = applyAffine(builder, loop.loc, context.affineMap(numDims + 1, numSymbols, [first.add(part)]), [
      k,
      ...operands,
    ]);
    inductionVariable(loop).replaceAllUsesWith(iv);
  };
  variable(outer, AffineExpr.dim(0).floorDiv(count));
  for (const op of between) {
    op.remove();
    block.append(op);
  }
  builder.setInsertionPointToEnd(block);
  variable(inner, AffineExpr.dim(0).mod(count));
  moveBody(inner, block);
  const terminator = ForOp.body(inner).entry.terminator;
  terminator.remove();
  block.append(terminator);
  outer.erase();
});
