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
    const types = op.results.map((r) => r.type as TensorType);
    const body = c.region(op.region(0));
    const slots = c.operandSlots(op);
    const results = op.results.map((r) => c.slot(r));
    const inputs = op.operands.map((v) => elementAccess((v.type as TensorType).element));
    const outputs = types.map((type) => elementAccess(type.element));
    return (frame) => {
      const v = frame.values;
      const tensors = slots.map((s) => v[s] as TensorValue);
      const shape = commonShape(tensors);
      const made = types.map((type) => makeTensor(type, shape));
      const count = shape.reduce((n, d) => n * d, 1);
      for (let at = 0; at < count; at++) {
        for (let i = 0; i < tensors.length; i++)
          v[body.arguments[i]!] = signless(inputs[i]!.type, inputs[i]!.load(tensors[i]!.data, at));
        const yielded = body.run(frame).values(frame);
        for (let i = 0; i < made.length; i++) outputs[i]!.store(made[i]!.data, at, yielded[i] as Scalar);
      }
      for (let i = 0; i < made.length; i++) v[results[i]!] = made[i];
    };
  },
});
