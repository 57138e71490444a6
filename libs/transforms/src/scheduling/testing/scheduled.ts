// Runs array programs through the passes that schedule them, for their tests.
import { LoopAttrs } from '@budflow/dialect-loop';
import { type Operation, StringAttr } from '@budflow/ir';
import { expect } from 'vitest';
import { fixNumerics } from '../../array/fix-numerics.js';
import { instructionFusion } from '../../array/instruction-fusion.js';
import { canonicalize } from '../../general/canonicalize.js';
import { cse } from '../../general/cse.js';
import { arrayToLoop } from '../../loop/array-to-loop.js';
import { bufferize } from '../../memory/bufferize.js';
import { kernelsOf } from '../../support/kernel-function.js';
import { parse } from '../../testing/kernels.js';
import { runMain, runPasses } from '../../testing/programs.js';
import { APPLIED_SCHEDULE_ATTR, applySchedulePass } from '../apply-schedule.js';
import { cacheBlocking } from '../cache-blocking.js';
import { defaultSchedule } from '../default-schedule.js';
import { parseSchedule, type Step } from '../schedule.js';

export const passes = [
  fixNumerics,
  instructionFusion,
  bufferize,
  arrayToLoop,
  canonicalize,
  cse,
  applySchedulePass,
  cacheBlocking,
  defaultSchedule,
];
/** From array programs to naive loops. */
export const LOWER =
  'builtin.module(fix-numerics,func.func(instruction-fusion),canonicalize,cse,bufferize,func.func(array-to-loop),canonicalize,cse)';

const SCHEDULE = 'builtin.module(func.func(cache-blocking,default-schedule))';

/** What was applied to a kernel. */
export const stepsOf = (kernel: Operation): readonly Step[] => {
  const attr = kernel.attr(APPLIED_SCHEDULE_ATTR);
  return attr instanceof StringAttr ? parseSchedule(attr.value).schedule!.steps : [];
};

/** Schedules an array program; what it computes is the same, and replaying the recorded steps gives the same loops. */
export function scheduled(
  text: string,
  sizes: readonly (readonly number[])[] = [[]],
  lower = LOWER,
  passText = SCHEDULE,
) {
  const naive = parse(text);
  runPasses(naive, lower, passes);
  const module = naive.clone();
  const { remarks } = runPasses(module, passText, passes);
  const kernels = kernelsOf(module);
  for (const size of sizes) expect(runMain(module, { sizes: size })).toEqual(runMain(naive, { sizes: size }));

  const replayed = naive.clone();
  kernelsOf(replayed).forEach((kernel, i) => {
    kernel.setAttr(LoopAttrs.schedule, kernels[i]!.attr(APPLIED_SCHEDULE_ATTR)!);
  });
  runPasses(replayed, 'builtin.module(func.func(apply-schedule{strict=true}))', passes);
  expect(replayed.toString()).toBe(module.toString());

  const steps = kernels.flatMap(stepsOf);
  for (const kernel of kernels) expect(kernel.attr(APPLIED_SCHEDULE_ATTR)).toBeDefined();
  return {
    text: kernels.map(String).join('\n'),
    naive: kernelsOf(naive).map(String).join('\n'),
    steps,
    primitives: [...new Set(steps.map((s) => s.primitive))].sort(),
    remarks,
  };
}

/** Names of the loops at the root of the kernels. */
export const roots = (text: string) => [...text.matchAll(/^ {2}loop\.for .* name "([^"]+)"/gm)].map((m) => m[1]!);
