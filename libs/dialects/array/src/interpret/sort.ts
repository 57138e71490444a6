// Interpretation of array.sort: a bottom-up merge sort of places, row by row.
import {
  elementAccess,
  Interpretable,
  makeTensor,
  RuntimeTrap,
  type RuntimeValue,
  type Scalar,
  type TensorValue,
} from '@budflow/interpreter';
import type { InterfaceImplementation, Operation, TensorType } from '@budflow/ir';
import { scalarReader } from './indexing.js';
import { around } from './windows.js';

/** Sorts the places 0 .. size - 1; `before(a, b)` for a place of the right run and one of the left. */
function mergeSort(size: number, before: (a: number, b: number) => boolean): Int32Array {
  let from = Int32Array.from({ length: size }, (_, i) => i);
  let to = new Int32Array(size);
  for (let width = 1; width < size; width *= 2) {
    for (let low = 0; low < size; low += 2 * width) {
      const middle = Math.min(low + width, size);
      const high = Math.min(low + 2 * width, size);
      let left = low;
      let right = middle;
      for (let k = low; k < high; k++) {
        const takeRight = left >= middle || (right < high && before(from[right]!, from[left]!));
        to[k] = from[takeRight ? right++ : left++]!;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

export function interpretSort(dimOf: (op: Operation) => number): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const types = op.resultTypes as TensorType[];
      const slots = c.operandSlots(op);
      const results = c.resultSlots(op);
      const comparator = c.region(op.region(0));
      const accesses = types.map((t) => elementAccess(t.element));
      const dim = dimOf(op);
      return (frame) => {
        const v: RuntimeValue[] = frame.values;
        const inputs = slots.map((s) => v[s] as TensorValue);
        const { shape } = inputs[0]!;
        for (const other of inputs)
          if (other.shape.some((d, i) => d !== shape[i]))
            throw new RuntimeTrap(
              'ShapeMismatch',
              `operands have shapes [${shape.join(', ')}] and [${other.shape.join(', ')}]`,
            );
        const outputs = types.map((t) => makeTensor(t, shape));
        const { outer, size, inner } = around(shape, dim);
        for (let o = 0; o < outer; o++) {
          for (let k = 0; k < inner; k++) {
            const offset = (i: number) => (o * size + i) * inner + k;
            const rows = inputs.map((x): Scalar[] => {
              const read = scalarReader(x);
              return Array.from({ length: size }, (_, i) => read(offset(i)));
            });
            const places = mergeSort(size, (a, b) => {
              rows.forEach((row, i) => {
                v[comparator.arguments[2 * i]!] = row[a]!;
                v[comparator.arguments[2 * i + 1]!] = row[b]!;
              });
              return comparator.run(frame).values(frame)[0] !== 0;
            });
            rows.forEach((row, r) => {
              for (let i = 0; i < size; i++) accesses[r]!.store(outputs[r]!.data, offset(i), row[places[i]!]!);
            });
          }
        }
        outputs.forEach((out, i) => {
          v[results[i]!] = out;
        });
      };
    },
  });
}
