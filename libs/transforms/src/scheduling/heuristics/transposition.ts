// Nests that read a buffer across the direction in which they write, in squares.
import { collectAccesses } from '@budflow/analysis';
import { constantTripCount, inductionVariable } from '@budflow/dialect-loop';
import { byteWidth, type Operation, type Type } from '@budflow/ir';
import { dependsOn, elementStride, unitStride } from './accesses.js';
import { isCloneOf, nameOf } from './names.js';
import { remainders, rowsAround } from './rows.js';
import { CACHE_LINE, type SchedulingSite } from './site.js';

/**
 * Blocks a nest that reads a buffer across the direction in which it writes: squares of a cache line's elements, each
 * made of registers that are transposed. Several iterations of the outer loop next to each other load the same rows.
 */
export function transposition(site: SchedulingSite, inner: Operation): boolean {
  const outer = rowsAround(inner);
  if (!outer) return false;
  const reads = collectAccesses(inner).accesses.filter((a) => a.kind === 'read');
  const across = reads.filter(
    (a) =>
      dependsOn(a, inductionVariable(inner)) &&
      elementStride(a, inductionVariable(inner)) !== 1 &&
      unitStride(a, inductionVariable(outer)),
  );
  // What lies in the direction of the result, too, is better read by whole lines.
  const moves = across.length === reads.length;
  const bytes = across.map((a) => byteWidth((a.memref.type as { element: Type } & Type).element) ?? 0);
  const [width] = bytes;
  if (!width || bytes.some((b) => b !== width) || site.narrowest(inner) !== width) return false;
  const square = site.target.vectorBits / 8 / width;
  const line = Math.max(square, CACHE_LINE / width);
  const columns = site.trips(inner);
  if (site.trips(outer) < square || columns < square) return false;
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
  const rows = Math.min(line, 2 ** Math.floor(Math.log2(constantTripCount(outer) ?? line)));
  if (!site.attempt({ primitive: 'split', loop: I, factor: rows, tail: 'peel' })) return false;
  if (!site.attempt({ primitive: 'reorder', loops: [J, `${I}.i`] })) return false;
  site.attempt({ primitive: 'split', loop: J, factor: line, tail: 'peel' });
  site.attempt({ primitive: 'reorder', loops: [`${I}.i`, `${J}.i`] });
  site.attempt({ primitive: 'split', loop: `${I}.i`, factor: square, tail: 'peel' });
  if (
    moves &&
    line > square &&
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
  return true;
}
