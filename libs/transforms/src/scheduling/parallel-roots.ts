// After a user's schedule: cuts the root loops that a step made parallel into chunks, and says which loops run in order.
//
//   loop.for %i = 2 to %n name "y.r0" { .. }         loop.for %o = 0 to (%n - 2) ceildiv 8 name "y.r0.o" {
//     {parallel, grain = 8}                     ->     loop.for %i .. name "y.r0.i" { .. } } {parallel, grain = 8}
//
// Chunks count from 0, as chunk-kernel wants them. Loops of array-to-loop have names that say that they are parallel; where
// steps brought iterations together that touch the same elements, applySchedule marked them `loop.sequential`.
import { ForOp, LoopAttrs, walkLoops } from '@budflow/dialect-loop';
import { IntegerAttr, type Operation } from '@budflow/ir';
import type { PassRun } from '@budflow/pass';
import { isCountable, isParallelLoop } from '../support/chunk-loops.js';
import { split } from './split.js';

type Remark = PassRun<Record<never, never>, never>['remark'];

/** Makes chunks of the parallel root loops; remarks name the loops that do not run on several threads. */
export function settleParallelRoots(kernel: Operation, remark: Remark): void {
  const missed = (loop: Operation, why: string): void => {
    const name = ForOp.name(loop) ?? '';
    remark({ kind: 'missed', name: 'parallel', message: `loop "${name}" ${why}`, at: loop, args: { loop: name } });
  };
  walkLoops(kernel, (loop) => {
    const isRoot = loop.parentOp === kernel;
    if (isRoot && loop.attr(LoopAttrs.sequential))
      missed(loop, 'runs on one thread: after these steps its iterations may depend on one another');
    if (!isRoot && loop.attr(LoopAttrs.parallel))
      missed(loop, 'is inside another loop: only outermost loops run on several threads');
  });
  for (const loop of kernel.region(0).entry.ops)
    if (isParallelLoop(loop) && loop.attr(LoopAttrs.parallel)) makeChunks(kernel, loop);
}

/** Chunks of `grain` iterations; each iteration is one without it, where they count from 0 already. */
function makeChunks(kernel: Operation, loop: Operation): void {
  const attr = loop.attr(LoopAttrs.grain);
  const grain = attr instanceof IntegerAttr ? attr.number : 1;
  if (grain > 1 || !isCountable(loop))
    split.apply(kernel, { primitive: 'split', loop: ForOp.name(loop)!, factor: grain, tail: 'guard' });
}
