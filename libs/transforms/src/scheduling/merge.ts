// merge: makes one loop of two that follow one another (loop fusion).
//
//   loop.for %i = 0 to %n name "x" { f(%i) }         loop.for %i = 0 to %n name "x" { f(%i); g(%i) }
//   loop.for %i = 0 to %n name "y" { g(%i) }    ->
//
// The bounds are the same, and nothing stands between the loops but what can move in front of them. Refused when an
// iteration of the second loop needs a later one of the first: then it would come too early. Names inside stay.
import {
  collectAccesses,
  DependenceAnalysis,
  IndexSpace,
  isDefinedInside,
  loopName,
  type Sign,
} from '@budflow/analysis';
import { ForOp, forBounds, inductionVariable } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { findLoop, isMovable, moveBody } from './loop-tree.js';
import { allOrNothing, definePrimitive, Refusal } from './primitive.js';
import type { MergeStep } from './steps.js';

export const merge = definePrimitive<MergeStep>('merge', (kernel, { loops: names }) => {
  // 1. Neighbours with the same iterations.
  if (names.length !== 2) throw new Refusal(`expects two loops, got ${names.length}`, { loop: names[0] });
  const [first, second] = names.map((name) => findLoop(kernel, name)) as [Operation, Operation];
  const where = { loop: names[1] };
  if (first.parent !== second.parent || first === second || !first.isBeforeInBlock(second))
    throw new Refusal(`loop "${names[1]}" does not follow loop "${names[0]}" in the same block`, where);
  for (const loop of [first, second])
    if (loop.resultCount > 0) throw new Refusal(`loop "${loopName(loop)}" carries values`, { loop: loopName(loop) });
  const space = new IndexSpace();
  const [a, b] = [forBounds(first), forBounds(second)];
  const same = (x: typeof a.lower, y: typeof a.lower): boolean => {
    const [p, q] = [new Set(space.bound(x)), new Set(space.bound(y))];
    return p.size === q.size && [...p].every((e) => q.has(e));
  };
  if (a.step !== b.step || !same(a.lower, b.lower) || !same(a.upper, b.upper))
    throw new Refusal(`it does not surely have the bounds of loop "${names[0]}"`, where);
  const between: Operation[] = [];
  for (let op = first.next!; op !== second; op = op.next!) {
    if (!isMovable(op) && op.name !== 'memory.alloca')
      throw new Refusal(`'${op.name}' stands between the loops`, where);
    if (op.operands.some((v) => isDefinedInside(v, first))) throw new Refusal(`'${op.name}' uses results`, where);
    between.push(op);
  }

  // 2. One loop, undone when a dependence runs backwards in it.
  allOrNothing(kernel, () => {
    const [one, two] = names.map((name) => findLoop(kernel, name)) as [Operation, Operation];
    for (let op = one.next!; op !== two; ) {
      const next: Operation = op.next!;
      op.moveBefore(one);
      op = next;
    }
    const own = collectAccesses(one);
    inductionVariable(two).replaceAllUsesWith(inductionVariable(one));
    const block = ForOp.body(one).entry;
    const terminator = block.terminator;
    terminator.remove();
    moveBody(two, block);
    block.append(terminator);
    two.erase();
    refuseBackwards(kernel, one, own);
  });
});

/** Refuses dependences from a statement of the second loop to a later iteration of the first. */
function refuseBackwards(kernel: Operation, loop: Operation, own: ReturnType<typeof collectAccesses>): void {
  const { accesses, unknown } = collectAccesses(loop);
  const where = { loop: loopName(loop) };
  if (unknown) throw new Refusal(`'${unknown.name}' may touch any memory`, where);
  const firsts = new Set(own.accesses.map((x) => x.op));
  const analysis = new DependenceAnalysis(kernel, [loop]);
  for (const dependence of analysis.all(accesses)) {
    const { first, second } = dependence;
    if (!firsts.has(first.op) || firsts.has(second.op)) continue;
    // The statement of the first loop ran before: its iteration must not come after that of the second.
    const isBackwards = ([sign]: readonly Sign[]): boolean => sign === -1;
    if (!analysis.findDirection(dependence, isBackwards)) continue;
    const report = analysis.report(dependence, 0);
    throw new Refusal(`would reverse a dependence through ${report.message}`, { ...where, dependence: report });
  }
}
