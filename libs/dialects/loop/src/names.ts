// Loops of a kernel and their names, which are unique, so that a schedule step says which loop it means.
import type { Operation } from '@budflow/ir';
import { LoopAttrs } from './attributes.js';
import { ForOp } from './for-op.js';

/** Visits the loop.for ops in an op (and itself), outer ones first. Looks only at ops that have regions. */
export function walkLoops(top: Operation, visit: (loop: Operation) => void): void {
  if (top.ownRegions === null) return;
  if (ForOp.is(top)) visit(top);
  for (const region of top.ownRegions)
    for (const block of region.blocks)
      for (let op = block.firstOp; op !== null; op = op.next) if (op.ownRegions !== null) walkLoops(op, visit);
}

/** Checks that no two loops of a function have one name; emits `loop.duplicate-name` for each that has. */
export function checkLoopNames(func: Operation): boolean {
  const first = new Map<string, Operation>();
  let unique = true;
  walkLoops(func, (op) => {
    const name = ForOp.name(op);
    if (name === undefined) return;
    const other = first.get(name);
    if (other === undefined) first.set(name, op);
    else {
      unique = false;
      op.emitError(
        'loop.duplicate-name',
        `has the name "${name}" of another loop of this function: rename one of them`,
      ).note(`first loop named "${name}"`, other.loc);
    }
  });
  return unique;
}

/** The loops of a function by name; unnamed ones are left out. */
export function loopsByName(func: Operation): Map<string, Operation> {
  const loops = new Map<string, Operation>();
  walkLoops(func, (op) => {
    const name = ForOp.name(op);
    if (name !== undefined && !loops.has(name)) loops.set(name, op);
  });
  return loops;
}

/** Gives every unnamed loop of a function a name L0, L1, ... that is not taken. */
export function nameLoops(func: Operation): void {
  const taken = loopsByName(func);
  let next = 0;
  walkLoops(func, (op) => {
    if (ForOp.name(op) !== undefined) return;
    while (taken.has(`L${next}`)) next++;
    op.setAttr(LoopAttrs.name, op.context.stringAttr(`L${next++}`));
  });
}
