// The steps that block a nest that reads like a matrix product, as BLIS does.
//
//   conv.d0 { conv.d1 { conv.d2 { r0 { r1 { r2 } } } } }  ->  d0 { d1.o { d2.o { d1.i.o { r0 { r1 { r2 { 4 x 8 } } } } } } }
import { type Access, collectAccesses } from '@budflow/analysis';
import { constantTripCount, ForOp, inductionVariable } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { unitStride } from '../heuristics/accesses.js';
import { isCloneOf, nameOf, stageOf } from '../heuristics/names.js';
import { type SchedulingSite, UNKNOWN_TRIPS } from '../heuristics/site.js';
import type { BlockSizes } from './model.js';
import type { PackedOperands } from './packing.js';
import type { Product } from './product.js';

/** Applies the blocks to the nest; false when it is left alone, for it is narrower than a vector. */
export function contraction(
  site: SchedulingSite,
  product: Product,
  { mr, nr, kc, mc, nc }: BlockSizes,
  packed: PackedOperands,
): boolean {
  const { outer, between, i, j, contracted, left } = product;
  const [I, J] = [nameOf(i), nameOf(j)];
  const K = contracted.map(nameOf);
  const rows = constantTripCount(i);
  const columns = constantTripCount(j);
  const lanes = site.target.vectorBits / 8 / site.widest(j);
  if (columns !== undefined && columns < lanes)
    return outer.length + between.length === 0 && narrow(site, i, j, left, columns);
  const width = columns !== undefined && columns < nr ? lanes : nr;

  // 1. Blocks, panels and tiles.
  site.attempt({ primitive: 'split', loop: I, factor: mc, tail: 'guard' });
  if (!site.attempt({ primitive: 'reorder', loops: [...between, J, `${I}.i`] })) return true;
  site.attempt({ primitive: 'split', loop: J, factor: width, tail: 'peel' });
  site.attempt({ primitive: 'reorder', loops: [`${I}.i`, `${J}.i`] });
  const unrolled = rows === undefined || rows >= mr;
  const wide = nc === undefined ? 0 : Math.ceil(nc / width);
  const isWide = wide > 0 && site.attempt({ primitive: 'split', loop: `${J}.o`, factor: wide, tail: 'guard' });
  const panels = isWide ? [`${J}.o.o`, `${J}.o.i`] : [`${J}.o`];
  // A sum over several loops is cut at the outermost one, a sum over one loop by a split.
  const isNested = K.length > 1;
  const depth = unrolled && kc !== undefined ? { I, J: panels, K: isNested ? K[0]! : `${K[0]}.o` } : undefined;
  let copy: string | undefined;
  const copyRight = (buffer: string, before: readonly string[], terms: readonly string[]): void => {
    copy = packInOrder(site, { buffer, before, panel: panels[panels.length - 1]!, terms, lanes: `${J}.i` });
  };
  // Before the tiles: rows that fill none read the copy, too.
  if (!depth && packed.right) copyRight(packed.right.buffer, [...packed.right.outer, ...panels.slice(0, -1)], K);
  if (unrolled) site.attempt({ primitive: 'split', loop: `${I}.i`, factor: mr, tail: 'peel' });
  const isCut =
    depth !== undefined && (isNested || site.attempt({ primitive: 'split', loop: K[0]!, factor: kc!, tail: 'guard' }));

  // 2. Copies. That of the right operand is made where a block of it is used, when few blocks of rows use it.
  const isLocal = isCut && !isNested && rows !== undefined && Math.ceil(rows / mc) <= LOCAL_BLOCKS;
  const terms = isCut && !isNested ? [`${K[0]}.o`, `${K[0]}.i`] : K;
  if (depth && packed.right) {
    const before = isLocal
      ? [`${I}.o`, ...panels.slice(0, -1), terms[0]!]
      : [...packed.right.outer, ...panels.slice(0, -1)];
    copyRight(packed.right.buffer, before, isLocal ? terms.slice(1) : terms);
  }
  if (unrolled && packed.left) {
    const { buffer, outer: around } = packed.left;
    site.attempt({ primitive: 'pack', buffer, loops: [...around, `${I}.o`, `${I}.i.o`, ...terms, `${I}.i.i`] });
  }

  // 3. Vectors and register tiles.
  for (const name of site.loops().map(nameOf))
    if (isCloneOf(name, `${J}.i`)) site.attempt({ primitive: 'vectorize', loop: name });
  if (unrolled) site.attempt({ primitive: 'unroll_and_jam', loop: `${I}.i.i` });
  leftColumns(site, I, J, mr, lanes);

  // 4. Blocks of the sum, and of columns.
  if (isCut && cutDepth(site, depth) && isLocal && copy)
    site.attempt({ primitive: 'compute_at', stage: copy, loop: depth.K });
  // Blocks of columns go outside of those of rows, with the copy of each one, when no columns are left beside them.
  const isFull = columns !== undefined && columns % width === 0;
  if (!isCut && isWide && isFull && site.attempt({ primitive: 'reorder', loops: [`${J}.o.o`, `${I}.o`] }) && copy)
    site.attempt({ primitive: 'compute_at', stage: copy, loop: `${J}.o.o` });
  return true;
}

/** Blocks of rows up to which each one copies its part of the right operand itself. */
const LOCAL_BLOCKS = 2;

/** Terms that a copy takes at a time: rows of the operand that stay in the first cache while all panels take theirs. */
const COPIED_TERMS = 16;

interface PanelCopy {
  readonly buffer: string;
  /** Loops around the panels, then the panels, the contracted loops, and the columns of a panel. */
  readonly before: readonly string[];
  readonly panel: string;
  readonly terms: readonly string[];
  readonly lanes: string;
}

/**
 * Packs the right operand, a few of its rows at a time: a column of panels would touch a page for each row. Returns the
 * stage of the copy.
 */
function packInOrder(site: SchedulingSite, { buffer, before, panel, terms, lanes }: PanelCopy): string | undefined {
  const stages = () => new Set(site.roots().map((op) => stageOf(nameOf(op))));
  const earlier = stages();
  if (!site.attempt({ primitive: 'pack', buffer, loops: [...before, panel, ...terms, lanes] })) return undefined;
  const stage = [...stages()].find((name) => !earlier.has(name))!;
  const name = (at: number): string => `${stage}.d${at}`;
  const panels = name(before.length);
  const last = name(before.length + terms.length);
  const row = site.loop(last);
  const lane = site.loop(name(before.length + terms.length + 1));
  if (!row || !lane || (constantTripCount(row) ?? UNKNOWN_TRIPS) <= COPIED_TERMS) return stage;
  // Rows of the copy that are read along columns of the operand are already read as they lie.
  if (!collectAccesses(lane).accesses.every((a) => unitStride(a, inductionVariable(lane)))) return stage;
  if (!site.attempt({ primitive: 'split', loop: last, factor: COPIED_TERMS, tail: 'guard' })) return stage;
  const middle = terms.slice(1).map((_, k) => name(before.length + 1 + k));
  site.attempt({ primitive: 'reorder', loops: [...middle, `${last}.o`, panels, `${last}.i`] });
  return stage;
}

/** What cutting a sum needs to know. */
interface Depth {
  readonly I: string;
  /** The loops over panels, outermost first. */
  readonly J: readonly string[];
  /** The loop over blocks of the sum. */
  readonly K: string;
}

/**
 * Runs all tiles of a block for some terms of their sums before the next terms: accumulators then lie in memory.
 *
 *   d1.o { d0.i.o { init; r0.o { r0.i {..} }; store } }  ->  d1.o { d0.i.o { init } }
 *                                                           r0.o { d1.o { d0.i.o { load; r0.i {..}; store } } }
 *                                                           d1.o { d0.i.o { store } }
 */
function cutDepth(site: SchedulingSite, { I, J, K }: Depth): boolean {
  const [panel, tile] = [J[J.length - 1]!, `${I}.i.o`];
  return (
    site.attempt({ primitive: 'distribute', loop: tile, at: K }) &&
    site.attempt({ primitive: 'distribute', loop: panel, at: tile }) &&
    site.attempt({ primitive: 'reorder', loops: [K, panel, tile] })
  );
}

/** Columns that fill no tile: a register of them with as many rows as a tile has, then one by one, rows still together. */
function leftColumns(site: SchedulingSite, I: string, J: string, mr: number, most: number): void {
  const done = new Set<string>();
  for (;;) {
    const columns = site
      .loops()
      .find(
        (l) => isCloneOf(nameOf(l), J) && nameOf(l) !== J && !nameOf(l).includes('.', J.length) && !done.has(nameOf(l)),
      );
    if (!columns) return;
    const name = nameOf(columns);
    done.add(name);
    const rows = ForOp.body(columns).entry.ops.find((op) => ForOp.is(op) && isCloneOf(nameOf(op), `${I}.i`));
    if (!rows) continue;
    const R = nameOf(rows);
    const trips = constantTripCount(columns);
    // Half a register is better than single elements.
    const lanes = trips === undefined ? most : Math.min(most, 2 ** Math.floor(Math.log2(trips)));
    const wide = lanes > 1;
    const known = constantTripCount(rows);
    const unrolled = known === undefined || known >= mr;
    if (wide) {
      // One register when that is all of them.
      if (trips !== lanes && !site.attempt({ primitive: 'split', loop: name, factor: lanes, tail: 'peel' })) continue;
      const inner = trips === lanes ? name : `${name}.i`;
      if (!site.attempt({ primitive: 'reorder', loops: [R, inner] })) continue;
      if (unrolled) site.attempt({ primitive: 'split', loop: R, factor: mr, tail: 'peel' });
      for (const l of site.loops().map(nameOf))
        if (isCloneOf(l, inner) && isInnerOf(site, l, R)) site.attempt({ primitive: 'vectorize', loop: l });
      if (unrolled) site.attempt({ primitive: 'unroll_and_jam', loop: `${R}.i` });
    } else if (unrolled && site.attempt({ primitive: 'split', loop: R, factor: mr, tail: 'peel' }))
      site.attempt({ primitive: 'unroll_and_jam', loop: `${R}.i` });
  }
}

/** Whether a loop is inside of rows of that name, or of what a split left of them. */
function isInnerOf(site: SchedulingSite, loop: string, rows: string): boolean {
  for (let op = site.loop(loop)?.parentOp; op; op = op.parentOp)
    if (ForOp.is(op) && nameOf(op).startsWith(rows)) return true;
  return false;
}

/**
 * A product with fewer columns than a vector has lanes, whose left operand lies along the rows: vectors of rows, all
 * columns at once, so that one pass over the operands makes a block of rows.
 *
 *   dot.d0 { dot.d1 { dot.r0 } }  ->  dot.d0.o { r0 { 3 columns of 16 rows } }
 */
function narrow(site: SchedulingSite, i: Operation, j: Operation, left: Access, columns: number): boolean {
  const [I, J] = [nameOf(i), nameOf(j)];
  const lanes = site.lanes(i);
  if (!unitStride(left, inductionVariable(i)) || site.trips(i) < lanes) return false;
  if (!site.attempt({ primitive: 'split', loop: I, factor: lanes, tail: 'peel' })) return false;
  if (!site.attempt({ primitive: 'reorder', loops: [J, `${I}.i`] })) return true;
  site.attempt({ primitive: 'vectorize', loop: `${I}.i` });
  if (columns > 1) site.attempt({ primitive: 'unroll_and_jam', loop: J });
  return true;
}
