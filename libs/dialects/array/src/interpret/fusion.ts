// Interpretation of array.fusion: its body, on the operands.

import { Interpretable, moveSlots } from '@budflow/interpreter';
import type { InterfaceImplementation } from '@budflow/ir';

export const interpretFusion: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const body = c.region(op.region(0));
    const from = c.operandSlots(op);
    const results = c.resultSlots(op);
    return (frame) => {
      moveSlots(frame.values, from, body.arguments);
      const exit = body.run(frame);
      moveSlots(frame.values, exit.slots, results);
    };
  },
});
