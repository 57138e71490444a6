// vectorize: replaces a loop of known trip count W by vector code, one iteration in each of W lanes.
//
//   loop.for %l = 0 to 8 name "x.i" {
//     %a = memory.load %x[%i, %l]               %a = simd.load %x[%i, 0] : vector<8xf32>
//     %b = memory.load %s[%i]              ->   %b = memory.load %s[%i];  %v = simd.splat %b
//     %c = arith.mulf %a, %b                    %c = arith.mulf %a, %v : vector<8xf32>
//     memory.store %c, %y[%i, %l] }             simd.store %c, %y[%i, 0]
//
// What all iterations compute alike stays scalar. Buffers allocated inside get a last dimension for the lanes; inner
// loops keep running, their bodies on vectors. Lanes run in step, so a loop that carries a dependence is refused (but for
// those from a statement to a later one). Branches and loop.while that differ between iterations run under masks
// (predication.ts). Any width: legalize-vectors cuts vectors to what the target has.
// (Outer-loop vectorisation: Nuzman and Zaks, 2008.)
import { carriedDependence } from '@budflow/analysis';
import { constantTripCount, ForOp } from '@budflow/dialect-loop';
import { Builder, type Operation, wouldBeTriviallyDead } from '@budflow/ir';
import { findLoop } from '../loop-tree.js';
import { definePrimitive, Refusal } from '../primitive.js';
import type { VectorizeStep } from '../steps.js';
import { VectorEmitter } from './emitter.js';
import { Lanes } from './lanes.js';
import { varianceOf } from './variance.js';

/** More lanes than this are surely a mistake. */
const MAX_LANES = 1024;

export const vectorize = definePrimitive<VectorizeStep>('vectorize', (kernel, { loop: name }) => {
  // 1. Lanes: a known number of iterations that do not depend on one another.
  const loop = findLoop(kernel, name);
  const width = constantTripCount(loop);
  if (width === undefined) throw new Refusal('its trip count is not a constant: split it first', { loop: name });
  if (width < 2 || width > MAX_LANES)
    throw new Refusal(`expects 2 to ${MAX_LANES} iterations, it has ${width}`, { loop: name });
  if (loop.resultCount > 0) throw new Refusal('it carries values from one iteration to the next', { loop: name });
  const carried = carriedDependence(kernel, loop, { inStep: true });
  if (carried && 'unknown' in carried)
    throw new Refusal(`'${carried.unknown.name}' may touch any memory`, { loop: name });
  if (carried)
    throw new Refusal(`loop-carried dependence through ${carried.report.message}`, {
      loop: name,
      dependence: carried.report,
    });

  // 2. Vector code in front of the loop; what a refusal leaves behind goes again.
  const front = loop.previous;
  const builder = Builder.before(loop);
  try {
    new VectorEmitter(loop, new Lanes(loop, width, builder), varianceOf(loop)).block(ForOp.body(loop).entry);
  } catch (error) {
    if (error instanceof Refusal) discard(front, loop);
    throw error;
  }

  // 3. It replaces the loop.
  eraseDead(front, loop);
  loop.erase();
});

/** The ops between `front` (null: the start of the block) and `end`, last first. */
function emitted(front: Operation | null, end: Operation): Operation[] {
  const ops: Operation[] = [];
  for (let op = end.previous; op && op !== front; op = op.previous) ops.push(op);
  return ops;
}

function discard(front: Operation | null, end: Operation): void {
  for (const op of emitted(front, end)) {
    op.remove();
    op.destroy();
  }
}

/** Erases scalars of which only a splat is used, and index arithmetic that went into addresses. */
function eraseDead(front: Operation | null, end: Operation): void {
  const erase = (op: Operation): void => {
    if (op !== op.parent?.lastOp && wouldBeTriviallyDead(op)) {
      op.erase();
      return;
    }
    for (const region of op.regions)
      for (const block of region.blocks) for (const inner of block.ops.reverse()) erase(inner);
  };
  for (const op of emitted(front, end)) erase(op);
}
