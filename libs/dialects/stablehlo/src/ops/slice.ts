// Parts of tensors: slices, dynamic slices, sizes of dimensions.
import {
  attr,
  type Context,
  DYNAMIC,
  defineOp,
  type Operation,
  Pure,
  type TensorType,
  type Type,
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
import { HloDimensionTensor, HloScalarIntTensor, HloTensor } from '../types.js';
import { verifyShapeOperand } from './constant.js';

function sliced(
  context: Context,
  type: TensorType,
  starts: readonly number[],
  limits: readonly number[],
  strides: readonly number[],
): TensorType {
  return context.tensor(
    type.shape.map((_, d) => Math.max(0, Math.ceil((limits[d]! - starts[d]!) / strides[d]!))),
    type.element,
  );
}

export const SliceOp = defineOp({
  name: 'stablehlo.slice',
  summary: 'Every stride-th element from a start to a limit, which is not included.',
  description: 'Written `[start:limit:stride]` for each dimension; a stride of 1 may be left out.',
  example: example(
    '%x: tensor<4x8xf32>',
    '%r = stablehlo.slice %x [1:3, 4:8:2] : (tensor<4x8xf32>) -> tensor<2x2xf32>',
    'tensor<2x2xf32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloTensor },
  attributes: { start_indices: i64List, limit_indices: i64List, strides: i64List },
  traits: [Pure],
  assembly: `$operand custom<SliceRanges>($start_indices, $limit_indices, $strides) attr-dict \`:\`
    functional-type(operands, results)`,
  inferTypes: (context, { operands, attributes }): Type[] => {
    const list = (name: string) => attr.i64Array.read(attributes.get(name)!);
    return [sliced(context, tensorOf(operands[0]!), list('start_indices'), list('limit_indices'), list('strides'))];
  },
  verify(op) {
    const type = tensorOf(op.operand(0));
    const starts = SliceOp.start_indices(op);
    const limits = SliceOp.limit_indices(op);
    const strides = SliceOp.strides(op);
    if (!expectLength(op, 'start_indices', starts, type.rank)) return;
    if (!expectLength(op, 'limit_indices', limits, type.rank)) return;
    if (!expectLength(op, 'strides', strides, type.rank)) return;
    if (!expectAtLeast(op, 'start_indices', starts, 0) || !expectAtLeast(op, 'strides', strides, 1)) return;
    for (const [d, size] of type.shape.entries()) {
      const [start, limit] = [starts[d]!, limits[d]!];
      if (start <= limit && (size === DYNAMIC || limit <= size)) continue;
      op.emitError(
        'stablehlo.slice-range',
        `range ${start}:${limit} of dimension ${d} must be inside 0:${size === DYNAMIC ? '?' : size}`,
      );
      return;
    }
    expectResult(op, sliced(op.context, type, starts, limits, strides));
  },
  verifyReads: 'signature',
});

export const RealDynamicSliceOp = defineOp({
  name: 'stablehlo.real_dynamic_slice',
  summary: 'Every stride-th element between starts and limits that are values.',
  description: 'Like stablehlo.slice.',
  example: example(
    '%x: tensor<?x?xf32>, %n: tensor<2xi64>',
    '%r = stablehlo.real_dynamic_slice %x, %n, %n, %n : (tensor<?x?xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<?x?xf32>',
    'tensor<?x?xf32>',
  ),
  operands: {
    operand: HloTensor,
    start_indices: HloDimensionTensor,
    limit_indices: HloDimensionTensor,
    strides: HloDimensionTensor,
  },
  results: { result: HloTensor },
  traits: [Pure],
  assembly: 'operands attr-dict `:` functional-type(operands, results)',
  verify(op) {
    const [from, to] = [tensorOf(op.operand(0)), tensorOf(op.result(0))];
    if (!expectElements(op, 'the result', to.element, from.element)) return;
    if (from.rank !== to.rank)
      op.emitError('stablehlo.rank', `requires a result of as many dimensions as ${from} has, got ${to}`);
    else for (const i of [1, 2, 3]) if (!verifyShapeOperand(op, i)) return;
  },
  verifyReads: 'signature',
});

/** The start indices: one scalar of one integer type for each dimension. */
function verifyStarts(op: Operation, first: number, rank: number): boolean {
  const starts = op.operands.slice(first);
  if (!expectLength(op, 'start_indices', starts, rank)) return false;
  const other = starts.find((s) => s.type !== starts[0]!.type);
  if (other === undefined) return true;
  op.emitError('stablehlo.start-types', `requires start indices of one type, got ${starts[0]!.type} and ${other.type}`);
  return false;
}

export const DynamicSliceOp = defineOp({
  name: 'stablehlo.dynamic_slice',
  summary: 'A part of fixed size that starts at indices that are values.',
  description: 'Indices are brought into range, so that the slice is inside the operand.',
  example: example(
    '%x: tensor<4x8xf32>, %i: tensor<i32>',
    '%r = stablehlo.dynamic_slice %x, %i, %i, sizes = [2, 3] : (tensor<4x8xf32>, tensor<i32>, tensor<i32>) -> tensor<2x3xf32>',
    'tensor<2x3xf32>',
  ),
  operands: { operand: HloTensor, start_indices: variadic(HloScalarIntTensor) },
  results: { result: HloTensor },
  attributes: { slice_sizes: i64List },
  traits: [Pure],
  assembly: `$operand \`,\` custom<OperandsAndComma>($start_indices) \`\` \`sizes\` \`=\` $slice_sizes attr-dict \`:\`
    functional-type(operands, results)`,
  inferTypes: (context, { operands, attributes }): Type[] => [
    context.tensor(attr.i64Array.read(attributes.get('slice_sizes')!), elementOf(operands[0]!)),
  ],
  verify(op) {
    const { shape, element, rank } = tensorOf(op.operand(0));
    const sizes = DynamicSliceOp.slice_sizes(op);
    if (!verifyStarts(op, 1, rank) || !expectLength(op, 'slice_sizes', sizes, rank)) return;
    const wrong = sizes.findIndex((size, d) => size < 0 || (shape[d] !== DYNAMIC && size > shape[d]!));
    if (wrong >= 0) {
      op.emitError(
        'stablehlo.slice-size',
        `slice size ${sizes[wrong]} of dimension ${wrong} must be from 0 to ${shape[wrong] === DYNAMIC ? '?' : shape[wrong]}`,
      );
      return;
    }
    expectResult(op, op.context.tensor(sizes, element));
  },
  verifyReads: 'signature',
});

export const DynamicUpdateSliceOp = defineOp({
  name: 'stablehlo.dynamic_update_slice',
  summary: 'A tensor with a part replaced that starts at indices that are values.',
  description: 'Indices are brought into range, so that the update is inside the operand.',
  example: example(
    '%x: tensor<4x8xf32>, %u: tensor<2x3xf32>, %i: tensor<i32>',
    '%r = stablehlo.dynamic_update_slice %x, %u, %i, %i : (tensor<4x8xf32>, tensor<2x3xf32>, tensor<i32>, tensor<i32>) -> tensor<4x8xf32>',
    'tensor<4x8xf32>',
  ),
  operands: { operand: HloTensor, update: HloTensor, start_indices: variadic(HloScalarIntTensor) },
  results: { result: HloTensor },
  traits: [Pure],
  assembly: 'operands attr-dict `:` functional-type(operands, results)',
  inferTypes: (_, { operands }): Type[] => [operands[0]!.type],
  verify(op) {
    const [operand, update] = [tensorOf(op.operand(0)), tensorOf(op.operand(1))];
    if (!expectElements(op, 'the update', update.element, operand.element)) return;
    if (update.rank !== operand.rank) {
      op.emitError('stablehlo.rank', `requires an update of as many dimensions as ${operand} has, got ${update}`);
      return;
    }
    if (!verifyStarts(op, 2, operand.rank)) return;
    const wrong = update.shape.findIndex(
      (size, d) => size !== DYNAMIC && operand.shape[d] !== DYNAMIC && size > operand.shape[d]!,
    );
    if (wrong >= 0) {
      op.emitError(
        'stablehlo.update-size',
        `the update must not be larger than the operand, got ${update} for ${operand} in dimension ${wrong}`,
      );
      return;
    }
    expectResult(op, operand);
  },
  verifyReads: 'signature',
});

export const GetDimensionSizeOp = defineOp({
  name: 'stablehlo.get_dimension_size',
  summary: 'The size of a dimension, as a value.',
  description: 'An i32.',
  example: example(
    '%x: tensor<4x?xf32>',
    '%r = stablehlo.get_dimension_size %x, dim = 1 : (tensor<4x?xf32>) -> tensor<i32>',
    'tensor<i32>',
  ),
  operands: { operand: HloTensor },
  results: { result: HloScalarIntTensor },
  attributes: { dimension: attr.i64 },
  traits: [Pure],
  assembly: '$operand `,` `dim` `=` $dimension attr-dict `:` functional-type(operands, results)',
  inferTypes: (context): Type[] => [context.tensor([], context.i32)],
  verify(op) {
    if (expectDimensions(op, 'dimension', [GetDimensionSizeOp.dimension(op)], shapeOf(op.operand(0)).length))
      expectResult(op, op.context.tensor([], op.context.i32));
  },
  verifyReads: 'signature',
});

/** The type with a dimension of any size up to what it was. */
function resized(context: Context, type: TensorType, dim: number): TensorType {
  const shape = type.shape.map((size, d) => (d === dim ? DYNAMIC : size));
  const bounds = type.shape.map((size, d) => (d === dim && size !== DYNAMIC ? size : boundOf(type, d)));
  return context.tensor(shape, type.element, boundsAttr(context, bounds));
}

export const SetDimensionSizeOp = defineOp({
  name: 'stablehlo.set_dimension_size',
  summary: 'A tensor with fewer elements along a dimension, as many as a value says.',
  description: 'The result has the size before as the bound of the dimension.',
  example: example(
    '%x: tensor<4x8xf32>, %n: tensor<i32>',
    '%r = stablehlo.set_dimension_size %x, %n, dim = 1 : (tensor<4x8xf32>, tensor<i32>) -> tensor<4x?xf32, #stablehlo.bounds<?, 8>>',
    'tensor<4x?xf32, #stablehlo.bounds<?, 8>>',
  ),
  operands: { operand: HloTensor, size: HloScalarIntTensor },
  results: { result: HloTensor },
  attributes: { dimension: attr.i64 },
  traits: [Pure],
  assembly: '$operand `,` $size `,` `dim` `=` $dimension attr-dict `:` functional-type(operands, results)',
  inferTypes: (context, { operands, attributes }): Type[] => [
    resized(context, tensorOf(operands[0]!), attr.i64.read(attributes.get('dimension')!)),
  ],
  verify(op) {
    const type = tensorOf(op.operand(0));
    const dim = SetDimensionSizeOp.dimension(op);
    if (!expectDimensions(op, 'dimension', [dim], type.rank)) return;
    const [size] = [type.shape[dim]!];
    const result = tensorOf(op.result(0));
    if (!expectResult(op, resized(op.context, type, dim))) return;
    if (!sizesAgree(size, result.shape[dim]!))
      op.emitError(
        'stablehlo.dimension-size',
        `size ${result.shape[dim]} of dimension ${dim} must be dynamic or ${size}`,
      );
  },
  verifyReads: 'signature',
});
