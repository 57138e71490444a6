// Bounds of two nested loops that change places when those of the inner one depend on the outer variable with coefficients
// of 1 or -1 (triangles, trapezoids, skewed rectangles):
//
//   loop.for %i = 0 to 8 { loop.for %j = 0 to %i + 1 { .. } }   ->   loop.for %j = 0 to 8 { loop.for %i = max(0, %j) to 8 { .. } }
//
// The new outer loop covers all values the inner variable has for any value of the outer one; the new inner one has the
// bounds of the old outer loop and those that the old inner bounds say about it. (Fourier and Motzkin, for one variable.)

import { isDefinedInside } from '@budflow/analysis';
import {
  type AppliedMap,
  composeAppliedMap,
  dropDominatedResults,
  forBounds,
  inductionVariable,
  linearForm,
  normalizeExpr,
} from '@budflow/dialect-loop';
import { AffineExpr, type Context, type Operation, type Value } from '@budflow/ir';

export interface SwappedBounds {
  readonly outer: { readonly lower: AppliedMap; readonly upper: AppliedMap };
  /** Over the new outer variable, which stands for `inner`'s. */
  readonly inner: { readonly lower: AppliedMap; readonly upper: AppliedMap };
}

/** Bounds after the exchange, in which either variable is still its old value; null where they are not affine. */
export function swappedBounds(outer: Operation, inner: Operation): SwappedBounds | null {
  const [o, n] = [forBounds(outer), forBounds(inner)];
  if (o.step !== 1 || n.step !== 1) return null;
  const { context } = outer;
  const inputs: Value[] = [inductionVariable(outer), inductionVariable(inner)];
  const over = ({ map, operands }: AppliedMap): AffineExpr[] => {
    const composed = composeAppliedMap(context, { map, operands });
    const at = composed.operands.map((v) => {
      let k = inputs.indexOf(v);
      if (k < 0) k = inputs.push(v) - 1;
      return AffineExpr.dim(k);
    });
    const { numDims, results } = composed.map;
    return results.map((e) => normalizeExpr(e.replace(at.slice(0, numDims), at.slice(numDims))));
  };
  const [from, to] = [over(o.lower), over(o.upper)];
  const i = AffineExpr.dim(0);
  const j = AffineExpr.dim(1);
  const [lower, upper]: [AffineExpr[], AffineExpr[]] = [[], []];
  const [innerLower, innerUpper] = [from.slice(), to.slice()];
  for (const [kind, bounds] of [
    ['lower', over(n.lower)],
    ['upper', over(n.upper)],
  ] as const) {
    const target = kind === 'lower' ? lower : upper;
    for (const e of bounds) {
      const c = linearForm(e).terms.get(i) ?? 0;
      const rest = normalizeExpr(e.sub(i.mul(c)));
      if (mentions(rest, 0) || Math.abs(c) > 1) return null;
      if (c === 0) {
        target.push(rest);
        continue;
      }
      // The extreme of c i + rest: at the first or the last i.
      const isFirst = (kind === 'lower') === c > 0;
      for (const x of isFirst ? from : to.map((u) => u.sub(1))) target.push(normalizeExpr(rest.add(x.mul(c))));
      // lower: j >= c i + rest;  upper: j <= c i + rest - 1
      if (kind === 'lower') {
        if (c > 0) innerUpper.push(j.sub(rest).add(1));
        else innerLower.push(rest.sub(j));
      } else if (c > 0) innerLower.push(j.sub(rest).add(1));
      else innerUpper.push(rest.sub(j));
    }
  }
  const isKnown = (v: Value): boolean => v === inputs[0] || v === inputs[1] || !isDefinedInside(v, outer);
  if (!inputs.every(isKnown)) return null;
  const made = (results: readonly AffineExpr[], kind: 'min' | 'max'): AppliedMap =>
    clean(context, { map: context.affineMap(inputs.length, 0, results.map(normalizeExpr)), operands: inputs }, kind);
  return {
    outer: { lower: made(lower, 'max'), upper: made(upper, 'min') },
    inner: { lower: made(innerLower, 'max'), upper: made(innerUpper, 'min') },
  };
}

function mentions(e: AffineExpr, dim: number): boolean {
  if (e.kind === 'dim') return e.value === dim;
  return e.lhs !== null && (mentions(e.lhs, dim) || mentions(e.rhs!, dim));
}

function clean(context: Context, bound: AppliedMap, kind: 'min' | 'max'): AppliedMap {
  return dropDominatedResults(context, composeAppliedMap(context, bound), kind);
}
