// Rows that run together: those that share what they read, and rows that are added to accumulators in memory.
import { collectAccesses } from '@budflow/analysis';
import { constantTripCount, ForOp, inductionVariable } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { bodyOps, isMovable } from '../loop-tree.js';
import { dependsOn, distinctReads, elementStride, unitStride } from './accesses.js';
import { isCloneOf, nameOf, parallelChain } from './names.js';
import { CACHE_LINE, type SchedulingSite } from './site.js';
import { vectors } from './vectors.js';

/** Rows that run together when they share what they read, and the share of reads that must be left then at most. */
const ROWS = 4;
const SHARED = 0.75;

/** Rows that are added to accumulators in memory at once: as many as the first cache has ways, should they collide. */
const ROW_BLOCK = 8;

/** Elements apart that no cache line or page holds both. */
const PAGE = 1024;

/** The loop directly around, when its iterations can be brought inside. */
export function rowsAround(inner: Operation): Operation | null {
  const outer = inner.parentOp;
  if (!outer || !ForOp.is(outer) || !/\.d\d+(\.i)?$/.test(nameOf(outer))) return null;
  return bodyOps(outer).every((op) => op === inner || isMovable(op)) ? outer : null;
}

/** How many rows around a vector loop run together since they read the same elements; 1 when they are better alone. */
function sharingRows(outer: Operation, inner: Operation): number {
  if (ForOp.body(inner).entry.ops.some((op) => op.ownRegions !== null)) return 1;
  const reads = collectAccesses(inner).accesses.filter(
    (a) => a.kind === 'read' && dependsOn(a, inductionVariable(outer)),
  );
  const trips = constantTripCount(outer);
  const rows = trips !== undefined && trips < ROWS ? trips : ROWS;
  const alone = distinctReads(reads, inductionVariable(outer), 1);
  if (rows < 2 || alone < 2) return 1;
  return distinctReads(reads, inductionVariable(outer), rows) > SHARED * rows * alone ? 1 : rows;
}

/** Iterations of a root loop that a chunk should have so that rows of it share what they read; 1 when they do not. */
export function rowsThatShare(site: SchedulingSite, root: Operation): number {
  const chain = parallelChain(root);
  const inner = chain.length === 2 ? site.loop(chain[1]!) : undefined;
  return inner && rowsAround(inner) === root && site.isVectorLoop(inner) ? sharingRows(root, inner) : 1;
}

/**
 * Runs rows together that read the same elements, as stencils do: four rows of a filter of three need six rows of the
 * image, not twelve, and what they compute alike of them is computed once (common subexpressions).
 */
export function sharedRows(site: SchedulingSite, inner: Operation): boolean {
  const outer = rowsAround(inner);
  const rows = outer ? sharingRows(outer, inner) : 1;
  if (!outer || rows === 1) return false;
  const [I, J] = [nameOf(outer), nameOf(inner)];
  const lanes = site.lanesOfRegister(inner);
  const columns = constantTripCount(inner);
  if (columns !== undefined && columns < lanes) return false;
  if (!site.attempt({ primitive: 'split', loop: I, factor: rows, tail: 'peel' })) return false;
  if (!site.attempt({ primitive: 'reorder', loops: [J, `${I}.i`] })) return false;
  site.attempt({ primitive: 'split', loop: J, factor: lanes, tail: 'peel' });
  site.attempt({ primitive: 'reorder', loops: [`${I}.i`, `${J}.i`] });
  site.attempt({ primitive: 'vectorize', loop: `${J}.i` });
  site.attempt({ primitive: 'unroll_and_jam', loop: `${I}.i` });
  remainders(site, I, J);
  return true;
}

/**
 * Walks down columns a few rows at a time, along whole rows of the buffer: accumulators of all columns stay in the
 * first cache, and rows are read as they lie in memory. Each column still adds its elements in ascending order.
 */
export function rowBlocks(site: SchedulingSite, columns: Operation): boolean {
  const inside = ForOp.body(columns).entry.ops.filter((op) => op.ownRegions !== null);
  const [rows] = inside;
  if (inside.length !== 1 || !rows || !ForOp.is(rows) || !/\.r0$/.test(nameOf(rows))) return false;
  if (ForOp.body(rows).entry.ops.some((op) => op.ownRegions !== null) || site.trips(rows) < 4 * ROW_BLOCK) return false;
  if (site.trips(columns) < site.lanesOfRegister(columns)) return false;
  const [i, r] = [inductionVariable(columns), inductionVariable(rows)];
  const far = collectAccesses(rows).accesses.filter(
    (a) => a.kind === 'read' && dependsOn(a, r) && unitStride(a, i) && (elementStride(a, r) ?? PAGE) >= CACHE_LINE,
  );
  if (far.length === 0) return false;
  const [C, R] = [nameOf(columns), nameOf(rows)];
  if (!site.attempt({ primitive: 'distribute', loop: C, at: R })) return false;
  if (!site.attempt({ primitive: 'reorder', loops: [R, C] })) return true;
  site.attempt({ primitive: 'split', loop: R, factor: ROW_BLOCK, tail: 'peel' });
  site.attempt({ primitive: 'reorder', loops: [C, `${R}.i`] });
  for (const name of site.loops().map(nameOf)) {
    const loop = isCloneOf(name, C) ? site.loop(name) : undefined;
    if (loop && site.isVectorLoop(loop)) vectors(site, loop);
  }
  return true;
}

/** Vectors for the inner loops of the rows that a split left over. */
export function remainders(site: SchedulingSite, rows: string, inner: string): void {
  for (const name of site.loops().map(nameOf)) {
    const loop = name !== inner && isCloneOf(name, inner) ? site.loop(name) : undefined;
    const around = loop?.parentOp;
    if (loop && around && isCloneOf(nameOf(around), `${rows}`) && site.isVectorLoop(loop)) vectors(site, loop);
  }
}
