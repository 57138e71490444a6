// The steps that block a nest that reads like a matrix product, as BLIS does.
//
//   conv.d0 { conv.d1 { conv.d2 { r0 { r1 { r2 } } } } }  ->  d0 { d1.o { d2.o { d1.i.o { r0 { r1 { r2 { 4 x 8 } } } } } } }
import type { Access } from '@budflow/analysis';
import { constantTripCount, ForOp, inductionVariable } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import { unitStride } from '../heuristics/accesses.js';
import { isCloneOf, nameOf } from '../heuristics/names.js';
import type { SchedulingSite } from '../heuristics/site.js';
import type { BlockSizes } from './model.js';
import type { PackedOperands } from './packing.js';
import type { Product } from './product.js';

/** Applies the blocks to the nest; false when it is left alone, for it is narrower than a vector. */
export function contraction(
  site: SchedulingSite,
  product: Product,
  { mr, nr, mc }: BlockSizes,
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
  site.attempt({ primitive: 'split', loop: I, factor: mc, tail: 'guard' });
  if (!site.attempt({ primitive: 'reorder', loops: [...between, J, `${I}.i`] })) return true;
  site.attempt({ primitive: 'split', loop: J, factor: width, tail: 'peel' });
  site.attempt({ primitive: 'reorder', loops: [`${I}.i`, `${J}.i`] });
  const unrolled = rows === undefined || rows >= mr;
  if (unrolled) site.attempt({ primitive: 'split', loop: `${I}.i`, factor: mr, tail: 'peel' });
  if (packed.right) {
    const { buffer, outer: around } = packed.right;
    site.attempt({ primitive: 'pack', buffer, loops: [...around, `${J}.o`, ...K, `${J}.i`] });
  }
  if (unrolled && packed.left) {
    const { buffer, outer: around } = packed.left;
    site.attempt({ primitive: 'pack', buffer, loops: [...around, `${I}.o`, `${I}.i.o`, ...K, `${I}.i.i`] });
  }
  for (const name of site.loops().map(nameOf))
    if (isCloneOf(name, `${J}.i`)) site.attempt({ primitive: 'vectorize', loop: name });
  if (unrolled) site.attempt({ primitive: 'unroll_and_jam', loop: `${I}.i.i` });
  leftColumns(site, I, J, mr, site.lanesOfRegister(i));
  return true;
}

/** Columns that fill no tile: a register of them with as many rows as a tile has, then one by one, rows still together. */
function leftColumns(site: SchedulingSite, I: string, J: string, mr: number, lanes: number): void {
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
    const wide = trips === undefined || trips >= lanes;
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
