// unswitch: decides a condition that a loop does not change in front of it.
//
//   loop.for %i .. name "x" {                   loop.if %c {
//     f(%i)                                       loop.for %i .. name "x" { f(%i); g(%i) }
//     loop.if %c { g(%i) } else { h(%i) } }  ->  } else {
//                                                 loop.for %i .. name "x~1" { f(%i); h(%i) } }
//
// Always legal: the condition has one value during all iterations, and computing it early has no effects. Loops in the
// second copy get new names. The first such condition in program order is taken; conditions in inner loops too.
import { isDefinedInside } from '@budflow/analysis';
import { IfOp } from '@budflow/dialect-loop';
import { Builder, Operation, Region, type Value } from '@budflow/ir';
import { findLoop, isMovable, loopNames, renameClonedLoops } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { UnswitchStep } from './steps.js';

export const unswitch = definePrimitive<UnswitchStep>('unswitch', (kernel, { loop: name }) => {
  // 1. A condition that is the same in all iterations.
  const loop = findLoop(kernel, name);
  let some = false;
  let found: Operation | undefined;
  loop.walk((op) => {
    if (!IfOp.is(op) || found) return;
    some = true;
    if (isInvariant(op.operand(0), loop)) found = op;
  });
  if (!found)
    throw new Refusal(some ? 'the conditions inside depend on it' : 'there is no condition inside', { loop: name });
  if (loop.resultCount > 0) throw new Refusal('it carries values', { loop: name });

  // 2. Decided in front of the loop.
  const condition = hoisted(found.operand(0), loop);
  const [then, otherwise] = [new Region(), new Region()];
  const made = Operation.create(found.info, loop.loc, [condition], [], loop.context.dictionary([]), [then, otherwise]);
  loop.parent!.insertBefore(made, loop);
  const path = pathTo(found, loop);
  const copy = loop.clone();
  const other = opAt(copy, path);
  for (const [region, one] of [
    [then, loop],
    [otherwise, copy],
  ] as const) {
    const block = region.append();
    if (one === loop) one.remove();
    block.append(one);
    block.append(Operation.create(loop.context.opInfo('loop.yield'), loop.loc, [], []));
  }
  renameClonedLoops(copy, loopNames(kernel));

  // 3. Each copy has one branch.
  inline(found, 0);
  inline(other, 1);
});

function isInvariant(value: Value, loop: Operation): boolean {
  if (!isDefinedInside(value, loop)) return true;
  const op = value.definingOp;
  return op !== null && isMovable(op) && op.operands.every((v) => isInvariant(v, loop));
}

/** The value, computed in front of the loop. */
function hoisted(value: Value, loop: Operation): Value {
  const op = value.definingOp;
  if (op === null || !isDefinedInside(value, loop)) return value;
  for (const operand of op.operands) hoisted(operand, loop);
  op.moveBefore(loop);
  return value;
}

/** Positions of regions and ops from `top` (one block in each region) down to an op. */
function pathTo(op: Operation, top: Operation): [number, number][] {
  const path: [number, number][] = [];
  for (let at = op; at !== top; at = at.parentOp!) {
    const parent = at.parentOp!;
    const region = parent.regions.findIndex((r) => r.blocks[0] === at.parent);
    path.unshift([region, at.parent!.ops.indexOf(at)]);
  }
  return path;
}

function opAt(top: Operation, path: readonly [number, number][]): Operation {
  return path.reduce((at, [region, index]) => at.region(region).entry.ops[index]!, top);
}

/** Replaces a loop.if by one of its branches. */
function inline(op: Operation, branch: 0 | 1): void {
  const region = op.region(branch);
  if (!region.isEmpty) {
    const builder = Builder.before(op);
    const block = region.entry;
    const mapping = new Map<Value, Value>();
    for (let inner = block.firstOp; inner && inner !== block.lastOp; inner = inner.next) {
      const clone = builder.insert(inner.clone(mapping));
      inner.results.forEach((r, i) => {
        mapping.set(r, clone.result(i));
      });
    }
    const values = block.terminator.operands.map((v) => mapping.get(v) ?? v);
    op.results.forEach((r, i) => {
      r.replaceAllUsesWith(values[i]!);
    });
  }
  op.erase();
}
