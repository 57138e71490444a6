// Random affine expressions.
import { AffineExpr } from '@budflow/ir';
import fc from 'fast-check';

/** Expressions over d0..d2 and s0, with divisors that are positive constants. */
export const expressions: fc.Arbitrary<AffineExpr> = fc.letrec<{ e: AffineExpr }>((tie) => ({
  e: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: -9, max: 9 }).map((n) => AffineExpr.constant(n)),
    fc.integer({ min: 0, max: 2 }).map((i) => AffineExpr.dim(i)),
    fc.constant(AffineExpr.symbol(0)),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => a.add(b)),
    fc.tuple(tie('e'), fc.integer({ min: -4, max: 4 })).map(([a, n]) => a.mul(n)),
    fc.tuple(tie('e'), fc.integer({ min: 1, max: 6 })).map(([a, n]) => a.floorDiv(n)),
    fc.tuple(tie('e'), fc.integer({ min: 1, max: 6 })).map(([a, n]) => a.ceilDiv(n)),
    fc.tuple(tie('e'), fc.integer({ min: 1, max: 6 })).map(([a, n]) => a.mod(n)),
  ),
})).e;
