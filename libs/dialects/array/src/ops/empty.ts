// array.empty: a tensor to write into.
import { complexAttr } from '@budflow/dialect-core';
import {
  type Attribute,
  ComplexType,
  defineOp,
  definePattern,
  Index,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  StructuredOp,
  type TensorType,
  type Value,
  variadic,
} from '@budflow/ir';
import { fitsDefinition, parseTrailingSizes, printTrailingSizes } from '../assembly.js';
import { ScalarTensor } from '../element-types.js';
import { interpretEmpty } from '../interpret/creation.js';
import { constantBody } from '../scalar-body.js';
import { FREE, noMaps, resultDomain, tensorType } from '../structure.js';
import { dynamicDims, verifySizeCount } from '../verify-types.js';
import { FullOp } from './creation.js';

function zero(op: Operation): Attribute {
  const { element } = op.result(0).type as TensorType;
  return element instanceof ComplexType ? complexAttr(op.context, element, 0, 0) : op.context.constantAttr(element, 0);
}

export const EmptyOp = defineOp({
  name: 'array.empty',
  summary: 'A tensor of zeros, as a destination',
  description: `What \`tensor.empty\` is elsewhere, without its undefined elements: nothing at this level is undefined, so they are zero. Sizes are
given for the dynamic dimensions of the result, in their order.`,
  example: `func.func @f(%n: index) -> tensor<4x?xf32> {
  %0 = array.empty : tensor<4x?xf32> (%n)
  return %0 : tensor<4x?xf32>
}`,
  operands: { sizes: variadic(Index) },
  results: { result: ScalarTensor },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.injective }),
    OpCost.implement({ pointCost: () => FREE }),
    StructuredOp.implement({
      domain: resultDomain,
      indexingMaps: (op) => [...noMaps(op.operandCount), op.context.identityMap(tensorType(op.result(0)).rank)],
      body: (op, context): Value[] => [constantBody(context, zero(op))],
    }),
    interpretEmpty,
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      state.resultTypes.push(parser.type());
      parseTrailingSizes(parser, state);
    },
    print(printer, op) {
      printer.attrDict(op);
      printer.text(' : ');
      printer.type(op.result(0).type);
      printTrailingSizes(printer, op.operands);
    },
  },
  verify(op) {
    verifySizeCount(op, op.operandCount, dynamicDims(op.result(0).type), 'dynamic dimension of the result');
  },
  patterns: [
    definePattern({
      name: 'empty-is-zero',
      equation: 'empty == full(0)',
      root: 'array.empty',
      generates: ['array.full'],
      rewrite(op, rewriter) {
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [
          FullOp.build(rewriter, op.loc, { value: zero(op), sizes: op.operands, resultTypes: op.resultTypes }),
        ]);
        return true;
      },
    }),
  ],
});
