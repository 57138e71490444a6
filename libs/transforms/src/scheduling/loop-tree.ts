// The loops of a kernel as the primitives see them: found by name, cloned with new names, followed along perfect nests.
import { carriedDependence, loopName } from '@budflow/analysis';
import { ForOp, loopsByName } from '@budflow/dialect-loop';
import { type Block, isMemoryEffectFree, isSpeculatable, type Operation } from '@budflow/ir';
import { nearestName } from '@budflow/pass';
import { Refusal } from './primitive.js';

/** The loop with a name; refuses when there is none. */
export function findLoop(kernel: Operation, name: string): Operation {
  const loops = loopsByName(kernel);
  const found = loops.get(name);
  if (found) return found;
  const near = nearestName(name, loops.keys());
  const known = [...loops.keys()];
  const hint = near
    ? `did you mean "${near}"?`
    : known.length
      ? `there is ${known.map((n) => `"${n}"`).join(', ')}`
      : 'the kernel has no named loops';
  throw new Refusal(`no loop is named "${name}": ${hint}`, { loop: name });
}

export function loopNames(kernel: Operation): Set<string> {
  return new Set(loopsByName(kernel).keys());
}

/** The name of a clone: `x~1`, `x~2`, ..., the first that is free, which is taken then. */
export function takeCloneName(name: string, taken: Set<string>): string {
  const base = name.replace(/~\d+$/, '');
  for (let n = 1; ; n++) {
    const clone = `${base}~${n}`;
    if (taken.has(clone)) continue;
    taken.add(clone);
    return clone;
  }
}

/** Renames every loop in a clone that is not in the kernel yet. */
export function renameClonedLoops(clone: Operation, taken: Set<string>): void {
  clone.walk((op) => {
    const name = ForOp.is(op) ? ForOp.name(op) : undefined;
    if (name !== undefined) op.setAttr('name', op.context.stringAttr(takeCloneName(name, taken)));
  });
}

/** Ops of a loop body without the terminator. */
export function bodyOps(loop: Operation): Operation[] {
  const ops = ForOp.body(loop).entry.ops;
  ops.pop();
  return ops;
}

/** Whether the op may stand elsewhere: no effects, no region, cannot fail. */
export function isMovable(op: Operation): boolean {
  return op.ownRegions === null && isMemoryEffectFree(op) && isSpeculatable(op);
}

/** The loops around an op, outermost first, up to the function. */
export function enclosingLoops(op: Operation): Operation[] {
  const loops: Operation[] = [];
  for (let parent = op.parentOp; parent; parent = parent.parentOp) if (ForOp.is(parent)) loops.unshift(parent);
  return loops;
}

/** The op of the kernel's body in which an op is nested (or itself). */
export function rootOp(kernel: Operation, op: Operation): Operation {
  let at = op;
  while (at.parentOp !== kernel && at.parentOp) at = at.parentOp;
  return at;
}

/** Position of a root-level op is before another one's. */
export function comesBefore(a: Operation, b: Operation): boolean {
  return a.parent === b.parent && a !== b && a.isBeforeInBlock(b);
}

/** Moves the ops of a loop body, but not the terminator, to the end of a block. */
export function moveBody(loop: Operation, block: Block): void {
  for (const op of bodyOps(loop)) {
    op.remove();
    block.append(op);
  }
}

/** Refuses a loop with a dependence between its iterations; `why` comes before what it is. */
export function refuseCarried(kernel: Operation, loop: Operation, why = ''): void {
  const name = loopName(loop);
  const carried = carriedDependence(kernel, loop);
  if (carried === null) return;
  if ('unknown' in carried) throw new Refusal(`${why}'${carried.unknown.name}' may touch any memory`, { loop: name });
  throw new Refusal(`${why}loop-carried dependence through ${carried.report.message}`, {
    loop: name,
    dependence: carried.report,
  });
}
