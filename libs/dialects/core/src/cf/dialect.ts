// The cf dialect: branches between blocks, and assertions.

import { Interpretable, RuntimeTrap } from '@budflow/interpreter';
import { attr, type Dialect, defineDialect, defineOp, definePattern, I1 } from '@budflow/ir';
import { materializeArithConstant } from '../arith/constant.js';
import { constantOperand, isInteger } from '../support/constants.js';
import { BranchOp, CondBranchOp, SwitchOp } from './branches.js';

export const AssertOp = defineOp({
  name: 'cf.assert',
  summary: 'Stops the program with a message unless the condition holds.',
  description:
    'The message says to the user what was expected. It is an effect: an assertion is never removed or moved unless its condition is known to be true.',
  example: `func.func @example(%c: i1) {
  cf.assert %c, "expected c"
  return
}`,
  operands: { arg: I1 },
  attributes: { msg: attr.string },
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const condition = c.slot(op.operand(0));
        const message = AssertOp.msg(op);
        return (frame) => {
          if (!frame.values[condition]) throw new RuntimeTrap('CheckFailed', message);
        };
      },
    }),
  ],
  assembly: '$arg `,` $msg attr-dict',
  patterns: [
    definePattern({
      name: 'assert-true',
      equation: 'assert true ==',
      root: 'cf.assert',
      rewrite(op, rewriter) {
        if (!isInteger(constantOperand(op.operand(0)), -1)) return false;
        rewriter.eraseOp(op);
        return true;
      },
    }),
  ],
});

export const cfDialect: Dialect = defineDialect({
  name: 'cf',
  summary: 'Unstructured control flow.',
  description: 'Branches between blocks of one region. What a block needs of its predecessors it gets as arguments.',
  ops: [AssertOp, BranchOp, CondBranchOp, SwitchOp],
  materializeConstant: materializeArithConstant,
});
