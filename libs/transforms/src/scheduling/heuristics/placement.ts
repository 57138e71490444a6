// Placement: each stage as deep inside a later nest as its accesses allow, so that a row stays in cache.
import { nameOf, parallelChain, stageOf } from './names.js';
import type { SchedulingSite } from './site.js';

export function placeStages(site: SchedulingSite): void {
  const roots = site
    .roots()
    .map(nameOf)
    .filter((n) => /\.d0$/.test(n));
  for (let producer = roots.length - 2; producer >= 0; producer--) {
    const stage = stageOf(roots[producer]!);
    for (let consumer = roots.length - 1; consumer > producer; consumer--) {
      const loop = site.loop(roots[consumer]!);
      if (!loop || loop.parentOp !== site.func) continue;
      if (
        parallelChain(loop)
          .reverse()
          .some((name) => site.attempt({ primitive: 'compute_at', stage, loop: name }))
      )
        break;
    }
  }
}
