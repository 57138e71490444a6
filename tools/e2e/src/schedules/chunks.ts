// Whether the root loops of a kernel that run as chunks may: by brute force, no chunk touches what another one writes.
import { ForOp, walkLoops } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { isParallelLoop } from '../../../../libs/transforms/src/support/chunk-loops.js';
import { type AccessEvent, traceKernel } from './trace.js';

/** Names of the loops that count as parallel and are not; null when the kernel is not followed. */
export function wrongChunks(kernel: Operation, loops: 'root' | 'all' = 'root'): string[] | null {
  const events = traceKernel(kernel, true);
  if (!events) return null;
  const wrong: string[] = [];
  walkLoops(kernel, (loop) => {
    if (loops === 'root' && loop.parentOp !== kernel) return;
    if (isParallelLoop(loop) && !haveOwnElements(loop, events)) wrong.push(ForOp.name(loop) ?? '');
  });
  return wrong;
}

/**
 * Whether no iteration reads what another one wrote, and none writes what another one reads or wrote. Private buffers are
 * private to a thread as long as no other root op uses them: there, nothing may come from an earlier iteration. Elements
 * that several iterations only write have the same values (a tail that shifts).
 */
function haveOwnElements(loop: Operation, events: readonly AccessEvent[]): boolean {
  const isInside = (e: AccessEvent): boolean => e.path.some((p) => p.loop === loop);
  const elsewhere = new Set(events.filter((e) => !isInside(e)).map((e) => e.buffer));
  const cells = new Map<string, { readonly isWrite: boolean; readonly iteration: number }[]>();
  for (const e of events) {
    if (!isInside(e)) continue;
    const at = e.path.findIndex((p) => p.loop === loop);
    const iteration = e.path[at]!.value;
    // In one iteration of the loops around.
    const cell = `${e.path.slice(0, at).map((p) => p.value)} ${e.cell}`;
    const isPrivate = e.buffer.definingOp !== null && !elsewhere.has(e.buffer);
    const list = cells.get(cell) ?? [];
    const last = list.findLast((other) => other.isWrite);
    if (isPrivate && !e.isWrite && last && last.iteration !== iteration) return false;
    if (!isPrivate && list.some((o) => o.iteration !== iteration && o.isWrite !== e.isWrite)) return false;
    list.push({ isWrite: e.isWrite, iteration });
    cells.set(cell, list);
  }
  return true;
}
