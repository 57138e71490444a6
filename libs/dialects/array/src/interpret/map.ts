// Interpretation of array.map: the region once for each point.
import {
  commonShape,
  elementAccess,
  Interpretable,
  makeTensor,
  type Scalar,
  type TensorValue,
} from '@budflow/interpreter';
import type { InterfaceImplementation, TensorType } from '@budflow/ir';
import { signless } from './reduce.js';

export const interpretMap: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const type = op.result(0).type as TensorType;
    const body = c.region(op.region(0));
    const slots = c.operandSlots(op);
    const r = c.slot(op.result(0));
    const inputs = op.operands.map((v) => elementAccess((v.type as TensorType).element));
    const output = elementAccess(type.element);
    return (frame) => {
      const v = frame.values;
      const tensors = slots.map((s) => v[s] as TensorValue);
      const out = makeTensor(type, commonShape(tensors));
      const count = out.shape.reduce((n, d) => n * d, 1);
      for (let at = 0; at < count; at++) {
        for (let i = 0; i < tensors.length; i++)
          v[body.arguments[i]!] = signless(inputs[i]!.type, inputs[i]!.load(tensors[i]!.data, at));
        output.store(out.data, at, body.run(frame).values(frame)[0] as Scalar);
      }
      v[r] = out;
    };
  },
});
