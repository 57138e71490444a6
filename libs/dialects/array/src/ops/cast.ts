// Conversion between element types.
import { ComplexType, defineOp, definePattern, FloatType, Pure, type TensorType, type Type } from '@budflow/ir';
import { conversionAssembly } from '../assembly.js';
import { isBoolean, isExactConversion, ScalarTensor } from '../element-types.js';
import { interpretCast } from '../interpret/elementwise.js';
import { castBody } from '../scalar-body.js';
import { elementwiseInterfaces, tensorType } from '../structure.js';

export const CastOp = defineOp({
  name: 'array.cast',
  summary: 'Conversion of every element to another type',
  description: `Floats to integers truncate toward zero and saturate; NaN gives 0. Integers to narrower integers wrap. To i1: whether the
value differs from zero (NaN does). From i1: 0 or 1. To floats: rounded once, to nearest, ties to even.
Real numbers become complex ones without imaginary part; complex ones stay complex.`,
  example: `func.func @f(%x: tensor<4x?xui8>) -> tensor<4x?xf32> {
  %0 = array.cast %x : tensor<4x?xui8> to tensor<4x?xf32>
  return %0 : tensor<4x?xf32>
}`,
  operands: { operand: ScalarTensor },
  results: { result: ScalarTensor },
  traits: [Pure],
  interfaces: [...elementwiseInterfaces({ flops: 1, expensive: false }, castBody), interpretCast],
  assembly: conversionAssembly,
  verify(op) {
    const from = tensorType(op.operand(0));
    const to = op.result(0).type as TensorType;
    if (from.rank !== to.rank || from.shape.some((d, i) => d !== to.shape[i]))
      op.emitError('array.cast-shape', `requires operand and result of one shape, got ${from} and ${to}`);
    else if (from.element instanceof ComplexType && !(to.element instanceof ComplexType))
      op.emitError(
        'array.cast-complex',
        `requires complex elements as the result of ${from}, got ${to}; take array.real, array.imag or array.abs`,
      );
  },
  fold: (op) => (op.operand(0).type === op.result(0).type ? op.operand(0) : null),
  patterns: [
    definePattern({
      name: 'cast-of-exact-cast',
      equation:
        'cast<c>(cast<b>(x: a)) == cast<c>(x: a)  where b holds every value of a, and both casts to c saturate or both wrap',
      root: 'array.cast',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !CastOp.is(inner)) return false;
        const [from, between, to] = [inner.operand(0), inner.result(0), op.result(0)].map(
          (v) => tensorType(v).element,
        ) as [Type, Type, Type];
        if (!isExactConversion(from, between)) return false;
        // From floats an integer saturates, from integers it wraps: the two ways must not be exchanged.
        const viaFloat = between instanceof FloatType && !(from instanceof FloatType);
        if (viaFloat && !(to instanceof FloatType) && !isBoolean(to) && !isExactConversion(from, to))
          return rewriter.fail('an integer saturates on the way through a float, and wraps without');
        rewriter.setInsertionPoint(op);
        const cast = CastOp.build(rewriter, op.loc, { operand: inner.operand(0), resultTypes: [op.result(0).type] });
        rewriter.replaceOp(op, [cast]);
        return true;
      },
    }),
  ],
});
