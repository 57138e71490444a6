// peel: gives the first or last iterations of a loop a loop of their own.
//
//   loop.for %i = 0 to %n name "x" {            loop.for %i = 0 to min(1, %n) name "x~1" { f(%i) }
//     f(%i) }                              ->   loop.for %i = 1 to %n name "x" { f(%i) }
//
// Always legal: iterations keep their order. The peeled loop has at most `iterations` iterations, whatever the size is; it
// and the loops inside have new names, x~1, x~2, ...
import {
  type AppliedMap,
  composeAppliedMap,
  dropDominatedResults,
  forBounds,
  forInits,
  setForBounds,
} from '@budflow/dialect-loop';
import { AffineExpr, type Context, type Operation } from '@budflow/ir';
import { findLoop, loopNames, renameClonedLoops } from './loop-tree.js';
import { definePrimitive, Refusal } from './primitive.js';
import type { PeelStep } from './steps.js';

export const peel = definePrimitive<PeelStep>('peel', (kernel, { loop: name, iterations = 1, end = 'front' }) => {
  const loop = findLoop(kernel, name);
  const { lower, upper, step } = forBounds(loop);
  const { context } = loop;
  const count = iterations * step;
  if (end === 'back' && step !== 1)
    throw new Refusal(`where the last iterations of a loop of step ${step} begin is not affine`, { loop: name });
  const many = end === 'front' ? lower.map.results.length > 1 : upper.map.results.length > 1;
  if (many)
    throw new Refusal(`its ${end === 'front' ? 'lower bound is a maximum' : 'upper bound is a minimum'}`, {
      loop: name,
    });

  // 1. A clone in front of the loop (the peeled one, or the main one when the end is peeled).
  const clone = loop.clone();
  loop.parent!.insertBefore(clone, loop);
  const [peeled, main] = end === 'front' ? [clone, loop] : [loop, clone];
  renameClonedLoops(clone, loopNames(kernel));
  if (end === 'back') swapNames(peeled, main);

  // 2. Where one ends and the other begins.
  if (end === 'front') {
    const cut = shifted(context, lower, count);
    setForBounds(peeled, lower, clean(context, join(context, upper, cut), 'min'));
    setForBounds(main, cut, upper);
  } else {
    const cut = shifted(context, upper, -count);
    setForBounds(main, lower, clean(context, cut, 'min'));
    setForBounds(peeled, clean(context, join(context, lower, cut), 'max'), upper);
  }

  // 3. What the first one carries out, the second one carries on.
  const inits = loop.operandCount - forInits(loop).length;
  loop.results.forEach((_, i) => {
    loop.setOperand(inits + i, clone.result(i));
  });
});

/** Gives each loop of one nest the name of the same loop in the other. */
function swapNames(a: Operation, b: Operation): void {
  const [first, second]: [Operation[], Operation[]] = [[], []];
  a.walk((op) => first.push(op));
  b.walk((op) => second.push(op));
  first.forEach((op, i) => {
    const other = second[i]!;
    const [x, y] = [op.attr('name'), other.attr('name')];
    if (op.name !== 'loop.for' || !x || !y) return;
    op.setAttr('name', y);
    other.setAttr('name', x);
  });
}

function shifted(context: Context, { map, operands }: AppliedMap, by: number): AppliedMap {
  const results = map.results.map((e) => e.add(by));
  return { map: context.affineMap(map.numDims, map.numSymbols, results), operands };
}

/** The results of both. */
function join(context: Context, a: AppliedMap, b: AppliedMap): AppliedMap {
  const dims = Array.from({ length: b.map.numDims }, (_, i) => AffineExpr.dim(a.map.numDims + i));
  const symbols = Array.from({ length: b.map.numSymbols }, (_, i) => AffineExpr.symbol(a.map.numSymbols + i));
  const results = [...a.map.results, ...b.map.results.map((e) => e.replace(dims, symbols))];
  const [ad, bd] = [a.operands.slice(0, a.map.numDims), b.operands.slice(0, b.map.numDims)];
  const [as, bs] = [a.operands.slice(a.map.numDims), b.operands.slice(b.map.numDims)];
  return {
    map: context.affineMap(a.map.numDims + b.map.numDims, a.map.numSymbols + b.map.numSymbols, results),
    operands: [...ad, ...bd, ...as, ...bs],
  };
}

function clean(context: Context, bound: AppliedMap, kind: 'min' | 'max'): AppliedMap {
  return dropDominatedResults(context, composeAppliedMap(context, bound), kind);
}
