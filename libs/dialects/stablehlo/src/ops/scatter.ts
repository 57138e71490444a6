// Updates at indices that are values, and sort.
import {
  attr,
  defaultAttr,
  defineOp,
  type Operation,
  Pure,
  SingleBlock,
  type TensorType,
  type Value,
  variadic,
} from '@budflow/ir';
import { ScatterDimensionNumbers, type ScatterDimensions } from '../attributes/dims.js';
import { example } from '../example.js';
import { accumulatorTypes, expectArguments, expectReturns } from '../regions.js';
import {
  elementOf,
  expectDimensions,
  expectElements,
  expectResult,
  shapeOf,
  shapesAgree,
  sizesAgree,
  tensorOf,
} from '../shapes.js';
import { HloTensor, isHloIntegerType } from '../types.js';
import { verifyIndexVectors } from './index-vectors.js';

/** Number of inputs: the operands are inputs, indices, updates. */
function inputCount(op: Operation): number {
  return (op.operandCount - 1) / 2;
}

/** The update shape fits the input and the indices. */
function verifyUpdates(op: Operation, d: ScatterDimensions): boolean {
  const n = inputCount(op);
  const input = tensorOf(op.operand(0));
  const indices = tensorOf(op.operand(n));
  const updates = tensorOf(op.operand(n + 1));
  if (!(isHloIntegerType(indices.element) || `${indices.element}` === 'index')) {
    op.emitError('stablehlo.scatter-indices', `requires indices that are integers, got ${indices}`);
    return false;
  }
  const inserted = [...d.inserted_window_dims, ...d.input_batching_dims];
  if (!expectDimensions(op, 'update_window_dims', d.update_window_dims, updates.rank, { sorted: true })) return false;
  if (!expectDimensions(op, 'inserted_window_dims', d.inserted_window_dims, input.rank, { sorted: true })) return false;
  if (!expectDimensions(op, 'input_batching_dims', d.input_batching_dims, input.rank, { sorted: true })) return false;
  if (!expectDimensions(op, 'inserted_window_dims and input_batching_dims', inserted, input.rank)) return false;
  const batch = verifyIndexVectors(op, {
    indices,
    operand: input,
    vectorDim: d.index_vector_dim,
    map: d.scatter_dims_to_operand_dims,
    mapName: 'scatter_dims_to_operand_dims',
    batching: d.input_batching_dims,
    batchingName: 'input_batching_dims',
    indicesBatching: d.scatter_indices_batching_dims,
    indicesBatchingName: 'scatter_indices_batching_dims',
  });
  if (batch === undefined) return false;
  if (input.rank !== d.update_window_dims.length + inserted.length) {
    op.emitError(
      'stablehlo.scatter-window',
      `requires as many update_window_dims as dimensions of ${input} that are neither inserted nor batching, ${input.rank - inserted.length}, got ${d.update_window_dims.length}`,
    );
    return false;
  }
  const window = input.shape.filter((_, i) => !inserted.includes(i));
  const scatterShape = updates.shape.filter((_, i) => !d.update_window_dims.includes(i));
  const tooLarge = d.update_window_dims.some(
    (dim, i) => updates.shape[dim]! >= 0 && window[i]! >= 0 && updates.shape[dim]! > window[i]!,
  );
  if (tooLarge || scatterShape.length !== batch.length || !scatterShape.every((s, i) => sizesAgree(s, batch[i]!))) {
    op.emitError(
      'stablehlo.scatter-updates',
      `updates of type ${updates} do not go with indices of type ${indices} and inputs of type ${input}`,
    );
    return false;
  }
  return true;
}

const Scatter = defineOp({
  name: 'stablehlo.scatter',
  summary: 'Combines updates into slices of inputs, at indices that are values.',
  description: `Operands are the inputs, the indices, the updates. The region combines an element with its update; updates of slices that are not
inside the inputs do nothing, and the order of updates of one element is not said.`,
  example: example(
    '%x: tensor<4x8xf32>, %i: tensor<5x1xi32>, %u: tensor<5x8xf32>',
    `%r = "stablehlo.scatter"(%x, %i, %u) ({
^bb0(%a: tensor<f32>, %b: tensor<f32>):
  %0 = stablehlo.add %a, %b : tensor<f32>
  stablehlo.return %0 : tensor<f32>
}) {scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = true} : (tensor<4x8xf32>, tensor<5x1xi32>, tensor<5x8xf32>) -> tensor<4x8xf32>`,
    'tensor<4x8xf32>',
  ),
  operands: { operands: variadic(HloTensor) },
  results: { results: variadic(HloTensor) },
  attributes: {
    scatter_dimension_numbers: attr.dialect(ScatterDimensionNumbers),
    indices_are_sorted: defaultAttr(attr.bool, false),
    unique_indices: defaultAttr(attr.bool, false),
  },
  regions: { update_computation: { blocks: 'one' } },
  traits: [Pure, SingleBlock],
  verifyRegions(op) {
    const n = inputCount(op);
    if (!Number.isInteger(n) || n < 1 || op.resultCount !== n) {
      op.emitError(
        'stablehlo.scatter-operands',
        `requires indices, and for each input an update and a result, got ${op.operandCount} operands and ${op.resultCount} results`,
      );
      return;
    }
    const inputs = ScatterOp.inputs(op);
    const updates = ScatterOp.updates(op);
    for (let i = 0; i < n; i++) {
      if (
        !shapesAgree(shapeOf(inputs[i]!), shapeOf(inputs[0]!)) ||
        !shapesAgree(shapeOf(updates[i]!), shapeOf(updates[0]!))
      ) {
        op.emitError('stablehlo.scatter-shapes', 'requires inputs of one shape, and updates of one shape');
        return;
      }
      if (!expectElements(op, `update #${i}`, elementOf(updates[i]!), elementOf(inputs[i]!))) return;
    }
    if (!verifyUpdates(op, Scatter.scatter_dimension_numbers(op))) return;
    const accumulators = accumulatorTypes(op, 0, inputs.map(elementOf));
    if (accumulators === undefined) return;
    for (const [i, type] of accumulators.entries())
      if (!expectResult(op, op.context.tensor(shapeOf(inputs[i]!), (type as TensorType).element), i)) return;
  },
});
/** stablehlo.scatter, with accessors of the parts of its operands. */
export const ScatterOp = Object.assign(Scatter, {
  inputs: (op: Operation): readonly Value[] => op.operands.slice(0, inputCount(op)),
  scatter_indices: (op: Operation): Value => op.operand(inputCount(op)),
  updates: (op: Operation): readonly Value[] => op.operands.slice(inputCount(op) + 1),
});

export const SortOp = defineOp({
  name: 'stablehlo.sort',
  summary: 'Sorts tensors together along a dimension.',
  description: `The region says of two elements of each input, in turn, whether the first ones come before the second ones. A negative dimension
counts from the end.`,
  example: example(
    '%x: tensor<4x8xf32>, %y: tensor<4x8xi32>',
    `%r, %0 = "stablehlo.sort"(%x, %y) ({
^bb0(%a: tensor<f32>, %b: tensor<f32>, %c: tensor<i32>, %d: tensor<i32>):
  %1 = stablehlo.compare GT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
  stablehlo.return %1 : tensor<i1>
}) {dimension = 1 : i64, is_stable = true} : (tensor<4x8xf32>, tensor<4x8xi32>) -> (tensor<4x8xf32>, tensor<4x8xi32>)`,
    'tensor<4x8xf32>',
  ),
  operands: { inputs: variadic(HloTensor) },
  results: { results: variadic(HloTensor) },
  attributes: { dimension: defaultAttr(attr.i64, -1), is_stable: defaultAttr(attr.bool, false) },
  regions: { comparator: { blocks: 'one' } },
  traits: [Pure, SingleBlock],
  verifyRegions(op) {
    const { context, operands } = op;
    if (operands.length === 0 || op.resultCount !== operands.length) {
      op.emitError(
        'stablehlo.sort-operands',
        `requires a result for each of one or more inputs, got ${operands.length} inputs and ${op.resultCount} results`,
      );
      return;
    }
    const shape = shapeOf(operands[0]!);
    const other = operands.find((v) => !shapesAgree(shapeOf(v), shape));
    if (other) {
      op.emitError('stablehlo.sort-shapes', `requires inputs of one shape, got ${operands[0]!.type} and ${other.type}`);
      return;
    }
    const dim = SortOp.dimension(op);
    if (shape.length > 0 && (dim < -shape.length || dim >= shape.length)) {
      op.emitError(
        'stablehlo.sort-dimension',
        `dimension must be from ${-shape.length} to ${shape.length - 1}, got ${dim}`,
      );
      return;
    }
    for (const [i, value] of operands.entries()) if (!expectResult(op, value.type, i)) return;
    const pairs = operands.flatMap((v) => {
      const scalar = context.tensor([], elementOf(v));
      return [scalar, scalar];
    });
    if (expectArguments(op, 0, pairs)) expectReturns(op, 0, [context.tensor([], context.i1)]);
  },
});
