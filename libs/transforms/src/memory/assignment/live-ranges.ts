// When the buffers of a straight-line host function hold something: from the first op that touches one, or a view of
// it, to the last.
import { AllocOp } from '@budflow/dialect-memory';
import { type Block, MemRefType, type Operation, Terminator, type Value } from '@budflow/ir';

export interface LiveRange {
  readonly alloc: Operation;
  /** Positions in the block, both included. */
  readonly first: number;
  readonly last: number;
  /** The buffer, or a view of it, leaves the function. */
  readonly escapes: boolean;
}

/** Ops whose result is the same memory as their first operand. */
const VIEWS = new Set(['memory.view', 'memory.subview', 'memory.cast', 'memory.reshape']);

/** The live range of every memory.alloc in the block; buffers that nothing touches are left out. */
export function liveRanges(block: Block): LiveRange[] {
  const position = new Map<Operation, number>();
  block.ops.forEach((op, i) => void position.set(op, i));
  const ranges: LiveRange[] = [];
  for (const op of block.ops) {
    if (!AllocOp.is(op)) continue;
    let first = Number.POSITIVE_INFINITY;
    let last = -1;
    let escapes = false;
    const visit = (buffer: Value): void => {
      buffer.forEachUse((user) => {
        // What happens inside of a region happens at the op that holds it.
        let at: Operation = user;
        while (at.parent !== block && at.parentOp) at = at.parentOp;
        const where = position.get(at);
        if (where === undefined || user.info.hasTrait(Terminator) || user.successors.length > 0) {
          escapes = true;
          return;
        }
        if (VIEWS.has(user.name)) {
          visit(user.result(0));
          return;
        }
        if (user.results.some((r) => r.type instanceof MemRefType)) escapes = true;
        first = Math.min(first, where);
        last = Math.max(last, where);
      });
    };
    visit(op.result(0));
    if (last >= 0 || escapes) ranges.push({ alloc: op, first, last, escapes });
  }
  return ranges;
}
