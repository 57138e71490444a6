// Elementwise ops whose result has other elements than their operands: comparison, selection, conversion, parts of
// complex numbers, rounding to fewer bits.
import {
  allTypesMatch,
  attr,
  type Context,
  DYNAMIC,
  defineOp,
  Elementwise,
  optionalAttr,
  Pure,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { complexParts } from '../directives.js';
import { ComparisonDirection, ComparisonType } from '../enums.js';
import { example } from '../example.js';
import { elementOf, elementsAgree, expectResult, shapeOf, shapesAgree, tensorOf, typesAgree } from '../shapes.js';
import {
  HloAnyQuantizedTensor,
  HloComplexTensor,
  HloFp32Or64Tensor,
  HloFpOrComplexTensor,
  HloFpOrQuantizedTensor,
  HloFpTensor,
  HloPredTensor,
  HloQuantizedTensor,
  HloTensor,
  isHloComplexType,
  isHloFloatType,
  isHloIntegerType,
  isPredType,
  isQuantizedType,
  isSignedHloIntegerType,
} from '../types.js';
import { inferFirst, verifySameTypes } from './elementwise.js';

/** The type of a value with other elements. */
function withElements(context: Context, value: Value, element: Type): TensorType {
  const type = tensorOf(value);
  return context.tensor(type.wideShape ?? type.shape, element, type.encoding);
}

export const CompareOp = defineOp({
  name: 'stablehlo.compare',
  summary: 'Whether a relation holds, element by element.',
  description: `The comparison type says how elements are ordered: FLOAT as IEEE numbers, TOTALORDER with -NaN lowest and NaN highest,
WEAKORDER with -0 equal to 0 and all NaN one number above inf, SIGNED and UNSIGNED as integers. Without one the element type says it. Complex numbers have only EQ and NE.`,
  example: example(
    '%x: tensor<4xf32>, %y: tensor<4xf32>',
    '%r = stablehlo.compare LT, %x, %y, FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>',
    'tensor<4xi1>',
  ),
  operands: { lhs: HloTensor, rhs: HloTensor },
  results: { result: HloPredTensor },
  attributes: {
    comparison_direction: attr.dialect(ComparisonDirection),
    compare_type: optionalAttr(attr.dialect(ComparisonType)),
  },
  traits: [Pure, Elementwise],
  assembly:
    '$comparison_direction `,` $lhs `,` $rhs (`,` $compare_type^)? attr-dict `:` functional-type(operands, results)',
  inferTypes: (context, { operands }): Type[] => [withElements(context, operands[0]!, context.i1)],
  verify(op) {
    const [lhs, rhs] = [op.operand(0), op.operand(1)];
    if (!typesAgree(lhs.type, rhs.type)) {
      op.emitError('stablehlo.same-types', `requires operands of compatible types, got ${lhs.type} and ${rhs.type}`);
      return;
    }
    if (!expectResult(op, withElements(op.context, lhs, op.context.i1))) return;
    const kind = CompareOp.compare_type(op);
    const element = elementOf(lhs);
    const fits =
      kind === undefined || kind === 'NOTYPE'
        ? true
        : kind === 'SIGNED'
          ? isSignedHloIntegerType(element)
          : kind === 'UNSIGNED'
            ? isPredType(element) || (isHloIntegerType(element) && element.signedness === 'unsigned')
            : kind === 'FLOAT'
              ? isHloFloatType(element) || isHloComplexType(element) || isQuantizedType(element)
              : isHloFloatType(element);
    if (!fits)
      op.emitError('stablehlo.compare-type', `comparison type ${kind} does not go with elements of type ${element}`);
    else if (isHloComplexType(element) && !['EQ', 'NE'].includes(CompareOp.comparison_direction(op)))
      op.emitError('stablehlo.compare-complex', 'complex numbers have only the comparisons EQ and NE');
  },
  verifyReads: 'signature',
});

export const SelectOp = defineOp({
  name: 'stablehlo.select',
  summary: 'One of two values, as a predicate says.',
  description: 'The predicate is one for each element, or one for all.',
  example: example(
    '%p: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf32>',
    '%r = stablehlo.select %p, %x, %y : tensor<4xi1>, tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { pred: HloPredTensor, on_true: HloAnyQuantizedTensor, on_false: HloAnyQuantizedTensor },
  results: { result: HloAnyQuantizedTensor },
  traits: [Pure],
  assembly: 'operands attr-dict `:` custom<SelectOpType>(type($pred), type($on_true), type($on_false), type($result))',
  inferTypes: (_, { operands }): Type[] => [operands[1]!.type],
  verify(op) {
    const [pred, onTrue, onFalse] = [op.operand(0), op.operand(1), op.operand(2)];
    if (!typesAgree(onTrue.type, onFalse.type)) {
      op.emitError(
        'stablehlo.same-types',
        `requires choices of compatible types, got ${onTrue.type} and ${onFalse.type}`,
      );
      return;
    }
    if (shapeOf(pred).length > 0 && !shapesAgree(shapeOf(pred), shapeOf(onTrue))) {
      op.emitError(
        'stablehlo.select-shape',
        `requires a predicate that is a scalar or shaped as ${onTrue.type}, got ${pred.type}`,
      );
      return;
    }
    expectResult(op, onTrue.type);
  },
  verifyReads: 'signature',
});

export const ClampOp = defineOp({
  name: 'stablehlo.clamp',
  summary: 'Brings elements between a minimum and a maximum.',
  description: 'minimum(maximum(operand, min), max). Bounds are one for each element, or one for all.',
  example: example(
    '%a: tensor<f32>, %x: tensor<4xf32>, %b: tensor<f32>',
    '%r = stablehlo.clamp %a, %x, %b : (tensor<f32>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { min: HloTensor, operand: HloTensor, max: HloTensor },
  results: { result: HloTensor },
  traits: [Pure],
  assembly: `$min \`,\` $operand \`,\` $max attr-dict \`:\`
    custom<SameOperandsAndResultType>(type($min), type($operand), type($max), type($result))`,
  inferTypes: (_, { operands }): Type[] => [operands[1]!.type],
  verify(op) {
    const operand = op.operand(1);
    for (const [what, bound] of [
      ['min', op.operand(0)],
      ['max', op.operand(2)],
    ] as const) {
      const fits =
        elementsAgree(elementOf(bound), elementOf(operand)) &&
        (shapeOf(bound).length === 0 || shapesAgree(shapeOf(bound), shapeOf(operand)));
      if (fits) continue;
      op.emitError(
        'stablehlo.clamp-bound',
        `requires '${what}' to be a scalar or a tensor that goes with ${operand.type}, got ${bound.type}`,
      );
      return;
    }
    expectResult(op, operand.type);
  },
  verifyReads: 'signature',
});

export const ConvertOp = defineOp({
  name: 'stablehlo.convert',
  summary: 'Converts elements to another type.',
  description: 'To i1: whether an element is not zero. From complex to real: the real part.',
  example: example(
    '%x: tensor<4xi32>',
    '%r = stablehlo.convert %x : (tensor<4xi32>) -> tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloTensor },
  traits: [Pure, Elementwise],
  assembly: '$operand attr-dict `:` custom<SameOperandsAndResultType>(type($operand), type($result))',
  verify(op) {
    expectResult(op, withElements(op.context, op.operand(0), elementOf(op.result(0))));
  },
  verifyReads: 'signature',
});

/** Bits of an element; undefined for what has no bits of its own. */
function bitsOf(element: Type): number | undefined {
  if (isPredType(element)) return 1;
  if (isHloIntegerType(element) || isHloFloatType(element)) return element.width;
  if (isHloComplexType(element)) return 2 * (bitsOf(element.element) ?? 0);
  return isQuantizedType(element) ? element.parameters.width : undefined;
}

export const BitcastConvertOp = defineOp({
  name: 'stablehlo.bitcast_convert',
  summary: 'The bits of elements as elements of another type.',
  description: `To narrower elements adds a dimension at the end, for the parts of an element, the lowest first; to wider elements takes the last
dimension away.`,
  example: example(
    '%x: tensor<4xf32>',
    '%0 = stablehlo.bitcast_convert %x : (tensor<4xf32>) -> tensor<4x2xi16>\n%r = stablehlo.bitcast_convert %0 : (tensor<4x2xi16>) -> tensor<4xi32>',
    'tensor<4xi32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloTensor },
  traits: [Pure],
  assembly: '$operand attr-dict `:` functional-type(operands, results)',
  verify(op) {
    const [from, to] = [tensorOf(op.operand(0)), tensorOf(op.result(0))];
    const [a, b] = [bitsOf(from.element)!, bitsOf(to.element)!];
    if (isHloComplexType(from.element) !== isHloComplexType(to.element)) {
      op.emitError('stablehlo.bitcast-complex', `requires both or none of ${from} and ${to} to be complex`);
      return;
    }
    const [wide, narrow, ratio] = a >= b ? [from, to, a / b] : [to, from, b / a];
    const fits =
      a === b
        ? shapesAgree(from.shape, to.shape)
        : Number.isInteger(ratio) &&
          narrow.rank === wide.rank + 1 &&
          shapesAgree(wide.shape, narrow.shape.slice(0, -1)) &&
          [ratio, DYNAMIC].includes(narrow.shape.at(-1)!);
    if (!fits)
      op.emitError('stablehlo.bitcast-shape', `requires as many bits, element by element, in ${from} as in ${to}`);
  },
  verifyReads: 'signature',
});

export const ComplexOp = defineOp({
  name: 'stablehlo.complex',
  summary: 'Complex numbers from their parts.',
  description: 'lhs holds the real parts, rhs the imaginary ones.',
  example: example(
    '%x: tensor<4xf32>, %y: tensor<4xf32>',
    '%r = stablehlo.complex %x, %y : tensor<4xcomplex<f32>>',
    'tensor<4xcomplex<f32>>',
  ),
  operands: { lhs: HloFp32Or64Tensor, rhs: HloFp32Or64Tensor },
  results: { result: HloComplexTensor },
  traits: [Pure, Elementwise, allTypesMatch('lhs', 'rhs')],
  assembly: 'operands attr-dict `:` custom<ComplexOpType>(type($lhs), type($rhs), type($result))',
  inferTypes: (context, { operands }): Type[] => [
    withElements(context, operands[0]!, context.complex(elementOf(operands[0]!))),
  ],
  verify(op) {
    const lhs = op.operand(0);
    expectResult(op, withElements(op.context, lhs, op.context.complex(elementOf(lhs))));
  },
  verifyReads: 'signature',
});

function partOp(name: string, summary: string, description: string) {
  return defineOp({
    name,
    summary,
    description,
    example: example(
      '%x: tensor<4xcomplex<f32>>',
      `%r = ${name} %x : (tensor<4xcomplex<f32>>) -> tensor<4xf32>`,
      'tensor<4xf32>',
    ),
    operands: { operand: HloFpOrComplexTensor },
    results: { result: HloFpTensor },
    traits: [Pure, Elementwise],
    assembly: '$operand attr-dict `:` custom<SameOperandsAndResultType>(type($operand), type($result))',
    inferTypes: (context, { operands }): Type[] => [complexParts(context, operands[0]!.type) ?? operands[0]!.type],
    verify(op) {
      const { type } = op.operand(0);
      expectResult(op, complexParts(op.context, type) ?? type);
    },
    verifyReads: 'signature',
  });
}
export const RealOp = partOp('stablehlo.real', 'Real parts.', 'A real number is its own real part.');
export const ImagOp = partOp('stablehlo.imag', 'Imaginary parts.', 'The imaginary part of a real number is zero.');

export const IsFiniteOp = defineOp({
  name: 'stablehlo.is_finite',
  summary: 'Whether elements are neither infinite nor NaN.',
  description: 'The result is an i1 for each element.',
  example: example(
    '%x: tensor<4xf32>',
    '%r = stablehlo.is_finite %x : (tensor<4xf32>) -> tensor<4xi1>',
    'tensor<4xi1>',
  ),
  operands: { x: HloFpOrQuantizedTensor },
  results: { y: HloPredTensor },
  traits: [Pure, Elementwise],
  assembly: '$x attr-dict `:` custom<SameOperandsAndResultType>(type($x), type($y))',
  inferTypes: (context, { operands }): Type[] => [withElements(context, operands[0]!, context.i1)],
  verify(op) {
    expectResult(op, withElements(op.context, op.operand(0), op.context.i1));
  },
  verifyReads: 'signature',
});

export const ReducePrecisionOp = defineOp({
  name: 'stablehlo.reduce_precision',
  summary: 'Rounds to the values of a type with fewer bits.',
  description: 'The format says how many bits exponent and mantissa have; elements keep their type.',
  example: example(
    '%x: tensor<4xf32>',
    '%r = stablehlo.reduce_precision %x, format = e5m10 : tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { operand: HloFpOrQuantizedTensor },
  results: { output: HloFpOrQuantizedTensor },
  attributes: { exponent_bits: attr.i32, mantissa_bits: attr.i32 },
  traits: [Pure, Elementwise],
  assembly: `$operand \`,\` \`format\` \`=\` custom<ExponentMantissa>($exponent_bits, $mantissa_bits) attr-dict \`:\`
    custom<SameOperandsAndResultType>(type($operand), type($output))`,
  inferTypes: inferFirst,
  verify(op) {
    if (ReducePrecisionOp.exponent_bits(op) < 1)
      op.emitError(
        'stablehlo.exponent-bits',
        `requires at least 1 bit for the exponent, got ${ReducePrecisionOp.exponent_bits(op)}`,
      );
    else if (ReducePrecisionOp.mantissa_bits(op) < 0)
      op.emitError(
        'stablehlo.mantissa-bits',
        `requires no less than 0 bits for the mantissa, got ${ReducePrecisionOp.mantissa_bits(op)}`,
      );
    else verifySameTypes(op);
  },
  verifyReads: 'signature',
});

export const UniformQuantizeOp = defineOp({
  name: 'stablehlo.uniform_quantize',
  summary: 'Real numbers, or numbers quantized otherwise, as quantized integers.',
  description: 'The type of the result says scale and zero point.',
  example: example(
    '%x: tensor<4xf32>',
    '%r = stablehlo.uniform_quantize %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:10>>',
    'tensor<4x!quant.uniform<i8:f32, 5.000000e-01:10>>',
  ),
  operands: { operand: HloAnyQuantizedTensor },
  results: { result: HloQuantizedTensor },
  traits: [Pure, Elementwise],
  assembly: '$operand attr-dict `:` custom<SameOperandsAndResultType>(type($operand), type($result))',
  verify(op) {
    const from = elementOf(op.operand(0));
    const to = elementOf(op.result(0));
    if (!isQuantizedType(to)) return;
    const expressed = isQuantizedType(from) ? from.parameters.expressed : from;
    if (expressed !== to.parameters.expressed)
      op.emitError(
        'stablehlo.quantize-expressed',
        `requires an operand of ${to.parameters.expressed} numbers, got ${expressed}`,
      );
  },
  verifyReads: 'signature',
});

export const UniformDequantizeOp = defineOp({
  name: 'stablehlo.uniform_dequantize',
  summary: 'The real numbers that quantized integers stand for.',
  description: '(stored - zero point) * scale, in the expressed type.',
  example: example(
    '%x: tensor<4x!quant.uniform<i8:f32, 5.000000e-01:10>>',
    '%r = stablehlo.uniform_dequantize %x : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:10>>) -> tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { operand: HloQuantizedTensor },
  results: { result: HloFpTensor },
  traits: [Pure, Elementwise],
  assembly: '$operand attr-dict `:` custom<SameOperandsAndResultType>(type($operand), type($result))',
  inferTypes: (context, { operands }): Type[] => [dequantized(context, operands[0]!)],
  verify(op) {
    expectResult(op, dequantized(op.context, op.operand(0)));
  },
  verifyReads: 'signature',
});
function dequantized(context: Context, value: Value): TensorType {
  const element = elementOf(value);
  return withElements(context, value, isQuantizedType(element) ? element.parameters.expressed : element);
}
