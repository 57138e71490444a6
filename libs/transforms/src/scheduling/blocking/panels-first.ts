// Panels of a right operand that images of a batch, or rows of an image, share: outside of these when the operand is large.
//
//   conv.d1 { conv.d2.o { conv.d3.o { .. } } }  ->  conv.d3.o { conv.d1 { conv.d2.o { .. } } }
//
// Otherwise every row of an image reads all the weights of a layer: with 7 x 7 places and 512 x 512 features of a window of
// 3 x 3, 9 MB for seven places.
import { constantTripCount, ForOp, inductionVariable } from '@budflow/dialect-loop';
import { cacheLevel } from '@budflow/target';
import { dependsOn } from '../heuristics/accesses.js';
import { isCloneOf, nameOf } from '../heuristics/names.js';
import type { SchedulingSite } from '../heuristics/site.js';
import { elementBytes, type Product, tripsOf } from './product.js';

/** What is known of a product before it is blocked. */
export interface SharedPanels {
  /** Loops outside of the product that the right operand does not depend on, outermost first. */
  readonly outer: readonly string[];
  /** Loops of the product's rows and columns. */
  readonly I: string;
  readonly J: string;
}

/** Whether loops outside of the product read the same right operand, which no near cache holds; asked before blocking. */
export function sharedPanels(site: SchedulingSite, product: Product): SharedPanels | undefined {
  const { outer, between, i, j, contracted, left, right } = product;
  const around = outer.filter((name) => (constantTripCount(site.loop(name)!) ?? 2) > 1);
  if (around.length === 0 || between.length > 0) return undefined;
  if (around.some((name) => dependsOn(right, inductionVariable(site.loop(name)!)))) return undefined;
  const [depth, columns] = [tripsOf(contracted), constantTripCount(j)];
  const positions = tripsOf([...around.map((name) => site.loop(name)!), i]);
  if (depth === undefined || columns === undefined || positions === undefined) return undefined;
  const near = cacheLevel(site.target, 2)?.bytes ?? Number.POSITIVE_INFINITY;
  // Now each panel reads the left operand again: it is the smaller one.
  const weights = depth * columns * elementBytes(right);
  const image = positions * Math.max(...contracted.map((k) => constantTripCount(k) ?? 1)) * elementBytes(left);
  if (weights <= near || image > weights) return undefined;
  return { outer: around, I: nameOf(i), J: nameOf(j) };
}

/** Brings the panels of a blocked product outside. */
export function panelsFirst(site: SchedulingSite, { outer, I, J }: SharedPanels): void {
  const blocks = [`${I}.o`, `${J}.o`].map((name) => site.loop(name));
  if (blocks.some((loop) => loop === undefined)) return;
  // Blocks of all rows are one loop of one iteration, which is gone or stays where it is.
  const chain = [...outer, `${I}.o`, `${J}.o`];
  const nested = chain.slice(1).every((name, k) => site.loop(name)!.parentOp === site.loop(chain[k]!));
  if (!nested || !ForOp.is(site.loop(outer[0]!)!)) return;
  site.attempt({ primitive: 'reorder', loops: [`${J}.o`, ...outer, `${I}.o`] });
}

/**
 * Rows that fill no tile run together as well: one by one they have too few sums in flight to hide the latency of an
 * addition. Where it is not known how many they are, four, then two, then one.
 */
export function leftRows(site: SchedulingSite, I: string, mr: number): void {
  for (const name of site.loops().map(nameOf)) {
    // Not what splits made of them.
    const isRest = isCloneOf(name, `${I}.i`) && name !== `${I}.i` && !name.includes('.', I.length + 2);
    const loop = isRest ? site.loop(name) : undefined;
    const rows = loop ? constantTripCount(loop) : undefined;
    if (rows !== undefined && rows > 1 && rows < mr) site.attempt({ primitive: 'unroll_and_jam', loop: name });
    if (!loop || rows !== undefined) continue;
    let rest: string | undefined = name;
    for (let tile = 2 ** Math.ceil(Math.log2(mr) - 1); tile > 1 && rest !== undefined; tile /= 2) {
      const before: ReadonlySet<string> = new Set(site.loops().map(nameOf));
      if (!site.attempt({ primitive: 'split', loop: rest, factor: tile, tail: 'peel' })) break;
      site.attempt({ primitive: 'unroll_and_jam', loop: `${rest}.i` });
      rest = site
        .loops()
        .map(nameOf)
        .find((other) => isCloneOf(other, rest!) && !before.has(other));
    }
  }
}
