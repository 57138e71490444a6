// unroll: writes iterations of a loop one after the other.
//
//   loop.for %i = 0 to 2 name "x" { f(%i) }    ->    f(0); f(1)
//
// Always legal: iterations keep their order. With a factor the loop is split by it first (what is left over runs in x~1)
// and x.i is unrolled. Loops inside the copies are named y, y~1, ...; carried values go from copy to copy.
import { applyAffine, constantTripCount, ForOp, forBounds, forInits, inductionVariable } from '@budflow/dialect-loop';
import { AffineExpr, Builder, type Operation, type Value } from '@budflow/ir';
import { findLoop, loopNames, renameClonedLoops } from './loop-tree.js';
import { allOrNothing, definePrimitive, perform, Refusal } from './primitive.js';
import { split } from './split.js';
import type { UnrollStep } from './steps.js';

/** More copies than this are surely a mistake. */
const MAX_COPIES = 64;

export const unroll = definePrimitive<UnrollStep>('unroll', (kernel, { loop: name, factor }) => {
  if (factor === undefined) {
    unrollWhole(kernel, findLoop(kernel, name));
    return;
  }
  allOrNothing(kernel, () => {
    perform(split, kernel, { primitive: 'split', loop: name, factor });
    unrollWhole(kernel, findLoop(kernel, `${name}.i`));
  });
});

function unrollWhole(kernel: Operation, loop: Operation): void {
  const where = { loop: ForOp.name(loop) };
  const trip = constantTripCount(loop);
  const { lower, step } = forBounds(loop);
  if (trip === undefined) throw new Refusal('its trip count is not a constant: give a factor', where);
  if (trip > MAX_COPIES)
    throw new Refusal(`its ${trip} iterations are more than ${MAX_COPIES} copies: give a factor`, where);
  if (lower.map.results.length !== 1) throw new Refusal('its lower bound is a maximum', where);
  const builder = Builder.before(loop);
  const body = ForOp.body(loop).entry;
  const names = loopNames(kernel);
  let carried: readonly Value[] = forInits(loop);
  for (let t = 0; t < trip; t++) {
    const { numDims, numSymbols } = lower.map;
    const map = loop.context.affineMap(numDims, numSymbols, [lower.map.results[0]!.add(AffineExpr.constant(t * step))]);
    const mapping = new Map<Value, Value>([
      [inductionVariable(loop), applyAffine(builder, loop.loc, map, lower.operands)],
    ]);
    body.arguments.slice(1).forEach((arg, i) => {
      mapping.set(arg, carried[i]!);
    });
    for (let op = body.firstOp; op && op !== body.lastOp; op = op.next) {
      const clone = builder.insert(op.clone(mapping));
      op.results.forEach((r, i) => {
        mapping.set(r, clone.result(i));
      });
      // The first copy keeps the names, which go with the loop.
      if (t > 0) renameClonedLoops(clone, names);
    }
    carried = body.terminator.operands.map((v) => mapping.get(v) ?? v);
  }
  loop.results.forEach((r, i) => {
    r.replaceAllUsesWith(carried[i]!);
  });
  loop.erase();
}
