// array.is_finite: a number to a truth value.
import { defineOp, type Operation, Pure, TensorType, type Value } from '@budflow/ir';
import { fitsDefinition } from '../assembly.js';
import { BooleanTensor, FloatTensor } from '../element-types.js';
import { interpretIsFinite } from '../interpret/elementwise.js';
import { unaryBody } from '../scalar-body.js';
import { elementwiseInterfaces, tensorType } from '../structure.js';
import { expectResult } from '../verify-types.js';

function booleanOf(type: TensorType, op: Operation): TensorType {
  return op.context.tensor(type.shape, op.context.i1, type.encoding);
}

export const IsFiniteOp = defineOp({
  name: 'array.is_finite',
  summary: 'Whether a number is neither infinite nor NaN',
  description: 'True for zeros and subnormal numbers.',
  example: `func.func @f(%x: tensor<4x?xf32>) -> tensor<4x?xi1> {
  %0 = array.is_finite %x : tensor<4x?xf32>
  return %0 : tensor<4x?xi1>
}`,
  operands: { operand: FloatTensor },
  results: { result: BooleanTensor },
  traits: [Pure],
  interfaces: [
    ...elementwiseInterfaces(
      { flops: 2, expensive: false },
      (op, context): Value => unaryBody('is_finite', op, context),
    ),
    interpretIsFinite,
  ],
  assembly: {
    canPrint: (op): boolean => fitsDefinition(op) && op.result(0).type === booleanOf(tensorType(op.operand(0)), op),
    parse(parser, state) {
      const operand = parser.operand();
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const at = parser.offset();
      const type = parser.type();
      if (!(type instanceof TensorType))
        return parser.error(`expected the tensor type of the operand, got '${type}'`, at);
      state.operands.push(parser.resolve(operand, type));
      state.resultTypes.push(parser.context.tensor(type.shape, parser.context.i1, type.encoding));
    },
    print(printer, op) {
      printer.space();
      printer.values(op.operands);
      printer.attrDict(op);
      printer.text(' : ');
      printer.type(op.operand(0).type);
    },
  },
  inferTypes: (context, state) => [context.withElement(state.operands[0]!.type, context.i1)],
  verify(op) {
    expectResult(op, booleanOf(tensorType(op.operand(0)), op));
  },
});
