// What affine expressions become on construction. Two forms: 'as-written' follows MLIR's own rules, so that text means
// and prints here what it does there; 'expanded' also multiplies sums out and collects equal terms, which is what passes
// that compose and compare accesses want. Every rule of the first is one of the second, so text of either reads back as
// the expression it came from. Source of the shared rules: mlir/lib/IR/AffineExpr.cpp.
import { AffineExpr } from './affine.js';

export type Form = 'as-written' | 'expanded';

function constantSum(a: AffineExpr, b: AffineExpr, form: Form): AffineExpr {
  const sum = a.value + b.value;
  return isExact(a, b, sum) ? AffineExpr.constant(sum) : wideConstant(a.bigint + b.bigint, form);
}
function constantProduct(a: AffineExpr, b: AffineExpr, form: Form): AffineExpr {
  const product = a.value * b.value;
  return isExact(a, b, product) ? AffineExpr.constant(product) : wideConstant(a.bigint * b.bigint, form);
}
function isExact(a: AffineExpr, b: AffineExpr, result: number): boolean {
  return a.wide === null && b.wide === null && Number.isSafeInteger(result);
}
/** MLIR's constants wrap around in 64 bits; a pass sees that its own grew too large. */
function wideConstant(value: bigint, form: Form): AffineExpr {
  return AffineExpr.constant(form === 'as-written' ? BigInt.asIntN(64, value) : value);
}

function isConstant(e: AffineExpr): boolean {
  return e.kind === 'constant';
}
/** `e + c`: the constant; null otherwise. */
function addedConstant(e: AffineExpr): AffineExpr | null {
  return e.kind === 'add' && e.rhs!.kind === 'constant' ? e.rhs : null;
}
/** `base * c` as (base, c); anything else as (e, 1). */
function split(e: AffineExpr): [AffineExpr, AffineExpr] {
  return e.kind === 'mul' && e.rhs!.kind === 'constant' ? [e.lhs!, e.rhs!] : [e, AffineExpr.constant(1)];
}

export function simplifiedSum(l: AffineExpr, r: AffineExpr, form: Form): AffineExpr {
  if (isConstant(l) && isConstant(r)) return constantSum(l, r, form);
  // Constants, then symbols, go to the right.
  if (isConstant(l) || (l.symbolic && !r.symbolic)) return simplifiedSum(r, l, form);
  const added = addedConstant(l);
  if (isConstant(r)) {
    if (r.value === 0) return l;
    // (e + c1) + c2 == e + (c1 + c2)
    return added ? simplifiedSum(l.lhs!, constantSum(added, r, form), form) : AffineExpr.node('add', l, r);
  }
  // a * c1 + a * c2 == a * (c1 + c2)
  const [base, factor] = split(l);
  const [otherBase, otherFactor] = split(r);
  if (base === otherBase) return simplifiedProduct(base, constantSum(factor, otherFactor, form), form);
  // (e + c) + f == (e + f) + c
  if (added) return simplifiedSum(simplifiedSum(l.lhs!, r, form), added, form);
  // f + (g + h) == (f + g) + h: sums lean to the left, so that text, which has no parentheses, reads back the same
  if (r.kind === 'add') return simplifiedSum(simplifiedSum(l, r.lhs!, form), r.rhs!, form);
  if (form === 'expanded') {
    const merged = mergeTerms(l, r);
    if (merged) return merged;
  }
  return remainder(l, r, form) ?? AffineExpr.node('add', l, r);
}

/** e - (e floordiv q) * q == e mod q */
function remainder(e: AffineExpr, r: AffineExpr, form: Form): AffineExpr | null {
  if (r.kind !== 'mul') return null;
  const product = r.lhs!;
  const factor = r.rhs!;
  // The factor is -1 around a product with a symbol, or the negated constant.
  const quotient = product.kind === 'mul' && factor.kind === 'constant' && factor.value === -1 ? product.lhs! : product;
  if (quotient.kind !== 'floordiv' || quotient.lhs !== e) return null;
  const q = quotient.rhs!;
  const negated = quotient === product ? simplifiedProduct(factor, AffineExpr.constant(-1), form) : product.rhs!;
  return negated === q ? simplifiedMod(e, q, form) : null;
}

/** a*c1 + b + a*c2 == a*(c1+c2) + b, looked for in the rightmost terms of a sum. */
function mergeTerms(sum: AffineExpr, term: AffineExpr): AffineExpr | null {
  if (sum.kind === 'add') {
    const inner = mergeTerms(sum.rhs!, term);
    if (inner) return inner.kind === 'constant' && inner.value === 0 ? sum.lhs! : sum.lhs!.add(inner);
    const left = mergeTerms(sum.lhs!, term);
    return left ? left.add(sum.rhs!) : null;
  }
  const [base, factor] = split(sum);
  const [otherBase, otherFactor] = split(term);
  return base === otherBase ? simplifiedProduct(base, constantSum(factor, otherFactor, 'expanded'), 'expanded') : null;
}

export function simplifiedProduct(l: AffineExpr, r: AffineExpr, form: Form): AffineExpr {
  if (isConstant(l) && isConstant(r)) return constantProduct(l, r, form);
  // Constants and symbols go to the right.
  if (isConstant(l) || (!r.symbolic && l.symbolic)) return simplifiedProduct(r, l, form);
  if (isConstant(r)) {
    if (r.value === 0) return r;
    if (r.value === 1) return l;
  }
  if (l.kind === 'mul' && l.rhs!.kind === 'constant') {
    // (e * c1) * c2 == e * (c1 * c2), (e * c) * s == (e * s) * c
    if (isConstant(r)) return simplifiedProduct(l.lhs!, constantProduct(l.rhs!, r, form), form);
    return simplifiedProduct(simplifiedProduct(l.lhs!, r, form), l.rhs!, form);
  }
  if (form === 'expanded' && isConstant(r) && l.kind === 'add')
    return simplifiedSum(simplifiedProduct(l.lhs!, r, form), simplifiedProduct(l.rhs!, r, form), form);
  return AffineExpr.node('mul', l, r);
}

export function simplifiedMod(l: AffineExpr, r: AffineExpr, form: Form): AffineExpr {
  // By zero and by negative numbers it is undefined, and kept.
  if (!isConstant(r) || r.value < 1) return AffineExpr.node('mod', l, r);
  if (isConstant(l)) {
    if (l.wide === null && r.wide === null) {
      const m = l.value % r.value;
      return AffineExpr.constant(m < 0 ? m + r.value : m);
    }
    const m = l.bigint % r.bigint;
    return AffineExpr.constant(m < 0n ? m + r.bigint : m);
  }
  if (isMultiple(l, r)) return AffineExpr.constant(0);
  if (l.kind === 'add') {
    // (e * n + f) mod n == f mod n
    if (isMultiple(l.lhs!, r)) return simplifiedMod(l.rhs!, r, form);
    if (isMultiple(l.rhs!, r)) return simplifiedMod(l.lhs!, r, form);
  }
  // (e mod (n * m)) mod n == e mod n
  if (l.kind === 'mod' && isConstant(l.rhs!) && l.rhs!.value >= 1 && l.rhs!.bigint % r.bigint === 0n)
    return simplifiedMod(l.lhs!, r, form);
  return AffineExpr.node('mod', l, r);
}

export function simplifiedFloorDiv(l: AffineExpr, r: AffineExpr, form: Form): AffineExpr {
  if (!isConstant(r) || r.value < 1) return AffineExpr.node('floordiv', l, r);
  if (isConstant(l)) return AffineExpr.constant(floorQuotient(l.bigint, r.bigint));
  if (r.value === 1) return l;
  const exact = exactQuotient(l, r, form);
  if (exact) return exact;
  // (e * n + f) floordiv n == e + f floordiv n
  if (l.kind === 'add' && (isMultiple(l.lhs!, r) || isMultiple(l.rhs!, r)))
    return simplifiedSum(simplifiedFloorDiv(l.lhs!, r, form), simplifiedFloorDiv(l.rhs!, r, form), form);
  return form === 'expanded' && isMultiple(l, r) ? divideExactly(l, r) : AffineExpr.node('floordiv', l, r);
}

export function simplifiedCeilDiv(l: AffineExpr, r: AffineExpr, form: Form): AffineExpr {
  if (!isConstant(r) || r.value < 1) return AffineExpr.node('ceildiv', l, r);
  if (isConstant(l)) return AffineExpr.constant(-floorQuotient(-l.bigint, r.bigint));
  if (r.value === 1) return l;
  const exact = exactQuotient(l, r, form);
  if (exact) return exact;
  return form === 'expanded' && isMultiple(l, r) ? divideExactly(l, r) : AffineExpr.node('ceildiv', l, r);
}

/** Rounded towards minus infinity. */
function floorQuotient(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b < 0n ? q - 1n : q;
}

/** (e * (n * m)) / n == e * m */
function exactQuotient(l: AffineExpr, r: AffineExpr, form: Form): AffineExpr | null {
  if (l.kind !== 'mul' || !isConstant(l.rhs!)) return null;
  const factor = l.rhs!;
  if (factor.wide === null && r.wide === null)
    return factor.value % r.value === 0
      ? simplifiedProduct(l.lhs!, AffineExpr.constant(factor.value / r.value), form)
      : null;
  if (factor.bigint % r.bigint !== 0n) return null;
  return simplifiedProduct(l.lhs!, AffineExpr.constant(factor.bigint / r.bigint), form);
}

/** Whether every value of the expression is known to be a multiple of a positive constant. */
function isMultiple(e: AffineExpr, n: AffineExpr): boolean {
  const divisor = largestKnownDivisor(e);
  return divisor === 0 || (n.wide === null && divisor % n.value === 0);
}

/** MLIR's: 0 for the constant zero. Constants beyond 2^53 count as 1. */
function largestKnownDivisor(e: AffineExpr): number {
  switch (e.kind) {
    case 'dim':
    case 'symbol':
      return 1;
    case 'constant':
      return e.wide === null ? Math.abs(e.value) : 1;
    case 'floordiv':
    case 'ceildiv': {
      const n = e.rhs!;
      if (!isConstant(n) || n.value === 0 || n.wide !== null) return 1;
      const divisor = largestKnownDivisor(e.lhs!);
      return divisor % n.value === 0 ? Math.abs(divisor / n.value) : 1;
    }
    case 'mul': {
      const left = largestKnownDivisor(e.lhs!);
      const product = left * largestKnownDivisor(e.rhs!);
      return Number.isSafeInteger(product) ? product : left;
    }
    default: {
      let a = largestKnownDivisor(e.lhs!);
      let b = largestKnownDivisor(e.rhs!);
      while (b !== 0) [a, b] = [b, a % b];
      return a;
    }
  }
}

/** The quotient of a multiple of `n`; products with symbols, sums and quotients keep their shape. */
function divideExactly(e: AffineExpr, n: AffineExpr): AffineExpr {
  if (e.kind === 'constant') return AffineExpr.constant(e.bigint / n.bigint);
  if (e.kind === 'add' && isMultiple(e.lhs!, n) && isMultiple(e.rhs!, n))
    return divideExactly(e.lhs!, n).add(divideExactly(e.rhs!, n));
  if (e.kind === 'mul') {
    if (isMultiple(e.rhs!, n)) return e.lhs!.mul(divideExactly(e.rhs!, n));
    if (isMultiple(e.lhs!, n)) return divideExactly(e.lhs!, n).mul(e.rhs!);
  }
  return AffineExpr.node('floordiv', e, n);
}
