// Index values as affine expressions over one shared list of inputs, with what is known about their range: loop
// variables lie between their bounds, sizes are not negative.
import { type AppliedMap, affineExprOf, ForOp, forBounds, linearForm, normalizeExpr } from '@budflow/dialect-loop';
import { knownSize } from '@budflow/dialect-memory';
import { AffineExpr, IntegerAttr, type Operation, type Value } from '@budflow/ir';

/** All integers from min to max; either may be infinite. */
export interface Interval {
  readonly min: number;
  readonly max: number;
}

const ANY: Interval = { min: -Infinity, max: Infinity };
const DEPTH_LIMIT = 12;

export class IndexSpace {
  /** Dimension k of every expression is the value `inputs[k]`. */
  readonly inputs: Value[] = [];
  private readonly ranges = new Map<Value, Interval>();
  private depth = 0;

  /** An index value as a simplified expression. */
  of(value: Value): AffineExpr {
    const before = this.inputs.length;
    const expr = affineExprOf(value, this.inputs) ?? this.input(value);
    return this.simplify(this.withSharedSizes(expr, before));
  }

  /** The dimension that stands for a value, whatever computes it. */
  input(value: Value): AffineExpr {
    let at = this.inputs.indexOf(value);
    if (at < 0) at = this.inputs.push(value) - 1;
    return AffineExpr.dim(at);
  }

  /** The results of a bound, over this space. */
  bound(applied: AppliedMap): AffineExpr[] {
    const inputs = applied.operands.map((v) => this.of(v));
    const { numDims } = applied.map;
    return applied.map.results.map((e) => this.simplify(e.replace(inputs.slice(0, numDims), inputs.slice(numDims))));
  }

  /** One input for each size of a buffer, however often memory.dim asks for it. */
  private withSharedSizes(expr: AffineExpr, firstNew: number): AffineExpr {
    const replaced: AffineExpr[] = [];
    for (let i = firstNew; i < this.inputs.length; i++) {
      const op = this.inputs[i]!.definingOp;
      if (op === null || op.name !== 'memory.dim') continue;
      const size = dimensionOf(op);
      const known = knownSize(op.operand(0), size);
      if (typeof known === 'number') replaced[i] = AffineExpr.constant(known);
      else if (known !== undefined && known !== this.inputs[i]) replaced[i] = this.of(known);
      else {
        const same = this.inputs.findIndex(
          (v, at) =>
            at < i &&
            v.definingOp?.name === 'memory.dim' &&
            v.definingOp.operand(0) === op.operand(0) &&
            dimensionOf(v.definingOp) === size,
        );
        if (same >= 0) replaced[i] = AffineExpr.dim(same);
      }
    }
    return replaced.length === 0 ? expr : normalizeExpr(expr.replace(replaced, []));
  }

  /** What an expression lies between, taking its inputs as independent. */
  range(expr: AffineExpr): Interval {
    const { terms, constant } = linearForm(expr);
    let min = constant;
    let max = constant;
    for (const [atom, c] of terms) {
      const r = this.atomRange(atom);
      min += c > 0 ? c * r.min : c * r.max;
      max += c > 0 ? c * r.max : c * r.min;
    }
    return { min, max };
  }

  private atomRange(atom: AffineExpr): Interval {
    switch (atom.kind) {
      case 'dim':
        return this.valueRange(this.inputs[atom.value]!);
      case 'mod': {
        const n = atom.rhs!;
        return n.kind === 'constant' && n.value > 0 ? { min: 0, max: n.value - 1 } : ANY;
      }
      case 'floordiv':
      case 'ceildiv': {
        const n = atom.rhs!;
        if (n.kind !== 'constant' || n.value <= 0) return ANY;
        const inner = this.range(atom.lhs!);
        const divide = atom.kind === 'floordiv' ? Math.floor : Math.ceil;
        return { min: divide(inner.min / n.value), max: divide(inner.max / n.value) };
      }
      default:
        return ANY;
    }
  }

  /** What an index value lies between, as far as loops and sizes tell. */
  valueRange(value: Value): Interval {
    const known = this.ranges.get(value);
    if (known) return known;
    if (this.depth >= DEPTH_LIMIT) return ANY;
    this.depth++;
    const found = this.computeRange(value);
    this.depth--;
    this.ranges.set(value, found);
    return found;
  }

  private computeRange(value: Value): Interval {
    const loop = loopOfVariable(value);
    if (loop) {
      const { lower, upper } = forBounds(loop);
      const from = this.bound(lower).map((e) => this.range(e));
      const to = this.bound(upper).map((e) => this.range(e));
      return { min: Math.max(...from.map((r) => r.min)), max: Math.min(...to.map((r) => r.max)) - 1 };
    }
    const op = value.definingOp;
    if (op === null) return ANY;
    if (op.name === 'memory.dim') return { min: 0, max: Infinity };
    if (op.name === 'loop.min' || op.name === 'loop.max') {
      const attr = op.attr('map');
      if (!attr || !('map' in attr)) return ANY;
      const results = this.bound({ map: attr.map as AppliedMap['map'], operands: op.operands }).map((e) =>
        this.range(e),
      );
      const pick = op.name === 'loop.min' ? Math.min : Math.max;
      return { min: pick(...results.map((r) => r.min)), max: pick(...results.map((r) => r.max)) };
    }
    return ANY;
  }

  /** e mod n == e for 0 <= e < n;  e floordiv n == k for k n <= e < (k + 1) n;  the same inside sums. */
  simplify(expr: AffineExpr): AffineExpr {
    if (expr.lhs === null) return expr;
    const lhs = this.simplify(expr.lhs);
    const rhs = this.simplify(expr.rhs!);
    switch (expr.kind) {
      case 'add':
        return normalizeExpr(lhs.add(rhs));
      case 'mul':
        return normalizeExpr(lhs.mul(rhs));
      default:
        break;
    }
    const made = normalizeExpr(
      expr.kind === 'mod' ? lhs.mod(rhs) : expr.kind === 'floordiv' ? lhs.floorDiv(rhs) : lhs.ceilDiv(rhs),
    );
    // Normalising takes multiples of the divisor out: look at what is left.
    return this.simplifyAtoms(made);
  }

  private simplifyAtoms(expr: AffineExpr): AffineExpr {
    const { terms, constant } = linearForm(expr);
    let sum: AffineExpr = AffineExpr.constant(constant);
    for (const [atom, c] of terms) sum = sum.add(this.simplifyAtom(atom).mul(c));
    return normalizeExpr(sum);
  }

  private simplifyAtom(atom: AffineExpr): AffineExpr {
    if (atom.kind !== 'mod' && atom.kind !== 'floordiv' && atom.kind !== 'ceildiv') return atom;
    const n = atom.rhs!;
    if (n.kind !== 'constant' || n.value <= 0) return atom;
    const { min, max } = this.range(atom.lhs!);
    if (!Number.isFinite(min) || !Number.isFinite(max)) return atom;
    const divide = atom.kind === 'ceildiv' ? Math.ceil : Math.floor;
    const low = divide(min / n.value);
    if (low !== divide(max / n.value)) return atom;
    return atom.kind === 'mod' ? atom.lhs!.sub(low * n.value) : AffineExpr.constant(low);
  }

  /**
   * Whether the expression is surely not negative. Besides ranges it uses that a loop variable is at most its upper
   * bound less one, also where that bound is symbolic: n - 64 o >= 1 for o < n ceildiv 64.
   */
  isNotNegative(expr: AffineExpr, depth = 0): boolean {
    if (this.range(expr).min >= 0) return true;
    if (depth >= 6) return false;
    const { terms } = linearForm(expr);
    // Innermost variables first: their bounds mention the outer ones.
    const candidates = [...terms].filter(
      ([atom, c]) => c < 0 && (atom.kind === 'ceildiv' || atom.kind === 'floordiv' || atom.kind === 'dim'),
    );
    for (const [atom, c] of candidates.reverse()) {
      for (const least of this.lowestValues(atom, c)) {
        if (this.isNotNegative(normalizeExpr(expr.sub(atom.mul(c)).add(least)), depth + 1)) return true;
      }
    }
    return false;
  }

  /** Expressions that c * atom is at least, for c < 0. */
  private lowestValues(atom: AffineExpr, c: number): AffineExpr[] {
    if (atom.kind === 'dim') {
      const loop = loopOfVariable(this.inputs[atom.value]!);
      return loop ? this.bound(forBounds(loop).upper).map((e) => this.simplify(e.sub(1).mul(c))) : [];
    }
    const n = atom.rhs!;
    if (n.kind !== 'constant' || n.value <= 0 || c % n.value !== 0) return [];
    // n (e ceildiv n) <= e + n - 1,  n (e floordiv n) <= e
    const most = atom.kind === 'ceildiv' ? atom.lhs!.add(n.value - 1) : atom.lhs!;
    return [normalizeExpr(most.mul(c / n.value))];
  }
}

function dimensionOf(dim: Operation): number {
  const attr = dim.attr('dimension');
  return attr instanceof IntegerAttr ? attr.number : -1;
}

/** The loop.for whose induction variable a value is. */
export function loopOfVariable(value: Value): Operation | undefined {
  if (value.definingOp !== null || value.index !== 0) return undefined;
  const op = value.parentBlock?.parentOp;
  return op && ForOp.is(op) ? op : undefined;
}

/** Most iterations the loop can have; Infinity when unknown. */
export function maximalTripCount(space: IndexSpace, loop: Operation): number {
  const { lower, upper, step } = forBounds(loop);
  let most = Infinity;
  for (const to of space.bound(upper)) {
    for (const from of space.bound(lower)) {
      const { max } = space.range(normalizeExpr(to.sub(from)));
      most = Math.min(most, Math.max(0, Math.ceil(max / step)));
    }
  }
  return most;
}
