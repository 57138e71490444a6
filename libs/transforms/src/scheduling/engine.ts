// Applies schedules to kernels, step by step. A step is applied whole or refused with a reason, and then leaves the
// kernel as it was.
import { carriedDependence, type DependenceReport } from '@budflow/analysis';
import { checkLoopNames, LoopAttrs, loopsByName, walkLoops } from '@budflow/dialect-loop';
import { InternalError, type Operation } from '@budflow/ir';
import { isParallelLoop } from '../support/chunk-loops.js';
import { prefetch, storeNontemporal } from './access-hints.js';
import { cacheRead, cacheWrite } from './cache.js';
import { computeAt } from './compute-at.js';
import { computeRoot } from './compute-root.js';
import { distribute } from './distribute.js';
import { fuse } from './fuse.js';
import { refuseCarried } from './loop-tree.js';
import { merge } from './merge.js';
import { pack } from './pack.js';
import { parallel } from './parallel.js';
import { peel } from './peel.js';
import { allOrNothing, type Primitive, perform, resultOf, type StepResult } from './primitive.js';
import { reorder } from './reorder.js';
import { rfactor } from './rfactor.js';
import type { PrimitiveName, Schedule, Step } from './schedule.js';
import { split } from './split.js';
import { storeAt } from './store-at.js';
import { tile } from './tile.js';
import { unroll } from './unroll.js';
import { unrollAndJam } from './unroll-and-jam.js';
import { unswitch } from './unswitch.js';
import { vectorize } from './vectorize/vectorize.js';

/** A step that was not applied. */
export interface Refusal {
  /** Position in the schedule. */
  readonly index: number;
  readonly primitive: PrimitiveName;
  /** The loop the reason is about. */
  readonly loop: string;
  readonly reason: string;
  /** The dependence the step would violate, if that is the reason. */
  readonly dependence?: DependenceReport | undefined;
}

export interface ScheduleResult {
  readonly applied: readonly Step[];
  readonly refused: readonly Refusal[];
}

/** All primitives by name. */
export const PRIMITIVES: Readonly<{ [N in PrimitiveName]: Primitive<Extract<Step, { primitive: N }>> }> = {
  split,
  tile,
  reorder,
  fuse,
  merge,
  unroll,
  unroll_and_jam: unrollAndJam,
  vectorize,
  parallel,
  peel,
  unswitch,
  distribute,
  compute_at: computeAt,
  compute_root: computeRoot,
  store_at: storeAt,
  cache_read: cacheRead,
  cache_write: cacheWrite,
  pack,
  rfactor,
  prefetch,
  store_nontemporal: storeNontemporal,
};

/** Primitives after which iterations of a loop around may touch what others touch. */
const JOINS_ITERATIONS: ReadonlySet<PrimitiveName> = new Set([
  'merge',
  'compute_at',
  'compute_root',
  'store_at',
  'cache_write',
  'rfactor',
  'fuse',
]);

/** Names of the loops that were made parallel. */
function parallelLoops(kernel: Operation): string[] {
  return [...loopsByName(kernel)].filter(([, loop]) => loop.attr(LoopAttrs.parallel)).map(([name]) => name);
}

/** Applies a step after which the iterations of parallel loops are still independent, or refuses it. */
function applyKeeping(primitive: Primitive, kernel: Operation, step: Step, parallel: readonly string[]): StepResult {
  return resultOf(() =>
    allOrNothing(kernel, () => {
      perform(primitive, kernel, step);
      const loops = loopsByName(kernel);
      for (const name of parallel) {
        const loop = loops.get(name);
        if (loop) refuseCarried(kernel, loop, `iterations of parallel loop "${name}" would not be independent: `);
      }
    }),
  );
}

/** Applies one step to a kernel function, or leaves it unchanged and says why. Loop names stay unique. */
export function applyStep(kernel: Operation, step: Step): StepResult {
  const primitive = PRIMITIVES[step.primitive] as Primitive;
  const parallel = JOINS_ITERATIONS.has(step.primitive) ? parallelLoops(kernel) : [];
  const result = parallel.length > 0 ? applyKeeping(primitive, kernel, step, parallel) : primitive.apply(kernel, step);
  if (result.ok) {
    const { result: unique, diagnostics } = kernel.context.diagnostics.collect(() => checkLoopNames(kernel));
    if (!unique) throw new InternalError(`${step.primitive}: ${diagnostics[0]?.message}`, kernel);
  }
  return result;
}

/** Marks loops that have the name of a parallel one and are not, or not surely, after such a step. */
function markSequential(kernel: Operation): void {
  walkLoops(kernel, (loop) => {
    if (isParallelLoop(loop) && carriedDependence(kernel, loop) !== null)
      loop.setAttr(LoopAttrs.sequential, kernel.context.unitAttr);
  });
}

/** Applies the steps in order; refused ones are skipped. Loops that are not parallel after them are marked. */
export function applySchedule(kernel: Operation, schedule: Schedule): ScheduleResult {
  const applied: Step[] = [];
  const refused: Refusal[] = [];
  schedule.steps.forEach((step, index) => {
    const result = applyStep(kernel, step);
    if (result.ok) {
      applied.push(step);
      if (JOINS_ITERATIONS.has(step.primitive)) markSequential(kernel);
    } else
      refused.push({
        index,
        primitive: step.primitive,
        loop: result.loop ?? loopOf(step),
        reason: result.refused,
        dependence: result.dependence,
      });
  });
  return { applied, refused };
}

function loopOf(step: Step): string {
  if ('loops' in step) return step.loops[0] ?? '';
  return 'loop' in step ? (step.loop ?? '') : '';
}
