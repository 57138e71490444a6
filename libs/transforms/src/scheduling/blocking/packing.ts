// Which operands of a product are copied into the order in which its micro-kernel reads them.
import type { Access } from '@budflow/analysis';
import { constantTripCount, inductionVariable } from '@budflow/dialect-loop';
import { argumentOf, dependsOn, mixes, unitStride } from '../heuristics/accesses.js';
import { type SchedulingSite, UNKNOWN_TRIPS } from '../heuristics/site.js';
import type { Product } from './product.js';

/** Whether an operand is packed. */
export type Packing = 'auto' | 'always' | 'never';

export interface PackedOperand {
  /** As steps name it. */
  readonly buffer: string;
  /** The parallel loops outside of the product that it depends on. */
  readonly outer: readonly string[];
}

export interface PackedOperands {
  readonly left: PackedOperand | undefined;
  readonly right: PackedOperand | undefined;
}

/** Rows that read a panel at least, and columns that read a tile, for a copy to pay. */
const ROWS = 16;
const COLUMNS = 64;

export function packedOperands(
  site: SchedulingSite,
  { outer, between, i, j, contracted, left, right }: Product,
  options: { readonly left: Packing; readonly right: Packing },
): PackedOperands {
  const loopsOf = (access: Access, names: readonly string[]) =>
    names.filter((name) => dependsOn(access, inductionVariable(site.loop(name)!)));
  // A window that slides reads elements several times: copies of them are no smaller than what they save.
  const slides = (access: Access, along: typeof i) =>
    contracted.some((k) => mixes(access, inductionVariable(k), inductionVariable(along)));
  const packable = (access: Access, along: typeof i): PackedOperand | undefined => {
    const argument = argumentOf(site.func, access);
    if (argument === undefined || slides(access, along) || loopsOf(access, between).length > 0) return undefined;
    return { buffer: `arg${argument}`, outer: loopsOf(access, outer) };
  };
  const wanted = (choice: Packing, auto: () => boolean) => (choice === 'auto' ? auto() : choice === 'always');
  const operand = { left: packable(left, i), right: packable(right, j) };

  // Rows of a batch lie close together as they are; columns must be brought together.
  const rows = constantTripCount(i);
  const isRightRead = () => {
    const shared = (operand.right?.outer.length ?? 0) === 0;
    const across = !unitStride(right, inductionVariable(j));
    return (
      (rows === undefined || rows >= ROWS || outer.length > (operand.right?.outer.length ?? 0)) && (shared || across)
    );
  };
  // Rows are read as they are, one element of each at a time; columns are brought together when many tiles read them.
  const isLeftRead = () => {
    const across = !unitStride(left, inductionVariable(contracted[contracted.length - 1]!));
    const columns = constantTripCount(j) ?? UNKNOWN_TRIPS;
    return across && between.reduce((n, name) => n * site.trips(site.loop(name)!), columns) >= COLUMNS;
  };
  const packs = { left: wanted(options.left, isLeftRead), right: wanted(options.right, isRightRead) };
  const same = operand.left?.buffer === operand.right?.buffer;
  return {
    right: packs.right ? operand.right : undefined,
    left: packs.left && !same ? operand.left : undefined,
  };
}
