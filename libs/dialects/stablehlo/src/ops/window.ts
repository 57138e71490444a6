// Windows that slide over tensors: reduce_window and select_and_scatter.
import { defineOp, optionalAttr, Pure, SingleBlock, type TensorType, variadic } from '@budflow/ir';
import { i64List, paddingPairs } from '../attributes/specs.js';
import { example } from '../example.js';
import { accumulatorTypes, expectArguments, expectReturns } from '../regions.js';
import {
  elementOf,
  expectAtLeast,
  expectElements,
  expectLength,
  expectResult,
  shapeOf,
  shapesAgree,
  tensorOf,
} from '../shapes.js';
import { HloScalarTensor, HloTensor } from '../types.js';
import { positions, windowDims } from '../window.js';
import { halves, initialValues, reducedInputs } from './reduce.js';

const ReduceWindow = defineOp({
  name: 'stablehlo.reduce_window',
  summary: 'Combines the elements under each position of a window.',
  description: 'Padding and the gaps of dilation hold the initial value.',
  example: example(
    '%x: tensor<4x6xf32>, %z: tensor<f32>',
    `%r = "stablehlo.reduce_window"(%x, %z) ({
^bb0(%a: tensor<f32>, %b: tensor<f32>):
  %0 = stablehlo.maximum %a, %b : tensor<f32>
  stablehlo.return %0 : tensor<f32>
}) {padding = dense<[[0, 0], [1, 1]]> : tensor<2x2xi64>, window_dimensions = array<i64: 2, 2>, window_strides = array<i64: 2, 2>} : (tensor<4x6xf32>, tensor<f32>) -> tensor<2x4xf32>`,
    'tensor<2x4xf32>',
  ),
  operands: { operands: variadic(HloTensor) },
  results: { results: variadic(HloTensor) },
  attributes: {
    window_dimensions: i64List,
    window_strides: optionalAttr(i64List),
    base_dilations: optionalAttr(i64List),
    window_dilations: optionalAttr(i64List),
    padding: optionalAttr(paddingPairs),
  },
  regions: { body: { blocks: 'one' } },
  traits: [Pure, SingleBlock],
  verifyRegions(op) {
    const operands = halves(op);
    if (operands === undefined) return;
    const sizes = ReduceWindow.window_dimensions(op);
    const shape = shapeOf(operands.inputs[0]!);
    if (!expectLength(op, 'window_dimensions', sizes, shape.length)) return;
    if (!expectAtLeast(op, 'window dimensions', sizes, 1)) return;
    const dims = windowDims(op, sizes, {
      strides: ReduceWindow.window_strides(op),
      padding: ReduceWindow.padding(op),
      baseDilations: ReduceWindow.base_dilations(op),
      windowDilations: ReduceWindow.window_dilations(op),
    });
    if (dims === undefined) return;
    const accumulators = accumulatorTypes(op, 0, operands.inputs.map(elementOf));
    if (accumulators === undefined) return;
    const counts = shape.map((size, d) => positions(size, dims[d]!));
    for (const [i, type] of accumulators.entries())
      if (!expectResult(op, op.context.tensor(counts, (type as TensorType).element), i)) return;
  },
});
/** stablehlo.reduce_window, with accessors `inputs` and `init_values` of the halves of its operands. */
export const ReduceWindowOp = Object.assign(ReduceWindow, { inputs: reducedInputs, init_values: initialValues });

export const SelectAndScatterOp = defineOp({
  name: 'stablehlo.select_and_scatter',
  summary: 'Adds the values of a source to the elements that windows of the operand select.',
  description:
    'Gradient of a pooling: `select` chooses an element under each position of the window, `scatter` combines what it gets.',
  example: example(
    '%x: tensor<4xf32>, %s: tensor<2xf32>, %z: tensor<f32>',
    `%r = "stablehlo.select_and_scatter"(%x, %s, %z) ({
^bb0(%a: tensor<f32>, %b: tensor<f32>):
  %0 = stablehlo.compare GE, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
  stablehlo.return %0 : tensor<i1>
}, {
^bb0(%a: tensor<f32>, %b: tensor<f32>):
  %0 = stablehlo.add %a, %b : tensor<f32>
  stablehlo.return %0 : tensor<f32>
}) {window_dimensions = array<i64: 2>, window_strides = array<i64: 2>} : (tensor<4xf32>, tensor<2xf32>, tensor<f32>) -> tensor<4xf32>`,
    'tensor<4xf32>',
  ),
  operands: { operand: HloTensor, source: HloTensor, init_value: HloScalarTensor },
  results: { result: HloTensor },
  attributes: {
    window_dimensions: optionalAttr(i64List),
    window_strides: optionalAttr(i64List),
    padding: optionalAttr(paddingPairs),
  },
  regions: { select: { blocks: 'one' }, scatter: { blocks: 'one' } },
  traits: [Pure, SingleBlock],
  verifyRegions(op) {
    const [operand, source] = [tensorOf(op.operand(0)), tensorOf(op.operand(1))];
    const { context } = op;
    if (!expectElements(op, 'the source', source.element, operand.element)) return;
    if (!expectElements(op, 'the initial value', elementOf(op.operand(2)), operand.element)) return;
    const sizes = SelectAndScatterOp.window_dimensions(op) ?? operand.shape.map(() => 1);
    if (!expectLength(op, 'window_dimensions', sizes, operand.rank)) return;
    if (!expectAtLeast(op, 'window dimensions', sizes, 1)) return;
    const dims = windowDims(op, sizes, {
      strides: SelectAndScatterOp.window_strides(op),
      padding: SelectAndScatterOp.padding(op),
    });
    if (dims === undefined) return;
    const counts = operand.shape.map((size, d) => positions(size, dims[d]!));
    if (!shapesAgree(counts, source.shape)) {
      op.emitError(
        'stablehlo.select-source',
        `requires a source with an element for each position of the window, ${context.tensor(counts, source.element)}, got ${source}`,
      );
      return;
    }
    const scalar = context.tensor([], operand.element);
    if (!expectArguments(op, 0, [scalar, scalar]) || !expectReturns(op, 0, [context.tensor([], context.i1)])) return;
    const accumulators = accumulatorTypes(op, 1, [operand.element]);
    if (accumulators) expectResult(op, context.tensor(operand.shape, (accumulators[0] as TensorType).element));
  },
});
