// Ranges of integers: what is known of an integer value read as signed and read as unsigned. Both views are kept because
// neither follows from the other once a range crosses zero or the sign bit.
import { defineInterface } from './define-interface.js';
import type { Operation, Region } from './operation.js';
import { elementTypeOf, IndexType, IntegerType, type Type } from './type.js';

/** Bits of `index`: 64 in every target. */
export const INDEX_WIDTH = 64;

/** Bits of an integer or index type, of the elements for a vector or tensor; null for other types. */
export function integerWidth(type: Type): number | null {
  const element = elementTypeOf(type);
  if (element instanceof IndexType) return INDEX_WIDTH;
  return element instanceof IntegerType ? element.width : null;
}

/** All values v of `width` bits with `umin <= unsigned(v) <= umax` and `smin <= signed(v) <= smax`. Never empty. */
export class IntegerRange {
  readonly width: number;
  readonly umin: bigint;
  readonly umax: bigint;
  readonly smin: bigint;
  readonly smax: bigint;

  private constructor(width: number, umin: bigint, umax: bigint, smin: bigint, smax: bigint) {
    this.width = width;
    this.umin = umin;
    this.umax = umax;
    this.smin = smin;
    this.smax = smax;
  }

  /** Every value of `width` bits. */
  static full(width: number): IntegerRange {
    const half = 1n << BigInt(width - 1);
    return new IntegerRange(width, 0n, 2n * half - 1n, -half, half - 1n);
  }
  /** One value, given in any form that has the right low bits. */
  static constant(width: number, value: bigint | number): IntegerRange {
    const v = BigInt(value);
    const [u, s] = [BigInt.asUintN(width, v), BigInt.asIntN(width, v)];
    return new IntegerRange(width, u, u, s, s);
  }
  /** The values in [min, max] read as signed; everything when that leaves `width` bits. */
  static signed(width: number, min: bigint, max: bigint): IntegerRange {
    const all = IntegerRange.full(width);
    if (min < all.smin || max > all.smax || min > max) return all;
    // The unsigned view is an interval too unless the range crosses from -1 to 0.
    if (min < 0n && max >= 0n) return new IntegerRange(width, all.umin, all.umax, min, max);
    return new IntegerRange(width, BigInt.asUintN(width, min), BigInt.asUintN(width, max), min, max);
  }
  /** The values in [min, max] read as unsigned; everything when that leaves `width` bits. */
  static unsigned(width: number, min: bigint, max: bigint): IntegerRange {
    const all = IntegerRange.full(width);
    if (min < 0n || max > all.umax || min > max) return all;
    const crosses = min <= all.smax && max > all.smax;
    if (crosses) return new IntegerRange(width, min, max, all.smin, all.smax);
    return new IntegerRange(width, min, max, BigInt.asIntN(width, min), BigInt.asIntN(width, max));
  }
  /** Both views at once: what each says about the other is taken into account. */
  static both(width: number, unsigned: readonly [bigint, bigint], signed: readonly [bigint, bigint]): IntegerRange {
    return IntegerRange.unsigned(width, ...unsigned).intersection(IntegerRange.signed(width, ...signed));
  }

  get isFull(): boolean {
    return this.equals(IntegerRange.full(this.width));
  }
  /** The one value of the range, read as signed; null when there are several. */
  get single(): bigint | null {
    if (this.umin === this.umax) return BigInt.asIntN(this.width, this.umin);
    return this.smin === this.smax ? this.smin : null;
  }
  contains(value: bigint | number): boolean {
    const v = BigInt(value);
    const [u, s] = [BigInt.asUintN(this.width, v), BigInt.asIntN(this.width, v)];
    return this.umin <= u && u <= this.umax && this.smin <= s && s <= this.smax;
  }
  equals(other: IntegerRange): boolean {
    return (
      this.width === other.width &&
      this.umin === other.umin &&
      this.umax === other.umax &&
      this.smin === other.smin &&
      this.smax === other.smax
    );
  }
  /** The least range that holds both. */
  union(other: IntegerRange): IntegerRange {
    return new IntegerRange(
      this.width,
      leastOf(this.umin, other.umin),
      greatestOf(this.umax, other.umax),
      leastOf(this.smin, other.smin),
      greatestOf(this.smax, other.smax),
    );
  }
  /** What is in both; `this` when nothing is (then no such value exists, and any answer is right). */
  intersection(other: IntegerRange): IntegerRange {
    const umin = greatestOf(this.umin, other.umin);
    const umax = leastOf(this.umax, other.umax);
    const smin = greatestOf(this.smin, other.smin);
    const smax = leastOf(this.smax, other.smax);
    return umin > umax || smin > smax ? this : new IntegerRange(this.width, umin, umax, smin, smax);
  }
  /** `next`, with every bound that moved away from this range at its extreme: after that a bound cannot move again. */
  widenedTo(next: IntegerRange): IntegerRange {
    const all = IntegerRange.full(this.width);
    return new IntegerRange(
      this.width,
      next.umin < this.umin ? all.umin : this.umin,
      next.umax > this.umax ? all.umax : this.umax,
      next.smin < this.smin ? all.smin : this.smin,
      next.smax > this.smax ? all.smax : this.smax,
    );
  }
  toString(): string {
    return `unsigned [${this.umin}, ${this.umax}] signed [${this.smin}, ${this.smax}]`;
  }
}

/** The least and the greatest of some bigints, for which Math has nothing. */
export function leastOf(first: bigint, ...others: readonly bigint[]): bigint {
  let found = first;
  for (const x of others) if (x < found) found = x;
  return found;
}
export function greatestOf(first: bigint, ...others: readonly bigint[]): bigint {
  let found = first;
  for (const x of others) if (x > found) found = x;
  return found;
}

/**
 * For ops on integers (and vectors and tensors of integers, whose range is that of any element). Ranges must hold for
 * every execution that does not trap, whatever the overflow flags of the op promise: the interpreter wraps.
 */
export const InferIntRange = defineInterface<{
  /** Ranges of the results; null where nothing is known. Operands that are not integers have the range null. */
  resultRanges(op: Operation, operands: readonly (IntegerRange | null)[]): readonly (IntegerRange | null)[];
  /** The range of an argument of `region` that the op makes itself, such as an induction variable. */
  argumentRange?(
    op: Operation,
    region: Region,
    index: number,
    operands: readonly (IntegerRange | null)[],
  ): IntegerRange | null;
}>('InferIntRange');
