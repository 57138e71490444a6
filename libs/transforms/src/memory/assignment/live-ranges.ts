// When the buffers of a host function hold something: from the first op that touches one, or a view of it, to the last.
// Ops are numbered in program order, those inside of a loop or a branch between its begin and its end. What is made outside
// of a loop and used inside lives through all of it. Loops and branches pass buffers on by pointer: who enters with one may
// leave with any, so that uses of a result are uses of every buffer that is passed in.
import { AllocOp } from '@budflow/dialect-memory';
import { type Block, MemRefType, type Operation, RegionBranch, Terminator, type Value } from '@budflow/ir';
import { isLoop } from '../bufferization/shape-of-control-flow.js';

export interface LiveRange {
  readonly alloc: Operation;
  /** Positions in the function, both included. */
  readonly first: number;
  readonly last: number;
  /** The buffer, or a view of it, leaves the function. */
  readonly escapes: boolean;
}

interface Span {
  readonly begin: number;
  readonly end: number;
}

/** Ops whose result is the memory of one of their operands. */
const VIEWS = new Set(['memory.view', 'memory.subview', 'memory.cast', 'memory.reshape', 'arith.select']);

/** The live range of every memory.alloc in the block and in its loops and branches; what nothing touches is left out. */
export function liveRanges(block: Block): LiveRange[] {
  const spans = new Map<Operation, Span>();
  const allocs: Operation[] = [];
  let position = 0;
  const number = (ops: readonly Operation[]): void => {
    for (const op of ops) {
      const begin = position++;
      if (AllocOp.is(op)) allocs.push(op);
      for (const region of op.regions) for (const inner of region.blocks) number(inner.ops);
      spans.set(op, { begin, end: op.regions.length > 0 ? position++ : begin });
    }
  };
  number(block.ops);
  return allocs.flatMap((alloc) => {
    const range = rangeOf(alloc, block, spans);
    return range ? [range] : [];
  });
}

function rangeOf(alloc: Operation, root: Block, spans: ReadonlyMap<Operation, Span>): LiveRange | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = -1;
  let escapes = false;
  const seen = new Set<Value>();
  const touch = (user: Operation): void => {
    // Every loop that holds the use and not the allocation comes back to the use.
    let { begin, end } = spans.get(user)!;
    for (let at = user.parentOp; at && spans.has(at) && !at.isAncestorOf(alloc); at = at.parentOp) {
      if (!isLoop(at)) continue;
      const span = spans.get(at)!;
      begin = Math.min(begin, span.begin);
      end = Math.max(end, span.end);
    }
    first = Math.min(first, begin);
    last = Math.max(last, end);
  };
  const visit = (buffer: Value): void => {
    if (seen.has(buffer)) return;
    seen.add(buffer);
    buffer.forEachUse((user) => {
      if (!spans.has(user)) {
        escapes = true;
        return;
      }
      if (VIEWS.has(user.name)) {
        visit(user.result(0));
        return;
      }
      const owner = user.info.hasTrait(Terminator) ? user.parentOp : user;
      if (owner && owner !== root.parentOp && RegionBranch.of(owner)) {
        touch(owner);
        for (const result of owner.results) if (result.type instanceof MemRefType) visit(result);
        return;
      }
      if (user.info.hasTrait(Terminator) || user.successors.length > 0) escapes = true;
      else if (user.results.some((r) => r.type instanceof MemRefType)) escapes = true;
      touch(user);
    });
  };
  visit(alloc.result(0));
  return last >= 0 || escapes ? { alloc, first, last, escapes } : undefined;
}
