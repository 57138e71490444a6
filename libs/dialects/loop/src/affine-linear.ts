// Sums of products: affine expressions as coefficients times atoms plus a constant, where an atom is a dimension, a
// symbol, or a quotient, remainder or product that is not linear. Equal sums get equal forms, whatever their order.
import { AffineExpr } from '@budflow/ir';

/** constant + sum of coefficient * atom. No coefficient is zero. */
export interface LinearForm {
  readonly terms: ReadonlyMap<AffineExpr, number>;
  readonly constant: number;
}

/** The linear form of an expression. Atoms are normalised themselves, so equal ones are `===`. */
export function linearForm(e: AffineExpr): LinearForm {
  const terms = new Map<AffineExpr, number>();
  let constant = 0;
  const visit = (x: AffineExpr, factor: number): void => {
    switch (x.kind) {
      case 'constant':
        constant += factor * x.value;
        return;
      case 'add':
        visit(x.lhs!, factor);
        visit(x.rhs!, factor);
        return;
      case 'mul': {
        const l = x.lhs!;
        const r = x.rhs!;
        if (r.kind === 'constant') visit(l, factor * r.value);
        else if (l.kind === 'constant') visit(r, factor * l.value);
        else {
          const product = normalizeExpr(l).mul(normalizeExpr(r));
          if (product.kind === 'mul' && product.rhs!.kind !== 'constant') addTerm(terms, product, factor);
          else visit(product, factor);
        }
        return;
      }
      case 'dim':
      case 'symbol':
        addTerm(terms, x, factor);
        return;
      default: {
        const simpler = division(x.kind, x.lhs!, x.rhs!);
        // A quotient may have become a sum; one that stayed a quotient is an atom.
        if (simpler.kind === x.kind) addTerm(terms, simpler, factor);
        else visit(simpler, factor);
      }
    }
  };
  visit(e, 1);
  return { terms, constant: constant === 0 ? 0 : constant };
}

function addTerm(terms: Map<AffineExpr, number>, atom: AffineExpr, factor: number): void {
  const sum = (terms.get(atom) ?? 0) + factor;
  if (sum === 0) terms.delete(atom);
  else terms.set(atom, sum);
}

/**
 * With n > 0 and e = n*q + r:  e floordiv n == q + r floordiv n,  e ceildiv n == q + r ceildiv n,  e mod n == r mod n.
 */
function division(kind: 'mod' | 'floordiv' | 'ceildiv', lhs: AffineExpr, rhs: AffineExpr): AffineExpr {
  const right = normalizeExpr(rhs);
  const apply = (l: AffineExpr) =>
    kind === 'mod' ? l.mod(right) : kind === 'floordiv' ? l.floorDiv(right) : l.ceilDiv(right);
  const { terms, constant } = linearForm(lhs);
  if (right.kind !== 'constant' || right.value <= 0) return apply(build(terms, constant));
  const n = right.value;
  const quotient = new Map<AffineExpr, number>();
  const rest = new Map<AffineExpr, number>();
  for (const [atom, c] of terms) (c % n === 0 ? quotient : rest).set(atom, c % n === 0 ? c / n : c);
  const whole = Math.floor(constant / n);
  const remainder = apply(build(rest, constant - whole * n));
  return kind === 'mod' ? remainder : build(quotient, whole).add(remainder);
}

const KIND_ORDER = { dim: 0, symbol: 1, mul: 2, floordiv: 3, ceildiv: 4, mod: 5, add: 6, constant: 7 } as const;

function build(terms: ReadonlyMap<AffineExpr, number>, constant: number): AffineExpr {
  const sorted = [...terms].sort(([a], [b]) => KIND_ORDER[a.kind] - KIND_ORDER[b.kind] || a.value - b.value);
  let sum: AffineExpr | null = null;
  for (const [atom, c] of sorted) {
    const term = atom.mul(c);
    sum = sum === null ? term : sum.add(term);
  }
  return sum === null ? AffineExpr.constant(constant) : sum.add(constant);
}

/** Normal forms that were asked for; the same few expressions come again and again. */
const normalForms = new Map<AffineExpr, AffineExpr>();
const MOST_NORMAL_FORMS = 1 << 15;

/** The expression as dimensions, then symbols, then other atoms, then the constant: equal linear sums become `===`. */
export function normalizeExpr(e: AffineExpr): AffineExpr {
  if (e.lhs === null) return e;
  let normal = normalForms.get(e);
  if (normal === undefined) {
    const { terms, constant } = linearForm(e);
    normal = build(terms, constant);
    if (normalForms.size >= MOST_NORMAL_FORMS) normalForms.clear();
    normalForms.set(e, normal);
  }
  return normal;
}

/** `x - y` when it is one number whatever the inputs are. */
export function constantDifference(x: AffineExpr, y: AffineExpr): number | undefined {
  const a = linearForm(x);
  const b = linearForm(y);
  if (a.terms.size !== b.terms.size) return undefined;
  for (const [atom, c] of a.terms) if (b.terms.get(atom) !== c) return undefined;
  return a.constant - b.constant;
}
