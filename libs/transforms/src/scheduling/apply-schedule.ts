// apply-schedule: transforms the loops of a kernel as its schedule says. The schedule is the attribute `loop.schedule` of
// the function, the JSON list of steps.
//
//   func.func @k(..) attributes {                      func.func @k(..) attributes {
//     loop.schedule = "[{\"primitive\":\"split\",         loop.schedule_applied = "[{..}]"} {
//       \"loop\":\"add.d0\",\"factor\":16}]"} {    ->      loop.for .. name "add.d0.o" {
//     loop.for .. name "add.d0" { .. } }                   loop.for .. name "add.d0.i" { .. } } .. }
//
// Requires named loops over buffers, as array-to-loop leaves them. Steps that are refused are remarks, or errors with
// `strict` (for schedules that a user wrote). The attribute goes; what was applied is kept in `loop.schedule_applied`.
// Root loops made parallel are cut into chunks then (parallel-roots.ts).
// The option `schedules` gives schedules to kernels by name, which then count as if they had the attribute.
import { LoopAttrs } from '@budflow/dialect-loop';
import { isKernel } from '@budflow/dialect-rt';
import { type Operation, StringAttr, symbolName } from '@budflow/ir';
import { definePass, nearestName } from '@budflow/pass';
import { applySchedule, type Refusal } from './engine.js';
import { settleParallelRoots } from './parallel-roots.js';
import { FIRST_KERNEL, parseSchedule, parseSchedules, type Schedule, serializeSchedule } from './schedule.js';

/** On a function: the steps of its schedule that were applied, as JSON. */
export const APPLIED_SCHEDULE_ATTR = 'loop.schedule_applied';

export const applySchedulePass = definePass({
  name: 'apply-schedule',
  summary: 'transform the loops of each kernel as its schedule says',
  anchor: 'func.func',
  options: {
    strict: { type: 'boolean', default: false, description: 'A step that is refused is an error.' },
    schedules: {
      type: 'string',
      default: '',
      description: 'JSON: an object of lists of steps by the names of kernels, or one list, for the first kernel.',
    },
  },
  dependentDialects: ['loop', 'memory', 'simd', 'arith'],
  statistics: { 'num-applied': 'Steps applied', 'num-refused': 'Steps refused' },
  run(func, { options, statistic, remark, signalFailure, unchanged }) {
    let attr = func.attr(LoopAttrs.schedule);
    if (options.schedules !== '' && isKernel(func)) {
      const given = givenSchedule(func, options.schedules);
      if (given === null) {
        signalFailure();
        return;
      }
      if (given) attr = func.context.stringAttr(serializeSchedule(given));
    }
    if (attr === undefined) {
      unchanged();
      return;
    }
    const parsed =
      attr instanceof StringAttr
        ? parseSchedule(attr.value)
        : { problems: [{ path: '', message: `expected a string of JSON, got ${attr}` }] };
    if (!parsed.schedule) {
      for (const { path, message } of parsed.problems)
        func.emitError('schedule.invalid', `has a schedule that is not valid: ${path ? `${path}: ` : ''}${message}`);
      signalFailure();
      return;
    }
    const { applied, refused } = applySchedule(func, parsed.schedule);
    statistic('num-applied', applied.length);
    statistic('num-refused', refused.length);
    for (const step of applied)
      remark({
        kind: 'applied',
        name: step.primitive,
        message: serializeSchedule({ steps: [step] }).slice(1, -1),
        at: func,
      });
    const hint = applied.find((step) => step.primitive === 'prefetch' || step.primitive === 'store_nontemporal');
    if (hint)
      remark({
        kind: 'analysis',
        name: hint.primitive,
        message: 'a hint for machines that have such instructions: WebAssembly has none, its code leaves it out',
        at: func,
      });
    settleParallelRoots(func, remark);
    for (const refusal of refused) {
      const message = describeRefusal(refusal);
      remark({
        kind: 'missed',
        name: refusal.primitive,
        message,
        at: func,
        args: { step: refusal.index, loop: refusal.loop, reason: refusal.reason },
      });
      if (options.strict) emitRefusal(func, refusal, message);
    }
    func.setAttr(LoopAttrs.schedule, null);
    func.setAttr(APPLIED_SCHEDULE_ATTR, func.context.stringAttr(serializeSchedule({ steps: applied })));
    if (options.strict && refused.length > 0) signalFailure();
  },
});

/** The schedule that the option has for a kernel; null after an error. */
function givenSchedule(func: Operation, text: string): Schedule | undefined | null {
  const { schedules, problems } = parseSchedules(text);
  if (!schedules) {
    for (const { path, message } of problems)
      func.emitError('schedule.invalid', `is given schedules that are not valid: ${path ? `${path}: ` : ''}${message}`);
    return null;
  }
  const kernels = kernelNames(func);
  // Names that are wrong are told once.
  if (kernels[0] === symbolName(func)) {
    const unknown = [...schedules.keys()].find((name) => name !== FIRST_KERNEL && !kernels.includes(name));
    if (unknown !== undefined) {
      const near = nearestName(unknown, kernels);
      const hint = near ? `did you mean '${near}'?` : `there is ${kernels.join(', ')}`;
      func.emitError('schedule.unknown-kernel', `is given a schedule for '${unknown}', which is no kernel: ${hint}`);
      return null;
    }
  }
  return (
    schedules.get(symbolName(func) ?? '') ?? (kernels[0] === symbolName(func) ? schedules.get(FIRST_KERNEL) : undefined)
  );
}

function kernelNames(func: Operation): string[] {
  return func.parent!.ops.filter(isKernel).map((op) => symbolName(op) ?? '');
}

/** What kernels had as schedules, user's or default, after they were applied: by name. */
export function appliedSchedules(module: Operation): Map<string, Schedule> {
  const found = new Map<string, Schedule>();
  module.walk((op) => {
    const attr = op.attr(APPLIED_SCHEDULE_ATTR);
    const parsed = attr instanceof StringAttr ? parseSchedule(attr.value) : undefined;
    if (parsed?.schedule) found.set(symbolName(op) ?? '', parsed.schedule);
  });
  return found;
}

/** `step 2 (vectorize of loop "sum.r0"): reason` */
export function describeRefusal({ index, primitive, loop, reason }: Refusal): string {
  return `step ${index} (${primitive}${loop ? ` of loop "${loop}"` : ''}): ${reason}`;
}

function emitRefusal(func: Operation, { dependence }: Refusal, message: string): void {
  const error = func.emitError('schedule.refused', `has a schedule that cannot be applied: ${message}`);
  if (!dependence) return;
  error.note('one access of the dependence', dependence.source);
  error.note('the other one', dependence.sink);
}
