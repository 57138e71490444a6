// Small facts about loops and about where values are defined.
import { ForOp } from '@budflow/dialect-loop';
import type { Operation, Value } from '@budflow/ir';

/** The name of a loop in messages. */
export function loopName(loop: Operation): string {
  return ForOp.name(loop) ?? '(unnamed)';
}

/** Whether a value is defined inside an op (as a result of a nested op or an argument of a nested block). */
export function isDefinedInside(value: Value, op: Operation): boolean {
  const parent = value.parentBlock?.parentOp ?? null;
  return parent !== null && op.isAncestorOf(parent);
}
