// Vectors along a parallel loop.
import { constantTripCount } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { nameOf } from './names.js';
import type { SchedulingSite } from './site.js';

/** Iterations of a loop of which those beyond the last whole vector count. */
const SHORT_ROW = 1024;
/** Iterations that are more work one by one than as a vector. */
const WORTH_A_VECTOR = 3;

/** Cuts the loop into vectors. */
export function vectors(site: SchedulingSite, loop: Operation): void {
  const name = nameOf(loop);
  let lanes = site.lanes(loop);
  const trips = constantTripCount(loop);
  if (trips !== undefined && trips <= lanes) {
    // Few iterations: all of them in one vector when that fills registers, or a register at a time.
    const registers = trips / site.lanesOfRegister(loop);
    if (Number.isInteger(Math.log2(registers)) && registers >= 1) {
      site.attempt({ primitive: 'vectorize', loop: name });
      return;
    }
    if (registers < 1) return;
    lanes = site.lanesOfRegister(loop);
  }
  // A short row that is no multiple of vectors: the last one overlaps the one before, if nobody can tell.
  const shifts = trips !== undefined && trips <= SHORT_ROW && trips % lanes >= WORTH_A_VECTOR;
  if (
    (shifts && site.attempt({ primitive: 'split', loop: name, factor: lanes, tail: 'shift' })) ||
    site.attempt({ primitive: 'split', loop: name, factor: lanes, tail: 'peel' })
  )
    site.attempt({ primitive: 'vectorize', loop: `${name}.i` });
}
