// array.triangular_solve: panels of right-hand sides side by side, blocks of rows; what earlier unknowns contribute to a block is
// a product with its accumulators in registers.
//
//   loop.for %j (panels of 8 columns) name "triangular_solve.d0" {
//     loop.for %i (blocks of 4 rows) {
//       %acc:4 = x[%i .. %i + 3, %j];  loop.for %k = 0 to %i { %acc:4 -= a[%i .., %k] * x[%k, %j] }
//       the system of 4 rows;  x[%i .. %i + 3, %j] = %acc:4 } }
//
// Each element subtracts its products in the order of the interpretation. From the right the rows of a panel are brought
// together in a private buffer, so that unknowns of several rows lie side by side. Complex numbers run one by one.
// (Left-looking blocks: Golub and Van Loan, Matrix Computations, 3.1.)
import { partOf, type SolveOptions, solveOptions, solvesForward, TriangularSolveOp } from '@budflow/dialect-array';
import { ComplexOps } from '@budflow/dialect-core';
import { ComplexType, type TensorType, type Value } from '@budflow/ir';
import type { LoopLoweringMethods } from './interface.js';
import { LaneCode } from './lane-code.js';
import type { LoweringSite, Size } from './site.js';

/** Rows of a block: its accumulators, for two registers of columns, and their factors fit the registers of the target. */
const ROWS = 4;
/** Registers side by side in a panel. */
const REGISTERS = 2;

/** Where the unknowns of a panel are: those of index `i`, in register `v`. */
interface Panel {
  load(i: Value, v: number): Value;
  store(value: Value, i: Value, v: number): void;
}

class TriangularSolve extends LaneCode {
  private readonly a: Value;
  private readonly b: Value;
  private readonly x: Value;
  private readonly options: SolveOptions;
  /** Unknowns of a system, and systems side by side. */
  private readonly n: Size;
  private readonly others: Size;
  private readonly batch: Size[];
  private readonly isComplex: boolean;

  constructor(site: LoweringSite) {
    const [a, b] = [site.op.operand(0), site.op.operand(1)];
    const { element } = b.type as TensorType;
    super(site, partOf(element));
    this.a = a;
    this.b = b;
    this.x = site.op.result(0);
    this.options = solveOptions(site.op);
    this.isComplex = element instanceof ComplexType;
    const sizes = site.sizes(this.x);
    this.batch = sizes.slice(0, -2);
    const [rows, columns] = sizes.slice(-2) as [Size, Size];
    this.n = this.options.left ? rows : columns;
    this.others = this.options.left ? columns : rows;
  }

  build(): void {
    this.site.provideDestination(this.x, this.b);
    // From the right, panels need a buffer of a known size.
    const panels = !this.isComplex && (this.options.left || typeof this.n === 'number');
    const wide = panels ? this.wholeVectors(this.others, REGISTERS * this.width) : 0;
    const whole = panels ? this.wholeVectors(this.others) : 0;
    this.panels(0, wide, REGISTERS);
    this.panels(wide, whole, 1);
    this.panels(whole, this.others, 0);
  }

  /** Solves systems `lower` .. `upper` - 1 in panels of that many registers; one by one for 0. */
  private panels(lower: Size, upper: Size, registers: number): void {
    const size = registers === 0 ? 1 : registers * this.width;
    const difference = this.site.difference(upper, lower);
    if (difference === 0) return;
    const count = this.site.quotient(difference, size);
    const name = registers === REGISTERS ? this.site.name : this.loopName('p');
    this.site.parallel([...this.batch, count], name, (point) => {
      const batch = point.slice(0, -1);
      const first = this.site.value(this.site.sum(this.at(0, [point.at(-1)!, size]), lower));
      if (registers === 0) this.systems(batch, this.inPlace(batch, first), 1);
      else if (this.options.left) this.inLanes(() => this.systems(batch, this.inPlace(batch, first), registers));
      else this.rows(batch, first, registers);
    });
  }

  private inPlace(batch: readonly Value[], first: Value): Panel {
    const buffer = this.site.buffer(this.x);
    const place = (i: Value, v: number) => {
      const j = this.at(v * this.width, [first, 1]);
      return [...batch, ...(this.options.left ? [i, j] : [j, i])];
    };
    return {
      load: (i, v) => this.loadAt(buffer, place(i, v)),
      store: (value, i, v) => this.storeAt(value, buffer, place(i, v)),
    };
  }

  /** A panel of rows, transposed on the way in and out. */
  private rows(batch: readonly Value[], first: Value, registers: number): void {
    const { site } = this;
    const [n, width] = [this.n as number, registers * this.width];
    const panel = site.scratch([n, width], this.element);
    const row = (r: Value, i: Value) => [...batch, this.at(0, [first, 1], [r, 1]), i];
    site.parallel([n, width], this.loopName('in'), ([i, r]) => {
      site.storeScratch(site.loadResult(this.x, row(r!, i!)), panel, [i!, r!]);
    });
    this.inLanes(() =>
      this.systems(
        batch,
        {
          load: (i, v) => this.loadAt(panel, [i, this.at(v * this.width)]),
          store: (value, i, v) => this.storeAt(value, panel, [i, this.at(v * this.width)]),
        },
        registers,
      ),
    );
    site.parallel([width, n], this.loopName('out'), ([r, i]) => {
      site.store(site.loadScratch(panel, [i!, r!]), this.x, row(r!, i!));
    });
  }

  /** Forward or back substitution for the systems of a panel. */
  private systems(batch: readonly Value[], panel: Panel, registers: number): void {
    const rows = this.isComplex ? 1 : ROWS;
    const whole = this.wholeVectors(this.n, rows);
    this.range(0, whole, rows, (i) => this.block(batch, panel, registers, i, rows));
    if (rows > 1) this.range(whole, this.n, 1, (i) => this.block(batch, panel, registers, i, 1));
  }

  /** The unknowns that become known `i`-th to (i + rows - 1)-th, for which all before them are known. */
  private block(batch: readonly Value[], panel: Panel, registers: number, i: Value, rows: number): void {
    const unknowns = Array.from({ length: rows }, (_, r) => this.unknown(this.at(r, [i, 1])));
    const columns = Array.from({ length: registers }, (_, v) => v);
    // 1. What the unknowns before contribute.
    const inits = unknowns.flatMap((u) => columns.map((v) => panel.load(u, v)));
    const carried = this.carry(0, i, inits, (k, accumulators) => {
      const known = this.unknown(k);
      const values = columns.map((v) => panel.load(known, v));
      return unknowns.flatMap((u, r) => {
        const factor = this.spread(this.coefficient(batch, u, known));
        return columns.map((v) => this.minus(accumulators[r * registers + v]!, factor, values[v]!));
      });
    });
    // 2. The system of the block.
    unknowns.forEach((u, r) => {
      const diagonal = this.options.unitDiagonal ? undefined : this.spread(this.coefficient(batch, u, u));
      for (const v of columns) {
        const at = r * registers + v;
        if (diagonal) carried[at] = this.quotientOf(carried[at]!, diagonal);
        panel.store(carried[at]!, u, v);
      }
      for (let later = r + 1; later < rows; later++) {
        const factor = this.spread(this.coefficient(batch, unknowns[later]!, u));
        for (const v of columns) {
          const at = later * registers + v;
          carried[at] = this.minus(carried[at]!, factor, carried[r * registers + v]!);
        }
      }
    });
  }

  /** Index of the unknown that becomes known `i`-th. */
  private unknown(i: Value): Value {
    return solvesForward(this.options) ? i : this.site.mirror(i, this.n);
  }

  /** Element (i, k) of the matrix as it is solved from the left. */
  private coefficient(batch: readonly Value[], i: Value, k: Value): Value {
    const { left, transpose } = this.options;
    const across = (transpose !== 'none') === left;
    const value = this.site.load(this.a, [...batch, ...(across ? [k, i] : [i, k])]);
    if (transpose !== 'adjoint' || !this.isComplex) return value;
    return ComplexOps.ConjOp.build(this.builder, this.loc, { complex: value });
  }

  /** a - b * c */
  private minus(a: Value, b: Value, c: Value): Value {
    if (!this.isComplex) return this.sub(a, this.mul(b, c));
    const rhs = ComplexOps.MulOp.build(this.builder, this.loc, { lhs: b, rhs: c });
    return ComplexOps.SubOp.build(this.builder, this.loc, { lhs: a, rhs });
  }
  private quotientOf(lhs: Value, rhs: Value): Value {
    return this.isComplex ? ComplexOps.DivOp.build(this.builder, this.loc, { lhs, rhs }) : this.div(lhs, rhs);
  }
}

export const lowerTriangularSolve: LoopLoweringMethods = {
  destination: () => 1,
  build(op, site) {
    if (TriangularSolveOp.is(op)) new TriangularSolve(site).build();
  },
};
