// Types of rewrite patterns; the drivers live in the rewrite lib.
import type { Operation } from './operation.js';
import type { Rewriter } from './rewriter.js';

export interface RewritePattern {
  /** kebab-case, unique within its op or pass. */
  readonly name: string;
  /** The rule as an equation, e.g. `x - x == 0`. */
  readonly equation?: string;
  /** Name of the op it starts from; null for any op. */
  readonly root: string | null;
  /** Higher is tried first; default 1. */
  readonly benefit?: number;
  /** Names of ops it may create, for documentation and conversion. */
  readonly generates?: readonly string[];
  /** Rewrites and returns true, or leaves the IR unchanged and returns false. */
  rewrite(op: Operation, rewriter: Rewriter): boolean;
}

export function definePattern(pattern: RewritePattern): RewritePattern {
  return pattern;
}
