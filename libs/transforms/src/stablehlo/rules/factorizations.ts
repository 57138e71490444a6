// LU and QR factors of matrices in the last two dimensions, all others a batch: loops over the columns that work on the whole
// matrix, where masks of rows and columns say what changes. Pivots, reflectors and their factors are those of LAPACK's
// getrf, geqrf and orgqr (Golub and Van Loan, "Matrix computations", 3.4 and 5.2).
import {
  BroadcastOp,
  CmpOp,
  ConstantOp,
  DynamicSliceOp,
  ExtractOp,
  IotaOp,
  type ReduceKind,
  ReduceOp,
} from '@budflow/dialect-array';
import { ConditionOp, WhileOp, YieldOp } from '@budflow/dialect-loop';
import { ComplexType, Region, type TensorType, type Type, type Value } from '@budflow/ir';
import { Arithmetic } from '../arithmetic.js';
import { complexOf, partsOf } from '../complex-parts.js';
import type { HloSite } from '../site.js';

/** Matrices of one shape: their rows, columns and elements. */
class Matrices {
  readonly site: HloSite;
  readonly type: TensorType;
  constructor(site: HloSite, like: Value) {
    this.site = site;
    this.type = like.type as TensorType;
  }
  get rank(): number {
    return this.type.rank;
  }
  get batch(): readonly number[] {
    return this.type.shape.slice(0, -2);
  }
  get rows(): number {
    return this.type.shape.at(-2)!;
  }
  get columns(): number {
    return this.type.shape.at(-1)!;
  }
  get isComplex(): boolean {
    return this.type.element instanceof ComplexType;
  }
  math(like: Value): Arithmetic {
    return new Arithmetic(this.site, like);
  }
  /** 0, 1, .. along the last dimension but `back`. */
  count(shape: readonly number[], back: 1 | 2): Value {
    const { context, rewriter, loc } = this.site;
    const type = context.tensor(shape, context.i32);
    return IotaOp.build(rewriter, loc, { dim: shape.length - back, sizes: [], resultTypes: [type] });
  }
  /** A column, as long as there are rows. */
  column(matrix: Value, index: Value): Value {
    return this.cut(matrix, index, this.rank - 1);
  }
  row(matrix: Value, index: Value): Value {
    return this.cut(matrix, index, this.rank - 2);
  }
  private cut(matrix: Value, index: Value, dim: number): Value {
    const { context, rewriter, loc } = this.site;
    const zero = ConstantOp.build(rewriter, loc, { value: context.constantAttr(index.type, 0) });
    const sizes = this.type.shape.map((size, d) => (d === dim ? 1 : size));
    const starts = this.type.shape.map((_, d) => (d === dim ? index : zero));
    const { element } = matrix.type as TensorType;
    const resultTypes = [context.tensor(sizes, element)];
    const slice = DynamicSliceOp.build(rewriter, loc, { operand: matrix, starts, sizes, resultTypes });
    return this.site.reshape(
      slice,
      sizes.filter((_, d) => d !== dim),
    );
  }
  /** A number for each matrix, or a column or row of each, in a larger shape: without the dimensions `missing`. */
  spread(value: Value, shape: readonly number[], missing: readonly number[]): Value {
    const { context, rewriter, loc } = this.site;
    const { element } = value.type as TensorType;
    return BroadcastOp.build(rewriter, loc, {
      operand: value,
      dims: shape.map((_, d) => d).filter((d) => !missing.includes(d)),
      sizes: [],
      resultTypes: [context.tensor(shape, element)],
    });
  }
  /** Columns, the same beside each other. */
  columnsOf(value: Value): Value {
    return this.spread(value, this.type.shape, [this.rank - 1]);
  }
  rowsOf(value: Value): Value {
    return this.spread(value, this.type.shape, [this.rank - 2]);
  }
  /** A number for each matrix, along vectors of one length. */
  along(value: Value, length: number): Value {
    return this.spread(value, [...this.batch, length], [this.rank - 2]);
  }
  combine(value: Value, kind: ReduceKind, init: number, dim: number): Value {
    const { context, rewriter, loc } = this.site;
    const { element } = value.type as TensorType;
    const start = ConstantOp.build(rewriter, loc, { value: context.constantAttr(context.tensor([], element), init) });
    return ReduceOp.create(rewriter, loc, { inputs: [value], inits: [start], kind, dims: [dim], regions: [] }).result(
      0,
    );
  }
  /** The element of a vector where a condition holds, which it does once. */
  chosen(condition: Value, vector: Value, dim: number): Value {
    return this.combine(this.math(vector).select(condition, vector, 0), 'add', 0, dim);
  }
  conj(value: Value): Value {
    return this.isComplex ? this.site.named('conj', value) : value;
  }
}

/** What values become in `count` rounds. */
function rounds(
  site: HloSite,
  count: number,
  inits: readonly Value[],
  body: (round: Value, values: readonly Value[]) => readonly Value[],
): readonly Value[] {
  if (count === 0) return inits;
  const { rewriter, loc, context } = site;
  const index = context.tensor([], context.i32);
  const number = (n: number): Value => ConstantOp.build(rewriter, loc, { value: context.constantAttr(index, n) });
  const state = [number(0), ...inits];
  const types: Type[] = state.map((v) => v.type);
  const regions = [new Region(), new Region()];
  const loop = WhileOp.create(rewriter, loc, { inits: state, regions, resultTypes: types });
  const before = rewriter.createBlock(loop.region(0), null, types);
  const isLeft = CmpOp.build(rewriter, loc, { predicate: 'lt', lhs: before.arguments[0]!, rhs: number(count) });
  const condition = ExtractOp.build(rewriter, loc, { operand: isLeft, resultTypes: [context.i1] });
  ConditionOp.create(rewriter, loc, { condition, values: before.arguments });
  const block = rewriter.createBlock(loop.region(1), null, types);
  const [round, ...values] = block.arguments as Value[];
  const next = body(round!, values);
  YieldOp.create(rewriter, loc, { values: [site.named('add', round!, number(1)), ...next] });
  rewriter.setInsertionPoint(loop.next!);
  return loop.results.slice(1);
}

/** Factors in one matrix, pivots from 1 on, and the first pivot that is 0, or 0. */
export function luFactors(site: HloSite, a: Value): readonly Value[] {
  const { context } = site;
  const m = new Matrices(site, a);
  const count = Math.min(m.rows, m.columns);
  const [vector, matrix] = [[...m.batch, m.rows], m.type.shape];
  const last = m.rank - 2;
  const zeros = (shape: readonly number[]) =>
    site.constant(context.constantAttr(context.tensor(shape, context.i32), 0));
  return rounds(site, count, [a, zeros([...m.batch, count]), zeros(m.batch)], (j, [A, pivots, info]) => {
    // 1. The row with the largest element of the column, from row j on.
    const column = m.column(A!, j);
    const rows = m.count(vector, 1);
    const at = site.spread(j, rows);
    const size = magnitude(m, column);
    const sizes = m.math(size);
    const candidates = sizes.select(site.compare('ge', rows, at), size, -1);
    const most = m.along(m.combine(candidates, 'max', -1, last), m.rows);
    const index = m.math(rows);
    const first = m.combine(index.select(site.compare('eq', candidates, most), rows, m.rows), 'min', m.rows, last);
    const own = site.spread(j, first);
    const pivot = m.math(first).select(m.math(first).compare('eq', first, m.rows), own, first);
    // 2. Both rows change places.
    const [row, col] = [m.count(matrix, 2), m.count(matrix, 1)];
    const [atRow, isHere] = [site.spread(j, row), site.compare('eq', rows, m.along(pivot, m.rows))];
    const upper = m.chosen(m.columnsOf(isHere), A!, last);
    const swapped = site.select(
      site.compare('eq', row, atRow),
      m.rowsOf(upper),
      site.select(m.columnsOf(isHere), m.rowsOf(m.row(A!, j)), A!),
    );
    // 3. The column is divided by the pivot, and what it explains is subtracted from the rest.
    const divisor = m.chosen(isHere, column, last);
    const isZero = m.math(divisor).compare('eq', divisor, 0);
    const below = m.column(swapped, j);
    const math = m.math(below);
    const quotients = math.select(m.along(isZero, m.rows), below, math.div(below, m.along(divisor, m.rows)));
    const L = m.columnsOf(quotients);
    const all = m.math(L);
    const rest = all.sub(swapped, all.mul(L, m.rowsOf(upper)));
    const [isBelow, isRight] = [site.compare('gt', row, atRow), site.compare('gt', col, atRow)];
    const isColumn = site.compare('eq', col, atRow);
    const changed = all.select(isBelow, all.select(isRight, rest, all.select(isColumn, L, swapped)), swapped);
    // 4. Where, and whether, the pivot was.
    const places = m.count([...m.batch, count], 1);
    const isPlace = site.compare('eq', places, site.spread(j, places));
    const found = m.math(pivot).add(pivot, 1);
    const unknown = m.math(info!).compare('eq', info!, 0);
    return [
      changed,
      site.select(isPlace, m.along(found, count), pivots!),
      site.select(site.named('and', unknown, isZero), m.math(own).add(own, 1), info!),
    ];
  });
}

/** |x|, of complex numbers the sum of that of both parts, as LAPACK compares them. */
function magnitude(m: Matrices, value: Value): Value {
  if (!m.isComplex) return m.site.named('abs', value);
  const [x, y] = partsOf(m.site, value).map((part) => m.site.named('abs', part));
  return m.site.named('add', x!, y!);
}

/** R above the reflectors, which have a 1 that is not stored, and the factors of the reflectors. */
export function qrFactors(site: HloSite, a: Value): readonly Value[] {
  const { context } = site;
  const m = new Matrices(site, a);
  const count = Math.min(m.rows, m.columns);
  const [vector, matrix] = [[...m.batch, m.rows], m.type.shape];
  const last = m.rank - 2;
  const tau0 = site.constant(context.constantAttr(context.tensor([...m.batch, count], m.type.element), 0));
  return rounds(site, count, [a, tau0], (j, [A, taus]) => {
    // 1. The norm of the column from row j on, of its elements by the largest.
    const column = m.column(A!, j);
    const rows = m.count(vector, 1);
    const at = site.spread(j, rows);
    const columns = m.math(column);
    const tail = columns.select(site.compare('gt', rows, at), column, 0);
    const alpha = m.chosen(site.compare('eq', rows, at), column, last);
    const [x, y] = m.isComplex ? partsOf(site, alpha) : [alpha, undefined];
    const r = m.math(x);
    const spread = m.combine(magnitude(m, tail), 'max', 0, last);
    const largest = r.max(spread, magnitude(m, alpha));
    const unit = r.select(r.compare('eq', largest, 0), r.number(1), largest);
    const squares = (m.isComplex ? partsOf(site, tail) : [tail])
      .map((part) => {
        const scaled = m.math(part).div(part, m.along(unit, m.rows));
        return m.combine(m.math(part).mul(scaled, scaled), 'add', 0, last);
      })
      .reduce((sum, part) => r.add(sum, part));
    const own = [x, y]
      .filter((part) => part !== undefined)
      .map((part) => r.mul(r.div(part, unit), r.div(part, unit)))
      .reduce((sum, part) => r.add(sum, part));
    const norm = r.mul(unit, r.sqrt(r.add(squares, own)));
    // 2. The reflector that leaves beta alone of the column; none where nothing else is there.
    const isAlone = r.compare('eq', spread, 0);
    const isPlain = y === undefined ? isAlone : r.and(isAlone, r.compare('eq', y, 0));
    const beta = r.select(isPlain, x, r.select(r.compare('lt', x, 0), norm, r.neg(norm)));
    const divisor = r.select(isPlain, r.number(1), beta);
    const factor = r.select(isPlain, r.number(0), r.div(r.sub(beta, x), divisor));
    const numberOf = (real: Value, imaginary: Value | undefined) =>
      imaginary === undefined ? real : complexOf(site, real, imaginary);
    const zero = y && r.number(0);
    const tau = numberOf(factor, y && r.select(isPlain, r.number(0), r.neg(r.div(y, divisor))));
    const leading = numberOf(r.select(isPlain, r.number(1), r.sub(x, beta)), y && r.select(isPlain, r.number(0), y));
    const reflector = columns.div(tail, m.along(leading, m.rows));
    // 3. What it makes of the other columns.
    const v = columns.select(site.compare('eq', rows, at), columns.number(1), reflector);
    const reflected = reflectedBy(m, A!, v, m.conj(tau));
    const [row, col] = [m.count(matrix, 2), m.count(matrix, 1)];
    const atRow = site.spread(j, row);
    const betas = m.columnsOf(m.along(numberOf(beta, zero), m.rows));
    const stored = site.select(
      site.compare('eq', row, atRow),
      betas,
      site.select(site.compare('gt', row, atRow), m.columnsOf(reflector), A!),
    );
    const changed = site.select(
      site.compare('gt', col, atRow),
      reflected,
      site.select(site.compare('eq', col, atRow), stored, A!),
    );
    const places = m.count([...m.batch, count], 1);
    const isPlace = site.compare('eq', places, site.spread(j, places));
    return [changed, site.select(isPlace, m.along(tau, count), taus!)];
  });
}

/** a - tau v (v^H a) */
function reflectedBy(m: Matrices, a: Value, v: Value, tau: Value): Value {
  const math = m.math(a);
  const products = m.combine(math.mul(m.columnsOf(m.conj(v)), a), 'add', 0, m.rank - 2);
  const scaled = math.mul(m.columnsOf(v), m.columnsOf(m.along(tau, m.rows)));
  return math.sub(a, math.mul(scaled, m.rowsOf(products)));
}

/** The first columns of the product of the reflectors in `a`. */
export function reflectorProduct(site: HloSite, a: Value, taus: Value): Value {
  const m = new Matrices(site, a);
  const [row, col] = [m.count(m.type.shape, 2), m.count(m.type.shape, 1)];
  const count = (taus.type as TensorType).shape.at(-1)!;
  const math = m.math(a);
  const identity = math.select(site.compare('eq', row, col), math.number(1), 0);
  const last = m.rank - 2;
  const [q] = rounds(site, count, [identity], (round, [Q]) => {
    const j = m.math(round).sub(count - 1, round);
    const rows = m.count([...m.batch, m.rows], 1);
    const at = site.spread(j, rows);
    const column = m.column(a, j);
    const columns = m.math(column);
    const below = columns.select(site.compare('gt', rows, at), column, 0);
    const v = columns.select(site.compare('eq', rows, at), columns.number(1), below);
    const places = m.count([...m.batch, count], 1);
    const tau = m.chosen(site.compare('eq', places, site.spread(j, places)), taus, last);
    return [reflectedBy(m, Q!, v, tau)];
  });
  return q!;
}
