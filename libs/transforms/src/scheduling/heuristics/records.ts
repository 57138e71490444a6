// Nests over records: rows of a few elements, too short for vectors of their own.
import { collectAccesses } from '@budflow/analysis';
import { constantTripCount, ForOp, inductionVariable } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { LARGEST_RECORD } from '../vectorize/interleaved-stores.js';
import { dependsOn, elementStride, isInside } from './accesses.js';
import { nameOf } from './names.js';
import type { SchedulingSite } from './site.js';

/** Records that are worth vectors of their own. */
const FEW = 64;

/**
 * Writes out the loop over the elements of a record (three coordinates, the four bytes of a pixel), so that the loop over
 * the records can become vectors: one for each field, with loads and stores that take records apart and put them together.
 */
export function unrollRecords(site: SchedulingSite, root: Operation): void {
  for (let outer = aroundInnermost(root); outer; outer = aroundInnermost(root)) {
    const inner = loopsIn(outer);
    const around = outer;
    if (!/\.d\d+(\.i)?$/.test(nameOf(outer)) || !inner.every((loop) => isRecordLoop(site, around, loop))) return;
    for (const name of inner.map(nameOf)) if (!site.attempt({ primitive: 'unroll', loop: name })) return;
  }
}

function loopsIn(loop: Operation): Operation[] {
  return ForOp.body(loop).entry.ops.filter((op) => op.ownRegions !== null);
}

/** The loop of a nest of single loops that has only innermost loops in it: the stages of a row, one behind the other. */
function aroundInnermost(root: Operation): Operation | undefined {
  let loop = root;
  for (;;) {
    const inside = loopsIn(loop);
    if (inside.length === 0 || !inside.every((op) => ForOp.is(op))) return undefined;
    if (inside.every((op) => loopsIn(op).length === 0)) return loop;
    if (inside.length > 1) return undefined;
    loop = inside[0]!;
  }
}

function isRecordLoop(site: SchedulingSite, outer: Operation, inner: Operation): boolean {
  const fields = constantTripCount(inner);
  if (fields === undefined) return false;
  const lanes = site.lanesOfRegister(inner);
  if (fields < 2 || fields > LARGEST_RECORD || fields % lanes === 0 || site.trips(outer) < FEW) return false;
  const [i, c] = [inductionVariable(outer), inductionVariable(inner)];
  return collectAccesses(inner).accesses.every((a) => {
    // What a row keeps for itself is kept for several rows then.
    if (isInside(outer, a.root)) return true;
    if (!dependsOn(a, i)) return a.kind === 'read';
    const [record, field] = [elementStride(a, i), elementStride(a, c)];
    if (a.kind === 'write') return field === 1 && record === fields;
    // Records, and their fields, may be read in the opposite order.
    return record === 1 || (Math.abs(record ?? 0) === fields && Math.abs(field ?? 2) <= 1);
  });
}
