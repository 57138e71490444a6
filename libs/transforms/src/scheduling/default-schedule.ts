// Chooses and applies the schedule of kernels that have none: placement, chunks, vectors.
//
//   loop.for %i name "add.d0" {..}   ->   loop.for name "add.d0.o" (chunks) { loop.for name "add.d0.i.o" {vectors} tail }
//
// Looks at loops and accesses, never at the names of ops. Every choice is a step of the schedule language, applied by the
// same primitives as a user's schedule, and recorded in `loop.schedule_applied`. Placement follows Halide's compute_at.
// Nests that cache-blocking blocked before (`loop.blocked`) keep their loops; what is left of them is vectorised.
import { constantTripCount, LoopAttrs } from '@budflow/dialect-loop';
import { isChunked, isKernel } from '@budflow/dialect-rt';
import { definePass } from '@budflow/pass';
import { getTarget } from '@budflow/target';
import { APPLIED_SCHEDULE_ATTR } from './apply-schedule.js';
import { BLOCKED_ATTR, blockedStages } from './blocking/blocked.js';
import { chunk } from './heuristics/chunks.js';
import { isHandled, nameOf, stageOf } from './heuristics/names.js';
import { placeStages } from './heuristics/placement.js';
import { unrollRecords } from './heuristics/records.js';
import { rowBlocks, sharedRows } from './heuristics/rows.js';
import { unrollShortSums } from './heuristics/short-sums.js';
import { SchedulingSite } from './heuristics/site.js';
import { transposition } from './heuristics/transposition.js';
import { vectors } from './heuristics/vectors.js';
import { STEP_STATISTICS, StepRecorder } from './recorder.js';

export const defaultSchedule = definePass({
  name: 'default-schedule',
  summary: 'choose placement, chunks and vectors of kernels without a schedule',
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
  statistics: STEP_STATISTICS,
  run(func, pass) {
    const blocked = blockedStages(func);
    const isScheduled = func.attr(LoopAttrs.schedule) ?? (blocked === undefined && func.attr(APPLIED_SCHEDULE_ATTR));
    if (!isKernel(func) || isChunked(func) || isScheduled) {
      pass.unchanged();
      return;
    }
    const recorder = new StepRecorder(func, pass);
    schedule(
      new SchedulingSite(func, getTarget(pass.options.target), recorder.attempt),
      pass.options['chunk-ns'],
      blocked,
    );
    func.setAttr(BLOCKED_ATTR, null);
    recorder.finish();
  },
});

/** Placement, then chunks, then vectors. */
function schedule(site: SchedulingSite, chunkNs: number, blocked: ReadonlySet<string> | undefined): void {
  if (!blocked) placeStages(site);
  for (const root of site.roots().map(nameOf)) {
    const loop = site.loop(root);
    // Loops of one iteration around it are gone.
    if (!loop || !/\.d\d+$/.test(root) || blocked?.has(stageOf(root))) continue;
    unrollRecords(site, loop);
    chunk(site, loop, site.trips(loop), chunkNs);
  }
  vectorizeAll(site);
  unrollShortSums(site, blocked);
}

function vectorizeAll(site: SchedulingSite): void {
  for (const name of site.loops().map(nameOf)) {
    const loop = site.loop(name);
    if (!loop || isHandled(name)) continue;
    if (/\.(l|i|h\d+)(~\d+)?$/.test(name) && !/\.d\d+\.i/.test(name)) {
      const lanes = constantTripCount(loop);
      if (!lanes || lanes < 2) continue;
      if (lanes * site.narrowest(loop) * 8 >= site.target.vectorBits)
        site.attempt({ primitive: 'vectorize', loop: name });
      // Halves of a register: its lanes are added where they are.
      else if (/\.h\d+(~\d+)?$/.test(name)) site.attempt({ primitive: 'unroll', loop: name });
    } else if (site.isVectorLoop(loop)) {
      if (!transposition(site, loop) && !sharedRows(site, loop) && !rowBlocks(site, loop)) vectors(site, loop);
    }
  }
}
