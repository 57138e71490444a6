// array.cholesky: rows of the upper factor u with a = u^H u, in the memory of the result, by blocks of rows; a lower factor is
// brought into its place at the end.
//
//   loop.for %j (blocks of 4 rows) {
//     the block on the diagonal;  loop.for %i = %j + 4 to n step 8 {
//       %acc:4 = u[%j .. %j + 3, %i];  loop.for %k = 0 to %j { %acc:4 -= u[%k, %j .. %j + 3] * u[%k, %i] }
//       the system of the block;  u[%j .. %j + 3, %i] = %acc:4 } }
//
// Each element subtracts its products in ascending order, as the interpretation does. Complex numbers run one by one.
// (Left-looking blocks: Golub and Van Loan, Matrix Computations, 4.2.)
import { CholeskyOp, partOf } from '@budflow/dialect-array';
import { buildCompare, ComplexOps, SqrtOp } from '@budflow/dialect-core';
import { ComplexType, type TensorType, type Value } from '@budflow/ir';
import type { LoopLoweringMethods } from './interface.js';
import { LaneCode } from './lane-code.js';
import type { LoweringSite, Size } from './site.js';

/** Rows of a block: its accumulators, for two registers of columns, and their factors fit the registers of the target. */
const ROWS = 4;
const REGISTERS = 2;

/** One matrix of a batch. */
class Cholesky extends LaneCode {
  private readonly u: Value;
  private readonly batch: readonly Value[];
  private readonly n: Size;
  private readonly isComplex: boolean;

  constructor(site: LoweringSite, batch: readonly Value[]) {
    const result = site.op.result(0);
    const type = result.type as TensorType;
    super(site, partOf(type.element));
    this.u = site.buffer(result);
    this.batch = batch;
    this.n = site.size(result, type.rank - 1);
    this.isComplex = type.element instanceof ComplexType;
  }

  build(): void {
    const { site, n, batch } = this;
    const lower = CholeskyOp.lower(site.op);
    const a = site.op.operand(0);
    // 1. The triangle in rows; the other one is overwritten in the end.
    site.parallel([n, n], this.loopName('in'), ([k, i]) => {
      this.put(site.load(a, [...batch, ...(lower ? [i!, k!] : [k!, i!])]), k!, i!);
    });
    // 2. The factor.
    const rows = this.isComplex ? 1 : ROWS;
    const whole = this.wholeVectors(n, rows);
    this.range(0, whole, rows, (j) => this.block(j, rows));
    if (rows > 1) this.range(whole, n, 1, (j) => this.block(j, 1));
    // 3. Whether all pivots are greater than 0.
    const yes = site.constant(site.op.context.trueAttr);
    const [definite] = this.carry(0, n, [yes], (j, [all]) => {
      const positive = buildCompare('gt', this.builder, this.loc, this.real(this.get(j, j)), this.constant(0));
      return [site.and(all!, positive)];
    });
    // 4. The triangle that was asked for, and zeros or NaN.
    const zero = this.join(this.constant(0));
    site.range({ lower: 0, upper: n, name: this.loopName('out') }, [], (i) => {
      site.range({ lower: 0, upper: i, name: this.loopName('out') }, [], (k) => {
        if (lower) this.put(this.get(k, i), i, k);
        this.put(zero, ...(lower ? ([k, i] as const) : ([i, k] as const)));
        return [];
      });
      return [];
    });
    site.branch(
      definite!,
      () => [],
      () => {
        const nan = this.join(this.constant(Number.NaN), this.constant(Number.NaN));
        site.range({ lower: 0, upper: n, name: this.loopName('nan') }, [], (i) => {
          site.range({ lower: 0, upper: site.sum(i, 1), name: this.loopName('nan') }, [], (k) => {
            this.put(nan, ...(lower ? ([i, k] as const) : ([k, i] as const)));
            return [];
          });
          return [];
        });
        return [];
      },
    );
  }

  /** Rows j .. j + rows - 1; all before them are done. */
  private block(j: Value, rows: number): void {
    const index = Array.from({ length: rows }, (_, r) => this.at(r, [j, 1]));
    const pairs = index.flatMap((_, r) => index.flatMap((_, c) => (c >= r ? [[r, c] as const] : [])));
    // 1. The block on the diagonal.
    const inits = pairs.map(([r, c]) => this.get(index[r]!, index[c]!));
    const sums = this.carry(0, j, inits, (k, accumulators) => {
      const row = index.map((c) => this.get(k, c));
      return pairs.map(([r, c], p) => this.minus(accumulators[p]!, row[r]!, row[c]!));
    });
    const u: Value[][] = index.map(() => []);
    pairs.forEach(([r, c], p) => {
      u[r]![c] = sums[p]!;
    });
    const pivots: Value[] = [];
    for (let r = 0; r < rows; r++) {
      const pivot = SqrtOp.build(this.builder, this.loc, { operand: this.real(u[r]![r]!) });
      pivots.push(pivot);
      this.put(this.join(pivot), index[r]!, index[r]!);
      for (let c = r + 1; c < rows; c++) {
        u[r]![c] = this.over(u[r]![c]!, pivot);
        this.put(u[r]![c]!, index[r]!, index[c]!);
      }
      for (let later = r + 1; later < rows; later++)
        for (let c = later; c < rows; c++) u[later]![c] = this.minus(u[later]![c]!, u[r]![later]!, u[r]![c]!);
    }
    // 2. The columns behind it.
    const begin = this.at(rows, [j, 1]);
    const wide = this.isComplex ? 0 : REGISTERS * this.width;
    if (wide === 0) {
      this.range(begin, this.n, 1, (i) => this.columns(j, index, u, pivots, i, 1));
      return;
    }
    const strips = (lower: Size, unit: number) =>
      this.site.sum(lower, this.wholeVectors(this.site.difference(this.n, lower), unit));
    const middle = strips(begin, wide);
    const end = strips(middle, this.width);
    this.inLanes(() => {
      this.range(begin, middle, wide, (i) => this.columns(j, index, u, pivots, i, REGISTERS));
      this.range(middle, end, this.width, (i) => this.columns(j, index, u, pivots, i, 1));
    });
    this.range(end, this.n, 1, (i) => this.columns(j, index, u, pivots, i, 1));
  }

  /** Columns i, i + 1, .. (so many registers of them) of the rows of a block. */
  private columns(
    j: Value,
    index: readonly Value[],
    u: readonly (readonly Value[])[],
    pivots: readonly Value[],
    i: Value,
    registers: number,
  ): void {
    const parts = Array.from({ length: registers }, (_, v) => this.at(v * this.width, [i, 1]));
    const inits = index.flatMap((row) => parts.map((c) => this.getLanes(row, c)));
    const x = this.carry(0, j, inits, (k, accumulators) => {
      const values = parts.map((c) => this.getLanes(k, c));
      return index.flatMap((c, r) => {
        const factor = this.spread(this.get(k, c));
        return parts.map((_, v) => this.minus(accumulators[r * registers + v]!, factor, values[v]!));
      });
    });
    index.forEach((row, r) => {
      const pivot = this.spread(pivots[r]!);
      parts.forEach((c, v) => {
        x[r * registers + v] = this.over(x[r * registers + v]!, pivot);
        this.storeAt(x[r * registers + v]!, this.u, [...this.batch, row, c]);
      });
      for (let later = r + 1; later < index.length; later++) {
        const factor = this.spread(u[r]![later]!);
        parts.forEach((_, v) => {
          const at = later * registers + v;
          x[at] = this.minus(x[at]!, factor, x[r * registers + v]!);
        });
      }
    });
  }

  private get(k: Value, i: Value): Value {
    return this.scalarAt(this.u, [...this.batch, k, i]);
  }
  private getLanes(k: Value, i: Value): Value {
    return this.loadAt(this.u, [...this.batch, k, i]);
  }
  private put(value: Value, k: Value, i: Value): void {
    this.site.store(value, this.site.op.result(0), [...this.batch, k, i]);
  }

  // Elements, which may be complex.

  private real(value: Value): Value {
    return this.isComplex ? ComplexOps.ReOp.build(this.builder, this.loc, { complex: value }) : value;
  }
  private join(real: Value, imaginary?: Value): Value {
    if (!this.isComplex) return real;
    return ComplexOps.CreateOp.build(this.builder, this.loc, {
      real,
      imaginary: imaginary ?? this.constant(0),
      resultTypes: [(this.site.op.result(0).type as TensorType).element],
    });
  }
  /** a - conj(b) * c */
  private minus(a: Value, b: Value, c: Value): Value {
    if (!this.isComplex) return this.sub(a, this.mul(b, c));
    const lhs = ComplexOps.ConjOp.build(this.builder, this.loc, { complex: b });
    const rhs = ComplexOps.MulOp.build(this.builder, this.loc, { lhs, rhs: c });
    return ComplexOps.SubOp.build(this.builder, this.loc, { lhs: a, rhs });
  }
  /** The parts divided by a real number. */
  private over(a: Value, b: Value): Value {
    if (!this.isComplex) return this.div(a, b);
    const im = ComplexOps.ImOp.build(this.builder, this.loc, { complex: a });
    return this.join(this.div(this.real(a), b), this.div(im, b));
  }
}

export const lowerCholesky: LoopLoweringMethods = {
  build(op, site) {
    const batch = site.sizes(op.result(0)).slice(0, -2);
    // One matrix alone is a batch of one.
    site.parallel(batch.length > 0 ? batch : [1], site.name, (point) => {
      new Cholesky(site, batch.length > 0 ? point : []).build();
    });
  },
};
