// Nests over records: rows of a few elements, too short for vectors of their own.
import { collectAccesses } from '@budflow/analysis';
import { constantTripCount, ForOp, inductionVariable } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { LARGEST_RECORD } from '../vectorize/interleaved-stores.js';
import { dependsOn, elementStride } from './accesses.js';
import { nameOf } from './names.js';
import { rowsAround } from './rows.js';
import type { SchedulingSite } from './site.js';

/** Records that are worth vectors of their own. */
const FEW = 64;

/**
 * Writes out the loop over the elements of a record (three coordinates, the four bytes of a pixel), so that the loop over
 * the records can become vectors: one for each field, with loads and stores that take records apart and put them together.
 */
export function unrollRecords(site: SchedulingSite, root: Operation): void {
  for (let inner = innermost(root); inner; inner = innermost(root)) {
    const outer = rowsAround(inner);
    const fields = constantTripCount(inner);
    if (!outer || fields === undefined || !isRecordLoop(site, outer, inner, fields)) return;
    if (!site.attempt({ primitive: 'unroll', loop: nameOf(inner) })) return;
  }
}

/** The innermost loop of a nest of single loops. */
function innermost(root: Operation): Operation | undefined {
  let loop = root;
  for (;;) {
    const inside: Operation[] = ForOp.body(loop).entry.ops.filter((op) => op.ownRegions !== null);
    if (inside.length === 0) return loop === root ? undefined : loop;
    if (inside.length > 1 || !ForOp.is(inside[0]!)) return undefined;
    loop = inside[0]!;
  }
}

function isRecordLoop(site: SchedulingSite, outer: Operation, inner: Operation, fields: number): boolean {
  const lanes = site.lanesOfRegister(inner);
  if (fields < 2 || fields > LARGEST_RECORD || fields % lanes === 0 || site.trips(outer) < FEW) return false;
  const [i, c] = [inductionVariable(outer), inductionVariable(inner)];
  return collectAccesses(inner).accesses.every((a) => {
    if (!dependsOn(a, i)) return a.kind === 'read';
    const [record, field] = [elementStride(a, i), elementStride(a, c)];
    if (a.kind === 'write') return field === 1 && record === fields;
    // Records, and their fields, may be read in the opposite order.
    return record === 1 || (Math.abs(record ?? 0) === fields && Math.abs(field ?? 2) <= 1);
  });
}
