// Which root loops of a kernel run as chunks, on any thread and in any order.
import { ForOp, forBounds, LoopAttrs } from '@budflow/dialect-loop';
import { type Operation, StringAttr } from '@budflow/ir';

/** The root loops that are parallel as far as they say: by the attribute, or by a name that array-to-loop gave. */
export function isParallelLoop(op: Operation): boolean {
  if (!ForOp.is(op) || op.resultCount > 0 || op.attr(LoopAttrs.sequential) !== undefined) return false;
  const name = op.attr(LoopAttrs.name);
  // Loops of parallel dimensions and of chunks of a reduction may run in any order.
  const byName = name instanceof StringAttr && /\.(d\d+|c)(\.o)*(~\d+)?$/.test(name.value);
  return byName || op.attr(LoopAttrs.parallel) !== undefined;
}

/** Whether the iterations are counted from 0 to one bound, as those of chunks are. */
export function isCountable(loop: Operation): boolean {
  const { lower, upper, step } = forBounds(loop);
  return step === 1 && lower.map.singleConstant() === 0 && upper.map.results.length === 1;
}
