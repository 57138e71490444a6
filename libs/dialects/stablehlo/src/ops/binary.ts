// Elementwise ops with two operands of one type: `stablehlo.add %x, %y : tensor<4xf32>`.
import {
  HloAnyQuantizedTensor,
  HloFpComplexOrQuantizedTensor,
  HloIntFpComplexOrQuantizedTensor,
  HloIntTensor,
  HloPredOrIntTensor,
  HloTensor,
} from '../types.js';
import { binaryOp, COMMUTATIVE } from './elementwise.js';

export const AddOp = binaryOp({
  name: 'stablehlo.add',
  summary: 'Sum of two tensors.',
  description: 'Sum; logical or of i1, integers modulo 2^width.',
  tensor: HloAnyQuantizedTensor,
  traits: COMMUTATIVE,
});

export const AndOp = binaryOp({
  name: 'stablehlo.and',
  summary: 'Logical and of i1, bitwise and of integers.',
  description: 'Logical and of i1, bitwise and of integers.',
  tensor: HloPredOrIntTensor,
  element: 'i32',
  traits: COMMUTATIVE,
});

export const Atan2Op = binaryOp({
  name: 'stablehlo.atan2',
  summary: 'Angle of the point (y, x) = (lhs, rhs).',
  description: 'Angle of the point (y, x) = (lhs, rhs).',
  tensor: HloFpComplexOrQuantizedTensor,
});

export const DivideOp = binaryOp({
  name: 'stablehlo.divide',
  summary: 'Quotient.',
  description: 'Quotient; of integers rounded towards zero. x / 0 is -1, the lowest integer / -1 itself.',
  tensor: HloIntFpComplexOrQuantizedTensor,
});

export const MaximumOp = binaryOp({
  name: 'stablehlo.maximum',
  summary: 'The larger operand.',
  description: 'The larger operand; NaN if one is, logical or of i1.',
  tensor: HloTensor,
  traits: COMMUTATIVE,
});

export const MinimumOp = binaryOp({
  name: 'stablehlo.minimum',
  summary: 'The smaller operand.',
  description: 'The smaller operand; NaN if one is, logical and of i1.',
  tensor: HloTensor,
  traits: COMMUTATIVE,
});

export const MultiplyOp = binaryOp({
  name: 'stablehlo.multiply',
  summary: 'Product, element by element.',
  description: 'Product; logical and of i1, integers modulo 2^width.',
  tensor: HloTensor,
  traits: COMMUTATIVE,
});

export const OrOp = binaryOp({
  name: 'stablehlo.or',
  summary: 'Logical or of i1, bitwise or of integers.',
  description: 'Logical or of i1, bitwise or of integers.',
  tensor: HloPredOrIntTensor,
  element: 'i32',
  traits: COMMUTATIVE,
});

export const PowerOp = binaryOp({
  name: 'stablehlo.power',
  summary: 'lhs to the power of rhs.',
  description: 'lhs to the power of rhs.',
  tensor: HloIntFpComplexOrQuantizedTensor,
});

export const RemainderOp = binaryOp({
  name: 'stablehlo.remainder',
  summary: 'Remainder of a division rounded towards zero, with the sign of lhs.',
  description: 'Remainder of a division rounded towards zero, with the sign of lhs.',
  tensor: HloIntFpComplexOrQuantizedTensor,
});

export const ShiftLeftOp = binaryOp({
  name: 'stablehlo.shift_left',
  summary: 'Shifts bits to the left.',
  description: 'Shifts bits to the left; 0 past the width.',
  tensor: HloIntTensor,
  element: 'i32',
});

export const ShiftRightArithmeticOp = binaryOp({
  name: 'stablehlo.shift_right_arithmetic',
  summary: 'Shifts bits to the right, filling with the sign.',
  description: 'Shifts bits to the right, filling with the sign.',
  tensor: HloIntTensor,
  element: 'i32',
});

export const ShiftRightLogicalOp = binaryOp({
  name: 'stablehlo.shift_right_logical',
  summary: 'Shifts bits to the right, filling with zeros.',
  description: 'Shifts bits to the right, filling with zeros.',
  tensor: HloIntTensor,
  element: 'i32',
});

export const SubtractOp = binaryOp({
  name: 'stablehlo.subtract',
  summary: 'Difference.',
  description: 'Difference; integers modulo 2^width.',
  tensor: HloIntFpComplexOrQuantizedTensor,
});

export const XorOp = binaryOp({
  name: 'stablehlo.xor',
  summary: 'Logical exclusive or of i1, bitwise of integers.',
  description: 'Logical exclusive or of i1, bitwise of integers.',
  tensor: HloPredOrIntTensor,
  element: 'i32',
  traits: COMMUTATIVE,
});
