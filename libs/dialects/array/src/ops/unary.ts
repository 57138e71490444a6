// Elementwise ops of one operand.
import { Idempotent, Involution, type PointCost } from '@budflow/ir';
import { ArithmeticTensor, FloatTensor, FunctionTensor } from '../element-types.js';
import { defineUnary } from './define-unary.js';

const CHEAP: PointCost = { flops: 1, expensive: false };
const ROOT: PointCost = { flops: 6, expensive: true };
const TRANSCENDENTAL: PointCost = { flops: 20, expensive: true };

export const NegOp = defineUnary('neg', {
  summary: 'Negation',
  description: 'Flips the sign of floats, also of zeros and NaNs. Integers wrap: the most negative value stays itself.',
  operand: ArithmeticTensor,
  cost: CHEAP,
  traits: [Involution],
});

export const SqrtOp = defineUnary('sqrt', {
  summary: 'Square root, correctly rounded',
  description: 'NaN for negative numbers; the sign of zero is kept.',
  operand: FunctionTensor,
  cost: ROOT,
});
export const RsqrtOp = defineUnary('rsqrt', {
  summary: 'Reciprocal square root: 1 / sqrt(x)',
  description: 'Infinite for zero, NaN for negative numbers, 0 for infinity.',
  operand: FunctionTensor,
  cost: { flops: 12, expensive: true },
});
export const ExpOp = defineUnary('exp', {
  summary: 'e to the power of x',
  description: '0 for negative infinity, infinite where it overflows.',
  operand: FunctionTensor,
  cost: TRANSCENDENTAL,
});
export const Exp2Op = defineUnary('exp2', {
  summary: '2 to the power of x',
  description: '0 for negative infinity, infinite where it overflows.',
  operand: FloatTensor,
  cost: TRANSCENDENTAL,
});
export const Expm1Op = defineUnary('expm1', {
  summary: 'exp(x) - 1, accurate near 0',
  description: '-1 for negative infinity, infinite where it overflows; the sign of zero is kept.',
  operand: FunctionTensor,
  cost: TRANSCENDENTAL,
});
export const LogOp = defineUnary('log', {
  summary: 'Natural logarithm',
  description: 'Negative infinity of zero, NaN of negative numbers.',
  operand: FunctionTensor,
  cost: TRANSCENDENTAL,
});
export const Log2Op = defineUnary('log2', {
  summary: 'Logarithm to base 2',
  description: 'Negative infinity of zero, NaN of negative numbers.',
  operand: FloatTensor,
  cost: TRANSCENDENTAL,
});
export const Log10Op = defineUnary('log10', {
  summary: 'Logarithm to base 10',
  description: 'Negative infinity of zero, NaN of negative numbers.',
  operand: FloatTensor,
  cost: TRANSCENDENTAL,
});
export const Log1pOp = defineUnary('log1p', {
  summary: 'log(1 + x), accurate near 0',
  description: 'Negative infinity of -1, NaN below; the sign of zero is kept.',
  operand: FunctionTensor,
  cost: TRANSCENDENTAL,
});
export const TanhOp = defineUnary('tanh', {
  summary: 'Hyperbolic tangent',
  description: 'From -1, of negative infinity, to 1, of infinity. The sign of zero is kept.',
  operand: FunctionTensor,
  cost: { flops: 28, expensive: true },
});
export const SigmoidOp = defineUnary('sigmoid', {
  summary: 'Logistic function: 1 / (1 + exp(-x))',
  description: 'From 0, of negative infinity, to 1, of infinity; 0.5 at zero.',
  operand: FunctionTensor,
  cost: { flops: 26, expensive: true },
});
export const ErfOp = defineUnary('erf', {
  summary: 'Error function',
  description:
    '`2 / sqrt(pi)` times the integral of `exp(-t * t)` from 0 to x: from -1 to 1. The sign of zero is kept.',
  operand: FloatTensor,
  cost: { flops: 32, expensive: true },
});
export const FloorOp = defineUnary('floor', {
  summary: 'Largest integral value not above x',
  description: 'Infinities and NaN are themselves; the sign of zero is kept.',
  operand: FloatTensor,
  cost: CHEAP,
  traits: [Idempotent],
});
export const CeilOp = defineUnary('ceil', {
  summary: 'Smallest integral value not below x',
  description: 'Infinities and NaN are themselves; between -1 and 0 the result is -0.',
  operand: FloatTensor,
  cost: CHEAP,
  traits: [Idempotent],
});
export const RoundEvenOp = defineUnary('round_even', {
  summary: 'Nearest integral value, ties to even; the sign of zero is kept',
  description: '2.5 becomes 2 and 3.5 becomes 4. Infinities and NaN are themselves.',
  operand: FloatTensor,
  cost: CHEAP,
  traits: [Idempotent],
});
