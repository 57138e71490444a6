// The complex dialect.
import { ComplexType, type Dialect, defineDialect } from '@budflow/ir';
import { materializeArithConstant } from '../arith/constant.js';
import { complexOf } from './numbers.js';
import {
  AbsOp,
  AddOp,
  ConjOp,
  ConstantOp,
  CreateOp,
  DivOp,
  EqualOp,
  ImOp,
  MulOp,
  NegOp,
  NotEqualOp,
  ReOp,
  SubOp,
} from './ops.js';

export const complexDialect: Dialect = defineDialect({
  name: 'complex',
  summary: 'Complex numbers made of two floats.',
  description:
    'Values of types such as `complex<f32>`. Every op is made of float operations on the parts, each rounded as `arith` rounds.',
  ops: [ConstantOp, CreateOp, ReOp, ImOp, AddOp, SubOp, MulOp, DivOp, NegOp, ConjOp, AbsOp, EqualOp, NotEqualOp],
  materializeConstant(builder, loc, value, type) {
    if (type instanceof ComplexType && complexOf(value) !== null) {
      const elements = (value as { elements?: readonly (typeof value)[] }).elements ?? [];
      return ConstantOp.create(builder, loc, { value: elements, resultTypes: [type] });
    }
    return materializeArithConstant(builder, loc, value, type);
  },
});

/** The ops under one name: theirs are those of other dialects. */
export const ComplexOps = {
  ConstantOp,
  CreateOp,
  ReOp,
  ImOp,
  AddOp,
  SubOp,
  MulOp,
  DivOp,
  NegOp,
  ConjOp,
  AbsOp,
  EqualOp,
  NotEqualOp,
} as const;
