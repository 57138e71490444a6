// Chunks: parallel root loops cut into pieces of about equal time.
import { constantTripCount, ForOp, WhileOp } from '@budflow/dialect-loop';
import type { Block, Operation } from '@budflow/ir';
import { nameOf } from './names.js';
import type { SchedulingSite } from './site.js';

/** Cuts a parallel root loop into chunks of about `chunkNs`, a power of two of iterations. */
export function chunk(site: SchedulingSite, loop: Operation, trips: number): void {
  const perIteration = cost(site, loop) / Math.max(1, trips);
  const iterations = 2 ** Math.max(0, Math.round(Math.log2(site.chunkNs / Math.max(0.01, perIteration))));
  // A one-dimensional loop must leave whole vectors to a chunk.
  const factor = site.isVectorLoop(loop) ? Math.max(iterations, 1024) : iterations;
  // One chunk has the bounds of the whole loop, which may be constants.
  const known = constantTripCount(loop) ?? 0;
  site.attempt({
    primitive: 'split',
    loop: nameOf(loop),
    factor: known > 0 ? Math.min(factor, known) : factor,
    tail: 'guard',
  });
}

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
    else if (inner.info.dialect === 'memory' || inner.info.dialect === 'math')
      ns += inner.info.dialect === 'math' ? 2 : 0.1;
    else if (inner.info.dialect === 'arith') ns += 0.06;
  }
  return ns;
}
