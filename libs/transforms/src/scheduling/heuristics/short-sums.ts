// Reductions of a few elements: written out, behind vectors.
//
//   loop.for %r = 0 to 2 name "max.r0" { acc = max(acc, x[%r]) }   ->   acc = max(max(acc, x[0]), x[1])
import { constantTripCount, ForOp } from '@budflow/dialect-loop';
import { bodyOps } from '../loop-tree.js';
import { nameOf, stageOf } from './names.js';
import type { SchedulingSite } from './site.js';

/** Iterations, and ops of a body, up to which a loop costs more than it saves. */
const ITERATIONS = 4;
const OPS = 32;

/** Unrolls innermost reductions of a few iterations, from the inside outwards while they stay short. */
export function unrollShortSums(site: SchedulingSite, blocked: ReadonlySet<string> | undefined): void {
  for (const name of site.loops().map(nameOf).reverse()) {
    const loop = /\.r\d+(~\d+)?$/.test(name) ? site.loop(name) : undefined;
    const trips = loop ? constantTripCount(loop) : undefined;
    // Tiles of a product have as many sums in flight as there are registers: two terms at once would spill them.
    if (blocked?.has(stageOf(name))) continue;
    if (!loop || trips === undefined || trips < 2 || trips > ITERATIONS) continue;
    const body = bodyOps(loop);
    if (body.some((op) => op.ownRegions !== null) || trips * body.length > ITERATIONS * OPS) continue;
    // A row of sums: what is around keeps its loops.
    if (!loop.parentOp || !ForOp.is(loop.parentOp)) continue;
    site.attempt({ primitive: 'unroll', loop: name });
  }
}
