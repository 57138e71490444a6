// array.extract and array.from_scalar: between tensors of rank 0 and scalars, where control flow depends on data.
import { elementAccess, Interpretable, makeTensor, type Scalar, type TensorValue } from '@budflow/interpreter';
import {
  AnyTensor,
  AnyType,
  defineOp,
  definePattern,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  type TensorType,
} from '@budflow/ir';
import { FREE, tensorType } from '../structure.js';

function verifyScalarPair(op: Operation, tensor: TensorType, scalar: unknown): void {
  if (tensor.rank !== 0) {
    op.emitError('array.extract-rank', `takes or makes a tensor of rank 0, got ${tensor}; slice and reshape it before`);
    return;
  }
  if (tensor.element !== scalar)
    op.emitError(
      'array.extract-type',
      `requires the element type of ${tensor} as the type of the scalar, got ${scalar}`,
    );
}

export const ExtractOp = defineOp({
  name: 'array.extract',
  summary: 'The element of a tensor of rank 0',
  description:
    'The scalar can be the condition of loop.if or loop.while, an operand of arith ops, a size, or a result. The program around the kernels computes with it.',
  example: `func.func @f(%x: tensor<f32>) -> f32 {
  %0 = array.extract %x : tensor<f32> -> f32
  return %0 : f32
}`,
  operands: { operand: AnyTensor },
  results: { result: AnyType },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => FREE }),
    Interpretable.implement({
      compile(op, c) {
        const x = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        const { load } = elementAccess(tensorType(op.operand(0)).element);
        return ({ values }) => {
          values[r] = load((values[x] as TensorValue).data, 0);
        };
      },
    }),
  ],
  assembly: '$operand attr-dict `:` type($operand) `->` type($result)',
  verify: (op) => verifyScalarPair(op, tensorType(op.operand(0)), op.result(0).type),
  patterns: [
    definePattern({
      name: 'extract-of-from-scalar',
      equation: 'extract (from_scalar s) == s',
      root: 'array.extract',
      rewrite(op, rewriter) {
        const made = op.operand(0).definingOp;
        if (made?.name !== 'array.from_scalar') return false;
        rewriter.replaceOp(op, [made.operand(0)]);
        return true;
      },
    }),
  ],
});

export const FromScalarOp = defineOp({
  name: 'array.from_scalar',
  summary: 'A tensor of rank 0 with a scalar as its element',
  description: 'With array.broadcast a scalar of the program around the kernels enters a computation with tensors.',
  example: `func.func @f(%s: f32) -> tensor<f32> {
  %0 = array.from_scalar %s : f32 -> tensor<f32>
  return %0 : tensor<f32>
}`,
  operands: { scalar: AnyType },
  results: { result: AnyTensor },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => FREE }),
    Interpretable.implement({
      compile(op, c) {
        const s = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        const type = tensorType(op.result(0));
        const { store } = elementAccess(type.element);
        return ({ values }) => {
          const tensor = makeTensor(type, []);
          store(tensor.data, 0, values[s] as Scalar);
          values[r] = tensor;
        };
      },
    }),
  ],
  assembly: '$scalar attr-dict `:` type($scalar) `->` type($result)',
  verify: (op) => verifyScalarPair(op, tensorType(op.result(0)), op.operand(0).type),
  patterns: [
    definePattern({
      name: 'from-scalar-of-extract',
      equation: 'from_scalar (extract x) == x',
      root: 'array.from_scalar',
      rewrite(op, rewriter) {
        const read = op.operand(0).definingOp;
        if (read === null || !ExtractOp.is(read) || read.operand(0).type !== op.result(0).type) return false;
        rewriter.replaceOp(op, [read.operand(0)]);
        return true;
      },
    }),
  ],
});
