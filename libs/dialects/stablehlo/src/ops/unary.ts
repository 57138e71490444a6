// Elementwise ops with one operand: `stablehlo.negate %x : tensor<4xf32>`.
import { type Context, defineOp, Elementwise, Involution, Pure, type Type } from '@budflow/ir';
import { complexParts } from '../directives.js';
import { example } from '../example.js';
import { expectResult } from '../shapes.js';
import {
  HloFpComplexOrQuantizedTensor,
  HloFpOrQuantizedTensor,
  HloIntFpComplexOrQuantizedTensor,
  HloIntTensor,
  HloPredOrIntTensor,
  HloSignedFpComplexOrQuantizedTensor,
} from '../types.js';
import { functionOp, unaryOp } from './elementwise.js';

/** |x| of complex numbers is real. */
const absType = (context: Context, type: Type): Type => complexParts(context, type) ?? type;

export const AbsOp = defineOp({
  name: 'stablehlo.abs',
  summary: 'Absolute value.',
  description: 'Of a complex number its distance from zero, a real number. The lowest integer stays what it is.',
  example: example(
    '%x: tensor<4xcomplex<f32>>',
    '%0 = stablehlo.abs %x : (tensor<4xcomplex<f32>>) -> tensor<4xf32>\n%r = stablehlo.abs %0 : tensor<4xf32>',
    'tensor<4xf32>',
  ),
  operands: { operand: HloSignedFpComplexOrQuantizedTensor },
  results: { result: HloSignedFpComplexOrQuantizedTensor },
  traits: [Pure, Elementwise],
  assembly: '$operand attr-dict `:` custom<SameOperandsAndResultType>(type($operand), type($result))',
  inferTypes: (context, { operands }): Type[] => [absType(context, operands[0]!.type)],
  verify(op) {
    expectResult(op, absType(op.context, op.operand(0).type));
  },
  verifyReads: 'signature',
});

export const CeilOp = unaryOp({
  name: 'stablehlo.ceil',
  summary: 'Rounds up to an integer.',
  description: 'Rounds up to an integer.',
  tensor: HloFpOrQuantizedTensor,
});

export const CountLeadingZerosOp = unaryOp({
  name: 'stablehlo.count_leading_zeros',
  summary: 'Number of zeros above the highest one bit.',
  description: 'Number of zeros above the highest one bit.',
  tensor: HloIntTensor,
  element: 'i32',
});

export const FloorOp = unaryOp({
  name: 'stablehlo.floor',
  summary: 'Rounds down to an integer.',
  description: 'Rounds down to an integer.',
  tensor: HloFpOrQuantizedTensor,
});

export const NegateOp = unaryOp({
  name: 'stablehlo.negate',
  summary: 'Negation.',
  description: 'Negation; of integers modulo 2^width.',
  tensor: HloIntFpComplexOrQuantizedTensor,
  traits: [Involution],
});

export const NotOp = unaryOp({
  name: 'stablehlo.not',
  summary: 'Logical not of i1, bitwise not of integers.',
  description: 'Logical not of i1, bitwise not of integers.',
  tensor: HloPredOrIntTensor,
  element: 'i32',
  traits: [Involution],
});

export const PopcntOp = unaryOp({
  name: 'stablehlo.popcnt',
  summary: 'Number of one bits.',
  description: 'Number of one bits.',
  tensor: HloIntTensor,
  element: 'i32',
});

export const RoundNearestAfzOp = unaryOp({
  name: 'stablehlo.round_nearest_afz',
  summary: 'Rounds to the nearest integer, ties away from zero.',
  description: 'Rounds to the nearest integer, ties away from zero.',
  tensor: HloFpOrQuantizedTensor,
});

export const RoundNearestEvenOp = unaryOp({
  name: 'stablehlo.round_nearest_even',
  summary: 'Rounds to the nearest integer, ties to the even one.',
  description: 'Rounds to the nearest integer, ties to the even one.',
  tensor: HloFpOrQuantizedTensor,
});

export const SignOp = unaryOp({
  name: 'stablehlo.sign',
  summary: '-1, 0 or 1 by sign.',
  description: '-1, 0 or 1 by sign; of a complex number x / |x|.',
  tensor: HloSignedFpComplexOrQuantizedTensor,
});

export const CbrtOp = functionOp({
  name: 'stablehlo.cbrt',
  summary: 'Cube root, of negative numbers too.',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const CosineOp = functionOp({
  name: 'stablehlo.cosine',
  summary: 'Cosine of an angle in radians.',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const ExponentialOp = functionOp({
  name: 'stablehlo.exponential',
  summary: 'Exponential, e^x.',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const ExponentialMinusOneOp = functionOp({
  name: 'stablehlo.exponential_minus_one',
  summary: 'e^x - 1, exact near zero.',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const LogOp = functionOp({
  name: 'stablehlo.log',
  summary: 'Natural logarithm.',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const LogPlusOneOp = functionOp({
  name: 'stablehlo.log_plus_one',
  summary: 'log(x + 1), exact near zero.',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const LogisticOp = functionOp({
  name: 'stablehlo.logistic',
  summary: '1 / (1 + e^-x).',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const RsqrtOp = functionOp({
  name: 'stablehlo.rsqrt',
  summary: '1 / sqrt(x).',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const SineOp = functionOp({
  name: 'stablehlo.sine',
  summary: 'Sine of an angle in radians.',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const SqrtOp = functionOp({
  name: 'stablehlo.sqrt',
  summary: 'Square root.',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const TanOp = functionOp({
  name: 'stablehlo.tan',
  summary: 'Tangent of an angle in radians.',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const TanhOp = functionOp({
  name: 'stablehlo.tanh',
  summary: 'Hyperbolic tangent.',
  description: '`result_accuracy` says how far off the result may be.',
  tensor: HloFpComplexOrQuantizedTensor,
});
