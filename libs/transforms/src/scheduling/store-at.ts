// store_at: lets the buffer of a stage live in the body of a loop, or of the kernel.
//
//   %b = memory.alloca : memref<8xf32>          loop.for %i .. name "x" {
//   loop.for %i .. name "x" {              ->     %b = memory.alloca : memref<8xf32>
//     f(%i) -> %b;  g(%i, %b) }                   f(%i) -> %b;  g(%i, %b) }
//
// Outwards it is always legal: one buffer instead of a fresh one in each iteration, whose contents nobody may count on.
// Inwards every use must be inside the loop, and no iteration may read what another one wrote: either the accesses never
// meet, or each read follows a write of the same element in its own iteration. (Halide's store_at.)
import {
  type Access,
  bufferName,
  collectAccesses,
  DependenceAnalysis,
  IndexSpace,
  isAllocation,
  isDefinedInside,
  type Sign,
} from '@budflow/analysis';
import { constantTripCount, ForOp, forBounds, inductionVariable } from '@budflow/dialect-loop';
import type { MemRefType, Operation, Value } from '@budflow/ir';
import { findBuffer } from './buffers.js';
import { enclosingLoops, findLoop } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { StoreAtStep } from './steps.js';

export const storeAt = definePrimitive<StoreAtStep>('store_at', (kernel, { stage, loop: name }) => {
  const root = findBuffer(kernel, stage);
  const where = { loop: name };
  const alloca = root.definingOp;
  if (!alloca || !isAllocation(root))
    throw new Refusal(`${bufferName(kernel, root)} is not a buffer of the kernel's own`, where);
  const loop = name === undefined ? null : findLoop(kernel, name);
  const place = loop ?? kernel;
  if (alloca.parentOp === place) throw new Refusal('the buffer lives there already', where);
  const block = (loop ? ForOp.body(loop) : kernel.region(0)).entry;
  const first = firstUser(root, block.ops);

  if (place.isAncestorOf(alloca)) {
    if (alloca.operands.some((v) => isDefinedInside(v, place) && v.parentBlock !== block))
      throw new Refusal('its size is computed further in', where);
    alloca.moveBefore(ancestorIn(alloca, place));
    return;
  }
  if (!loop || !alloca.parentOp?.isAncestorOf(loop))
    throw new Refusal('the loop is not inside the block where the buffer lives', where);
  if (root.users().some((user) => !loop.isAncestorOf(user)))
    throw new Refusal('the buffer is used outside of the loop', where);
  refuseFlow(kernel, loop, root, alloca.parentOp);
  alloca.moveBefore(first ?? block.firstOp!);
});

/** Refuses when an iteration of the loops that would be around the buffer reads what another one wrote. */
function refuseFlow(kernel: Operation, loop: Operation, root: Value, home: Operation): void {
  const around = enclosingLoops(loop).filter((op) => home.isAncestorOf(op) && op !== home);
  const loops = [...around, loop];
  const { accesses, unknown } = collectAccesses(loop);
  const where = { loop: ForOp.name(loop) };
  if (unknown) throw new Refusal(`'${unknown.name}' may touch any memory`, where);
  const analysis = new DependenceAnalysis(kernel, loops);
  for (const dependence of analysis.all(accesses.filter((a) => a.root === root))) {
    const { first, second } = dependence;
    if (first.kind === second.kind && first.op !== second.op) continue;
    const earlier = (signs: readonly Sign[]): boolean => {
      const sign = signs.find((s) => s !== 0);
      if (sign === undefined) return false;
      // The one that comes first in time writes, the other one reads.
      const [from, to] = sign > 0 ? [first, second] : [second, first];
      return from.kind === 'write' && to.kind === 'read';
    };
    if (!analysis.findDirection(dependence, earlier)) continue;
    const [read] = [first, second].filter((a) => a.kind === 'read');
    if (read && accesses.some((write) => write.kind === 'write' && covers(write, read, loop))) continue;
    const report = analysis.report(dependence, loops.length - 1);
    throw new Refusal(`an iteration reads what another one wrote: ${report.message}`, { ...where, dependence: report });
  }
}

/** Whether an iteration of the loop surely writes what it reads, and does so first. */
function covers(write: Access, read: Access, loop: Operation): boolean {
  if (write.root !== read.root || !write.subscripts || !read.subscripts || write.lanes || read.lanes) return false;
  const space = new IndexSpace();
  const same = write.subscripts.every((v, d) => space.of(v) === space.of(read.subscripts![d]!));
  if (same && write.op !== read.op) {
    for (let at: Operation = read.op; at !== loop && at.parentOp; at = at.parentOp)
      if (at.parent === write.op.parent && at !== write.op && write.op.isBeforeInBlock(at)) return true;
  }
  // A nest in front writes the whole buffer.
  const { shape } = write.root.type as MemRefType;
  const free = enclosingLoops(write.op).filter((op) => loop.isAncestorOf(op) && op !== loop);
  const outermost = free[0];
  if (!outermost || free.length !== shape.length || outermost.parentOp !== loop) return false;
  if (outermost.isAncestorOf(read.op) || write.op.parentOp !== free[free.length - 1]) return false;
  const isFirst = ancestorIn(outermost, loop).isBeforeInBlock(ancestorIn(read.op, loop));
  return (
    isFirst &&
    free.every((op, i) => i === 0 || op.parentOp === free[i - 1]) &&
    write.subscripts.every((v, d) => {
      const own = free.find((op) => inductionVariable(op) === v);
      if (!own || shape[d]! < 0 || constantTripCount(own) !== shape[d]) return false;
      return forBounds(own).lower.map.singleConstant() === 0;
    }) &&
    new Set(write.subscripts).size === shape.length
  );
}

function firstUser(value: Value, ops: readonly Operation[]): Operation | undefined {
  const users = value.users();
  return ops.find((op) => users.some((user) => op === user || op.isAncestorOf(user)));
}

function ancestorIn(op: Operation, place: Operation): Operation {
  let at = op;
  while (at.parentOp !== place && at.parentOp) at = at.parentOp;
  return at;
}
