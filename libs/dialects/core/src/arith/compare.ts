// Comparisons.

import {
  elementwiseStep,
  FLOAT_PREDICATES,
  type FloatPredicate,
  floatCompareKernel,
  INTEGER_PREDICATES,
  type IntegerPredicate,
  Interpretable,
  integerCompareKernel,
  type Step,
} from '@budflow/interpreter';
import {
  type Attribute,
  attr,
  defineOp,
  definePattern,
  Elementwise,
  elementTypeOf,
  type FoldResult,
  InferIntRange,
  IntegerRange,
  type Operation,
  Pure,
  type RewritePattern,
  SameTypeOperands,
} from '@budflow/ir';
import { constantFoldAll, constantLike, constantOperand, floatOf, isInteger } from '../support/constants.js';
import { example } from '../support/example.js';
import { boolLike, elementWidth, FixedIntegerLike, FloatLike, IntegerLike, isStaticLike } from '../support/types.js';
import { fastmathSpec, inlineFastmath } from './attributes.js';
import { compareAssembly } from './compare-assembly.js';
import { compareIntegerPatterns, foldExtremeComparison } from './compare-patterns.js';
import { decideComparison } from './int-ranges.js';
import { FLOAT_OUTCOMES } from './integer-patterns.js';

/** eq ne slt sle sgt sge ult ule ugt uge with the operands exchanged. */
const SWAPPED_INTEGER: Record<IntegerPredicate, IntegerPredicate> = {
  eq: 'eq',
  ne: 'ne',
  slt: 'sgt',
  sle: 'sge',
  sgt: 'slt',
  sge: 'sle',
  ult: 'ugt',
  ule: 'uge',
  ugt: 'ult',
  uge: 'ule',
};

function swapConstant(root: string, swap: (op: Operation) => Attribute): RewritePattern {
  return definePattern({
    name: 'compare-constant-right',
    equation: 'c < x == x > c',
    root,
    rewrite(op, rewriter) {
      if (!constantOperand(op.operand(0)) || constantOperand(op.operand(1))) return false;
      rewriter.modify(op, () => {
        const [lhs, rhs] = [op.operand(0), op.operand(1)];
        op.setAttr('predicate', swap(op));
        op.setOperand(0, rhs);
        op.setOperand(1, lhs);
      });
      return true;
    },
  });
}

export const CmpIOp = defineOp({
  name: 'arith.cmpi',
  summary: 'Integer comparison.',
  description:
    'The result is i1, or of i1 elements. `slt`, `sle`, `sgt` and `sge` read the operands as signed numbers, `ult`, `ule`, `ugt` and `uge` as unsigned ones.',
  example: example('%a: i32, %b: i32', '%r = arith.cmpi slt, %a, %b : i32', 'i1'),
  operands: { lhs: IntegerLike, rhs: IntegerLike },
  results: { result: FixedIntegerLike },
  attributes: { predicate: attr.intEnum(INTEGER_PREDICATES) },
  traits: [Pure, Elementwise, SameTypeOperands],
  interfaces: [
    Interpretable.implement({
      compile: (op, c): Step =>
        elementwiseStep(op, c, integerCompareKernel(CmpIOp.predicate(op), elementTypeOf(op.operand(0).type))),
    }),
    InferIntRange.implement({
      resultRanges(op, [a, b]): readonly (IntegerRange | null)[] {
        const answer = a && b ? decideComparison(CmpIOp.predicate(op), a, b) : null;
        return [answer === null ? null : IntegerRange.constant(1, answer ? 1n : 0n)];
      },
    }),
  ],
  assembly: compareAssembly('predicate', INTEGER_PREDICATES),
  inferTypes: (context, { operands }) => [boolLike(context, operands[0]!.type)],
  verify: (op) => verifyResult(op),
  verifyReads: 'signature',
  fold(op, operands): FoldResult | readonly FoldResult[] | null {
    const constant = constantFoldAll(op, operands);
    if (constant) return constant;
    const predicate = CmpIOp.predicate(op);
    // x == x, x <= x, x >= x
    if (op.operand(0) === op.operand(1) && isStaticLike(op.result(0).type))
      return constantLike(op, predicate !== 'ne' && (predicate === 'eq' || predicate.endsWith('e')) ? 1 : 0);
    // x != false == x, x == true == x on i1
    const rhs = operands[1] ?? null;
    if (elementWidth(op.operand(0).type) === 1 && op.operand(0).type === op.result(0).type) {
      if (predicate === 'ne' && isInteger(rhs, 0)) return op.operand(0);
      if (predicate === 'eq' && isInteger(rhs, -1)) return op.operand(0);
    }
    // x <u 0 == false, x >=u 0 == true, and so on at each end of each order
    if (isStaticLike(op.result(0).type)) {
      const answer = foldExtremeComparison(op, rhs);
      if (answer !== null) return constantLike(op, answer ? 1 : 0);
    }
    return null;
  },
  patterns: [
    swapConstant(
      'arith.cmpi',
      (op): Attribute => op.context.i64Attr(INTEGER_PREDICATES.indexOf(SWAPPED_INTEGER[CmpIOp.predicate(op)])),
    ),
    ...compareIntegerPatterns,
  ],
});

/** Exchanges the outcomes "greater" (2) and "less" (4). */
function swappedFloat(predicate: FloatPredicate): number {
  const outcomes = FLOAT_OUTCOMES[FLOAT_PREDICATES.indexOf(predicate)]!;
  return FLOAT_OUTCOMES.indexOf((outcomes & 9) | ((outcomes & 2) << 1) | ((outcomes & 4) >> 1));
}

export const CmpFOp = defineOp({
  name: 'arith.cmpf',
  summary: 'Float comparison; the predicate says what NaN gives (o..: false, u..: true).',
  description:
    'The result is i1, or of i1 elements. -0 equals +0. Ordered predicates (`oeq`, `olt`, ...) are false when an operand is NaN, unordered ones (`ueq`, `ult`, ...) true; `ord` and `uno` ask for just that.',
  example: example('%a: f32, %b: f32', '%r = arith.cmpf olt, %a, %b : f32', 'i1'),
  operands: { lhs: FloatLike, rhs: FloatLike },
  results: { result: FixedIntegerLike },
  attributes: { predicate: attr.intEnum(FLOAT_PREDICATES), fastmath: fastmathSpec },
  traits: [Pure, Elementwise, SameTypeOperands],
  interfaces: [
    Interpretable.implement({
      compile: (op, c): Step =>
        elementwiseStep(op, c, floatCompareKernel(CmpFOp.predicate(op), elementTypeOf(op.operand(0).type))),
    }),
  ],
  assembly: compareAssembly('predicate', FLOAT_PREDICATES, inlineFastmath),
  inferTypes: (context, { operands }) => [boolLike(context, operands[0]!.type)],
  verify: (op) => verifyResult(op),
  verifyReads: 'signature',
  fold(op, operands): FoldResult | readonly FoldResult[] | null {
    const predicate = CmpFOp.predicate(op);
    const isStatic = isStaticLike(op.result(0).type);
    if (predicate === 'false' || predicate === 'true')
      return isStatic ? constantLike(op, predicate === 'true' ? 1 : 0) : null;
    const constant = constantFoldAll(op, operands);
    if (constant) return constant;
    // A comparison with NaN has the outcome "unordered".
    const lhs = floatOf(operands[0]);
    const rhs = floatOf(operands[1]);
    if (isStatic && ((lhs !== null && Number.isNaN(lhs)) || (rhs !== null && Number.isNaN(rhs))))
      return constantLike(op, (FLOAT_OUTCOMES[FLOAT_PREDICATES.indexOf(predicate)]! & 8) !== 0 ? 1 : 0);
    return null;
  },
  patterns: [swapConstant('arith.cmpf', (op): Attribute => op.context.i64Attr(swappedFloat(CmpFOp.predicate(op))))],
});

function verifyResult(op: Operation): void {
  const wanted = boolLike(op.context, op.operand(0).type);
  if (op.result(0).type !== wanted)
    op.emitError('arith.compare-result', `result must be ${wanted}, got ${op.result(0).type}`);
}
