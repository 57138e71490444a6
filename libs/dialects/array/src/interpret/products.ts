// A reduction with `contract` adds the products of an array.mul in fused multiply-adds: it needs the factors, not the
// rounded products. The mul leaves them beside its result when such a reduction uses it.

import { elementwiseStep, Interpretable, type TensorValue } from '@budflow/interpreter';
import { FloatType, type InterfaceImplementation, type Operation, type TensorType } from '@budflow/ir';
import { binaryKernel } from './elementwise.js';

interface Factors {
  readonly lhs: TensorValue;
  readonly rhs: TensorValue;
}
const factors = new WeakMap<TensorValue, Factors>();

/** Whether a reduction contracts with the op that makes its operand. */
function contracts(op: Operation): boolean {
  const contract = op.name === 'array.reduce' ? op.attr('contract') : undefined;
  return contract !== undefined && op.operand(0).definingOp?.name === 'array.mul';
}

/** The factors of a reduction's operand when that is the result of an array.mul. */
export function productsOf(reduce: Operation, operand: TensorValue): Factors | undefined {
  return contracts(reduce) ? factors.get(operand) : undefined;
}

export const interpretMul: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const { element } = op.result(0).type as TensorType;
    const step = elementwiseStep(op, c, binaryKernel('mul', element));
    if (!(element instanceof FloatType) || !op.result(0).users().some(contracts)) return step;
    const [a, b] = c.operandSlots(op) as [number, number];
    const r = c.slot(op.result(0));
    return (frame) => {
      const v = frame.values;
      const [lhs, rhs] = [v[a] as TensorValue, v[b] as TensorValue];
      step(frame);
      factors.set(v[r] as TensorValue, { lhs, rhs });
    };
  },
});
