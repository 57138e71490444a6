// Chooses and applies the schedule of kernels that have none: placement, chunks, blocking, vectors.
//
//   loop.for %i name "add.d0" {..}   ->   loop.for name "add.d0.o" (chunks) { loop.for name "add.d0.i.o" {vectors} tail }
//
// Looks at loops and accesses, never at the names of ops: a nest whose innermost reduction reads one operand along the
// last parallel loop and another independent of it is blocked like a matrix product, whatever it was written as. Every
// choice is a step of the schedule language, applied by the same primitives as a user's schedule, and recorded in
// `loop.schedule_applied`. Placement follows Halide's compute_at, blocking the BLIS micro-kernel (mr x nr from the target).
import { constantTripCount, LoopAttrs } from '@budflow/dialect-loop';
import { isChunked, isKernel } from '@budflow/dialect-rt';
import { definePass } from '@budflow/pass';
import { getTarget } from '@budflow/target';
import { APPLIED_SCHEDULE_ATTR } from './apply-schedule.js';
import { applyStep } from './engine.js';
import { chunk } from './heuristics/chunks.js';
import { contraction } from './heuristics/contraction.js';
import { isHandled, nameOf } from './heuristics/names.js';
import { placeStages } from './heuristics/placement.js';
import { rowBlocks, sharedRows } from './heuristics/rows.js';
import { SchedulingSite } from './heuristics/site.js';
import { transposition } from './heuristics/transposition.js';
import { vectors } from './heuristics/vectors.js';
import { type Step, serializeSchedule } from './schedule.js';

export const defaultSchedule = definePass({
  name: 'default-schedule',
  summary: 'choose placement, chunks, blocking and vectors of kernels without a schedule',
  anchor: 'func.func',
  options: {
    target: { type: 'string', default: 'wasm32-simd128', description: 'Name of the machine description.' },
    'chunk-ns': {
      type: 'integer',
      minimum: 1000,
      maximum: 1e9,
      default: 30_000,
      description: 'Estimated time of one chunk in nanoseconds.',
    },
  },
  statistics: { applied: 'schedule steps applied', refused: 'schedule steps that were refused' },
  run(func, pass) {
    if (!isKernel(func) || isChunked(func) || func.attr(LoopAttrs.schedule) || func.attr(APPLIED_SCHEDULE_ATTR)) {
      pass.unchanged();
      return;
    }
    const steps: Step[] = [];
    const attempt = (step: Step): boolean => {
      const result = applyStep(func, step);
      if (result.ok) {
        steps.push(step);
        pass.statistic('applied');
        return true;
      }
      pass.statistic('refused');
      pass.remark({
        kind: 'missed',
        name: step.primitive,
        message: result.refused,
        at: func,
        args: { loop: result.loop ?? '' },
      });
      return false;
    };
    schedule(new SchedulingSite(func, getTarget(pass.options.target), pass.options['chunk-ns'], attempt));
    func.setAttr(APPLIED_SCHEDULE_ATTR, func.context.stringAttr(serializeSchedule({ steps })));
  },
});

/** Placement, then chunks or blocks, then vectors. */
function schedule(site: SchedulingSite): void {
  placeStages(site);
  for (const root of site.roots().map(nameOf)) {
    const loop = site.loop(root);
    // Loops of one iteration around it are gone.
    if (!loop || !/\.d\d+$/.test(root)) continue;
    if (!contraction(site, loop)) chunk(site, loop, site.trips(loop));
  }
  vectorizeAll(site);
}

function vectorizeAll(site: SchedulingSite): void {
  for (const name of site.loops().map(nameOf)) {
    const loop = site.loop(name);
    if (!loop || isHandled(name)) continue;
    if (/\.(l|i|h\d+)(~\d+)?$/.test(name) && !/\.d\d+\.i/.test(name)) {
      const lanes = constantTripCount(loop);
      if (lanes && lanes > 1 && lanes * site.narrowest(loop) * 8 >= site.target.vectorBits)
        site.attempt({ primitive: 'vectorize', loop: name });
    } else if (site.isVectorLoop(loop)) {
      if (!transposition(site, loop) && !sharedRows(site, loop) && !rowBlocks(site, loop)) vectors(site, loop);
    }
  }
}
