// Applies the steps that a scheduling pass chooses, and keeps what was applied for `loop.schedule_applied`.
import { type Operation, StringAttr } from '@budflow/ir';
import type { PassRun } from '@budflow/pass';
import { APPLIED_SCHEDULE_ATTR } from './apply-schedule.js';
import { applyStep } from './engine.js';
import { parseSchedule, type Step, serializeSchedule } from './schedule.js';

/** Statistics of passes that choose steps. */
export const STEP_STATISTICS = { applied: 'schedule steps applied', refused: 'schedule steps that were refused' };

type Run = Pick<PassRun<Record<never, never>, 'applied' | 'refused'>, 'statistic' | 'remark'>;

/** The steps of one kernel, behind those that earlier passes applied. */
export class StepRecorder {
  readonly #func: Operation;
  readonly #pass: Run;
  readonly #steps: Step[];

  constructor(func: Operation, pass: Run) {
    this.#func = func;
    this.#pass = pass;
    const earlier = func.attr(APPLIED_SCHEDULE_ATTR);
    const parsed = earlier instanceof StringAttr ? parseSchedule(earlier.value).schedule : undefined;
    this.#steps = [...(parsed?.steps ?? [])];
  }

  /** Applies a step, or says in a remark why it was refused. */
  readonly attempt = (step: Step): boolean => {
    const result = applyStep(this.#func, step);
    if (result.ok) {
      this.#steps.push(step);
      this.#pass.statistic('applied');
      return true;
    }
    this.#pass.statistic('refused');
    this.#pass.remark({
      kind: 'missed',
      name: step.primitive,
      message: result.refused,
      at: this.#func,
      args: { loop: result.loop ?? '' },
    });
    return false;
  };

  /** Writes what was applied to the kernel. */
  finish(): void {
    this.#func.setAttr(APPLIED_SCHEDULE_ATTR, this.#func.context.stringAttr(serializeSchedule({ steps: this.#steps })));
  }
}
