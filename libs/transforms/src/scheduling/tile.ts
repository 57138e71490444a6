// tile: cuts nested loops into tiles, the loops over tiles outside.
//
//   loop.for %i = 0 to 64 name "x" {            loop.for .. = 0 to 8 name "x.o" {  loop.for .. = 0 to 4 name "y.o" {
//     loop.for %j = 0 to 64 name "y" {     ->     loop.for .. = 0 to 8 name "x.i" {  loop.for .. = 0 to 16 name "y.i" {
//       f(%i, %j) } }                               f(8 x.o + x.i, 16 y.o + y.i) } } } }
//
// The same as splits and a reorder, whose conditions it has; refused as a whole. (Wolf and Lam, 1991.)
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
    loops.forEach((loop, i) => {
      perform(split, kernel, { primitive: 'split', loop, factor: factors[i]!, tail });
    });
    if (loops.length === 1) return;
    const order = [...loops.map((l) => `${l}.o`), ...loops.map((l) => `${l}.i`)];
    reorderLoops(kernel, order, { legal: isRepeated });
  });
});
