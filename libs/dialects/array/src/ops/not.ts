// array.not: the complement; of a comparison, the opposite comparison.
import { definePattern, FloatType, Involution } from '@budflow/ir';
import { IntegerTensor } from '../element-types.js';
import type { ComparePredicate } from '../kinds.js';
import { tensorType } from '../structure.js';
import { CmpOp } from './compare.js';
import { defineUnary } from './define-unary.js';

/** The predicate that holds when the other does not; valid where nothing is unordered. */
const NEGATED: Record<ComparePredicate, ComparePredicate> = {
  eq: 'ne',
  ne: 'eq',
  lt: 'ge',
  le: 'gt',
  gt: 'le',
  ge: 'lt',
};

export const NotOp = defineUnary('not', {
  summary: 'Bitwise complement',
  description: 'Logical negation on i1.',
  operand: IntegerTensor,
  cost: { flops: 1, expensive: false },
  element: 'i32',
  traits: [Involution],
  patterns: [
    definePattern({
      name: 'negated-comparison',
      equation: 'not (x < y) == (x >= y)',
      root: 'array.not',
      generates: ['array.cmp'],
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !CmpOp.is(inner)) return false;
        const predicate = CmpOp.predicate(inner);
        const float = tensorType(inner.operand(0)).element instanceof FloatType;
        if (float && predicate !== 'eq' && predicate !== 'ne')
          return rewriter.fail('an ordered comparison is false on NaN, and so would its negation be');
        rewriter.setInsertionPoint(op);
        const negated = CmpOp.build(rewriter, op.loc, {
          lhs: inner.operand(0),
          rhs: inner.operand(1),
          predicate: NEGATED[predicate],
          fastmath: CmpOp.fastmath(inner),
        });
        rewriter.replaceOp(op, [negated]);
        return true;
      },
    }),
  ],
});
