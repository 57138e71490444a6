// Interpretation of array.fft: the plan of its lengths, run on numbers rounded to the element type.
import { Interpretable, makeTensor, type TensorValue } from '@budflow/interpreter';
import type { InterfaceImplementation, Operation, TensorType } from '@budflow/ir';
import { type FftPlan, transformItem } from '../fft/item.js';
import { NumberMachine, type RealArray } from '../fft/number-machine.js';

export function interpretFft(planOf: (op: Operation) => FftPlan): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const slot = c.operandSlots(op)[0]!;
      const result = c.slot(op.result(0));
      const type = op.result(0).type as TensorType;
      const plan = planOf(op);
      return (frame) => {
        const x = frame.values[slot] as TensorValue;
        const rank = plan.lengths.length;
        const batch = x.shape.slice(0, x.shape.length - rank);
        const out = makeTensor(type, [...batch, ...type.shape.slice(type.rank - rank)]);
        const [from, to] = [x.data as RealArray, out.data as RealArray];
        const single = to instanceof Float32Array;
        const machine = new NumberMachine(
          single ? Math.fround : (v) => v,
          single ? Float32Array : Float64Array,
          single ? Float32Array.from(plan.tables) : Float64Array.from(plan.tables),
        );
        const inner = x.shape.slice(batch.length);
        const outer = out.shape.slice(batch.length);
        const items = batch.reduce((a, b) => a * b, 1);
        const realIn = plan.kind === 'rfft';
        const realOut = plan.kind === 'irfft';
        for (let b = 0; b < items; b++) {
          transformItem(machine, plan, {
            input(at) {
              const i = flat(at, inner, b);
              return realIn ? { re: from[i]! } : { re: from[2 * i]!, im: from[2 * i + 1]! };
            },
            output(value, at) {
              const i = flat(at, outer, b);
              if (realOut) {
                to[i] = value.re;
                return;
              }
              to[2 * i] = value.re;
              to[2 * i + 1] = value.im;
            },
          });
        }
        frame.values[result] = out;
      };
    },
  });
}

/** Row-major place of an element of item `batch`. */
function flat(at: readonly number[], shape: readonly number[], batch: number): number {
  let place = batch;
  for (let d = 0; d < shape.length; d++) place = place * shape[d]! + at[d]!;
  return place;
}
