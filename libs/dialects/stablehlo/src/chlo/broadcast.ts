// Elementwise ops of CHLO that broadcast their operands to each other.
import {
  attr,
  Commutative,
  DYNAMIC,
  defineOp,
  type Operation,
  optionalAttr,
  Pure,
  TensorType,
  type Trait,
  type Type,
  type TypeConstraint,
} from '@budflow/ir';
import { i64List } from '../attributes/specs.js';
import { example } from '../example.js';
import { elementsAgree, expectDimensions, expectResult } from '../shapes.js';
import {
  HloAnyRankComplexTensor,
  HloAnyRankFpTensor,
  HloAnyRankPredOrIntTensor,
  HloAnyRankPredTensor,
  HloAnyRankTensor,
  HloPredTensor,
} from '../types.js';
import { ChloComparisonDirection, ChloComparisonType } from './enums.js';

const FORMAT = '$lhs `,` $rhs attr-dict `:` `(` type($lhs) `,` type($rhs) `)` `->` type($result)';

/**
 * The shape that two shapes broadcast to: dimensions are aligned at the end, or where `dims` puts those of the shorter
 * shape; a size of 1 is repeated. Undefined where they do not fit.
 */
function broadcastShape(
  lhs: readonly number[],
  rhs: readonly number[],
  dims: readonly number[] | undefined,
): number[] | undefined {
  const [short, long] = lhs.length <= rhs.length ? [lhs, rhs] : [rhs, lhs];
  const at = dims ?? short.map((_, i) => long.length - short.length + i);
  if (at.length !== short.length || at.some((d) => d < 0 || d >= long.length)) return undefined;
  const shape = long.slice();
  for (const [i, d] of at.entries()) {
    const [a, b] = [short[i]!, long[d]!];
    if (a === b || a === 1) continue;
    if (b === 1) shape[d] = a;
    else if (a === DYNAMIC) shape[d] = b;
    else if (b === DYNAMIC) shape[d] = a;
    else return undefined;
  }
  return shape;
}

/** Checks that operands broadcast to the result, whose elements are of a type. */
function verifyBroadcast(op: Operation, dims: readonly number[] | undefined, element: Type): void {
  const [lhs, rhs] = [op.operand(0).type, op.operand(1).type];
  if (!(lhs instanceof TensorType) || !(rhs instanceof TensorType)) return;
  if (
    dims !== undefined &&
    !expectDimensions(op, 'broadcast_dimensions', dims, Math.max(lhs.rank, rhs.rank), { sorted: true })
  )
    return;
  const shape = broadcastShape(lhs.shape, rhs.shape, dims);
  if (shape === undefined)
    op.emitError(
      'chlo.broadcast-shapes',
      `${lhs} and ${rhs} do not broadcast to each other${dims ? ` along [${dims.join(', ')}]` : ''}`,
    );
  else expectResult(op, op.context.tensor(shape, element));
}
function verifyElements(op: Operation): boolean {
  const elements = op.operands.slice(-2).map((v) => (v.type as TensorType).element);
  if (elementsAgree(elements[0]!, elements[1]!)) return true;
  op.emitError('chlo.broadcast-elements', `requires operands of one element type, got ${elements.join(' and ')}`);
  return false;
}

interface Options {
  readonly tensor?: TypeConstraint;
  readonly element?: string;
  readonly traits?: readonly Trait[];
}
function broadcast<const N extends string>(
  name: N,
  summary: string,
  { tensor = HloAnyRankTensor, element = 'f32', traits = [] }: Options = {},
) {
  const [a, b] = [`tensor<4x${element}>`, `tensor<4x8x${element}>`];
  const made = defineOp({
    name,
    summary,
    description:
      'Dimensions are aligned at the end, or where broadcast_dimensions puts those of the operand that has fewer.',
    example: example(
      `%x: ${a}, %y: ${b}`,
      `%r = ${name} %x, %y {broadcast_dimensions = array<i64: 0>} : (${a}, ${b}) -> ${b}`,
      b,
    ),
    operands: { lhs: tensor, rhs: tensor },
    results: { result: tensor },
    attributes: { broadcast_dimensions: optionalAttr(i64List) },
    traits: [Pure, ...traits],
    assembly: FORMAT,
    verify(op: Operation) {
      if (verifyElements(op))
        verifyBroadcast(op, made.broadcast_dimensions(op), (op.operand(0).type as TensorType).element);
    },
    verifyReads: 'signature',
  });
  return made;
}
const integers: Options = { tensor: HloAnyRankPredOrIntTensor, element: 'i32' };
const logical: Options = { ...integers, traits: [Commutative] };
const commutative: Options = { traits: [Commutative] };
const reals: Options = { tensor: HloAnyRankFpTensor };

export const BroadcastAddOp = broadcast('chlo.broadcast_add', 'Sum, with broadcasting.', commutative);
export const BroadcastAndOp = broadcast('chlo.broadcast_and', 'And, with broadcasting.', logical);
export const BroadcastAtan2Op = broadcast('chlo.broadcast_atan2', 'Angle of a point, with broadcasting.');
export const BroadcastDivideOp = broadcast('chlo.broadcast_divide', 'Quotient, with broadcasting.');
export const BroadcastMaximumOp = broadcast(
  'chlo.broadcast_maximum',
  'The larger one, with broadcasting.',
  commutative,
);
export const BroadcastMinimumOp = broadcast(
  'chlo.broadcast_minimum',
  'The smaller one, with broadcasting.',
  commutative,
);
export const BroadcastMultiplyOp = broadcast('chlo.broadcast_multiply', 'Product, with broadcasting.', commutative);
export const BroadcastNextAfterOp = broadcast('chlo.broadcast_next_after', 'Next number, with broadcasting.');
export const BroadcastOrOp = broadcast('chlo.broadcast_or', 'Or, with broadcasting.', logical);
export const BroadcastPolygammaOp = broadcast(
  'chlo.broadcast_polygamma',
  'Derivatives of digamma, with broadcasting.',
  reals,
);
export const BroadcastPowerOp = broadcast('chlo.broadcast_power', 'Power, with broadcasting.');
export const BroadcastRemainderOp = broadcast('chlo.broadcast_remainder', 'Remainder, with broadcasting.');
export const BroadcastShiftLeftOp = broadcast(
  'chlo.broadcast_shift_left',
  'Shift to the left, with broadcasting.',
  integers,
);
export const BroadcastShiftRightArithmeticOp = broadcast(
  'chlo.broadcast_shift_right_arithmetic',
  'Shift to the right with the sign, with broadcasting.',
  integers,
);
export const BroadcastShiftRightLogicalOp = broadcast(
  'chlo.broadcast_shift_right_logical',
  'Shift to the right with zeros, with broadcasting.',
  integers,
);
export const BroadcastSubtractOp = broadcast('chlo.broadcast_subtract', 'Difference, with broadcasting.');
export const BroadcastXorOp = broadcast('chlo.broadcast_xor', 'Exclusive or, with broadcasting.', logical);
export const BroadcastZetaOp = broadcast('chlo.broadcast_zeta', 'Hurwitz zeta function, with broadcasting.', reals);

export const BroadcastComplexOp = defineOp({
  name: 'chlo.broadcast_complex',
  summary: 'Complex numbers from their parts, with broadcasting.',
  description: 'lhs holds the real parts, rhs the imaginary ones.',
  example: example(
    '%x: tensor<8xf32>, %y: tensor<4x8xf32>',
    '%r = chlo.broadcast_complex %x, %y : (tensor<8xf32>, tensor<4x8xf32>) -> tensor<4x8xcomplex<f32>>',
    'tensor<4x8xcomplex<f32>>',
  ),
  operands: { lhs: HloAnyRankFpTensor, rhs: HloAnyRankFpTensor },
  results: { result: HloAnyRankComplexTensor },
  attributes: { broadcast_dimensions: optionalAttr(i64List) },
  traits: [Pure],
  assembly: FORMAT,
  verify(op) {
    if (!verifyElements(op)) return;
    const element = op.context.complex((op.operand(0).type as TensorType).element);
    verifyBroadcast(op, BroadcastComplexOp.broadcast_dimensions(op), element);
  },
  verifyReads: 'signature',
});

export const BroadcastCompareOp = defineOp({
  name: 'chlo.broadcast_compare',
  summary: 'Whether a relation holds, with broadcasting.',
  description: 'Like stablehlo.compare.',
  example: example(
    '%x: tensor<8xf32>, %y: tensor<4x8xf32>',
    '%r = chlo.broadcast_compare %x, %y {compare_type = #chlo<comparison_type FLOAT>, comparison_direction = #chlo<comparison_direction LT>} : (tensor<8xf32>, tensor<4x8xf32>) -> tensor<4x8xi1>',
    'tensor<4x8xi1>',
  ),
  operands: { lhs: HloAnyRankTensor, rhs: HloAnyRankTensor },
  results: { result: HloAnyRankPredTensor },
  attributes: {
    broadcast_dimensions: optionalAttr(i64List),
    comparison_direction: attr.dialect(ChloComparisonDirection),
    compare_type: optionalAttr(attr.dialect(ChloComparisonType)),
  },
  traits: [Pure],
  assembly: FORMAT,
  verify(op) {
    if (verifyElements(op)) verifyBroadcast(op, BroadcastCompareOp.broadcast_dimensions(op), op.context.i1);
  },
  verifyReads: 'signature',
});

export const BroadcastSelectOp = defineOp({
  name: 'chlo.broadcast_select',
  summary: 'One of two values, as a predicate says, with broadcasting.',
  description: 'The choices broadcast to each other; the predicate is a scalar or broadcasts to them.',
  example: example(
    '%p: tensor<i1>, %x: tensor<8xf32>, %y: tensor<4x8xf32>',
    '%r = chlo.broadcast_select %p, %x, %y : (tensor<i1>, tensor<8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>',
    'tensor<4x8xf32>',
  ),
  operands: { pred: HloPredTensor, on_true: HloAnyRankTensor, on_false: HloAnyRankTensor },
  results: { result: HloAnyRankTensor },
  traits: [Pure],
  assembly:
    '$pred `,` $on_true `,` $on_false attr-dict `:` `(` type($pred) `,` type($on_true) `,` type($on_false) `)` `->` type($result)',
  verify(op) {
    if (!verifyElements(op)) return;
    const [pred, a, b] = op.operands.map((v) => v.type);
    if (!(pred instanceof TensorType && a instanceof TensorType && b instanceof TensorType)) return;
    const choices = broadcastShape(a.shape, b.shape, undefined);
    const shape = choices && broadcastShape(pred.shape, choices, undefined);
    if (shape === undefined)
      op.emitError('chlo.select-shapes', `${pred}, ${a} and ${b} do not broadcast to each other`);
    else expectResult(op, op.context.tensor(shape, a.element));
  },
  verifyReads: 'signature',
});
