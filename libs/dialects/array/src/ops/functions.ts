// Trigonometric and hyperbolic functions and roots; signs, rounding and bits.
import { ComplexType, Idempotent, type PointCost } from '@budflow/ir';
import { ArithmeticTensor, BitsTensor, FloatTensor, FunctionTensor } from '../element-types.js';
import { tensorType } from '../structure.js';
import { defineUnary } from './define-unary.js';

const CHEAP: PointCost = { flops: 1, expensive: false };
const TRIGONOMETRIC: PointCost = { flops: 42, expensive: true };
const INVERSE: PointCost = { flops: 30, expensive: true };
const HYPERBOLIC: PointCost = { flops: 35, expensive: true };
const INVERSE_HYPERBOLIC: PointCost = { flops: 52, expensive: true };

export const SinOp = defineUnary('sin', {
  summary: 'Sine',
  description: 'Of an angle in radians of any size. NaN for infinities; the sign of zero is kept.',
  operand: FunctionTensor,
  cost: TRIGONOMETRIC,
});
export const CosOp = defineUnary('cos', {
  summary: 'Cosine',
  description: 'Of an angle in radians of any size. NaN for infinities.',
  operand: FunctionTensor,
  cost: TRIGONOMETRIC,
});
export const TanOp = defineUnary('tan', {
  summary: 'Tangent',
  description: 'Of an angle in radians of any size. NaN for infinities; the sign of zero is kept.',
  operand: FunctionTensor,
  cost: TRIGONOMETRIC,
});
export const AsinOp = defineUnary('asin', {
  summary: 'Arcsine',
  description: 'In radians, from -pi/2 to pi/2. NaN outside of [-1, 1]; the sign of zero is kept.',
  operand: FunctionTensor,
  cost: INVERSE,
});
export const AcosOp = defineUnary('acos', {
  summary: 'Arccosine',
  description: 'In radians, from 0 to pi. NaN outside of [-1, 1].',
  operand: FunctionTensor,
  cost: INVERSE,
});
export const AtanOp = defineUnary('atan', {
  summary: 'Arctangent',
  description: 'In radians, from -pi/2, of negative infinity, to pi/2, of infinity. The sign of zero is kept.',
  operand: FunctionTensor,
  cost: INVERSE,
});
export const SinhOp = defineUnary('sinh', {
  summary: 'Hyperbolic sine',
  description: '`(exp(x) - exp(-x)) / 2`, infinite where it overflows. The sign of zero is kept.',
  operand: FunctionTensor,
  cost: HYPERBOLIC,
});
export const CoshOp = defineUnary('cosh', {
  summary: 'Hyperbolic cosine',
  description: '`(exp(x) + exp(-x)) / 2`: at least 1, infinite where it overflows.',
  operand: FunctionTensor,
  cost: HYPERBOLIC,
});
export const AsinhOp = defineUnary('asinh', {
  summary: 'Inverse hyperbolic sine',
  description: 'Infinities and NaN are themselves; the sign of zero is kept.',
  operand: FloatTensor,
  cost: INVERSE_HYPERBOLIC,
});
export const AcoshOp = defineUnary('acosh', {
  summary: 'Inverse hyperbolic cosine',
  description: 'At least 0, of 1 it is 0. NaN below 1; infinity is itself.',
  operand: FloatTensor,
  cost: INVERSE_HYPERBOLIC,
});
export const AtanhOp = defineUnary('atanh', {
  summary: 'Inverse hyperbolic tangent',
  description: 'Infinite at 1 and -1, NaN beyond; the sign of zero is kept.',
  operand: FloatTensor,
  cost: INVERSE_HYPERBOLIC,
});
export const CbrtOp = defineUnary('cbrt', {
  summary: 'Cube root',
  description: 'Defined for negative numbers too: of -8 it is -2. Zeros and infinities are themselves.',
  operand: FunctionTensor,
  cost: { flops: 42, expensive: true },
});

export const SignOp = defineUnary('sign', {
  summary: 'Sign: -1, 0 or 1',
  description: 'Of zeros and NaN, themselves. Of complex numbers z / |z|.',
  operand: ArithmeticTensor,
  cost: CHEAP,
  // sign(sign(x)) == sign(x), but the length of a complex sign is 1 only roughly.
  fold(op) {
    const isComplex = tensorType(op.operand(0)).element instanceof ComplexType;
    return !isComplex && op.operand(0).definingOp?.name === 'array.sign' ? op.operand(0) : null;
  },
});
export const RoundOp = defineUnary('round', {
  summary: 'Nearest integral value, ties away from zero',
  description: '2.5 becomes 3 and -2.5 becomes -3. Infinities and NaN are themselves; the sign of zero is kept.',
  operand: FloatTensor,
  cost: { flops: 6, expensive: false },
  traits: [Idempotent],
});
export const TruncOp = defineUnary('trunc', {
  summary: 'Nearest integral value toward zero',
  description: 'Infinities and NaN are themselves; the sign is kept, that of zero too.',
  operand: FloatTensor,
  cost: CHEAP,
  traits: [Idempotent],
});

export const PopcountOp = defineUnary('popcount', {
  summary: 'Number of one bits',
  description: '0 for zero, the width for a number of all ones.',
  operand: BitsTensor,
  cost: CHEAP,
  element: 'i32',
});
export const ClzOp = defineUnary('clz', {
  summary: 'Number of leading zero bits',
  description: 'Counted from the most significant bit to the first one bit; the width for zero.',
  operand: BitsTensor,
  cost: CHEAP,
  element: 'i32',
});
