// tile: cuts nested loops into tiles, the loops over tiles outside.
//
//   loop.for %i = 0 to 64 name "x" {            loop.for .. = 0 to 8 name "x.o" {  loop.for .. = 0 to 4 name "y.o" {
//     loop.for %j = 0 to 64 name "y" {     ->     loop.for .. = 0 to 8 name "x.i" {  loop.for .. = 0 to 16 name "y.i" {
//       f(%i, %j) } }                               f(8 x.o + x.i, 16 y.o + y.i) } } } }
//
// The same as splits and a reorder, whose conditions it has; refused as a whole. (Wolf and Lam, 1991.) Where a loop ends
// at a line of one around it (%j < %i + 1), the loop over its tiles runs as far as any iteration of the tile around needs,
// and the loop inside a tile has no iterations behind the line.
import {
  composeAppliedMap,
  forBounds,
  inductionVariable,
  linearForm,
  normalizeExpr,
  setForBounds,
} from '@budflow/dialect-loop';
import { AffineExpr, type Operation } from '@budflow/ir';
import { findLoop } from './loop-tree.js';
import { allOrNothing, definePrimitive, perform, Refusal } from './primitive.js';
import { reorderLoops } from './reorder.js';
import { refuseRepetition, split } from './split.js';
import type { TileStep } from './steps.js';

export const tile = definePrimitive<TileStep>('tile', (kernel, { loops, factors, tail = 'guard' }) => {
  if (loops.length !== factors.length)
    throw new Refusal(`${loops.length} loops need as many factors, there are ${factors.length}`, { loop: loops[0] });
  // Iterations that run twice, in any order, must not be noticed.
  const isRepeated = tail === 'shift' && loops.length > 1;
  if (isRepeated)
    refuseRepetition(
      kernel,
      loops.map((loop) => findLoop(kernel, loop)),
    );
  allOrNothing(kernel, () => {
    loops.forEach((name, i) => {
      const isAligned = forBounds(findLoop(kernel, name)).lower.map.singleConstant() !== undefined;
      perform(split, kernel, { primitive: 'split', loop: name, factor: factors[i]!, tail });
      if (!isAligned || tail !== 'guard') return;
      const outer = findLoop(kernel, `${name}.o`);
      const inner = findLoop(kernel, `${name}.i`);
      // Only where the inner loop knows how many iterations are left.
      if (!forBounds(inner).upper.operands.includes(inductionVariable(outer))) return;
      loops.slice(0, i).forEach((around, k) => {
        widen(outer, findLoop(kernel, `${around}.i`), factors[k]!);
      });
    });
    if (loops.length === 1) return;
    const order = [...loops.map((l) => `${l}.o`), ...loops.map((l) => `${l}.i`)];
    reorderLoops(kernel, order, { legal: isRepeated });
  });
});

/** Lets a loop over tiles run as far as any of the `count` iterations of a loop around it needs. */
function widen(outer: Operation, around: Operation, count: number): void {
  const { lower, upper } = forBounds(outer);
  const { map, operands } = upper;
  const at = operands.indexOf(inductionVariable(around));
  if (at < 0 || at >= map.numDims) return;
  const results: AffineExpr[] = [];
  for (const result of map.results) {
    const direction = slope(result, at);
    if (direction === null) return;
    const last = AffineExpr.constant(direction > 0 ? count - 1 : 0);
    const replaced = Array.from({ length: map.numDims }, (_, d) => (d === at ? last : AffineExpr.dim(d)));
    results.push(normalizeExpr(result.replace(replaced, [])));
  }
  const wide = outer.context.affineMap(map.numDims, map.numSymbols, results);
  setForBounds(outer, lower, composeAppliedMap(outer.context, { map: wide, operands }));
}

/** Whether an expression grows with a dimension (1), falls (-1), or is independent of it (0); null when it does neither. */
function slope(e: AffineExpr, dim: number): number | null {
  let all = 0;
  for (const [atom, c] of linearForm(e).terms) {
    if (!atom.usesDim(dim)) continue;
    const isQuotient = (atom.kind === 'ceildiv' || atom.kind === 'floordiv') && atom.rhs!.kind === 'constant';
    const own = atom.kind === 'dim' ? 1 : isQuotient && atom.rhs!.value > 0 ? slope(atom.lhs!, dim) : null;
    if (own === null || (all !== 0 && all !== own * Math.sign(c))) return null;
    all = own * Math.sign(c);
  }
  return all;
}
