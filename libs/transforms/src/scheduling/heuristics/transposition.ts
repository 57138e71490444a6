// Nests that read a buffer across the direction in which they write, in squares.
//
//   t.d0.i { t.d1 { .. } }  ->  t.d1.o { t.d0.i.o { t.d1.i.o { 16 x 16, in registers of 4 x 4 } } }
import { type Access, collectAccesses } from '@budflow/analysis';
import { constantTripCount, ForOp, inductionVariable } from '@budflow/dialect-loop';
import { byteWidth, DYNAMIC, MemRefType, type Operation, type Type } from '@budflow/ir';
import { cacheLevel } from '@budflow/target';
import { bodyOps } from '../loop-tree.js';
import { dependsOn, elementStride, unitStride } from './accesses.js';
import { isCloneOf, nameOf, parallelChain } from './names.js';
import { remainders, rowsAround } from './rows.js';
import { CACHE_LINE, type SchedulingSite } from './site.js';
import { vectors } from './vectors.js';

/**
 * Sides of the blocks that squares are visited in, as cache lines: those of a block share pages, and lines next to each
 * other are loaded soon after one another. Measured: any order will do where all fits into the second cache, two lines
 * are best where it fits into the last one, eight beyond it.
 */
const NEAR_BLOCK = 2;
const FAR_BLOCK = 8;

/** What a nest reads across the direction in which it writes. */
interface Crossing {
  /** Bytes of an element. */
  readonly width: number;
  /** Elements of a register and of a cache line: sides of the squares. */
  readonly square: number;
  readonly line: number;
  /** Elements of a side of the blocks of squares; infinite where none are needed. */
  readonly block: number;
  /** All reads are across: what lies in the direction of the result, too, is better read by whole lines. */
  readonly moves: boolean;
}

function crossing(site: SchedulingSite, outer: Operation, inner: Operation): Crossing | undefined {
  const [i, j] = [inductionVariable(outer), inductionVariable(inner)];
  const reads = collectAccesses(inner).accesses.filter((a) => a.kind === 'read');
  const across = reads.filter((a) => dependsOn(a, j) && elementStride(a, j) !== 1 && unitStride(a, i));
  const bytes = across.map((a) => byteWidth((a.memref.type as { element: Type } & Type).element) ?? 0);
  const [width] = bytes;
  if (!width || bytes.some((b) => b !== width) || site.narrowest(inner) !== width) return undefined;
  const square = site.target.vectorBits / 8 / width;
  if (site.trips(outer) < square || site.trips(inner) < square) return undefined;
  const line = Math.max(square, CACHE_LINE / width);
  const touched = new Map(collectAccesses(inner).accesses.map((a) => [a.root, bytesOf(a)]));
  const total = [...touched.values()].reduce((sum, n) => sum + n, 0);
  const beyond = (level: number): boolean =>
    total > (cacheLevel(site.target, level)?.bytes ?? Number.POSITIVE_INFINITY);
  const lines = beyond(3) ? FAR_BLOCK : beyond(2) ? NEAR_BLOCK : Number.POSITIVE_INFINITY;
  return { width, square, line, block: line * lines, moves: across.length === reads.length };
}

/** Bytes of the buffer of an access, 0 when they are not known. */
function bytesOf({ root }: Access): number {
  const { type } = root;
  if (!(type instanceof MemRefType) || type.shape.includes(DYNAMIC)) return 0;
  return type.shape.reduce((n, size) => n * size, byteWidth(type.element) ?? 0);
}

/** Iterations of a root loop that a chunk should have for the blocks of a transposition in it; 1 when there is none. */
export function rowsOfBlocks(site: SchedulingSite, root: Operation): number {
  const chain = parallelChain(root);
  const inner = chain.length === 2 ? site.loop(chain[1]!) : undefined;
  if (!inner || rowsAround(inner) !== root || !site.isVectorLoop(inner)) return 1;
  const block = crossing(site, root, inner)?.block ?? 1;
  return Number.isFinite(block) ? block : 1;
}

/**
 * Blocks a nest that reads a buffer across the direction in which it writes: squares of a cache line's elements, each
 * made of registers that are transposed. Several iterations of the outer loop next to each other load the same rows.
 */
export function transposition(site: SchedulingSite, inner: Operation): boolean {
  const next = rowsAround(inner);
  const outer = next && !crossing(site, next, inner) ? broughtInside(site, next, inner) : next;
  const found = outer ? crossing(site, outer, inner) : undefined;
  if (!outer || !found) return false;
  const { square, line } = found;
  const columns = site.trips(inner);
  const [I, J] = [nameOf(outer), nameOf(inner)];
  if (columns < line) {
    // Panels that a product packs: all columns at once.
    if (columns % square !== 0 || !site.attempt({ primitive: 'split', loop: I, factor: square, tail: 'peel' }))
      return false;
    for (const name of site.loops().map(nameOf))
      if (isCloneOf(name, J)) site.attempt({ primitive: 'vectorize', loop: name });
    site.attempt({ primitive: 'unroll_and_jam', loop: `${I}.i` });
    return true;
  }
  blocks(site, I, J, found);
  return true;
}

/**
 * The loop along which a nest of several loops reads, moved directly around the one along which it writes: a permutation of
 * several dimensions is a transposition of these two, for all indices of the others.
 */
function broughtInside(site: SchedulingSite, next: Operation, inner: Operation): Operation | undefined {
  const between = [nameOf(next)];
  for (let at = rowsAround(next); at; at = rowsAround(at)) {
    const name = nameOf(at);
    if (crossing(site, at, inner))
      return site.attempt({ primitive: 'reorder', loops: [...between, name] }) ? site.loop(name) : undefined;
    between.unshift(name);
  }
  return undefined;
}

/** Blocks of squares, and what is left on both sides. */
function blocks(site: SchedulingSite, I: string, J: string, found: Crossing): void {
  const { block } = found;
  const rows = constantTripCount(site.loop(I)!);
  if (
    rows !== undefined &&
    rows > block &&
    site.attempt({ primitive: 'split', loop: I, factor: block, tail: 'peel' })
  ) {
    const left = leftOver(site, I, J);
    columnBlocks(site, `${I}.i`, J, found);
    for (const [outer, inner] of left) columnBlocks(site, outer, inner, found);
  } else columnBlocks(site, I, J, found);
}

function columnBlocks(site: SchedulingSite, I: string, J: string, found: Crossing): void {
  const columns = site.trips(site.loop(J)!);
  if (columns <= found.block || !site.attempt({ primitive: 'split', loop: J, factor: found.block, tail: 'peel' })) {
    squares(site, I, J, found);
    return;
  }
  // What is left of the columns gets rows of its own, so that blocks are alone in theirs.
  const beside = bodyOps(site.loop(I)!).filter((op) => ForOp.is(op)).length > 1;
  if (beside) site.attempt({ primitive: 'distribute', loop: I, at: `${J}.o` });
  const left = leftOver(site, I, J);
  if (site.attempt({ primitive: 'reorder', loops: [`${J}.o`, I] })) squares(site, I, `${J}.i`, found);
  else vectors(site, site.loop(`${J}.i`)!);
  for (const [outer, inner] of left) squares(site, outer, inner, found);
}

/** Loops that a split or a distribution left beside a nest: clones of its outer loop, with clones of the inner one. */
function leftOver(site: SchedulingSite, I: string, J: string): (readonly [string, string])[] {
  return site.loops().flatMap((loop) => {
    const around = loop.parentOp;
    const isLeft = isCloneOf(nameOf(loop), J) && nameOf(loop) !== J && around !== null && ForOp.is(around);
    return isLeft && isCloneOf(nameOf(around), I) && nameOf(around) !== I
      ? [[nameOf(around), nameOf(loop)] as const]
      : [];
  });
}

/** Squares of a cache line's elements, made of registers that are transposed. */
function squares(site: SchedulingSite, I: string, J: string, { square, line, moves }: Crossing): void {
  const [outer, inner] = [site.loop(I)!, site.loop(J)!];
  const side = (loop: Operation): number => Math.min(line, 2 ** Math.floor(Math.log2(constantTripCount(loop) ?? line)));
  const [rows, columns] = [side(outer), side(inner)];
  const refused =
    rows < square ||
    columns < square ||
    !site.attempt({ primitive: 'split', loop: I, factor: rows, tail: 'peel' }) ||
    !site.attempt({ primitive: 'reorder', loops: [J, `${I}.i`] });
  if (refused) {
    vectors(site, inner);
    return;
  }
  site.attempt({ primitive: 'split', loop: J, factor: columns, tail: 'peel' });
  site.attempt({ primitive: 'reorder', loops: [`${I}.i`, `${J}.i`] });
  site.attempt({ primitive: 'split', loop: `${I}.i`, factor: square, tail: 'peel' });
  if (
    moves &&
    columns > square &&
    site.attempt({ primitive: 'split', loop: `${J}.i`, factor: square, tail: 'peel' }) &&
    site.attempt({ primitive: 'reorder', loops: [`${J}.i.o`, `${I}.i.i`] })
  ) {
    // One square after the other: a whole line of them does not fit into registers.
    site.attempt({ primitive: 'vectorize', loop: `${J}.i.i` });
    site.attempt({ primitive: 'unroll_and_jam', loop: `${I}.i.i` });
    site.attempt({ primitive: 'unroll', loop: `${J}.i.o` });
  } else {
    site.attempt({ primitive: 'vectorize', loop: `${J}.i` });
    site.attempt({ primitive: 'unroll_and_jam', loop: `${I}.i.i` });
  }
  remainders(site, I, J);
}
