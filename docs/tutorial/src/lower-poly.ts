// lower-poly: polynomials become products and sums of arrays, by Horner's rule.
//
//   %0 = poly.eval %x, array<f64: 1.0, 3.0> : tensor<4xf32>
//     ->
//   %c3 = array.full 3.0 : f32, tensor<4xf32>
//   %c1 = array.full 1.0 : f32, tensor<4xf32>
//   %1 = array.mul %c3, %x : tensor<4xf32>
//   %0 = array.add %1, %c1 : tensor<4xf32>
//
// Requires nothing, preserves nothing. What it makes is fused and vectorised like anything else.
import { AddOp, DimOp, FullOp, MulOp } from '@budflow/dialect-array';
import { DYNAMIC, type FloatType, type TensorType, type Value } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { applyPartialConversion, ConversionTarget, defineConversionPattern } from '@budflow/rewrite';
import { EvalOp } from './dialect.js';

/** c0 + x (c1 + x (c2 + ...)) */
const horner = defineConversionPattern({
  name: 'horner',
  equation: 'p(x) == c0 + x (c1 + x (c2 + ...))',
  root: 'poly.eval',
  generates: ['array.full', 'array.dim', 'array.mul', 'array.add'],
  rewrite(op, operands, rewriter) {
    const x = operands.one(0);
    const type = x.type as TensorType;
    const sizes: Value[] = [];
    type.shape.forEach((size, dimension) => {
      if (size === DYNAMIC) sizes.push(DimOp.build(rewriter, op.loc, { operand: x, dimension }));
    });
    const full = (value: number) =>
      FullOp.build(rewriter, op.loc, {
        sizes,
        value: op.context.floatAttr(type.element as FloatType, value),
        resultTypes: [type],
      });
    const [last, ...others] = [...EvalOp.coefficients(op)].reverse();
    let sum = full(last!);
    for (const coefficient of others) {
      const product = MulOp.build(rewriter, op.loc, { lhs: sum, rhs: x });
      sum = AddOp.build(rewriter, op.loc, { lhs: product, rhs: full(coefficient) });
    }
    rewriter.replaceOp(op, [sum]);
    return true;
  },
});

export const lowerPoly = definePass({
  name: 'lower-poly',
  summary: 'lower polynomials to products and sums of arrays',
  dependentDialects: ['array'],
  statistics: { 'num-lowered': 'Polynomials lowered' },
  run(op, { statistic, signalFailure, unchanged }) {
    const target = new ConversionTarget().illegalDialect('poly').legalDialect('array');
    const result = applyPartialConversion(op, target, [horner]);
    statistic('num-lowered', result.hits.get('horner') ?? 0);
    if (!result.succeeded) signalFailure();
    else if (!result.changed) unchanged();
  },
});
