// Decides by brute force whether a step may be applied: executes the loops, orders their accesses as the step would, and
// looks whether any two that touch one element (one of them writing) change places.
import { constantTripCount, ForOp, forBounds, loopsByName } from '@budflow/dialect-loop';
import type { Operation, Value } from '@budflow/ir';
import type { Step } from '@budflow/transforms/scheduling';
import type { AccessEvent, Place } from './trace.js';

/** `unclear`: the step does not fit the loops, or this oracle does not judge it. */
export type Verdict = 'legal' | 'illegal' | 'unclear';

export function judge(kernel: Operation, step: Step, events: readonly AccessEvent[]): Verdict {
  const loops = loopsByName(kernel);
  const find = (name: string): Operation | undefined => loops.get(name);
  switch (step.primitive) {
    case 'peel':
    case 'unroll':
    case 'fuse':
      return 'legal';
    case 'unswitch': {
      const loop = find(step.loop);
      let fits = false;
      loop?.walk((op) => {
        fits ||= op.name === 'loop.if' && isInvariant(op.operand(0), loop);
      });
      return fits ? 'legal' : 'unclear';
    }
    case 'split':
      return step.tail === 'shift' ? repeated(find(step.loop), events) : 'legal';
    case 'parallel': {
      const loop = find(step.loop);
      return loop && !loop.attr('parallel') ? (independent(loop, events) ? 'legal' : 'illegal') : 'unclear';
    }
    case 'unroll_and_jam':
    case 'vectorize': {
      const loop = find(step.loop);
      // Preconditions, which another primitive establishes: as many iterations each time, and more than one lane.
      const trips = loop ? constantTripCount(loop) : undefined;
      if (trips === undefined || (step.primitive === 'vectorize' && trips < 2)) return 'unclear';
      return keepsOrder(events, ({ path }) => {
        const at = path.findIndex((p) => p.loop === loop);
        return at < 0 ? values(path) : [...values(path.toSpliced(at, 1)), path[at]!.value];
      });
    }
    case 'reorder':
    case 'tile': {
      const wanted = step.loops.map(find);
      if (wanted.some((l) => !l)) return 'unclear';
      const factors = step.primitive === 'tile' ? step.factors : undefined;
      return permuted(events, wanted as Operation[], factors);
    }
    case 'distribute': {
      const [loop, inner] = [find(step.loop), find(step.at)];
      if (!loop || inner?.parentOp !== loop) return 'unclear';
      const { ops } = ForOp.body(loop).entry;
      const cut = ops.indexOf(inner);
      if (!ops.some((op) => op !== inner && /store|loop\.(for|if)/.test(op.name))) return 'unclear';
      return keepsOrder(events, ({ path }) => {
        const at = path.findIndex((p) => p.loop === loop);
        if (at < 0) return values(path);
        const before = values(path.slice(0, at));
        return [...before, Math.sign(path[at + 1]!.value - cut), ...values(path.slice(at))];
      });
    }
    case 'merge': {
      const [first, second] = step.loops.map(find);
      if (!first || !second || first.parent !== second.parent) return 'unclear';
      if (!sameIterations(first, second)) return 'unclear';
      const position = first.parent!.ops.indexOf(first);
      return keepsOrder(events, ({ path }) => {
        const at = path.findIndex((p) => p.loop === second);
        if (at < 0) return values(path);
        const list = values(path);
        list[at - 1] = position;
        list[at + 1]! += 1000;
        return list;
      });
    }
    case 'compute_at':
      return placed(kernel, step, events);
    case 'cache_read':
      return touched(find(step.loop), bufferOf(kernel, step.buffer), events, { mayWrite: false });
    case 'cache_write':
      return touched(find(step.loop), bufferOf(kernel, step.buffer), events, { mayWrite: true });
    case 'store_nontemporal': {
      const buffer = bufferOf(kernel, step.buffer);
      const place = step.loop === undefined ? undefined : find(step.loop);
      const own = events.filter((e) => e.buffer === buffer && (!place || e.path.some((p) => p.loop === place)));
      if (!own.some((e) => e.isWrite)) return 'unclear';
      return own.every((e) => e.isWrite) ? 'legal' : 'unclear';
    }
    default:
      return 'unclear';
  }
}

/** Whether a value is computed from what comes from outside of a loop, without memory. */
function isInvariant(value: Value, loop: Operation): boolean {
  const op = value.definingOp;
  if (op === null) return value.parentBlock === null || !loop.isAncestorOf(value.parentBlock.parentOp!);
  return !loop.isAncestorOf(op) || (op.name !== 'memory.load' && op.operands.every((v) => isInvariant(v, loop)));
}

/** Whether the bounds are the same, word for word. */
function sameIterations(a: Operation, b: Operation): boolean {
  const [x, y] = [forBounds(a), forBounds(b)];
  const same = (p: typeof x.lower, q: typeof x.lower): boolean =>
    p.map === q.map && p.operands.every((v, i) => v === q.operands[i]);
  return x.step === y.step && same(x.lower, y.lower) && same(x.upper, y.upper);
}

function values(path: readonly Place[]): number[] {
  return path.map((p) => p.value);
}

function bufferOf(kernel: Operation, name: string): Value | undefined {
  const found = /^arg(\d+)$/.exec(name);
  return found ? kernel.region(0).entry.arguments[Number(found[1])] : undefined;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Accesses by element, in the order of execution; those that are only read are left out. */
function byCell(events: readonly AccessEvent[]): AccessEvent[][] {
  const cells = new Map<string, AccessEvent[]>();
  for (const e of events) {
    const list = cells.get(e.cell);
    if (list) list.push(e);
    else cells.set(e.cell, [e]);
  }
  return [...cells.values()].filter((list) => list.some((e) => e.isWrite));
}

/** Whether no two accesses to one element change places in the new order, but those of a reduction of any order. */
function keepsOrder(
  events: readonly AccessEvent[],
  time: (event: AccessEvent) => readonly number[],
  options: { readonly reductions?: boolean } = {},
): Verdict {
  for (const list of byCell(events)) {
    const times = list.map(time);
    for (let i = 0; i < list.length; i++) {
      for (let j = i + 1; j < list.length; j++) {
        if (!list[i]!.isWrite && !list[j]!.isWrite) continue;
        if (compare(times[i]!, times[j]!) < 0) continue;
        if (options.reductions && isAnyOrder(list[i]!.op, list[j]!.op)) continue;
        return 'illegal';
      }
    }
  }
  return 'legal';
}

const ANY_ORDER = new Set(['arith.addi', 'arith.muli', 'arith.maxsi', 'arith.xori', 'arith.maximumf']);

/** Whether both ops are the load and the store of one accumulation whose elements may come in any order. */
function isAnyOrder(x: Operation, y: Operation): boolean {
  for (const store of [x, y]) {
    if (store.name !== 'memory.store') continue;
    const combine = store.operand(0).definingOp;
    if (!combine || !ANY_ORDER.has(combine.name) || combine.operand(0) === combine.operand(1)) continue;
    const loads = combine.operands.map((v) => v.definingOp);
    const own = loads.find(
      (l) =>
        l?.name === 'memory.load' &&
        l.operand(0) === store.operand(1) &&
        l.result(0).users().length === 1 &&
        l.operands.slice(1).every((v, i) => v === store.operands[i + 2]),
    );
    if (own && combine.result(0).users().length === 1 && [x, y].every((op) => op === store || op === own)) return true;
  }
  return false;
}

/** Whether iterations of a loop, in one iteration of those around it, have nothing to do with one another. */
function independent(loop: Operation, events: readonly AccessEvent[]): boolean {
  for (const list of byCell(events)) {
    const inside = list.flatMap((e) => {
      const at = e.path.findIndex((p) => p.loop === loop);
      return at < 0 ? [] : [{ e, outer: values(e.path.slice(0, at)).join(), iteration: e.path[at]!.value }];
    });
    for (const a of inside)
      for (const b of inside)
        if (a.outer === b.outer && a.iteration !== b.iteration && (a.e.isWrite || b.e.isWrite)) return false;
  }
  return true;
}

/** Running iterations twice is surely not noticed when nothing is read that is written, or written by two of them. */
function repeated(loop: Operation | undefined, events: readonly AccessEvent[]): Verdict {
  if (!loop) return 'unclear';
  if (!independent(loop, events)) return 'unclear';
  const inside = events.filter((e) => e.path.some((p) => p.loop === loop));
  const outside = inside.filter((e) => {
    const op = e.buffer.definingOp;
    return op === null || !loop.isAncestorOf(op);
  });
  const written = new Set(outside.filter((e) => e.isWrite).map((e) => e.cell));
  return outside.some((e) => !e.isWrite && written.has(e.cell)) ? 'unclear' : 'legal';
}

/** Perfectly nested loops in another order, or cut into tiles. */
function permuted(events: readonly AccessEvent[], wanted: readonly Operation[], factors?: readonly number[]): Verdict {
  const outermost = wanted.find((l) => wanted.every((o) => l.isAncestorOf(o)));
  if (!outermost) return 'unclear';
  const inside = (e: AccessEvent): boolean => e.path.some((p) => p.loop === outermost);
  if (events.some((e) => inside(e) && wanted.some((l) => !e.path.some((p) => p.loop === l)))) return 'unclear';
  return keepsOrder(
    events,
    (e) => {
      if (!inside(e)) return values(e.path);
      const start = e.path.findIndex((p) => p.loop === outermost);
      const rest = e.path.slice(start).filter((p) => !p.loop || !wanted.includes(p.loop));
      const iteration = (l: Operation): number => e.path.find((p) => p.loop === l)!.value;
      const front = factors
        ? [
            ...wanted.map((l, k) => Math.floor(iteration(l) / factors[k]!)),
            ...wanted.map((l, k) => iteration(l) % factors[k]!),
          ]
        : wanted.map(iteration);
      return [...values(e.path.slice(0, start)), ...front, ...values(rest)];
    },
    { reductions: true },
  );
}

/** The nest of a stage in a loop of another one: each of its iterations at the start of the same one there. */
function placed(
  kernel: Operation,
  step: Extract<Step, { primitive: 'compute_at' }>,
  events: readonly AccessEvent[],
): Verdict {
  const loops = loopsByName(kernel);
  const root = loops.get(`${step.stage}.d0`);
  const place = loops.get(step.loop);
  if (root?.parentOp !== kernel || !place || root.isAncestorOf(place)) return 'unclear';
  const chain: Operation[] = [];
  for (let at: Operation | null = place; at && at !== kernel; at = at.parentOp) {
    if (!ForOp.is(at)) return 'unclear';
    chain.unshift(at);
  }
  const [target] = chain;
  if (!target || !root.isBeforeInBlock(target)) return 'unclear';
  // Both nests must run the same iterations.
  const depth = chain.length;
  const iterations = (top: Operation): Set<string> =>
    new Set(
      events
        .filter((e) => e.path.some((p) => p.loop === top))
        .map((e) => {
          const ivs = e.path.filter((p) => p.loop);
          return ivs.length < depth
            ? 'short'
            : ivs
                .slice(0, depth)
                .map((p) => p.value)
                .join();
        }),
    );
  const [own, other] = [iterations(root), iterations(target)];
  if (own.has('short') || own.size !== other.size || [...own].some((i) => !other.has(i))) return 'unclear';
  const sample = events.find((e) => chain.every((l) => e.path.some((p) => p.loop === l)));
  if (!sample) return 'unclear';
  const positions = sample.path.slice(0, sample.path.findIndex((p) => p.loop === place) + 1);
  return keepsOrder(events, (e) => {
    if (!e.path.some((p) => p.loop === root)) return values(e.path);
    const ivs = e.path.filter((p) => p.loop).map((p) => p.value);
    const front = positions.map((p) => (p.loop ? ivs[chain.indexOf(p.loop)]! : p.value));
    const last = e.path.findIndex((p) => p.loop && e.path.filter((q) => q.loop).indexOf(p) === depth - 1);
    return [...front, -1000, ...values(e.path.slice(last + 1))];
  });
}

/** A copy of a part is right when nothing else writes the buffer meanwhile, or when all that does goes to the copy. */
function touched(
  loop: Operation | undefined,
  buffer: Value | undefined,
  events: readonly AccessEvent[],
  { mayWrite }: { readonly mayWrite: boolean },
): Verdict {
  if (!loop || !buffer) return 'unclear';
  const inside = events.filter((e) => e.buffer === buffer && e.path.some((p) => p.loop === loop));
  if (inside.length === 0) return 'unclear';
  const writes = inside.some((e) => e.isWrite);
  if (mayWrite) return writes ? 'legal' : 'unclear';
  return writes ? 'unclear' : 'legal';
}
