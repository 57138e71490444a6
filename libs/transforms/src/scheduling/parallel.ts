// parallel: marks a loop whose iterations may run at the same time.
//
//   loop.for %i = 0 to %n name "x" { f(%i) }   ->   loop.for %i = 0 to %n name "x" { f(%i) } {parallel}
//
// Refused when an iteration depends on another one; later steps after which one would are refused too. Buffers allocated
// inside are private to an iteration. `grain` is how many iterations a worker takes at a time. A loop in the kernel's body
// runs on several threads then (parallel-roots.ts), whatever its name says; loops inside others do not.
import { LoopAttrs } from '@budflow/dialect-loop';
import { findLoop, refuseCarried } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { ParallelStep } from './steps.js';

export const parallel = definePrimitive<ParallelStep>('parallel', (kernel, { loop: name, grain }) => {
  const loop = findLoop(kernel, name);
  if (loop.resultCount > 0) throw new Refusal('it carries values from one iteration to the next', { loop: name });
  if (loop.attr(LoopAttrs.parallel)) throw new Refusal('it is marked already', { loop: name });
  refuseCarried(kernel, loop);
  const { context } = loop;
  loop.setAttr(LoopAttrs.parallel, context.unitAttr);
  loop.setAttr(LoopAttrs.sequential, null);
  if (grain !== undefined) loop.setAttr(LoopAttrs.grain, context.i64Attr(grain));
});
