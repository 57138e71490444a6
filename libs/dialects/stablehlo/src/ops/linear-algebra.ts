// Matrix decompositions, Fourier transforms, batch normalisation.
import {
  AsmNames,
  attr,
  type Context,
  DYNAMIC,
  defaultAttr,
  defineOp,
  type Operation,
  Pure,
  type TensorType,
  type Type,
} from '@budflow/ir';
import { i64List } from '../attributes/specs.js';
import { FftKind, Transpose } from '../enums.js';
import { example } from '../example.js';
import { expectDimensions, expectElements, expectResult, shapesAgree, sizesAgree, tensorOf } from '../shapes.js';
import { HloFpOrComplexTensor, HloFpTensor, isHloComplexType, isHloFloatType } from '../types.js';
import { inferFirst } from './elementwise.js';

export const CholeskyOp = defineOp({
  name: 'stablehlo.cholesky',
  summary: 'Cholesky decomposition of a batch of matrices.',
  description:
    'Reads the lower triangle and gives a lower triangular matrix with lower = true, upper ones otherwise. The other triangle is not said.',
  example: example(
    '%a: tensor<3x4x4xf32>',
    '%r = stablehlo.cholesky %a, lower = true : tensor<3x4x4xf32>',
    'tensor<3x4x4xf32>',
  ),
  operands: { a: HloFpOrComplexTensor },
  results: { result: HloFpOrComplexTensor },
  attributes: { lower: defaultAttr(attr.bool, false) },
  traits: [Pure],
  assembly: '$a (`,` `lower` `=` $lower^)? attr-dict `:` custom<SameOperandsAndResultType>(type($a), type($result))',
  inferTypes: inferFirst,
  verify(op) {
    if (expectSquare(op, tensorOf(op.operand(0)))) expectResult(op, op.operand(0).type);
  },
  verifyReads: 'signature',
});

function expectSquare(op: Operation, type: TensorType): boolean {
  if (type.rank >= 2 && sizesAgree(type.shape.at(-1)!, type.shape.at(-2)!)) return true;
  op.emitError('stablehlo.square', `requires square matrices in the last two dimensions, got ${type}`);
  return false;
}

export const TriangularSolveOp = defineOp({
  name: 'stablehlo.triangular_solve',
  summary: 'Solves triangular systems of equations.',
  description: 'op(a) * x = b with left_side, x * op(a) = b without, where op transposes as transpose_a says.',
  example: example(
    '%a: tensor<4x4xf32>, %b: tensor<4x3xf32>',
    '%r = "stablehlo.triangular_solve"(%a, %b) {left_side = true, lower = true, transpose_a = #stablehlo<transpose NO_TRANSPOSE>, unit_diagonal = false} : (tensor<4x4xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>',
    'tensor<4x3xf32>',
  ),
  operands: { a: HloFpOrComplexTensor, b: HloFpOrComplexTensor },
  results: { result: HloFpOrComplexTensor },
  attributes: {
    left_side: attr.bool,
    lower: attr.bool,
    unit_diagonal: attr.bool,
    transpose_a: attr.dialect(Transpose),
  },
  traits: [Pure],
  inferTypes: (_, { operands }): Type[] => [operands[1]!.type],
  verify(op) {
    const [a, b] = [tensorOf(op.operand(0)), tensorOf(op.operand(1))];
    if (!expectElements(op, 'b', b.element, a.element) || !expectSquare(op, a)) return;
    const side = b.shape.at(TriangularSolveOp.left_side(op) ? -2 : -1);
    const fits =
      a.rank === b.rank &&
      sizesAgree(side!, a.shape.at(-1)!) &&
      shapesAgree(a.shape.slice(0, -2), b.shape.slice(0, -2));
    if (!fits) {
      op.emitError(
        'stablehlo.solve-shape',
        `requires b of batches as those of a and ${TriangularSolveOp.left_side(op) ? 'rows' : 'columns'} as a has, got ${a} and ${b}`,
      );
      return;
    }
    if (TriangularSolveOp.transpose_a(op) === 'TRANSPOSE_INVALID') {
      op.emitError('stablehlo.solve-transpose', 'requires transpose_a to be NO_TRANSPOSE, TRANSPOSE or ADJOINT');
      return;
    }
    expectResult(op, b);
  },
  verifyReads: 'signature',
});

/** The type of a transform; undefined where the operand does not fit the kind. */
function transformed(
  context: Context,
  type: TensorType,
  kind: 'FFT' | 'IFFT' | 'RFFT' | 'IRFFT',
  length: readonly number[],
): TensorType | undefined {
  const shape = type.shape.slice();
  if (kind === 'RFFT') {
    if (!isHloFloatType(type.element)) return undefined;
    const last = length.at(-1)!;
    shape[shape.length - 1] = last === 0 ? 0 : Math.floor(last / 2) + 1;
    return context.tensor(shape, context.complex(type.element));
  }
  if (!isHloComplexType(type.element)) return undefined;
  if (kind !== 'IRFFT') return type;
  shape[shape.length - 1] = length.at(-1)!;
  return context.tensor(shape, type.element.element);
}

export const FftOp = defineOp({
  name: 'stablehlo.fft',
  summary: 'Fourier transform along the last dimensions.',
  description: 'RFFT of real numbers gives half of the spectrum, IRFFT takes it.',
  example: example(
    '%x: tensor<4x8xf32>',
    '%r = stablehlo.fft %x, type = RFFT, length = [8] : (tensor<4x8xf32>) -> tensor<4x5xcomplex<f32>>',
    'tensor<4x5xcomplex<f32>>',
  ),
  operands: { operand: HloFpOrComplexTensor },
  results: { result: HloFpOrComplexTensor },
  attributes: { fft_type: attr.dialect(FftKind), fft_length: i64List },
  traits: [Pure],
  assembly:
    '$operand `,` `type` `=` $fft_type `,` `length` `=` $fft_length attr-dict `:` functional-type(operands, results)',
  verify(op) {
    const type = tensorOf(op.operand(0));
    const kind = FftOp.fft_type(op);
    const length = FftOp.fft_length(op);
    if (length.length < 1 || length.length > 3 || length.length > type.rank) {
      op.emitError(
        'stablehlo.fft-length',
        `requires 1 to 3 lengths, no more than ${type} has dimensions, got ${length.length}`,
      );
      return;
    }
    const result = transformed(op.context, type, kind, length);
    if (result === undefined) {
      op.emitError(
        'stablehlo.fft-element',
        `${kind} takes ${kind === 'RFFT' ? 'real' : 'complex'} numbers, got ${type}`,
      );
      return;
    }
    const from = type.rank - length.length;
    const wrong = length.findIndex((n, i) => {
      const size = type.shape[from + i]!;
      const wanted = kind === 'IRFFT' && i === length.length - 1 ? (n === 0 ? 0 : Math.floor(n / 2) + 1) : n;
      return n < 0 || !(size === DYNAMIC || size === wanted);
    });
    if (wrong >= 0) {
      op.emitError(
        'stablehlo.fft-size',
        `length ${length[wrong]} does not go with dimension ${from + wrong} of ${type}`,
      );
      return;
    }
    expectResult(op, result);
  },
  verifyReads: 'signature',
});

const featureAttributes = { epsilon: f32Attribute(), feature_index: attr.i64 } as const;
function f32Attribute(): typeof attr.f64 {
  return {
    ...attr.f64,
    description: '32-bit float attribute',
    check: (a) => `${a}`.endsWith(' : f32'),
    make: (c, v) => c.floatAttr(c.f32, v),
  };
}

/** Operands after the first are vectors with an element for each feature. */
function verifyFeatures(op: Operation, vectors: readonly number[], feature: number): TensorType | undefined {
  const operand = tensorOf(op.operand(0));
  if (!expectDimensions(op, 'feature_index', [feature], operand.rank)) return undefined;
  for (const i of vectors) {
    const type = tensorOf(op.operand(i));
    if (!expectElements(op, `operand #${i}`, type.element, operand.element)) return undefined;
    if (type.rank === 1 && sizesAgree(type.shape[0]!, operand.shape[feature]!)) continue;
    op.emitError(
      'stablehlo.batch-norm-features',
      `requires a vector with an element for each of the features of ${operand}, dimension ${feature}, got ${type}`,
    );
    return undefined;
  }
  return op.context.tensor([operand.shape[feature]!], operand.element);
}

export const BatchNormInferenceOp = defineOp({
  name: 'stablehlo.batch_norm_inference',
  summary: 'Normalises features by mean and variance that are given.',
  description: '(operand - mean) / sqrt(variance + epsilon) * scale + offset, feature by feature.',
  example: example(
    '%x: tensor<4x8xf32>, %v: tensor<8xf32>',
    '%r = "stablehlo.batch_norm_inference"(%x, %v, %v, %v, %v) {epsilon = 1.000000e-03 : f32, feature_index = 1 : i64} : (tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<4x8xf32>',
    'tensor<4x8xf32>',
  ),
  operands: { operand: HloFpTensor, scale: HloFpTensor, offset: HloFpTensor, mean: HloFpTensor, variance: HloFpTensor },
  results: { result: HloFpTensor },
  attributes: featureAttributes,
  traits: [Pure],
  inferTypes: inferFirst,
  verify(op) {
    if (verifyFeatures(op, [1, 2, 3, 4], BatchNormInferenceOp.feature_index(op))) expectResult(op, op.operand(0).type);
  },
  verifyReads: 'signature',
});

export const BatchNormTrainingOp = defineOp({
  name: 'stablehlo.batch_norm_training',
  summary: 'Normalises features by their mean and variance, which it gives too.',
  description: 'Mean and variance are over all dimensions but that of the features.',
  example: example(
    '%x: tensor<4x8xf32>, %v: tensor<8xf32>',
    '%r, %batch_mean, %batch_var = "stablehlo.batch_norm_training"(%x, %v, %v) {epsilon = 1.000000e-03 : f32, feature_index = 1 : i64} : (tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>)',
    'tensor<4x8xf32>',
  ),
  operands: { operand: HloFpTensor, scale: HloFpTensor, offset: HloFpTensor },
  results: { output: HloFpTensor, batch_mean: HloFpTensor, batch_var: HloFpTensor },
  attributes: featureAttributes,
  traits: [Pure],
  interfaces: [AsmNames.implement({ resultName: (_, i) => ['output', 'batch_mean', 'batch_var'][i] })],
  verify(op) {
    const vector = verifyFeatures(op, [1, 2], BatchNormTrainingOp.feature_index(op));
    if (vector && expectResult(op, op.operand(0).type, 0) && expectResult(op, vector, 1)) expectResult(op, vector, 2);
  },
  verifyReads: 'signature',
});

export const BatchNormGradOp = defineOp({
  name: 'stablehlo.batch_norm_grad',
  summary: 'Gradient of a batch normalisation.',
  description: 'Gives the gradients of operand, scale and offset.',
  example: example(
    '%x: tensor<4x8xf32>, %v: tensor<8xf32>',
    '%r, %grad_scale, %grad_offset = "stablehlo.batch_norm_grad"(%x, %v, %v, %v, %x) {epsilon = 1.000000e-03 : f32, feature_index = 1 : i64} : (tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>)',
    'tensor<4x8xf32>',
  ),
  operands: {
    operand: HloFpTensor,
    scale: HloFpTensor,
    mean: HloFpTensor,
    variance: HloFpTensor,
    grad_output: HloFpTensor,
  },
  results: { grad_operand: HloFpTensor, grad_scale: HloFpTensor, grad_offset: HloFpTensor },
  attributes: featureAttributes,
  traits: [Pure],
  interfaces: [AsmNames.implement({ resultName: (_, i) => ['grad_operand', 'grad_scale', 'grad_offset'][i] })],
  verify(op) {
    const operand = tensorOf(op.operand(0));
    const gradient = tensorOf(op.operand(4));
    const vector = verifyFeatures(op, [1, 2, 3], BatchNormGradOp.feature_index(op));
    if (vector === undefined) return;
    if (gradient.element !== operand.element || !shapesAgree(gradient.shape, operand.shape)) {
      op.emitError('stablehlo.batch-norm-gradient', `requires a gradient of type ${operand}, got ${gradient}`);
      return;
    }
    if (expectResult(op, operand, 0) && expectResult(op, vector, 1)) expectResult(op, vector, 2);
  },
  verifyReads: 'signature',
});
