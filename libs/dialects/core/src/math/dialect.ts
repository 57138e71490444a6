// The math dialect.
import { type Dialect, defineDialect } from '@budflow/ir';
import { materializeArithConstant } from '../arith/constant.js';
import * as ops from './ops.js';

export const mathDialect: Dialect = defineDialect({
  name: 'math',
  summary: 'Mathematical functions on scalars, vectors and tensors.',
  description:
    'On scalars, and element by element on vectors and tensors. The interpreter, constant folding and generated code run the same algorithms, so that no pass changes a bit; a function without an algorithm is read, checked and printed, and stops the interpreter with a message. `contract` says whether the multiply-adds inside of a function round once; the fast-math flag `afn` chooses the expansion of fewer instructions.',
  ops: Object.values(ops),
  materializeConstant: materializeArithConstant,
});
