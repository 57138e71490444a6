// The math dialect.
import { type Dialect, defineDialect } from '@budflow/ir';
import { materializeArithConstant } from '../arith/constant.js';
import * as ops from './ops.js';

export const mathDialect: Dialect = defineDialect({
  name: 'math',
  summary: 'Mathematical functions on scalars, vectors and tensors.',
  ops: Object.values(ops),
  materializeConstant: materializeArithConstant,
});
