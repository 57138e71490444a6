// Interpretation of array.pack and array.unpack: element by element.
import {
  elementAccess,
  Interpretable,
  makeTensor,
  RuntimeTrap,
  type Scalar,
  stridesOf,
  type TensorValue,
  valueFromAttribute,
} from '@budflow/interpreter';
import { DYNAMIC, type InterfaceImplementation, type TensorType } from '@budflow/ir';
import { type Tiling, tileOf, tilingOf } from '../ops/pack.js';
import { forEachIndex, offsetOf } from './indexing.js';

/** Index in the plain tensor of an element of the packed one. */
function plainIndex(tiling: Tiling, at: readonly number[]): number[] {
  const rank = tiling.outer.length;
  const index = new Array<number>(rank);
  tiling.outer.forEach((d, i) => {
    const tile = tiling.dims.indexOf(d);
    index[d] = at[i]! * tileOf(tiling, d) + (tile < 0 ? 0 : at[rank + tile]!);
  });
  return index;
}

export const interpretPack: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const type = op.result(0).type as TensorType;
    const tiling = tilingOf(op);
    const [a, r] = [c.slot(op.operand(0)), c.slot(op.result(0))];
    const access = elementAccess(type.element);
    const padding = op.attr('padding');
    const fill = padding === undefined ? undefined : (valueFromAttribute(padding) as Scalar);
    return (frame) => {
      const x = frame.values[a] as TensorValue;
      const counts = tiling.outer.map((d) => Math.ceil(x.shape[d]! / tileOf(tiling, d)));
      const out = makeTensor(type, [...counts, ...tiling.tiles]);
      const strides = stridesOf(x.shape);
      let to = 0;
      forEachIndex(out.shape, (at) => {
        const from = plainIndex(tiling, at);
        const inside = from.every((i, d) => i < x.shape[d]!);
        if (inside) access.store(out.data, to, access.load(x.data, offsetOf(from, strides)));
        else if (fill !== undefined) access.store(out.data, to, fill);
        to++;
      });
      frame.values[r] = out;
    };
  },
});

export const interpretUnpack: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const type = op.result(0).type as TensorType;
    const tiling = tilingOf(op);
    const [a, r] = [c.slot(op.operand(0)), c.slot(op.result(0))];
    const access = elementAccess(type.element);
    return (frame) => {
      const x = frame.values[a] as TensorValue;
      const shape = type.shape.map((size, d) => {
        const whole = x.shape[tiling.outer.indexOf(d)]! * tileOf(tiling, d);
        if (size === DYNAMIC) return whole;
        if (Math.ceil(size / tileOf(tiling, d)) * tileOf(tiling, d) !== whole)
          throw new RuntimeTrap('ShapeMismatch', `tiles of shape [${x.shape.join(', ')}] do not make a ${type}`);
        return size;
      });
      const out = makeTensor(type, shape);
      const strides = stridesOf(shape);
      let from = 0;
      forEachIndex(x.shape, (at) => {
        const to = plainIndex(tiling, at);
        if (to.every((i, d) => i < shape[d]!)) access.store(out.data, offsetOf(to, strides), access.load(x.data, from));
        from++;
      });
      frame.values[r] = out;
    };
  },
});
