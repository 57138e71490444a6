// Interpretation of dynamic_slice and dynamic_update_slice.
import { Interpretable, makeTensor, RuntimeTrap, stridesOf, TensorValue } from '@budflow/interpreter';
import type { InterfaceImplementation, TensorType } from '@budflow/ir';
import { clampIndex, copyOf, integerAt, offsetOf } from './indexing.js';
import { copyWalk } from './movement.js';

/** Start of a window of `sizes` in `shape`: what was asked for, moved inside. */
function windowStart(starts: readonly TensorValue[], shape: readonly number[], sizes: readonly number[]): number[] {
  return shape.map((size, d) => {
    if (sizes[d]! > size)
      throw new RuntimeTrap(
        'OutOfBounds',
        `a window of size ${sizes[d]} does not fit in dimension ${d} of size ${size}`,
      );
    return clampIndex(integerAt(starts[d]!, 0), 0, size - sizes[d]!);
  });
}

export const interpretDynamicSlice: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const type = op.result(0).type as TensorType;
    const [a, ...starts] = c.operandSlots(op) as [number, ...number[]];
    const r = c.slot(op.result(0));
    return (frame) => {
      const v = frame.values;
      const x = v[a] as TensorValue;
      const out = makeTensor(type, type.shape);
      const strides = stridesOf(x.shape);
      const start = windowStart(
        starts.map((s) => v[s] as TensorValue),
        x.shape,
        type.shape,
      );
      const target = { offset: 0, strides: stridesOf(type.shape) };
      copyWalk(type.element, type.shape, out.data, target, x.data, { offset: offsetOf(start, strides), strides });
      v[r] = out;
    };
  },
});

export const interpretDynamicUpdateSlice: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const type = op.result(0).type as TensorType;
    const [a, u, ...starts] = c.operandSlots(op) as [number, number, ...number[]];
    const r = c.slot(op.result(0));
    return (frame) => {
      const v = frame.values;
      const x = v[a] as TensorValue;
      const update = v[u] as TensorValue;
      const data = copyOf(x);
      const strides = stridesOf(x.shape);
      const start = windowStart(
        starts.map((s) => v[s] as TensorValue),
        x.shape,
        update.shape,
      );
      copyWalk(type.element, update.shape, data, { offset: offsetOf(start, strides), strides }, update.data, {
        offset: 0,
        strides: stridesOf(update.shape),
      });
      v[r] = new TensorValue(type, x.shape, data);
    };
  },
});
