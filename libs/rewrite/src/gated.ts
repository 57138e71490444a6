// Rewriting under debug counters: a pattern whose next application is refused is still tried, with a rewriter that
// stops at the first change, so that applications are counted and not attempts.
import type { Block, Operation, RewritePattern, TransformationGate, Value } from '@budflow/ir';
import { Rewriter } from '@budflow/ir';

/** Thrown through the pattern by the first change. */
const WOULD_CHANGE = new Error('this pattern applies');

class ProbingRewriter extends Rewriter {
  override insert(op: Operation): never {
    // It is detached: only its operands know of it.
    op.destroy();
    throw WOULD_CHANGE;
  }
  override replaceOp(_op: Operation, _values: readonly Value[]): never {
    throw WOULD_CHANGE;
  }
  override replaceAllUses(_from: Value, _to: Value): never {
    throw WOULD_CHANGE;
  }
  override eraseOp(_op: Operation): never {
    throw WOULD_CHANGE;
  }
  override modify(_op: Operation, _change: () => void): never {
    throw WOULD_CHANGE;
  }
  override inlineBlockBefore(_block: Block, _before: Operation, _values: readonly Value[]): never {
    throw WOULD_CHANGE;
  }
}

/** Whether a pattern would change something from `op`; the IR stays as it is. */
export function wouldApply(pattern: RewritePattern, op: Operation): boolean {
  const rewriter = new ProbingRewriter(op.context);
  rewriter.setInsertionPoint(op);
  try {
    return pattern.rewrite(op, rewriter);
  } catch (error) {
    if (error === WOULD_CHANGE) return true;
    throw error;
  }
}

/** Applies a pattern by `rewrite` if the gate lets it; returns whether it applied. */
export function gatedRewrite(
  gate: TransformationGate,
  pattern: RewritePattern,
  op: Operation,
  rewrite: () => boolean,
): boolean {
  if (gate.allows(pattern.name, op)) {
    const applied = rewrite();
    if (applied) gate.shouldExecute(pattern.name, op);
    return applied;
  }
  if (wouldApply(pattern, op)) gate.shouldExecute(pattern.name, op);
  return false;
}
