// The pairs of iterations in which two accesses touch one element, as a system of linear equations and inequalities:
// bounds of all loops (triangular ones, minima and maxima too), subscripts, quotients and remainders. Asked for each
// direction vector in turn when the intervals of dependence.ts do not decide. (Pugh and Wonnacott, 1992.)
import { type AppliedMap, forBounds, inductionVariable, linearForm } from '@budflow/dialect-loop';
import { type AffineExpr, AffineMapAttr, type Operation, type Value } from '@budflow/ir';
import type { Access } from './accesses.js';
import { type IndexSpace, loopOfVariable } from './index-space.js';
import { IntegerSystem, type LinearRow } from './integer-system.js';
import { isDefinedInside } from './loops.js';

/** The sign of (iteration of the second access - iteration of the first) of one loop. */
export type Sign = -1 | 0 | 1;

type Side = 0 | 1;
type MutableRow = { readonly coefficients: Map<number, number>; constant: number };

/** Systems with more inputs than this are not built: elimination would give up anyway. */
const MAX_DEPTH = 40;

export class DependenceSystem {
  private readonly space: IndexSpace;
  private readonly loops: readonly Operation[];
  private readonly system = new IntegerSystem();
  private readonly variables = new Map<string, number>();
  private readonly bounded = new Set<string>();
  private depth = 0;

  /** Of two accesses with subscripts, in iterations of `loops` (outermost first) that may differ. */
  constructor(space: IndexSpace, loops: readonly Operation[], first: Access, second: Access) {
    this.space = space;
    this.loops = loops;
    for (const side of [0, 1] as const) {
      const { op } = side === 0 ? first : second;
      for (let at = op.parentOp; at; at = at.parentOp) {
        const iv = at.name === 'loop.for' ? inductionVariable(at) : null;
        if (iv) this.input(iv, side);
      }
    }
    const [a, b] = [first.subscripts!, second.subscripts!];
    a.forEach((value, dim) => {
      const row = this.row(space.of(value), 0, -1);
      this.add(row, this.row(space.of(b[dim]!), 1, 1));
      if (this.addLanes(row, first, dim, -1) && this.addLanes(row, second, dim, 1)) this.system.addEquation(row);
    });
  }

  /** True when there surely are no such iterations whose distances have these signs. */
  isImpossible(signs: readonly Sign[]): boolean {
    const system = this.system.copy();
    signs.forEach((sign, k) => {
      const iv = inductionVariable(this.loops[k]!);
      const [a, b] = [this.input(iv, 0), this.input(iv, 1)];
      const row: LinearRow = {
        coefficients: new Map([
          [a, sign < 0 ? 1 : -1],
          [b, sign < 0 ? -1 : 1],
        ]),
        constant: sign === 0 ? 0 : -1,
      };
      if (sign === 0) system.addEquation(row);
      else system.addInequality(row);
    });
    return system.isEmpty();
  }

  /** Adds what the lanes of a vector access add to a subscript; false when that is not known. */
  private addLanes(row: MutableRow, { lanes }: Access, dim: number, factor: number): boolean {
    if (!lanes || lanes.dim !== dim || lanes.count <= 1) return true;
    if (lanes.stride === null) return false;
    const l = this.system.variable();
    this.between(l, 0, lanes.count - 1);
    row.coefficients.set(l, factor * lanes.stride);
    return true;
  }

  private between(v: number, low: number, high: number): void {
    this.system.addInequality({ coefficients: new Map([[v, 1]]), constant: -low });
    this.system.addInequality({ coefficients: new Map([[v, -1]]), constant: high });
  }

  private add(row: MutableRow, other: LinearRow, factor = 1): void {
    for (const [v, c] of other.coefficients) {
      const total = (row.coefficients.get(v) ?? 0) + factor * c;
      if (total === 0) row.coefficients.delete(v);
      else row.coefficients.set(v, total);
    }
    row.constant += factor * other.constant;
  }

  /** factor * expression, as one of the two iterations computes it. */
  private row(expr: AffineExpr, side: Side, factor: number): MutableRow {
    const { terms, constant } = linearForm(expr);
    const row: MutableRow = { coefficients: new Map(), constant: factor * constant };
    for (const [atom, c] of terms) {
      const v = this.atom(atom, side);
      row.coefficients.set(v, (row.coefficients.get(v) ?? 0) + factor * c);
    }
    return row;
  }

  private isShared(expr: AffineExpr): boolean {
    if (expr.kind === 'dim') return !isDefinedInside(this.space.inputs[expr.value]!, this.loops[0]!);
    return expr.lhs === null || (this.isShared(expr.lhs) && this.isShared(expr.rhs!));
  }

  private atom(atom: AffineExpr, side: Side): number {
    if (atom.kind === 'dim') return this.input(this.space.inputs[atom.value]!, side);
    const name = `${this.isShared(atom) ? '' : side}:${atom}`;
    const known = this.variables.get(name);
    if (known !== undefined) return known;
    const v = this.system.variable();
    this.variables.set(name, v);
    const n = atom.rhs?.kind === 'constant' ? atom.rhs.value : 0;
    if (n <= 0 || atom.lhs === null) return v;
    const inner = this.row(atom.lhs, side, 1);
    if (atom.kind === 'mod') {
      // e mod n == e - n q
      const q = this.atom(atom.lhs.floorDiv(n), side);
      if (q !== v) {
        this.add(inner, { coefficients: new Map([[q, -n]]), constant: 0 });
        this.add(inner, { coefficients: new Map([[v, -1]]), constant: 0 });
        this.system.addEquation(inner);
      }
      this.between(v, 0, n - 1);
    } else if (atom.kind === 'floordiv' || atom.kind === 'ceildiv') {
      // n q <= e <= n q + n - 1;  n q - n + 1 <= e <= n q
      const [low, high] = atom.kind === 'floordiv' ? [0, n - 1] : [1 - n, 0];
      this.add(inner, { coefficients: new Map([[v, -n]]), constant: 0 });
      const upper: MutableRow = { coefficients: new Map(), constant: high };
      this.add(upper, inner, -1);
      inner.constant -= low;
      this.system.addInequality(inner);
      this.system.addInequality(upper);
    }
    return v;
  }

  /** The variable of an input in one of the two iterations, with all that is known of it. */
  private input(value: Value, side: Side): number {
    const expr = this.space.input(value);
    const shared = !isDefinedInside(value, this.loops[0]!);
    const name = `${shared ? '' : side}d${expr.kind === 'dim' ? expr.value : expr}`;
    let v = this.variables.get(name);
    if (v === undefined) {
      v = this.system.variable();
      this.variables.set(name, v);
    }
    if (this.bounded.has(name) || this.depth > MAX_DEPTH) return v;
    this.bounded.add(name);
    this.depth++;
    this.bound(value, v, side);
    this.depth--;
    return v;
  }

  private bound(value: Value, v: number, side: Side): void {
    const loop = loopOfVariable(value);
    const op = value.definingOp;
    if (loop) {
      const { lower, upper, step } = forBounds(loop);
      const from = this.space.bound(lower);
      for (const e of from) this.atLeast(v, e, side, 1, 0);
      for (const e of this.space.bound(upper)) this.atLeast(v, e, side, -1, -1);
      if (step === 1 || from.length !== 1) return;
      // v == lower + step * t
      const row = this.row(from[0]!, side, 1);
      this.add(row, {
        coefficients: new Map([
          [v, -1],
          [this.system.variable(), step],
        ]),
        constant: 0,
      });
      this.system.addEquation(row);
    } else if (op?.name === 'memory.dim') {
      this.system.addInequality({ coefficients: new Map([[v, 1]]), constant: 0 });
    } else if (op?.name === 'loop.min' || op?.name === 'loop.max') {
      const attr = op.attr('map');
      if (!(attr instanceof AffineMapAttr)) return;
      const applied: AppliedMap = { map: attr.map, operands: op.operands };
      for (const e of this.space.bound(applied)) this.atLeast(v, e, side, op.name === 'loop.max' ? 1 : -1, 0);
    }
  }

  /** sign * (v - e) + constant >= 0 */
  private atLeast(v: number, e: AffineExpr, side: Side, sign: number, constant: number): void {
    const row = this.row(e, side, -sign);
    this.add(row, { coefficients: new Map([[v, sign]]), constant });
    this.system.addInequality(row);
  }
}
