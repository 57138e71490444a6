// array.bitcast: the same bits read as another type.
import { BitcastOp as ScalarBitcastOp, signlessType } from '@budflow/dialect-core';
import {
  defineOp,
  definePattern,
  FloatType,
  type FoldResult,
  IntegerType,
  Pure,
  type TensorType,
  type Type,
} from '@budflow/ir';
import { conversionAssembly } from '../assembly.js';
import { ScalarTensor } from '../element-types.js';
import { interpretBitcast } from '../interpret/movement.js';
import { elementwiseInterfaces, FREE, tensorType } from '../structure.js';

function bits(type: Type): number | undefined {
  return type instanceof FloatType || type instanceof IntegerType ? type.width : undefined;
}

export const BitcastOp = defineOp({
  name: 'array.bitcast',
  summary: 'The bits of every element as another type of the same width',
  description: `Between floats and integers of equal width, and between signed, unsigned and signless integers. Which NaN comes out of an operation is
not specified, so the bits of one are not either.`,
  example: `func.func @f(%x: tensor<4x?xf32>) -> tensor<4x?xi32> {
  %0 = array.bitcast %x : tensor<4x?xf32> to tensor<4x?xi32>
  return %0 : tensor<4x?xi32>
}`,
  operands: { operand: ScalarTensor },
  results: { result: ScalarTensor },
  traits: [Pure],
  interfaces: [
    ...elementwiseInterfaces(FREE, (op, context) => {
      const value = context.operand(0);
      const to = signlessType(op.context, tensorType(op.result(0)).element);
      if (value.type === to) return value;
      return ScalarBitcastOp.build(context.builder, context.loc, { in: value, resultTypes: [to] });
    }),
    interpretBitcast,
  ],
  assembly: conversionAssembly,
  verify(op) {
    const from = tensorType(op.operand(0));
    const to = op.result(0).type as TensorType;
    if (from.rank !== to.rank || from.shape.some((d, i) => d !== to.shape[i])) {
      op.emitError('array.cast-shape', `requires operand and result of one shape, got ${from} and ${to}`);
      return;
    }
    const width = bits(from.element);
    if (width === undefined || width !== bits(to.element))
      op.emitError(
        'array.bitcast-width',
        `requires element types of equal width, got ${from.element} and ${to.element}`,
      );
  },
  fold: (op): FoldResult | null => (op.operand(0).type === op.result(0).type ? op.operand(0) : null),
  patterns: [
    definePattern({
      name: 'bitcast-of-bitcast',
      equation: 'bitcast<c>(bitcast<b>(x)) == bitcast<c>(x)',
      root: 'array.bitcast',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !BitcastOp.is(inner)) return false;
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [
          BitcastOp.build(rewriter, op.loc, { operand: inner.operand(0), resultTypes: op.resultTypes }),
        ]);
        return true;
      },
    }),
  ],
});
