// Ops that place elements elsewhere without looking at them: broadcasts, reshape, transpose, reverse, concatenate, pad.
import {
  attr,
  type Context,
  DYNAMIC,
  defineOp,
  elementCount,
  type Operation,
  optionalAttr,
  Pure,
  type TensorType,
  type Type,
  type Value,
  variadic,
} from '@budflow/ir';
import { i64List } from '../attributes/specs.js';
import { example } from '../example.js';
import {
  boundOf,
  boundsAttr,
  elementOf,
  expectAtLeast,
  expectDimensions,
  expectElements,
  expectLength,
  expectResult,
  shapeOf,
  sizesAgree,
  tensorOf,
} from '../shapes.js';
import { HloAnyQuantizedTensor, HloDimensionTensor, HloScalarTensor, HloTensor } from '../types.js';
import { verifyShapeOperand } from './constant.js';
import { inferFirst, verifySameTypes } from './elementwise.js';

export const BroadcastOp = defineOp({
  name: 'stablehlo.broadcast',
  summary: 'Repeats a tensor along new dimensions in front.',
  description: 'An older form of stablehlo.broadcast_in_dim.',
  example: example(
    '%x: tensor<4xf32>',
    '%r = stablehlo.broadcast %x, sizes = [2, 3] : (tensor<4xf32>) -> tensor<2x3x4xf32>',
    'tensor<2x3x4xf32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloTensor },
  attributes: { broadcast_sizes: i64List },
  traits: [Pure],
  assembly: '$operand `,` `sizes` `=` $broadcast_sizes attr-dict `:` functional-type(operands, results)',
  inferTypes: (context, { operands, attributes }): Type[] => {
    const { shape, element } = tensorOf(operands[0]!);
    return [context.tensor([...attr.i64Array.read(attributes.get('broadcast_sizes')!), ...shape], element)];
  },
  verify(op) {
    const sizes = BroadcastOp.broadcast_sizes(op);
    const { shape, element } = tensorOf(op.operand(0));
    if (expectAtLeast(op, 'broadcast_sizes', sizes, 0))
      expectResult(op, op.context.tensor([...sizes, ...shape], element));
  },
  verifyReads: 'signature',
});

export const BroadcastInDimOp = defineOp({
  name: 'stablehlo.broadcast_in_dim',
  summary: 'Repeats a tensor along dimensions of the result.',
  description:
    'Dimension i of the operand is dimension dims[i] of the result; a size of 1 is repeated, as are all other dimensions.',
  example: example(
    '%x: tensor<4xf32>',
    '%r = stablehlo.broadcast_in_dim %x, dims = [1] : (tensor<4xf32>) -> tensor<3x4xf32>',
    'tensor<3x4xf32>',
  ),
  operands: { operand: HloAnyQuantizedTensor },
  results: { result: HloAnyQuantizedTensor },
  attributes: { broadcast_dimensions: i64List },
  traits: [Pure],
  assembly: '$operand `,` `dims` `=` $broadcast_dimensions attr-dict `:` functional-type(operands, results)',
  verify(op) {
    verifyBroadcast(op, BroadcastInDimOp.broadcast_dimensions(op));
  },
  verifyReads: 'signature',
});

export const DynamicBroadcastInDimOp = defineOp({
  name: 'stablehlo.dynamic_broadcast_in_dim',
  summary: 'Repeats a tensor along dimensions of a result whose shape is a value.',
  description: 'Like stablehlo.broadcast_in_dim; what is known to be repeated, or not, may be said.',
  example: example(
    '%x: tensor<?xf32>, %s: tensor<2xi64>',
    '%r = stablehlo.dynamic_broadcast_in_dim %x, %s, dims = [1] : (tensor<?xf32>, tensor<2xi64>) -> tensor<?x?xf32>',
    'tensor<?x?xf32>',
  ),
  operands: { operand: HloAnyQuantizedTensor, output_dimensions: HloDimensionTensor },
  results: { result: HloAnyQuantizedTensor },
  attributes: {
    broadcast_dimensions: i64List,
    known_expanding_dimensions: optionalAttr(i64List),
    known_nonexpanding_dimensions: optionalAttr(i64List),
  },
  traits: [Pure],
  assembly:
    '$operand `,` $output_dimensions `,` `dims` `=` $broadcast_dimensions attr-dict `:` functional-type(operands, results)',
  verify(op) {
    if (!verifyBroadcast(op, DynamicBroadcastInDimOp.broadcast_dimensions(op)) || !verifyShapeOperand(op, 1)) return;
    const expanding = DynamicBroadcastInDimOp.known_expanding_dimensions(op) ?? [];
    const others = DynamicBroadcastInDimOp.known_nonexpanding_dimensions(op) ?? [];
    expectDimensions(
      op,
      'known_expanding_dimensions and known_nonexpanding_dimensions',
      [...expanding, ...others],
      shapeOf(op.operand(0)).length,
    );
  },
  verifyReads: 'signature',
});

function verifyBroadcast(op: Operation, dims: readonly number[]): boolean {
  const operand = tensorOf(op.operand(0));
  const result = tensorOf(op.result(0));
  if (!expectElements(op, 'the result', result.element, operand.element)) return false;
  if (!expectLength(op, 'broadcast_dimensions', dims, operand.rank)) return false;
  if (!expectDimensions(op, 'broadcast_dimensions', dims, result.rank)) return false;
  for (const [i, size] of operand.shape.entries()) {
    const to = result.shape[dims[i]!]!;
    if (size === 1 || sizesAgree(size, to)) continue;
    op.emitError(
      'stablehlo.broadcast-size',
      `dimension ${i} of ${operand} cannot be repeated to dimension ${dims[i]} of ${result}: its size must be 1 or ${to}`,
    );
    return false;
  }
  return true;
}

export const ReshapeOp = defineOp({
  name: 'stablehlo.reshape',
  summary: 'The same elements, in row-major order, in another shape.',
  description: 'Both shapes have as many elements.',
  example: example(
    '%x: tensor<4x5xf32>',
    '%r = stablehlo.reshape %x : (tensor<4x5xf32>) -> tensor<2x10xf32>',
    'tensor<2x10xf32>',
  ),
  operands: { operand: HloAnyQuantizedTensor },
  results: { result: HloAnyQuantizedTensor },
  traits: [Pure],
  assembly: 'operands attr-dict `:` functional-type(operands, results)',
  verify(op) {
    const [from, to] = [tensorOf(op.operand(0)), tensorOf(op.result(0))];
    if (!expectElements(op, 'the result', to.element, from.element)) return;
    const [a, b] = [elementCount(from.shape), elementCount(to.shape)];
    if (a !== undefined && b !== undefined && a !== b)
      op.emitError('stablehlo.reshape-count', `requires a result of ${a} elements, as ${from} has, got ${to} of ${b}`);
  },
  verifyReads: 'signature',
});

export const DynamicReshapeOp = defineOp({
  name: 'stablehlo.dynamic_reshape',
  summary: 'The same elements in a shape that is a value.',
  description: 'Like stablehlo.reshape, to the shape that the second operand holds.',
  example: example(
    '%x: tensor<?xf32>, %s: tensor<2xi64>',
    '%r = stablehlo.dynamic_reshape %x, %s : (tensor<?xf32>, tensor<2xi64>) -> tensor<?x?xf32>',
    'tensor<?x?xf32>',
  ),
  operands: { operand: HloAnyQuantizedTensor, output_shape: HloDimensionTensor },
  results: { result: HloAnyQuantizedTensor },
  traits: [Pure],
  assembly: 'operands attr-dict `:` functional-type(operands, results)',
  verify(op) {
    if (expectElements(op, 'the result', elementOf(op.result(0)), elementOf(op.operand(0)))) verifyShapeOperand(op, 1);
  },
  verifyReads: 'signature',
});

/** Sizes and bounds of a type, its dimensions rearranged. */
function permuted(context: Context, type: TensorType, permutation: readonly number[]): TensorType {
  return context.tensor(
    permutation.map((d) => type.shape[d]!),
    type.element,
    boundsAttr(
      context,
      permutation.map((d) => boundOf(type, d)),
    ),
  );
}

export const TransposeOp = defineOp({
  name: 'stablehlo.transpose',
  summary: 'Permutes dimensions.',
  description: 'Dimension i of the result is dimension dims[i] of the operand.',
  example: example(
    '%x: tensor<4x5xf32>',
    '%r = stablehlo.transpose %x, dims = [1, 0] : (tensor<4x5xf32>) -> tensor<5x4xf32>',
    'tensor<5x4xf32>',
  ),
  operands: { operand: HloAnyQuantizedTensor },
  results: { result: HloAnyQuantizedTensor },
  attributes: { permutation: i64List },
  traits: [Pure],
  assembly: '$operand `,` `dims` `=` $permutation attr-dict `:` functional-type(operands, results)',
  inferTypes: (context, { operands, attributes }): Type[] => [
    permuted(context, tensorOf(operands[0]!), attr.i64Array.read(attributes.get('permutation')!)),
  ],
  verify(op) {
    const type = tensorOf(op.operand(0));
    const permutation = TransposeOp.permutation(op);
    if (
      expectLength(op, 'permutation', permutation, type.rank) &&
      expectDimensions(op, 'permutation', permutation, type.rank)
    )
      expectResult(op, permuted(op.context, type, permutation));
  },
  verifyReads: 'signature',
});

export const ReverseOp = defineOp({
  name: 'stablehlo.reverse',
  summary: 'Reverses the order of elements along dimensions.',
  description: 'Element i of a reversed dimension is element size - 1 - i of the operand.',
  example: example(
    '%x: tensor<4x5xf32>',
    '%r = stablehlo.reverse %x, dims = [0, 1] : tensor<4x5xf32>',
    'tensor<4x5xf32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloTensor },
  attributes: { dimensions: i64List },
  traits: [Pure],
  assembly:
    '$operand `,` `dims` `=` $dimensions attr-dict `:` custom<SameOperandsAndResultType>(type($operand), type($result))',
  inferTypes: inferFirst,
  verify(op) {
    if (expectDimensions(op, 'dimensions', ReverseOp.dimensions(op), shapeOf(op.operand(0)).length))
      verifySameTypes(op);
  },
  verifyReads: 'signature',
});

/** Tensors one after the other along a dimension. */
function concatenated(context: Context, values: readonly Value[], dim: number): TensorType {
  const types = values.map(tensorOf);
  const shape = types[0]!.shape.map((size, d) =>
    d === dim
      ? types.reduce((sum, t) => (sum === DYNAMIC || t.shape[d] === DYNAMIC ? DYNAMIC : sum + t.shape[d]!), 0)
      : (types.find((t) => t.shape[d] !== DYNAMIC)?.shape[d] ?? size),
  );
  return context.tensor(shape, types[0]!.element);
}

export const ConcatenateOp = defineOp({
  name: 'stablehlo.concatenate',
  summary: 'Tensors one after the other along a dimension.',
  description: 'All other dimensions have one size.',
  example: example(
    '%x: tensor<4x5xf32>, %y: tensor<2x5xf32>',
    '%r = stablehlo.concatenate %x, %y, dim = 0 : (tensor<4x5xf32>, tensor<2x5xf32>) -> tensor<6x5xf32>',
    'tensor<6x5xf32>',
  ),
  operands: { inputs: variadic(HloTensor) },
  results: { result: HloTensor },
  attributes: { dimension: attr.i64 },
  traits: [Pure],
  assembly:
    'custom<OperandsAndComma>($inputs) `` `dim` `=` $dimension attr-dict `:` functional-type(operands, results)',
  inferTypes: (context, { operands, attributes }): Type[] => [
    concatenated(context, operands, attr.i64.read(attributes.get('dimension')!)),
  ],
  verify(op) {
    if (op.operandCount === 0) {
      op.emitError('stablehlo.concatenate-empty', 'requires at least one operand');
      return;
    }
    const dim = ConcatenateOp.dimension(op);
    const first = tensorOf(op.operand(0));
    if (!expectDimensions(op, 'dimension', [dim], first.rank)) return;
    for (const value of op.operands.slice(1)) {
      const type = tensorOf(value);
      if (!expectElements(op, 'operands', type.element, first.element)) return;
      if (type.rank === first.rank && type.shape.every((size, d) => d === dim || sizesAgree(size, first.shape[d]!)))
        continue;
      op.emitError(
        'stablehlo.concatenate-shape',
        `requires operands of one shape but for dimension ${dim}, got ${first} and ${type}`,
      );
      return;
    }
    expectResult(op, concatenated(op.context, op.operands, dim));
  },
  verifyReads: 'signature',
});

/** Sizes with padding around and between the elements. */
function padded(
  shape: readonly number[],
  low: readonly number[],
  high: readonly number[],
  interior: readonly number[],
): number[] {
  return shape.map((size, d) =>
    size === DYNAMIC ? DYNAMIC : size + low[d]! + high[d]! + Math.max(size - 1, 0) * interior[d]!,
  );
}

export const PadOp = defineOp({
  name: 'stablehlo.pad',
  summary: 'Puts a value around and between elements.',
  description: 'Negative padding at the edges takes elements away.',
  example: example(
    '%x: tensor<4x5xf32>, %v: tensor<f32>',
    '%r = stablehlo.pad %x, %v, low = [0, -1], high = [1, 0], interior = [1, 0] : (tensor<4x5xf32>, tensor<f32>) -> tensor<8x4xf32>',
    'tensor<8x4xf32>',
  ),
  operands: { operand: HloTensor, padding_value: HloScalarTensor },
  results: { result: HloTensor },
  attributes: { edge_padding_low: i64List, edge_padding_high: i64List, interior_padding: i64List },
  traits: [Pure],
  assembly: `$operand \`,\` $padding_value \`,\` \`low\` \`=\` $edge_padding_low \`,\` \`high\` \`=\` $edge_padding_high
    \`,\` \`interior\` \`=\` $interior_padding attr-dict \`:\` functional-type(operands, results)`,
  inferTypes: (context, { operands, attributes }): Type[] => {
    const { shape, element } = tensorOf(operands[0]!);
    const list = (name: string) => attr.i64Array.read(attributes.get(name)!);
    return [
      context.tensor(
        padded(shape, list('edge_padding_low'), list('edge_padding_high'), list('interior_padding')),
        element,
      ),
    ];
  },
  verify(op) {
    const { shape, element } = tensorOf(op.operand(0));
    const low = PadOp.edge_padding_low(op);
    const high = PadOp.edge_padding_high(op);
    const interior = PadOp.interior_padding(op);
    if (!expectElements(op, 'the padding value', elementOf(op.operand(1)), element)) return;
    if (!expectLength(op, 'edge_padding_low', low, shape.length)) return;
    if (!expectLength(op, 'edge_padding_high', high, shape.length)) return;
    if (!expectLength(op, 'interior_padding', interior, shape.length)) return;
    if (!expectAtLeast(op, 'interior_padding', interior, 0)) return;
    const sizes = padded(shape, low, high, interior);
    const negative = sizes.findIndex((size) => size < 0 && size !== DYNAMIC);
    if (negative >= 0 || shape.some((s, d) => s !== DYNAMIC && sizes[d]! < 0)) {
      op.emitError('stablehlo.pad-size', `padding takes away more than there is of ${op.operand(0).type}`);
      return;
    }
    expectResult(op, op.context.tensor(sizes, element));
  },
  verifyReads: 'signature',
});

export const DynamicPadOp = defineOp({
  name: 'stablehlo.dynamic_pad',
  summary: 'Puts a value around and between elements, by amounts that are values.',
  description: 'Like stablehlo.pad.',
  example: example(
    '%x: tensor<?x?xf32>, %v: tensor<f32>, %n: tensor<2xi64>',
    '%r = stablehlo.dynamic_pad %x, %v, %n, %n, %n : (tensor<?x?xf32>, tensor<f32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<?x?xf32>',
    'tensor<?x?xf32>',
  ),
  operands: {
    operand: HloTensor,
    padding_value: HloScalarTensor,
    edge_padding_low: HloDimensionTensor,
    edge_padding_high: HloDimensionTensor,
    interior_padding: HloDimensionTensor,
  },
  results: { result: HloTensor },
  traits: [Pure],
  assembly: 'operands attr-dict `:` functional-type(operands, results)',
  verify(op) {
    const [operand, result] = [tensorOf(op.operand(0)), tensorOf(op.result(0))];
    if (!expectElements(op, 'the padding value', elementOf(op.operand(1)), operand.element)) return;
    if (!expectElements(op, 'the result', result.element, operand.element)) return;
    if (operand.rank !== result.rank)
      op.emitError('stablehlo.rank', `requires a result of as many dimensions as ${operand} has, got ${result}`);
    else for (const i of [2, 3, 4]) if (!verifyShapeOperand(op, i)) return;
  },
  verifyReads: 'signature',
});
