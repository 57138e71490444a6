// Elements at indices that are values: gather and dynamic_gather, torch_index_select.
import { attr, DYNAMIC, defaultAttr, defineOp, type Operation, Pure, type TensorType } from '@budflow/ir';
import { GatherDimensionNumbers, type GatherDimensions } from '../attributes/dims.js';
import { i64List } from '../attributes/specs.js';
import { example } from '../example.js';
import { elementOf, expectDimensions, expectLength, expectResult, shapeOf, sizesAgree, tensorOf } from '../shapes.js';
import { HloDimensionTensor, HloIntTensor, HloTensor } from '../types.js';
import { verifyIndexVectors } from './index-vectors.js';

/** Reports what is wrong with the dimensions of a gather; its sizes are undefined where they are values. */
function verifyGather(op: Operation, d: GatherDimensions, sizes: readonly number[] | undefined): void {
  const operand = tensorOf(op.operand(0));
  const indices = tensorOf(op.operand(1));
  const rank = operand.rank;
  const dropped = [...d.collapsed_slice_dims, ...d.operand_batching_dims];
  if (!expectDimensions(op, 'collapsed_slice_dims', d.collapsed_slice_dims, rank, { sorted: true })) return;
  if (!expectDimensions(op, 'operand_batching_dims', d.operand_batching_dims, rank, { sorted: true })) return;
  if (!expectDimensions(op, 'collapsed_slice_dims and operand_batching_dims', dropped, rank)) return;
  const shared = {
    indices,
    vectorDim: d.index_vector_dim,
    map: d.start_index_map,
    mapName: 'start_index_map',
    batching: d.operand_batching_dims,
    batchingName: 'operand_batching_dims',
    indicesBatching: d.start_indices_batching_dims,
    indicesBatchingName: 'start_indices_batching_dims',
    operand,
  };
  const batch = verifyIndexVectors(op, shared);
  if (batch === undefined) return;
  if (rank !== d.offset_dims.length + dropped.length) {
    op.emitError(
      'stablehlo.gather-offset',
      `requires as many offset_dims as dimensions of ${operand} that are neither collapsed nor batching, ${rank - dropped.length}, got ${d.offset_dims.length}`,
    );
    return;
  }
  const resultRank = batch.length + d.offset_dims.length;
  if (!expectDimensions(op, 'offset_dims', d.offset_dims, resultRank, { sorted: true })) return;
  if (sizes !== undefined && !verifySliceSizes(op, operand, sizes, dropped)) return;
  const offsets = operand.shape.map((_, i) => sizes?.[i] ?? DYNAMIC).filter((_, i) => !dropped.includes(i));
  let nextBatch = 0;
  const shape = Array.from({ length: resultRank }, (_, i) => {
    const offset = d.offset_dims.indexOf(i);
    return offset >= 0 ? offsets[offset]! : batch[nextBatch++]!;
  });
  expectResult(op, op.context.tensor(shape, operand.element));
}

function verifySliceSizes(
  op: Operation,
  operand: TensorType,
  sizes: readonly number[],
  dropped: readonly number[],
): boolean {
  if (!expectLength(op, 'slice_sizes', sizes, operand.rank)) return false;
  const wrong = sizes.findIndex((s, i) => s < 0 || (operand.shape[i] !== DYNAMIC && s > operand.shape[i]!));
  if (wrong >= 0) {
    op.emitError(
      'stablehlo.slice-size',
      `slice size ${sizes[wrong]} of dimension ${wrong} must be from 0 to ${operand.shape[wrong] === DYNAMIC ? '?' : operand.shape[wrong]}`,
    );
    return false;
  }
  const large = dropped.find((i) => sizes[i]! > 1);
  if (large === undefined) return true;
  op.emitError(
    'stablehlo.gather-collapsed',
    `requires a slice size of at most 1 in dimension ${large}, which is collapsed or batching, got ${sizes[large]}`,
  );
  return false;
}

export const GatherOp = defineOp({
  name: 'stablehlo.gather',
  summary: 'Slices of an operand, at indices that are values.',
  description: 'Indices are brought into range, so that slices are inside the operand.',
  example: example(
    '%x: tensor<4x8xf32>, %i: tensor<5x1xi32>',
    `%r = "stablehlo.gather"(%x, %i) {dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 8>} : (tensor<4x8xf32>, tensor<5x1xi32>) -> tensor<5x8xf32>`,
    'tensor<5x8xf32>',
  ),
  operands: { operand: HloTensor, start_indices: HloIntTensor },
  results: { result: HloTensor },
  attributes: {
    dimension_numbers: attr.dialect(GatherDimensionNumbers),
    slice_sizes: i64List,
    indices_are_sorted: defaultAttr(attr.bool, false),
  },
  traits: [Pure],
  verify: (op) => verifyGather(op, GatherOp.dimension_numbers(op), GatherOp.slice_sizes(op)),
  verifyReads: 'signature',
});

export const DynamicGatherOp = defineOp({
  name: 'stablehlo.dynamic_gather',
  summary: 'Slices of an operand, at indices and of sizes that are values.',
  description: 'Like stablehlo.gather.',
  example: example(
    '%x: tensor<4x8xf32>, %i: tensor<5x1xi32>, %n: tensor<2xi32>',
    `%r = "stablehlo.dynamic_gather"(%x, %i, %n) {dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>} : (tensor<4x8xf32>, tensor<5x1xi32>, tensor<2xi32>) -> tensor<5x?xf32>`,
    'tensor<5x?xf32>',
  ),
  operands: { operand: HloTensor, start_indices: HloIntTensor, slice_sizes: HloDimensionTensor },
  results: { result: HloTensor },
  attributes: {
    dimension_numbers: attr.dialect(GatherDimensionNumbers),
    indices_are_sorted: defaultAttr(attr.bool, false),
  },
  traits: [Pure],
  verify: (op) => verifyGather(op, DynamicGatherOp.dimension_numbers(op), undefined),
  verifyReads: 'signature',
});

export const TorchIndexSelectOp = defineOp({
  name: 'stablehlo.torch_index_select',
  summary: 'Slices along a dimension, at indices that are values.',
  description: 'The dimension is replaced by those of the indices after the batching ones.',
  example: example(
    '%x: tensor<4x8xf32>, %i: tensor<3xi32>',
    `%r = "stablehlo.torch_index_select"(%x, %i) {batch_dims = 0 : i64, dim = 1 : i64} : (tensor<4x8xf32>, tensor<3xi32>) -> tensor<4x3xf32>`,
    'tensor<4x3xf32>',
  ),
  operands: { operand: HloTensor, index: HloIntTensor },
  results: { result: HloTensor },
  attributes: { dim: attr.i64, batch_dims: attr.i64 },
  traits: [Pure],
  verify(op) {
    const [shape, indices] = [shapeOf(op.operand(0)), shapeOf(op.operand(1))];
    const batch = TorchIndexSelectOp.batch_dims(op);
    const dim = TorchIndexSelectOp.dim(op);
    if (!expectDimensions(op, 'dim', [dim], shape.length)) return;
    if (
      batch < 0 ||
      batch > indices.length ||
      batch > dim ||
      shape.slice(0, batch).some((s, i) => !sizesAgree(s, indices[i]!))
    ) {
      op.emitError(
        'stablehlo.index-select-batch',
        `requires ${batch} batching dimensions before dimension ${dim}, shared by ${op.operand(0).type} and ${op.operand(1).type}`,
      );
      return;
    }
    const result = [...shape.slice(0, dim), ...indices.slice(batch), ...shape.slice(dim + 1)];
    expectResult(op, op.context.tensor(result, elementOf(op.operand(0))));
  },
  verifyReads: 'signature',
});
