// Vector code that a lowering writes itself: loops over elements side by side run a register's lanes at a time, what is left
// over one by one, both from one description. Schedules see no choice here, because the widths that pay are those of the
// registers: the bodies hold many numbers at once.
//
//   lanes(n, body)   ->   loop.for %i = 0 to n - n mod 4 step 4 { vector<4xf32> code }
//                         loop.for %i = n - n mod 4 to n { f32 code }
import { AddFOp, buildConstantAttr, DivFOp, MulFOp, NegFOp, SubFOp } from '@budflow/dialect-core';
import { applyAffine, buildFor, buildIndexConstant } from '@budflow/dialect-loop';
import { buildLoad, buildStore } from '@budflow/dialect-memory';
import { ExtractOp, LoadOp, ShuffleOp, SplatOp, StoreOp } from '@budflow/dialect-simd';
import {
  AffineExpr,
  type Builder,
  type Context,
  type FloatType,
  type LocationRef,
  type Type,
  type Value,
  type VectorType,
} from '@budflow/ir';
import type { LoweringSite, Size } from './site.js';

/** Bytes of the registers that every target with vectors has; legalize-vectors cuts them up where there are none. */
const REGISTER_BYTES = 16;

type Term = readonly [Value, number];

export class LaneCode {
  readonly site: LoweringSite;
  readonly element: FloatType;
  /** Lanes of a register. */
  readonly width: number;
  protected readonly builder: Builder;
  protected readonly loc: LocationRef;
  private readonly context: Context;
  private readonly vector: VectorType;
  /** Whether the code built now is about all lanes. */
  private vectors = false;
  private loops = 0;

  constructor(site: LoweringSite, element: FloatType) {
    this.site = site;
    this.element = element;
    this.builder = site.builder;
    this.loc = site.loc;
    this.context = site.op.context;
    this.width = (8 * REGISTER_BYTES) / element.width;
    this.vector = this.context.vector([this.width], element);
  }

  // Arithmetic, of scalars and vectors.

  add(lhs: Value, rhs: Value): Value {
    return AddFOp.build(this.builder, this.loc, { lhs, rhs });
  }
  sub(lhs: Value, rhs: Value): Value {
    return SubFOp.build(this.builder, this.loc, { lhs, rhs });
  }
  mul(lhs: Value, rhs: Value): Value {
    return MulFOp.build(this.builder, this.loc, { lhs, rhs });
  }
  div(lhs: Value, rhs: Value): Value {
    return DivFOp.build(this.builder, this.loc, { lhs, rhs });
  }
  neg(operand: Value): Value {
    return NegFOp.build(this.builder, this.loc, { operand });
  }
  constant(value: number): Value {
    const type: Type = this.vectors ? this.vector : this.element;
    return buildConstantAttr(this.builder, this.loc, this.context.constantAttr(type, value));
  }
  spread(scalar: Value): Value {
    return this.vectors ? SplatOp.build(this.builder, this.loc, { scalar, resultTypes: [this.vector] }) : scalar;
  }

  // Places.

  /** constant + sum of index * factor */
  at(constant: number, ...terms: readonly Term[]): Value {
    if (terms.length === 0) return buildIndexConstant(this.builder, this.loc, constant);
    const [only] = terms;
    if (terms.length === 1 && constant === 0 && only![1] === 1) return only![0];
    const expr = terms.reduce<AffineExpr>(
      (sum, [, factor], d) => sum.add(AffineExpr.dim(d).mul(factor)),
      AffineExpr.constant(constant),
    );
    return applyAffine(
      this.builder,
      this.loc,
      this.context.affineMap(terms.length, 0, [expr]),
      terms.map(([index]) => index),
    );
  }

  // Memory: at all lanes when inside of `lanes`.

  loadAt(buffer: Value, indices: readonly Value[]): Value {
    if (!this.vectors) return buildLoad(this.builder, this.loc, buffer, indices);
    return LoadOp.build(this.builder, this.loc, { memref: buffer, indices, resultTypes: [this.vector] });
  }
  storeAt(value: Value, buffer: Value, indices: readonly Value[]): void {
    if (this.vectors) StoreOp.create(this.builder, this.loc, { value, memref: buffer, indices });
    else buildStore(this.builder, this.loc, value, buffer, indices);
  }
  /** One element, wherever the code is. */
  scalarAt(buffer: Value, indices: readonly Value[]): Value {
    return buildLoad(this.builder, this.loc, buffer, indices);
  }

  /**
   * values[k] of lane l goes to element `at` + values.length * l + k of a buffer of rank 1. Two and four vectors are transposed
   * in registers.
   */
  storeInterleaved(values: readonly Value[], buffer: Value, at: Value): void {
    const place = (offset: number) => [this.at(offset, [at, 1])];
    if (!this.vectors || values.length === 1) {
      for (const [k, value] of values.entries()) this.storeAt(value, buffer, place(k));
      return;
    }
    const rows = this.interleaved(values);
    if (rows) {
      for (const [i, row] of rows.entries()) this.storeAt(row, buffer, place(i * this.width));
      return;
    }
    values.forEach((vector, k) => {
      for (let lane = 0; lane < this.width; lane++)
        buildStore(
          this.builder,
          this.loc,
          ExtractOp.build(this.builder, this.loc, { vector, lane }),
          buffer,
          place(values.length * lane + k),
        );
    });
  }

  /** The lanes of all vectors in turn; undefined for numbers of vectors that take more than shuffles of two. */
  private interleaved(values: readonly Value[]): Value[] | undefined {
    const half = this.width / 2;
    const shuffle = (lhs: Value, rhs: Value, lanes: readonly number[]) =>
      ShuffleOp.build(this.builder, this.loc, { lhs, rhs, lanes });
    const zip = (a: Value, b: Value): [Value, Value] => {
      const pick = (from: number) =>
        shuffle(
          a,
          b,
          Array.from({ length: this.width }, (_, l) => from + (l >> 1) + (l & 1) * this.width),
        );
      return [pick(0), pick(half)];
    };
    if (values.length === 2) return zip(values[0]!, values[1]!);
    if (values.length !== 4) return undefined;
    const [a, b, c, d] = values as [Value, Value, Value, Value];
    if (this.width === 2) {
      const [[ab0, ab1], [cd0, cd1]] = [zip(a, b), zip(c, d)];
      return [ab0, cd0, ab1, cd1];
    }
    const [[ac0, ac1], [bd0, bd1]] = [zip(a, c), zip(b, d)];
    return [...zip(ac0, bd0), ...zip(ac1, bd1)];
  }

  // Loops, in ascending order. One iteration is no loop.

  /** A name that no other loop of the kernel has. */
  loopName(prefix: string): string {
    return `${this.site.name}_${prefix}${this.loops++}`;
  }

  loop(count: Size, body: (i: Value) => void): void {
    this.range(0, count, 1, body);
  }

  range(lower: Size, upper: Size, step: number, body: (i: Value) => void): void {
    if (typeof lower === 'number' && typeof upper === 'number' && upper - lower <= step) {
      if (upper > lower) body(this.at(lower));
      return;
    }
    buildFor(this.builder, this.loc, { lower, upper, step, name: this.loopName('s') }, (_, iv) => {
      body(iv);
      return [];
    });
  }

  /** A loop that carries values. */
  carry(lower: Size, upper: Size, inits: readonly Value[], body: (i: Value, carried: Value[]) => Value[]): Value[] {
    const options = { lower, upper, step: 1, name: this.loopName('s'), inits };
    return buildFor(this.builder, this.loc, options, (_, iv, carried) => body(iv, carried)).results.slice();
  }

  /** Elements `lower` .. `upper` - 1, side by side. */
  lanes(upper: Size, body: (i: Value) => void, lower: Size = 0): void {
    const count = this.site.difference(upper, lower);
    const whole = this.wholeVectors(count);
    const middle = this.site.sum(lower, whole);
    this.inLanes(() => this.range(lower, middle, this.width, body));
    this.range(middle, upper, 1, body);
  }

  inLanes(body: () => void): void {
    this.vectors = true;
    try {
      body();
    } finally {
      this.vectors = false;
    }
  }

  /** The greatest multiple of `unit` (default: a register's lanes) that is at most `count`. */
  wholeVectors(count: Size, unit = this.width): Size {
    if (typeof count === 'number') return count - (count % unit);
    return this.site.affine(AffineExpr.dim(0).floorDiv(unit).mul(unit), [count]);
  }

  /** Scalar code whose iterations touch different elements: the schedule may make vectors of it. */
  points(count: Size, body: (i: Value) => void): void {
    if (count === 0) return;
    this.site.parallel([count], this.loopName('p'), ([i]) => body(i!));
  }
}
