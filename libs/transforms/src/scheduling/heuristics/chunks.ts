// Chunks: parallel root loops cut into pieces of about equal time.
import { constantTripCount, ForOp, WhileOp } from '@budflow/dialect-loop';
import type { Block, Operation } from '@budflow/ir';
import { nameOf } from './names.js';
import { rowsThatShare } from './rows.js';
import type { SchedulingSite } from './site.js';
import { rowsOfBlocks } from './transposition.js';

/**
 * Cuts a parallel root loop into chunks of about `chunkNs`, a power of two of iterations, and at least as many as
 * blocks of the nest have.
 */
export function chunk(site: SchedulingSite, loop: Operation, trips: number, chunkNs: number): void {
  const perIteration = cost(site, loop) / Math.max(1, trips);
  const iterations = 2 ** Math.max(0, Math.round(Math.log2(chunkNs / Math.max(0.01, perIteration))));
  // A one-dimensional loop must leave whole vectors to a chunk.
  const factor = site.isVectorLoop(loop)
    ? Math.max(iterations, 1024)
    : Math.max(iterations, rowsOfBlocks(site, loop), rowsThatShare(site, loop));
  // One chunk has the bounds of the whole loop, which may be constants.
  const known = constantTripCount(loop) ?? 0;
  site.attempt({
    primitive: 'split',
    loop: nameOf(loop),
    factor: known > 0 ? Math.min(factor, known) : factor,
    tail: 'guard',
  });
}

/** Nanoseconds of an op on one element, as vector code: those of a name, or those of its dialect. */
const COSTS: Readonly<Record<string, number>> = {
  memory: 0.1,
  math: 2,
  'math.sqrt': 0.3,
  'math.fma': 0.06,
  'math.absf': 0.06,
  'math.floor': 0.06,
  'math.ceil': 0.06,
  'math.trunc': 0.06,
  'math.roundeven': 0.06,
  arith: 0.06,
  'arith.divf': 0.2,
};

/** Iterations assumed for a loop.while. */
const WHILE_TRIPS = 32;

/** Rough nanoseconds of a loop nest: vector code where the innermost loop is parallel. */
export function cost(site: SchedulingSite, op: Operation): number {
  return blockCost(site, ForOp.body(op).entry) * site.trips(op);
}

function blockCost(site: SchedulingSite, block: Block): number {
  let ns = 0;
  for (const inner of block.ops) {
    if (ForOp.is(inner)) ns += cost(site, inner);
    else if (WhileOp.is(inner)) for (const region of inner.regions) ns += WHILE_TRIPS * blockCost(site, region.entry);
    else ns += COSTS[inner.name] ?? COSTS[inner.info.dialect] ?? 0;
  }
  return ns;
}
