/**
 * The canonical order of reductions, in code: which partial results are combined with which.
 *
 * Over the last dimension, element i goes to lane `i mod lanes`; lanes accumulate sequentially within a block, then
 * combine in halves (lane l with lane l + lanes/2, and so on); blocks combine by index as a binary counter does.
 * The init value is applied once, last. The order depends on nothing but the number of elements, and it cuts at
 * aligned powers of two of blocks, so threads that take such chunks and combine their partials by index get the same
 * bits. Rounding error grows with the logarithm of the number of blocks (pairwise summation).
 */

/** How the elements of a reduction associate. */
export type ReductionOrder =
  /** A left fold in ascending order, starting from the init value (or the identity, without one). */
  | { readonly kind: 'sequential' }
  /** `lanes * accumulators` lanes within each block of `block` elements; both powers of two. */
  | { readonly kind: 'lanes'; readonly lanes: number; readonly accumulators: number; readonly block: number };

/** The order of `strict`: 16 lanes, blocks of 1,024 elements. */
export const CANONICAL_ORDER: ReductionOrder = { kind: 'lanes', lanes: 16, accumulators: 1, block: 1024 };

/** The order over outer dimensions: sequential within 1,024 rows per output element. */
export const OUTER_ORDER: ReductionOrder = { kind: 'lanes', lanes: 1, accumulators: 1, block: 1024 };

/** Combines two partial results; the left one comes from lower indices. */
export type Combine<T> = (left: T, right: T) => T;

/**
 * Combines values pushed one by one as a binary counter increments: equal neighbours merge; `finish` folds the rest
 * from right to left. A value of a binary counter over an aligned power of two of the sequence may stand for its
 * part, so counters nest: `((a b)(c d)) e` is the same from single values and from the chunks `ab`, `cd`, `e`.
 */
export class BinaryCounter<T> {
  private readonly combine: Combine<T>;
  /** Partial results, highest (and leftmost) first: one for each set bit of `count`. */
  private readonly partials: T[] = [];
  private count = 0;

  constructor(combine: Combine<T>) {
    this.combine = combine;
  }

  /** Adds the next value. */
  push(value: T): void {
    let merged = value;
    for (let carry = this.count; carry % 2 === 1; carry = (carry - 1) / 2) {
      merged = this.combine(this.partials.pop() as T, merged);
    }
    this.partials.push(merged);
    this.count++;
  }

  /** The combined value, or `empty` if nothing was pushed. The counter may be pushed to further. */
  finish(empty: T): T {
    let last = this.partials.length - 1;
    if (last < 0) return empty;
    let result = this.partials[last] as T;
    for (last--; last >= 0; last--) result = this.combine(this.partials[last] as T, result);
    return result;
  }
}

/**
 * Lanes combined in halves, in place: lane l with lane l + length/2, until one is left.
 *
 * @param lanes a power of two of values; overwritten.
 */
export function combineLanes<T>(lanes: T[], combine: Combine<T>): T {
  for (let half = lanes.length / 2; half >= 1; half /= 2) {
    for (let l = 0; l < half; l++) lanes[l] = combine(lanes[l] as T, lanes[l + half] as T);
  }
  return lanes[0] as T;
}

function isPowerOfTwo(x: number): boolean {
  return Number.isSafeInteger(x) && x >= 1 && Number.isInteger(Math.log2(x));
}

/** The number of lanes of an order, checked. */
function laneCount(order: ReductionOrder & { kind: 'lanes' }): number {
  const lanes = order.lanes * order.accumulators;
  if (!isPowerOfTwo(order.lanes) || !isPowerOfTwo(order.accumulators)) {
    throw new RangeError(
      `reduction order: lanes and accumulators must be powers of two, got ${order.lanes} and ${order.accumulators}`,
    );
  }
  if (!Number.isSafeInteger(order.block) || order.block < lanes || order.block % lanes !== 0) {
    throw new RangeError(`reduction order: block must be a multiple of the ${lanes} lanes, got ${order.block}`);
  }
  return lanes;
}

/** A reduction fed one element at a time, in ascending order. */
export class OrderedReduction<T> {
  private readonly combine: Combine<T>;
  private readonly identity: T;
  private readonly init: T | undefined;
  private readonly block: number;
  private readonly lanes: T[];
  private readonly blocks: BinaryCounter<T>;
  private readonly sequential: boolean;
  private inBlock = 0;
  private accumulator: T;

  /**
   * @param identity the neutral element of `combine`; see `reductionIdentity`.
   * @param init combined with the total as `combine(init, total)`, once, at the end; a sequential order starts with it.
   * @throws RangeError for an order whose numbers do not fit together.
   */
  constructor(combine: Combine<T>, identity: T, order: ReductionOrder, init?: T) {
    this.combine = combine;
    this.identity = identity;
    this.init = init;
    this.sequential = order.kind === 'sequential';
    this.accumulator = init ?? identity;
    this.blocks = new BinaryCounter(combine);
    this.block = order.kind === 'lanes' ? order.block : 0;
    this.lanes = order.kind === 'lanes' ? new Array<T>(laneCount(order)).fill(identity) : [];
  }

  /** Adds the next element. */
  push(value: T): void {
    if (this.sequential) {
      this.accumulator = this.combine(this.accumulator, value);
      return;
    }
    const lane = this.inBlock % this.lanes.length;
    this.lanes[lane] = this.combine(this.lanes[lane] as T, value);
    if (++this.inBlock === this.block) this.closeBlock();
  }

  /** The result; nothing may be pushed afterwards. */
  finish(): T {
    if (this.sequential) return this.accumulator;
    if (this.inBlock > 0) this.closeBlock();
    const total = this.blocks.finish(this.identity);
    return this.init === undefined ? total : this.combine(this.init, total);
  }

  private closeBlock(): void {
    this.blocks.push(combineLanes(this.lanes, this.combine));
    this.lanes.fill(this.identity);
    this.inBlock = 0;
  }
}

/** `count` elements reduced in the given order; see `OrderedReduction` for the parameters. */
export function reduceOrdered<T>(
  value: (index: number) => T,
  count: number,
  combine: Combine<T>,
  identity: T,
  order: ReductionOrder,
  init?: T,
): T {
  const reduction = new OrderedReduction(combine, identity, order, init);
  for (let i = 0; i < count; i++) reduction.push(value(i));
  return reduction.finish();
}

/** An array (typed or not) reduced in the given order. */
export function reduceArray<T>(
  values: ArrayLike<T>,
  combine: Combine<T>,
  identity: T,
  order: ReductionOrder,
  init?: T,
): T {
  return reduceOrdered((i) => values[i] as T, values.length, combine, identity, order, init);
}
