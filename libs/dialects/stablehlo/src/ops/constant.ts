// Values from nothing: constants and iota.
import {
  AsmNames,
  type Attribute,
  attr,
  ConstantLike,
  type Context,
  type CustomAssembly,
  DenseElementsAttr,
  DenseResourceAttr,
  defineOp,
  type Operation,
  Pure,
  TensorType,
  type Type,
  typeOfAttribute,
} from '@budflow/ir';
import { example } from '../example.js';
import { storageType } from '../quant/types.js';
import { elementOf, expectDimensions, shapeOf, typesAgree } from '../shapes.js';
import {
  HloAnyQuantizedTensor,
  HloDimensionTensor,
  HloIntFpComplexOrQuantizedTensor,
  isHloIntegerType,
  isPredType,
  isQuantizedType,
} from '../types.js';

/** `dense<1.0> : tensor<4xf32>` where value and result have one type, `() {value = ..} : () -> type` otherwise. */
const constantAssembly: CustomAssembly = {
  parse(parser, state) {
    parser.optionalAttrDict(state.attributes);
    if (parser.optionalPunctuation('(')) {
      parser.punctuation(')');
      const properties = parser.optionalPunctuation('<');
      parser.optionalAttrDict(state.attributes);
      if (properties) {
        parser.punctuation('>');
        parser.optionalAttrDict(state.attributes);
      }
      parser.punctuation(':');
      state.resultTypes.push(...parser.functionType().results);
      return;
    }
    const at = parser.offset();
    const value = parser.attribute();
    const type = typeOfAttribute(value);
    if (type === null) return parser.error(`expected elements such as dense<0> : tensor<4xi32>, got ${value}`, at);
    state.attributes.set('value', value);
    state.resultTypes.push(type);
  },
  print(printer, op) {
    const value = ConstantOp.value(op);
    const { type } = op.result(0);
    if (typeOfAttribute(value) !== type) {
      printer.text('()');
      printer.attrDict(op);
      printer.text(' : ');
      printer.functionType([], [type]);
      return;
    }
    printer.attrDict(op, ['value']);
    printer.space();
    printer.attribute(value);
  },
};

/** The type of a value: that of the stored integers where the constant is quantized. */
function valueType(context: Context, type: Type): Type {
  return type instanceof TensorType && isQuantizedType(type.element)
    ? context.tensor(type.shape, storageType(context, type.element.parameters), type.encoding)
    : type;
}

export const ConstantOp = defineOp({
  name: 'stablehlo.constant',
  summary: 'A constant tensor.',
  description: 'Of a quantized type the value holds the stored integers.',
  example: example('', '%r = stablehlo.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>', 'tensor<2xf32>'),
  results: { output: HloAnyQuantizedTensor },
  attributes: {
    value: {
      ...attr.typed,
      description: 'elements of a tensor',
      check: (a) => (a instanceof DenseElementsAttr || a instanceof DenseResourceAttr) && a.type instanceof TensorType,
    },
  },
  traits: [Pure, ConstantLike],
  interfaces: [
    AsmNames.implement({
      resultName(op) {
        const element = elementOf(op.result(0));
        return isHloIntegerType(element) || isPredType(element) ? 'c' : 'cst';
      },
    }),
  ],
  assembly: constantAssembly,
  inferTypes: (_, { attributes }): Type[] => [typeOfAttribute(attributes.get('value')!)!],
  verify(op) {
    const { type } = op.result(0);
    const given = typeOfAttribute(ConstantOp.value(op))!;
    if (!typesAgree(given, valueType(op.context, type)))
      op.emitError('stablehlo.constant-type', `requires a value that goes with ${type}, got one of type ${given}`);
  },
  verifyReads: 'signature',
  fold: (op): Attribute => op.attr('value')!,
});

export const IotaOp = defineOp({
  name: 'stablehlo.iota',
  summary: 'The index along a dimension, for every element.',
  description: 'Counts from zero in the element type.',
  example: example('', '%r = stablehlo.iota dim = 1 : tensor<4x5xi32>', 'tensor<4x5xi32>'),
  results: { output: HloIntFpComplexOrQuantizedTensor },
  attributes: { iota_dimension: attr.i64 },
  traits: [Pure],
  assembly: '`dim` `=` $iota_dimension attr-dict `:` type($output)',
  verify: (op) => verifyIota(op, IotaOp.iota_dimension(op)),
  verifyReads: 'signature',
});

export const DynamicIotaOp = defineOp({
  name: 'stablehlo.dynamic_iota',
  summary: 'The index along a dimension, in a shape that is a value.',
  description: 'Like stablehlo.iota, of the shape that the operand holds.',
  example: example(
    '%s: tensor<2xi64>',
    '%r = stablehlo.dynamic_iota %s, dim = 0 : (tensor<2xi64>) -> tensor<?x?xi32>',
    'tensor<?x?xi32>',
  ),
  operands: { output_shape: HloDimensionTensor },
  results: { result: HloIntFpComplexOrQuantizedTensor },
  attributes: { iota_dimension: attr.i64 },
  traits: [Pure],
  assembly: '$output_shape `,` `dim` `=` $iota_dimension attr-dict `:` functional-type(operands, results)',
  verify(op) {
    verifyIota(op, DynamicIotaOp.iota_dimension(op));
    verifyShapeOperand(op, 0);
  },
  verifyReads: 'signature',
});

function verifyIota(op: Operation, dim: number): void {
  const rank = shapeOf(op.result(0)).length;
  if (rank === 0) op.emitError('stablehlo.iota-rank', 'requires a result of at least one dimension');
  else expectDimensions(op, 'iota_dimension', [dim], rank);
}

/** An operand that holds the shape of the result has as many elements as that has dimensions. */
export function verifyShapeOperand(op: Operation, index: number): boolean {
  const [size] = shapeOf(op.operand(index));
  const rank = shapeOf(op.result(0)).length;
  if (size === undefined || size < 0 || size === rank) return true;
  op.emitError(
    'stablehlo.shape-operand',
    `requires a shape of ${rank} sizes in operand #${index} for ${op.result(0).type}, got ${op.operand(index).type}`,
  );
  return false;
}
