// Reciprocal roots among other arithmetic are divisions: root and quotient keep the divider busy for eight cycles of four
// lanes, in which multiplications and additions of other ops go on, while the function's own series (a dozen of them) is
// what is faster alone (decisions/0015).
import { DivOp, ReduceOp, RsqrtOp, SqrtOp } from '@budflow/dialect-array';
import { FastMath } from '@budflow/dialect-core';
import { Builder, FloatType, OpCost, type Operation, OpPattern, OpPatternKind, type TensorType } from '@budflow/ir';
import { fullLike } from './full-like.js';

/** Other operations for each element from which the divider has the time. Measured: equal at three, 10% less at five. */
const BUSY = 5;

/** Ops that are looked at. */
const NEAR = 64;

/** `rsqrt(x)` -> `1 / sqrt(x)`, at most 2 ULP as the function is, where much else is computed of each element. */
export function divideRoot(op: Operation): boolean {
  if (!RsqrtOp.is(op) || otherArithmetic(op) < BUSY) return false;
  const type = op.result(0).type as TensorType;
  if (!(type.element instanceof FloatType) || type.element.name !== 'f32') return false;
  const builder = Builder.before(op);
  const { loc } = op;
  const x = op.operand(0);
  const lhs = fullLike(builder, op, 1);
  const fastmath = RsqrtOp.fastmath(op) ?? FastMath.none;
  const rhs = SqrtOp.build(builder, loc, { operand: x, fastmath });
  op.result(0).replaceAllUsesWith(DivOp.build(builder, loc, { lhs, rhs, fastmath }));
  op.erase();
  return true;
}

/**
 * Operations of the elementwise ops of one shape around `op`, and of sums of what they make; none when one of them may need
 * the divider itself.
 */
function otherArithmetic(op: Operation): number {
  const { type } = op.result(0);
  const seen = new Set<Operation>([op]);
  const pending = [op];
  let flops = 0;
  for (let at = pending.pop(); at; at = pending.pop()) {
    const near = [...at.operands.map((v) => v.definingOp), ...at.results.flatMap((r) => r.users())];
    for (const next of near) {
      if (!next || seen.has(next) || next.parent !== op.parent) continue;
      seen.add(next);
      if (ReduceOp.is(next)) {
        if (next.operand(0).type === type) flops++;
        continue;
      }
      if (OpPattern.of(next)?.pattern(next) !== OpPatternKind.elementwise || next.result(0).type !== type) continue;
      const cost = OpCost.of(next)?.pointCost(next);
      if (!cost || cost.expensive || seen.size > NEAR) return 0;
      flops += cost.flops;
      pending.push(next);
    }
  }
  return flops;
}
