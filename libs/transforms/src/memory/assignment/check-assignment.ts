// Checks an assigned function from its text alone: independent of how the assignment was made. Buffers are read off the
// memory.view ops, lifetimes off the uses, and every op's buffers must lie in the arena, aligned, and apart from every
// other buffer that is alive there.
import { ArenaOp, ViewOp } from '@budflow/dialect-memory';
import { byteWidth, elementCount, IntegerAttr, type MemRefType, type Operation, type Value } from '@budflow/ir';

interface Placed {
  readonly view: Operation;
  readonly offset: number;
  readonly bytes: number;
  first: number;
  last: number;
}

/** What is wrong with the buffers of a function, one message for each pair or buffer; empty when nothing is. */
export function checkAssignment(func: Operation): string[] {
  const problems: string[] = [];
  for (const block of func.region(0).blocks) {
    const ops = block.ops;
    const indexOf = new Map(ops.map((op, i) => [op, i]));
    const arenas = ops.filter((op) => ArenaOp.is(op));
    if (arenas.length > 1) problems.push(`${arenas.length} arenas in one function`);
    for (const arena of arenas) {
      const total = ArenaOp.bytes(arena);
      if (total === undefined) {
        problems.push('an arena without a static size');
        continue;
      }
      const placed = arena
        .result(0)
        .users()
        .map((view) => describe(view, problems))
        .filter((p) => p !== undefined);
      for (const p of placed) {
        if (p.offset % 64 !== 0) problems.push(`a buffer at byte ${p.offset}, which is not aligned to 64`);
        if (p.offset < 0 || p.offset + p.bytes > total)
          problems.push(`bytes ${p.offset} to ${p.offset + p.bytes} of an arena of ${total}`);
        lifetime(p, p.view.result(0), indexOf);
      }
      for (let i = 0; i < placed.length; i++) {
        for (let j = i + 1; j < placed.length; j++) {
          const [a, b] = [placed[i]!, placed[j]!];
          const sameTime = a.first <= b.last && b.first <= a.last;
          const sameBytes = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
          if (sameTime && sameBytes)
            problems.push(
              `bytes ${a.offset}+${a.bytes} and ${b.offset}+${b.bytes} are both alive at op ${Math.max(a.first, b.first)}`,
            );
        }
      }
    }
  }
  return problems;
}

function describe(view: Operation, problems: string[]): Placed | undefined {
  if (!ViewOp.is(view)) {
    problems.push(`an arena is used by '${view.name}'`);
    return undefined;
  }
  const value = view.operand(1).definingOp?.attr('value');
  const type = view.result(0).type as MemRefType;
  const count = elementCount(type.shape);
  const width = byteWidth(type.element);
  if (!(value instanceof IntegerAttr) || count === undefined || width === undefined) {
    problems.push('a view of the arena without a static place');
    return undefined;
  }
  return { view, offset: value.number, bytes: count * width, first: Number.POSITIVE_INFINITY, last: -1 };
}

/** Extends the lifetime over every op that mentions the buffer or something made from it. */
function lifetime(placed: Placed, buffer: Value, indexOf: ReadonlyMap<Operation, number>): void {
  for (const user of buffer.users()) {
    let at: Operation = user;
    while (!indexOf.has(at) && at.parentOp) at = at.parentOp;
    const index = indexOf.get(at) ?? -1;
    const isView = user.resultCount === 1 && user.name !== 'memory.dim' && user.name !== 'memory.load';
    if (isView) lifetime(placed, user.result(0), indexOf);
    else {
      placed.first = Math.min(placed.first, index);
      placed.last = Math.max(placed.last, index);
    }
  }
}
