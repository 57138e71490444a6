// What a schedule primitive is: it transforms the loops of a kernel, or says why it must not and leaves them alone.
import type { DependenceReport } from '@budflow/analysis';
import type { Operation } from '@budflow/ir';
import { type PrimitiveName, STEP_SCHEMAS, type Step, type StepSchema } from './steps.js';

export type StepResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly refused: string;
      readonly loop?: string | undefined;
      readonly dependence?: DependenceReport | undefined;
    };

export interface Primitive<S extends Step = Step> {
  readonly name: S['primitive'];
  readonly schema: StepSchema;
  /** Transforms the kernel; refused, it is as before. */
  apply(kernel: Operation, step: S): StepResult;
}

/** Thrown inside a primitive before it changed anything; becomes its result. */
export class Refusal extends Error {
  readonly loop: string | undefined;
  readonly dependence: DependenceReport | undefined;
  constructor(
    reason: string,
    details: { readonly loop?: string | undefined; readonly dependence?: DependenceReport | undefined } = {},
  ) {
    super(reason);
    this.loop = details.loop;
    this.dependence = details.dependence;
  }
}

/** Defines a primitive by a function that returns when the step was applied and throws a Refusal otherwise. */
export function definePrimitive<S extends Step>(
  name: S['primitive'],
  transform: (kernel: Operation, step: S) => void,
): Primitive<S> {
  return {
    name,
    schema: STEP_SCHEMAS[name as PrimitiveName],
    apply: (kernel, step) => resultOf(() => transform(kernel, step)),
  };
}

/** Runs what throws a Refusal where a step is not to be applied. */
export function resultOf(transform: () => void): StepResult {
  try {
    transform();
    return { ok: true };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, refused: error.message, loop: error.loop, dependence: error.dependence };
  }
}

/** Runs a transformation of several steps: when a later one is refused, the kernel is as it was before the first. */
export function allOrNothing<T>(kernel: Operation, transform: () => T): T {
  const backup = kernel.clone();
  try {
    return transform();
  } catch (error) {
    if (error instanceof Refusal) {
      const body = kernel.region(0);
      for (const block of [...body.blocks]) {
        block.destroyOps();
        body.removeBlock(block);
      }
      body.takeBody(backup.region(0));
    }
    throw error;
  } finally {
    backup.destroy();
  }
}

/** Applies a primitive as part of another one; its refusal is that of the whole. */
export function perform<S extends Step>(primitive: Primitive<S>, kernel: Operation, step: S): void {
  const result = primitive.apply(kernel, step);
  if (!result.ok) throw new Refusal(result.refused, { loop: result.loop, dependence: result.dependence });
}
