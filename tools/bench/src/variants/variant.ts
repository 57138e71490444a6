// What the runner times: one way to compute a program.

import type { Instance } from '../programs/program.js';
import type { Data } from '../programs/reference.js';

/** ours: what is being developed; ablation: ours without a pass; threads: ours on several; limit: the best by hand; peer: everyone else. */
export type Role = 'ours' | 'ablation' | 'threads' | 'limit' | 'peer';

/** A program ready to run on its inputs, which are already where the variant wants them. */
export interface Prepared {
  /** Computes the results once, from the inputs as they are. */
  call(): unknown;
  /** Whether `call` returns a promise. */
  readonly async?: boolean;
  /** The results of the latest call. */
  read(): readonly Data[] | Promise<readonly Data[]>;
  /** Gives memory back. */
  dispose(): void;
  /** Milliseconds from program text to something callable, where that is meaningful. */
  readonly compileMs?: number;
}

/** Why a variant does not run. */
export interface Skipped {
  readonly skipped: string;
}

export interface Variant {
  readonly name: string;
  readonly role: Role;
  /** Makes a program ready, or says why not. Throws only for defects. */
  prepare(instance: Instance, inputs: readonly Data[]): Promise<Prepared | Skipped>;
}

export function isSkipped(value: Prepared | Skipped): value is Skipped {
  return 'skipped' in value;
}

/** An error as one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0];
}
