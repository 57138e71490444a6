// Recovers affine expressions of index values from the ops that compute them.
import { AffineExpr, AffineMapAttr, IndexType, type Operation, type Value } from '@budflow/ir';
import { linearForm, normalizeExpr } from './affine-linear.js';
import { constantIndex, hasSafeConstants } from './affine-operands.js';

/** Longer chains of ops keep the value in the middle as an input. */
const DEPTH_LIMIT = 256;

/**
 * The value of type index as an affine expression. Dimension k of it is `dimsOut[k]`; inputs not yet in the list are
 * appended, so that the expressions of several values can share one list. Inputs are loop variables, block arguments,
 * sizes and every other value that is not computed by loop.apply, arith.constant, arith.addi, arith.subi, arith.muli by a
 * constant, arith.shli by a constant, arith.floordivsi or arith.ceildivsi by a positive constant; a product of two inputs
 * is an input. The expression is normalised: equal sums over one list are `===`. Null for a value of another type.
 * (Arithmetic on index is taken not to overflow 64 bits.)
 */
export function affineExprOf(value: Value, dimsOut: Value[]): AffineExpr | null {
  if (!(value.type instanceof IndexType)) return null;
  return normalizeExpr(new Walker(dimsOut).visit(value, 0));
}

class Walker {
  private readonly known = new Map<Value, AffineExpr>();
  private readonly positions = new Map<Value, number>();
  private readonly dims: Value[];

  constructor(dims: Value[]) {
    this.dims = dims;
    dims.forEach((v, i) => {
      this.positions.set(v, i);
    });
  }

  visit(value: Value, depth: number): AffineExpr {
    const known = this.known.get(value);
    if (known) return known;
    // A value the caller lists is an input even when it could be taken apart.
    const op = value.definingOp;
    let expr: AffineExpr | null = null;
    if (op !== null && depth < DEPTH_LIMIT && !this.positions.has(value)) {
      const before = this.dims.length;
      expr = this.compute(op, depth + 1);
      if (expr !== null && !hasSafeConstants(expr)) expr = null;
      if (expr === null) this.dropInputs(before);
    }
    expr ??= this.input(value);
    this.known.set(value, expr);
    return expr;
  }

  private input(value: Value): AffineExpr {
    let at = this.positions.get(value);
    if (at === undefined) {
      at = this.dims.length;
      this.dims.push(value);
      this.positions.set(value, at);
    }
    return AffineExpr.dim(at);
  }

  private compute(op: Operation, depth: number): AffineExpr | null {
    const constant = constantIndex(op.result(0));
    if (constant !== undefined) return AffineExpr.constant(constant);
    switch (op.name) {
      case 'loop.apply': {
        const attr = op.attr('map');
        if (!(attr instanceof AffineMapAttr) || attr.map.results.length !== 1) return null;
        const inputs = op.operands.map((v) => this.visit(v, depth));
        const { numDims } = attr.map;
        return normalizeExpr(attr.map.results[0]!.replace(inputs.slice(0, numDims), inputs.slice(numDims)));
      }
      case 'arith.addi':
        return normalizeExpr(this.visit(op.operand(0), depth).add(this.visit(op.operand(1), depth)));
      case 'arith.subi':
        return normalizeExpr(this.visit(op.operand(0), depth).sub(this.visit(op.operand(1), depth)));
      case 'arith.muli':
        return this.product(op, depth);
      case 'arith.shli': {
        const by = constantIndex(op.operand(1));
        return by !== undefined && by >= 0 && by < 53 ? this.visit(op.operand(0), depth).mul(2 ** by) : null;
      }
      case 'arith.floordivsi':
      case 'arith.ceildivsi': {
        const by = constantIndex(op.operand(1));
        if (by === undefined || by <= 0) return null;
        const left = this.visit(op.operand(0), depth);
        return normalizeExpr(op.name === 'arith.floordivsi' ? left.floorDiv(by) : left.ceilDiv(by));
      }
      default:
        return null;
    }
  }

  /** A product is affine when a factor is constant, maybe only after its own ops are taken apart. */
  private product(op: Operation, depth: number): AffineExpr | null {
    const left = this.visit(op.operand(0), depth);
    const right = this.visit(op.operand(1), depth);
    if (left.kind === 'constant' || right.kind === 'constant') return left.mul(right);
    return null;
  }

  /** Takes back the inputs met inside a value that turned out to be an input itself. */
  private dropInputs(count: number): void {
    if (this.dims.length === count) return;
    for (const dropped of this.dims.splice(count)) this.positions.delete(dropped);
    for (const [value, expr] of this.known) if (usesDimFrom(expr, count)) this.known.delete(value);
  }
}

function usesDimFrom(e: AffineExpr, from: number): boolean {
  if (e.kind === 'dim') return e.value >= from;
  return e.lhs !== null && (usesDimFrom(e.lhs, from) || usesDimFrom(e.rhs!, from));
}

export interface LinearIndex {
  /** Coefficient of each input value; none is zero. */
  readonly terms: ReadonlyMap<Value, number>;
  readonly constant: number;
}

/**
 * An index value as constant + sum of coefficient * value; null when its affine expression has quotients or remainders,
 * or the value is not of type index.
 */
export function linearIndexOf(value: Value): LinearIndex | null {
  const inputs: Value[] = [];
  const expr = affineExprOf(value, inputs);
  if (expr === null) return null;
  const { terms, constant } = linearForm(expr);
  const byValue = new Map<Value, number>();
  for (const [atom, c] of terms) {
    if (atom.kind !== 'dim') return null;
    byValue.set(inputs[atom.value]!, c);
  }
  return { terms: byValue, constant };
}
