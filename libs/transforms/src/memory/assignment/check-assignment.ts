// Checks an assigned function from its text alone: independent of how the assignment was made. Buffers are read off the
// memory.view ops, lifetimes off the uses, and every op's buffers must lie in the arena, aligned, and apart from every
// other buffer that is alive there.
import { ArenaOp, ViewOp } from '@budflow/dialect-memory';
import {
  byteWidth,
  elementCount,
  IntegerAttr,
  LoopLike,
  MemRefType,
  type Operation,
  Terminator,
  type Value,
} from '@budflow/ir';

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
  const time = new Map<Operation, readonly [number, number]>();
  const arenas: Operation[] = [];
  let clock = 0;
  const tick = (op: Operation): void => {
    const start = clock++;
    if (ArenaOp.is(op)) arenas.push(op);
    for (const region of op.regions) for (const block of region.blocks) for (const inner of block.ops) tick(inner);
    time.set(op, [start, op.regions.length === 0 ? start : clock++]);
  };
  tick(func);
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
      lifetime(p, time);
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

/**
 * Extends the lifetime over every op that mentions the buffer, or a value that may be it: a fixed point over everything of
 * a buffer type that an op with the buffer makes, and over what blocks are passed.
 */
function lifetime(placed: Placed, time: ReadonlyMap<Operation, readonly [number, number]>): void {
  const home = placed.view.parentOp;
  const names = new Set<Value>([placed.view.result(0)]);
  for (const name of names) {
    for (const user of name.users()) {
      const isBorder = user.info.hasTrait(Terminator) && user.parentOp !== null && time.get(user.parentOp)![0] > 0;
      const made = isBorder ? [...user.parentOp!.results] : [...user.results];
      // Whatever a loop is passed it has in its blocks too; nothing is lost by taking all of them.
      if (user.regions.length > 0)
        for (const region of user.regions) for (const block of region.blocks) made.push(...block.arguments);
      for (const value of made) if (value.type instanceof MemRefType) names.add(value);
      if (user.name === 'memory.reshape' || user.name === 'memory.cast') continue;
      const at = isBorder ? user.parentOp! : user;
      let [first, last] = time.get(at)!;
      for (let loop = at.parentOp; loop && loop !== home && time.has(loop); loop = loop.parentOp) {
        if (loop.isAncestorOf(placed.view)) break;
        if (!LoopLike.of(loop)) continue;
        [first, last] = [Math.min(first, time.get(loop)![0]), Math.max(last, time.get(loop)![1])];
      }
      placed.first = Math.min(placed.first, first);
      placed.last = Math.max(placed.last, last);
    }
  }
}
