// Ops between tensors and buffers: to_tensor, from_tensor, materialize. They stand at the border of a kernel whose body
// is still array code.

import {
  Interpretable,
  type MemRefValue,
  makeMemRef,
  storeTensor,
  type TensorValue,
  tensorFromMemRef,
} from '@budflow/interpreter';
import {
  AnyMemRef,
  AnyTensor,
  defineOp,
  IntegerType,
  MemoryEffects,
  type MemRefType,
  type Operation,
  type TensorType,
  type Type,
} from '@budflow/ir';
import { absorbCast, verifySameShape } from './access-ops.js';
import { checkSizes, memrefType } from './support.js';

/** Whether buffers of `element` hold tensors of `tensor` elements: equal types, or a signless integer for one with a sign. */
export function isBufferElementOf(element: Type, tensor: Type): boolean {
  if (element === tensor) return true;
  return (
    element instanceof IntegerType &&
    tensor instanceof IntegerType &&
    element.signedness === 'signless' &&
    element.width === tensor.width
  );
}

function verifyPair(op: Operation, memref: MemRefType, tensor: TensorType): void {
  if (!isBufferElementOf(memref.element, tensor.element)) {
    op.emitError(
      'memory.element-type',
      `expects a tensor and a buffer of one element type, got ${tensor.element} and ${memref.element}`,
    );
    return;
  }
  verifySameShape(op, tensor.shape, memref.shape, 'a tensor and a buffer');
}

export const ToTensorOp = defineOp({
  name: 'memory.to_tensor',
  summary: 'the contents of a buffer as a tensor',
  description:
    'The tensor has the elements that the buffer has at this point; later writes to the buffer do not change it.',
  example: `func.func @f(%m: memref<4x?xf32>) -> tensor<4x?xf32> {
  %0 = memory.to_tensor %m : memref<4x?xf32> to tensor<4x?xf32>
  return %0 : tensor<4x?xf32>
}`,
  operands: { memref: AnyMemRef },
  results: { result: AnyTensor },
  interfaces: [
    MemoryEffects.implement({ effects: (op) => [{ kind: 'read', value: op.operand(0) }] }),
    Interpretable.implement({
      compile(op, c) {
        const m = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        const type = op.result(0).type as TensorType;
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          checkSizes(type, memref.sizes);
          values[r] = tensorFromMemRef(memref, type);
        };
      },
    }),
  ],
  assembly: '$memref attr-dict `:` type($memref) `to` type($result)',
  inferTypes: (context, { operands }) => {
    const type = operands[0]!.type as MemRefType;
    return [context.tensor(type.shape, type.element)];
  },
  verify: (op) => verifyPair(op, memrefType(op.operand(0)), op.result(0).type as TensorType),
  patterns: [absorbCast('memory.to_tensor')],
});

export const FromTensorOp = defineOp({
  name: 'memory.from_tensor',
  summary: 'a new buffer with the elements of a tensor',
  description: "The buffer has the tensor's shape and element type.",
  example: `func.func @f(%t: tensor<4x?xf32>) -> memref<4x?xf32> {
  %0 = memory.from_tensor %t : tensor<4x?xf32> to memref<4x?xf32>
  return %0 : memref<4x?xf32>
}`,
  operands: { tensor: AnyTensor },
  results: { memref: AnyMemRef },
  interfaces: [
    MemoryEffects.implement({ effects: (op) => [{ kind: 'allocate', value: op.result(0) }] }),
    Interpretable.implement({
      compile(op, c) {
        const t = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        const type = memrefType(op.result(0));
        return ({ values }) => {
          const tensor = values[t] as TensorValue;
          checkSizes(type, tensor.shape);
          const memref = makeMemRef(type, tensor.shape);
          storeTensor(tensor, memref);
          values[r] = memref;
        };
      },
    }),
  ],
  assembly: '$tensor attr-dict `:` type($tensor) `to` type($memref)',
  inferTypes: (context, { operands }) => {
    const type = operands[0]!.type as TensorType;
    return [context.memref(type.shape, type.element)];
  },
  verify(op) {
    const type = memrefType(op.result(0));
    if (type.layout !== null) op.emitError('memory.alloc-layout', `expects a type without a layout, got ${type}`);
    else verifyPair(op, type, op.operand(0).type as TensorType);
  },
});

export const MaterializeOp = defineOp({
  name: 'memory.materialize',
  summary: 'stores a tensor to a buffer',
  description:
    'Writes all elements of the tensor to the destination, which has the same shape: how a kernel delivers a result.',
  example: `func.func @f(%t: tensor<4x?xf32>, %m: memref<4x?xf32>) {
  memory.materialize %t into %m : tensor<4x?xf32>, memref<4x?xf32>
  return
}`,
  operands: { tensor: AnyTensor, memref: AnyMemRef },
  interfaces: [
    MemoryEffects.implement({ effects: (op) => [{ kind: 'write', value: op.operand(1) }] }),
    Interpretable.implement({
      compile(op, c) {
        const [t, m] = c.operandSlots(op) as [number, number];
        return ({ values }) => storeTensor(values[t] as TensorValue, values[m] as MemRefValue);
      },
    }),
  ],
  assembly: '$tensor `into` $memref attr-dict `:` type($tensor) `,` type($memref)',
  verify: (op) => verifyPair(op, memrefType(op.operand(1)), op.operand(0).type as TensorType),
  patterns: [absorbCast('memory.materialize')],
});
