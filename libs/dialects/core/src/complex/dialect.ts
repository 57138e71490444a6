// The complex dialect.
import { ComplexType, type Dialect, defineDialect } from '@budflow/ir';
import { materializeArithConstant } from '../arith/constant.js';
import { complexOf } from './numbers.js';
import {
  AbsOp,
  AcosOp,
  AddOp,
  AsinOp,
  AtanOp,
  CbrtOp,
  ConjOp,
  ConstantOp,
  CoshOp,
  CosOp,
  CreateOp,
  DivOp,
  EqualOp,
  Expm1Op,
  ExpOp,
  ImOp,
  Log1pOp,
  LogOp,
  MulOp,
  NegOp,
  NotEqualOp,
  PowOp,
  ReOp,
  RsqrtOp,
  SigmoidOp,
  SignOp,
  SinhOp,
  SinOp,
  SqrtOp,
  SubOp,
  TanhOp,
  TanOp,
} from './ops.js';

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
  ExpOp,
  Expm1Op,
  LogOp,
  Log1pOp,
  SqrtOp,
  RsqrtOp,
  CbrtOp,
  SinOp,
  CosOp,
  TanOp,
  AsinOp,
  AcosOp,
  AtanOp,
  SinhOp,
  CoshOp,
  TanhOp,
  SigmoidOp,
  SignOp,
  PowOp,
} as const;

export const complexDialect: Dialect = defineDialect({
  name: 'complex',
  summary: 'Complex numbers made of two floats.',
  description:
    'Values of types such as `complex<f32>`. Every op is made of float operations on the parts, each rounded as `arith` rounds.',
  ops: Object.values(ComplexOps),
  materializeConstant(builder, loc, value, type) {
    if (type instanceof ComplexType && complexOf(value) !== null) {
      const elements = (value as { elements?: readonly (typeof value)[] }).elements ?? [];
      return ConstantOp.create(builder, loc, { value: elements, resultTypes: [type] });
    }
    return materializeArithConstant(builder, loc, value, type);
  },
});
