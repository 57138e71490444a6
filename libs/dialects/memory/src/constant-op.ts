// memory.global_constant: the buffer of a constant.

import {
  elementAccess,
  Interpretable,
  memrefOver,
  RuntimeTrap,
  TensorValue,
  valueFromAttribute,
} from '@budflow/interpreter';
import {
  AnyMemRef,
  AsmNames,
  type Attribute,
  type AttrSpec,
  DenseElementsAttr,
  DenseResourceAttr,
  defineOp,
  type Operation,
  Pure,
  TensorType,
  typeOfAttribute,
} from '@budflow/ir';
import { memrefType } from './support.js';
import { isBufferElementOf } from './tensor-ops.js';

const denseValue: AttrSpec<Attribute> = {
  description: 'dense constant of a tensor type',
  optional: false,
  check: (a) => (a instanceof DenseElementsAttr || a instanceof DenseResourceAttr) && a.type instanceof TensorType,
  read: (a) => a,
  make: (_, v) => v,
};

export const GlobalConstantOp = defineOp({
  name: 'memory.global_constant',
  summary: 'the buffer that holds a constant',
  description: 'The buffer lives as long as the program, is the same at every execution, and must not be written.',
  example: `func.func @f() -> memref<4xf32> {
  %0 = memory.global_constant {value = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>} : memref<4xf32>
  return %0 : memref<4xf32>
}`,
  results: { memref: AnyMemRef },
  attributes: { value: denseValue },
  traits: [Pure],
  interfaces: [
    AsmNames.implement({ resultName: () => 'constant' }),
    Interpretable.implement({
      compile(op, c) {
        const r = c.slot(op.result(0));
        const type = memrefType(op.result(0));
        const tensor = valueFromAttribute(GlobalConstantOp.value(op), op.context);
        if (!(tensor instanceof TensorValue))
          throw new RuntimeTrap('NotInterpretable', `${op.name} of data that is not at hand`);
        const copy = tensor.data.slice();
        const count = tensor.shape.reduce((a, b) => a * b, 1);
        const storage =
          type.element === tensor.type.element
            ? copy
            : elementAccess(type.element).view(copy.buffer, copy.byteOffset, count);
        const memref = memrefOver(type, storage, tensor.shape);
        return ({ values }) => {
          values[r] = memref;
        };
      },
    }),
  ],
  assembly: 'attr-dict `:` type($memref)',
  verify(op: Operation) {
    const constant = typeOfAttribute(GlobalConstantOp.value(op)) as TensorType;
    const type = memrefType(op.result(0));
    const same = type.shape.length === constant.shape.length && type.shape.every((d, i) => d === constant.shape[i]);
    if (!same || type.layout !== null || !isBufferElementOf(type.element, constant.element))
      op.emitError('memory.constant-type', `expects a buffer of the shape and elements of ${constant}, got ${type}`);
  },
});
