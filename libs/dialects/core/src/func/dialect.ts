// The func dialect.
import { type Dialect, defineDialect, FunctionType, SymbolRefAttr } from '@budflow/ir';
import { materializeArithConstant } from '../arith/constant.js';
import { CallIndirectOp, CallOp, FunctionConstantOp } from './calls.js';
import { FuncOp, ReturnOp } from './function.js';

export const funcDialect: Dialect = defineDialect({
  name: 'func',
  summary: 'Functions and calls.',
  description:
    'Functions are symbols of a module. Those that are public are what a compiled program offers to its callers.',
  ops: [FuncOp, ReturnOp, CallOp, CallIndirectOp, FunctionConstantOp],
  materializeConstant(builder, loc, value, type) {
    if (value instanceof SymbolRefAttr && value.nested.length === 0 && type instanceof FunctionType)
      return FunctionConstantOp.create(builder, loc, { value: value.root, resultTypes: [type] });
    return materializeArithConstant(builder, loc, value, type);
  },
});
