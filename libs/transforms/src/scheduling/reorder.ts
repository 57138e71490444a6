// reorder: brings perfectly nested loops into another order.
//
//   loop.for %i .. name "i" {                   loop.for %j .. name "j" {
//     loop.for %j .. name "j" {            ->     loop.for %i .. name "i" {
//       f(%i, %j) } }                               f(%i, %j) } }
//
// The loops follow one another without anything between them but index arithmetic, which moves inside or in front.
// Bounds of triangles are exchanged too (triangle.ts). Refused when bounds depend in another way on a loop that would come
// further in, and when a dependence would run backwards: that is
// judged by the signs of the distances of any two accesses to one element (Wolf and Lam, 1991).
import { isDefinedInside, loopName, reversedDependence } from '@budflow/analysis';
import { type AppliedMap, ForOp, forBounds, inductionVariable, setForBounds } from '@budflow/dialect-loop';
import { type DictionaryAttr, InternalError, type LocationRef, type Operation, type Value } from '@budflow/ir';
import { bodyOps, findLoop, isMovable } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { ReorderStep } from './steps.js';
import { swappedBounds } from './triangle.js';

export const reorder = definePrimitive<ReorderStep>('reorder', (kernel, { loops }) => reorderLoops(kernel, loops));

/** Brings loops into an order; `legal` when the caller has shown that any order of their iterations will do. */
export function reorderLoops(
  kernel: Operation,
  names: readonly string[],
  { legal = false }: { readonly legal?: boolean } = {},
): void {
  const wanted = names.map((name) => findLoop(kernel, name));
  wanted.forEach((loop, i) => {
    if (wanted.indexOf(loop) !== i) throw new Refusal(`loop "${names[i]}" is named twice`, { loop: names[i] });
  });
  const { loops, between } = nestOf(wanted);
  const order = wanted.map((loop) => loops.indexOf(loop));
  if (order.every((from, to) => from === to))
    throw new Refusal(`the loops are in this order already (outermost first): ${names.join(', ')}`, { loop: names[0] });
  for (const loop of loops)
    if (loop.resultCount > 0) throw new Refusal(`loop "${loopName(loop)}" carries values`, { loop: loopName(loop) });

  const bounds = movableInFront(loops, between, order);
  // What stands between the loops moves inside when bounds are exchanged: no bound may need it.
  const isNeeded = (v: Value): boolean => v.definingOp !== null && between.includes(v.definingOp);
  const needsBetween = loops.some((loop) => loop.operands.some(isNeeded));
  if (bounds.blocker && (needsBetween || !isExchangeable(loops, order))) throw bounds.blocker;
  const reversed = legal ? null : reversedDependence(kernel, loops, order);
  if (reversed && 'unknown' in reversed)
    throw new Refusal(`'${reversed.unknown.name}' may touch any memory`, { loop: names[0] });
  if (reversed)
    throw new Refusal(`would reverse a dependence through ${reversed.report.message}`, {
      loop: loopName(reversed.loop),
      dependence: reversed.report,
    });

  if (bounds.blocker) {
    sink(loops, between);
    bubble(loops, order, exchange);
    return;
  }
  const { hoisted } = bounds;
  for (const op of hoisted) op.moveBefore(loops[0]!);
  sink(
    loops,
    between.filter((op) => !hoisted.includes(op)),
  );
  permute(loops, order);
}

/** The loops from outermost to innermost, and the ops that stand between them. */
function nestOf(wanted: readonly Operation[]): { loops: Operation[]; between: Operation[] } {
  const outermost = wanted.find((loop) => wanted.every((other) => loop.isAncestorOf(other)));
  if (!outermost) throw new Refusal('the loops are not nested in one another', { loop: loopName(wanted[0]!) });
  const loops = [outermost];
  const between: Operation[] = [];
  while (loops.length < wanted.length) {
    const at = loops[loops.length - 1]!;
    const ops = bodyOps(at);
    const next = ops.find((op) => wanted.includes(op));
    if (!next)
      throw new Refusal(`loop "${loopName(at)}" has none of the other loops directly inside`, { loop: loopName(at) });
    for (const op of ops) {
      if (op === next) continue;
      if (!isMovable(op))
        throw new Refusal(
          `'${op.name}' stands between loop "${loopName(at)}" and loop "${loopName(next)}": they are not perfectly nested`,
          { loop: loopName(at) },
        );
      between.push(op);
    }
    loops.push(next);
  }
  return { loops, between };
}

/**
 * The ops between the loops that bounds need, when they can be computed in front of the nest. A bound may depend on a loop
 * that stays outside of its own; otherwise there is a refusal, unless the bounds can be exchanged.
 */
function movableInFront(
  loops: readonly Operation[],
  between: readonly Operation[],
  order: readonly number[],
): { readonly hoisted: readonly Operation[]; readonly blocker?: Refusal } {
  const needed = new Set<Operation>();
  const variables = loops.map(inductionVariable);
  const need = (value: Value, loop: Operation, isDirect: boolean): void => {
    if (!isDefinedInside(value, loops[0]!)) return;
    const outer = variables.indexOf(value);
    if (isDirect && outer >= 0 && order.indexOf(outer) < order.indexOf(loops.indexOf(loop))) return;
    const op = value.definingOp;
    if (op === null || !between.includes(op))
      throw new Refusal(`the bounds of loop "${loopName(loop)}" depend on a loop of the nest`, {
        loop: loopName(loop),
      });
    if (needed.has(op)) return;
    for (const operand of op.operands) need(operand, loop, false);
    needed.add(op);
  };
  try {
    for (const loop of loops) {
      const { lower, upper } = forBounds(loop);
      for (const value of [...lower.operands, ...upper.operands]) need(value, loop, true);
    }
  } catch (error) {
    if (error instanceof Refusal) return { hoisted: [], blocker: error };
    throw error;
  }
  return { hoisted: between.filter((op) => needed.has(op)) };
}

/** Sorts the loops into an order by exchanges of neighbours; `order` holds their present positions. */
function bubble(
  loops: readonly Operation[],
  order: readonly number[],
  swap: (outer: Operation, inner: Operation) => void,
): void {
  const target = loops.map((_, k) => order.indexOf(k));
  for (let sorted = false; !sorted; ) {
    sorted = true;
    for (let k = 0; k + 1 < loops.length; k++) {
      if (target[k]! < target[k + 1]!) continue;
      swap(loops[k]!, loops[k + 1]!);
      [target[k], target[k + 1]] = [target[k + 1]!, target[k]!];
      sorted = false;
    }
  }
}

/** Whether bounds that depend on one another can be exchanged: tried on a copy of the nest. */
function isExchangeable(loops: readonly Operation[], order: readonly number[]): boolean {
  const copy = loops[0]!.clone();
  const names = loops.map((loop) => ForOp.name(loop));
  const copies: Operation[] = [];
  copy.walk((op) => {
    if (ForOp.is(op) && names.includes(ForOp.name(op))) copies.push(op);
  });
  let possible = true;
  bubble(copies, order, (outer, inner) => {
    if (possible && swappedBounds(outer, inner)) exchange(outer, inner);
    else possible = false;
  });
  copy.destroy();
  return possible;
}

/** Lets two neighbours change places, with the bounds that both have then. */
function exchange(outer: Operation, inner: Operation): void {
  const bounds = swappedBounds(outer, inner);
  if (!bounds) throw new InternalError('the bounds cannot be exchanged', outer);
  const [i, j] = [inductionVariable(outer), inductionVariable(inner)];
  permute([outer, inner], [1, 0]);
  // The op outside has the variable of the loop that was inside.
  const renamed = ({ map, operands }: AppliedMap): AppliedMap => ({
    map,
    operands: operands.map((v) => (v === j ? i : v)),
  });
  setForBounds(outer, bounds.outer.lower, bounds.outer.upper);
  setForBounds(inner, renamed(bounds.inner.lower), renamed(bounds.inner.upper));
}

/** Moves what stands between the loops, in order, to the start of the innermost body. */
function sink(loops: readonly Operation[], ops: readonly Operation[]): void {
  const innermost = ForOp.body(loops[loops.length - 1]!).entry;
  const first = innermost.firstOp!;
  for (const op of ops) op.moveBefore(first);
}

interface Header {
  readonly attributes: DictionaryAttr;
  readonly operands: readonly Value[];
  readonly loc: LocationRef;
  readonly uses: readonly { readonly user: Operation; readonly index: number }[];
}

/** Gives the op at each position bounds, name, annotations and variable of another one. */
function permute(loops: readonly Operation[], order: readonly number[]): void {
  const variables = loops.map(inductionVariable);
  const headers = loops.map((loop, k): Header => {
    const uses: { user: Operation; index: number }[] = [];
    variables[k]!.forEachUse((user, index) => {
      if (!loops.includes(user)) uses.push({ user, index });
    });
    return { attributes: loop.attributes, operands: loop.operands, loc: loop.loc, uses };
  });
  const moved = (value: Value): Value => {
    const at = variables.indexOf(value);
    return at < 0 ? value : variables[order.indexOf(at)]!;
  };
  loops.forEach((loop, to) => {
    const header = headers[order[to]!]!;
    loop.attributes = header.attributes;
    loop.loc = header.loc;
    loop.setOperands(header.operands.map(moved));
    for (const { user, index } of header.uses) user.setOperand(index, variables[to]!);
  });
}
