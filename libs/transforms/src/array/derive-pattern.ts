// The operator category of an op that declares none, from its indexing maps (TVM derives it the same way from access
// patterns): what fusion goes by for ops of other dialects.
import { AffineExpr, type AffineMap, type Operation, OpPatternKind, StructuredOp } from '@budflow/ir';

/** The category that the structured form of an op implies; opaque without one. */
export function derivePattern(op: Operation): OpPatternKind {
  const structured = StructuredOp.of(op);
  if (!structured) return OpPatternKind.opaque;
  const domain = structured.domain(op);
  const maps = structured.indexingMaps(op);
  const operands = maps.slice(0, op.operandCount).filter((m) => m !== null);
  const results = maps.slice(op.operandCount);
  if (domain.some((d) => d.iterator === 'reduction')) {
    // A product of two operands of which neither has all dimensions is a contraction.
    const partial = operands.filter(
      (m) => m.results.length > 0 && domain.some((_, d) => !m.results.some((e) => e.usesDim(d))),
    );
    return partial.length >= 2 ? OpPatternKind.outElementwiseFusable : OpPatternKind.reduction;
  }
  if (structured.fill || structured.sideBySide || results.some((m) => !m?.isPermutation()))
    return OpPatternKind.injective;
  if (operands.every((m) => m === results[0])) return OpPatternKind.elementwise;
  return operands.every(repeats) ? OpPatternKind.broadcast : OpPatternKind.injective;
}

/** Dimensions in their order, some left out; a constant subscript is a dimension of size 1 that is repeated. */
function repeats(map: AffineMap): boolean {
  const dims = map.results.filter((e) => e !== AffineExpr.constant(0));
  return dims.every((e, i) => e.kind === 'dim' && (i === 0 || e.value > dims[i - 1]!.value));
}
