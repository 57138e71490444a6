// Interpretation of array.conv: the lhs spread out and padded, both operands laid out as [group][..][features], then for
// each position of the window one row of sums, to which each place of the window adds a product of vector and matrix.
import {
  elementAccess,
  Interpretable,
  makeTensor,
  type NumberStorage,
  RuntimeTrap,
  stridesOf,
  TensorValue,
} from '@budflow/interpreter';
import { attr, ComplexType, type InterfaceImplementation, type TensorType } from '@budflow/ir';
import { type ConvLabels, type ConvWindow, convLabels, convShape, convWindow } from '../conv-dims.js';
import { combinerOf, fromWork } from './accumulate.js';
import { complexProduct, complexSums } from './complex-product.js';
import { matrix, matrixProduct } from './dot-general.js';
import { forEachIndex } from './indexing.js';
import { copyWalk } from './movement.js';

function product(list: readonly number[]): number {
  return list.reduce((a, b) => a * b, 1);
}

/** The lhs with its spatial dimensions spread out and padded with zeros. */
function spread(lhs: TensorValue, labels: ConvLabels, window: ConvWindow): TensorValue {
  const { spatial } = labels.lhs;
  const still = [...window.low, ...window.high].every((n) => n === 0) && window.lhsDilation.every((n) => n === 1);
  if (still) return lhs;
  const shape = lhs.shape.slice();
  spatial.forEach((d, s) => {
    const size = shape[d]!;
    const dilated = size === 0 ? 0 : (size - 1) * window.lhsDilation[s]! + 1;
    shape[d] = Math.max(0, dilated + window.low[s]! + window.high[s]!);
  });
  const out = makeTensor(lhs.type, shape);
  const access = elementAccess(lhs.type.element);
  const [from, to] = [stridesOf(lhs.shape), stridesOf(shape)];
  forEachIndex(lhs.shape, (index) => {
    let [source, target] = [0, 0];
    for (let d = 0; d < index.length; d++) {
      const s = spatial.indexOf(d);
      const at = s < 0 ? index[d]! : index[d]! * window.lhsDilation[s]! + window.low[s]!;
      if (at < 0 || at >= shape[d]!) return;
      source += index[d]! * from[d]!;
      target += at * to[d]!;
    }
    access.store(out.data, target, access.load(lhs.data, source));
  });
  return new TensorValue(lhs.type, shape, out.data);
}

export const interpretConv: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const type = op.result(0).type as TensorType;
    const { element } = type;
    const [labels, window] = [convLabels(op), convWindow(op)];
    const contract = op.attr('contract') === undefined ? 'none' : attr.string.read(op.attr('contract')!);
    const fused = contract === 'exact' || (contract === 'relaxed' && (c.options.relaxedMadd ?? 'once') === 'once');
    const isComplex = element instanceof ComplexType;
    const multiply = isComplex ? complexProduct(element) : matrixProduct(element, fused);
    const combiner = isComplex ? complexSums(element) : combinerOf('add', element);
    const parts = isComplex ? 2 : 1;
    const [l, r] = c.operandSlots(op) as [number, number];
    const slot = c.slot(op.result(0));
    return (frame) => {
      const [x, w] = [frame.values[l] as TensorValue, frame.values[r] as TensorValue];
      const shape = convShape(labels, window, x.shape, w.shape);
      if (shape.some((size, d) => type.shape[d]! >= 0 && size !== type.shape[d]))
        throw new RuntimeTrap('ShapeMismatch', `a convolution of shape [${shape.join(', ')}] is no ${type}`);
      const { lhs, rhs, result } = labels;
      const present = (list: readonly number[]) => list.filter((d) => d >= 0);
      // 1. lhs as [batch, group, spatial.., feature], rhs as [group, window.., feature, output].
      const padded = spread(x, labels, window);
      const size = (tensor: TensorValue, d: number) => (d < 0 ? 1 : tensor.shape[d]!);
      const a = matrix(padded, present([lhs.batch, lhs.group, ...lhs.spatial, lhs.feature]), element);
      const b = matrix(w, present([rhs.group, ...rhs.spatial, rhs.feature, rhs.batch]), element);
      const field = lhs.spatial.map((d) => padded.shape[d]!);
      const places = rhs.spatial.map((d) => w.shape[d]!);
      const [fieldStrides, placeStrides] = [stridesOf(field), stridesOf(places)];
      const features = size(w, rhs.feature);
      if (features * window.featureGroups !== size(x, lhs.feature) || size(x, lhs.group) !== size(w, rhs.group))
        throw new RuntimeTrap(
          'ShapeMismatch',
          `an rhs of shape [${w.shape.join(', ')}] does not fit an lhs of shape [${x.shape.join(', ')}]`,
        );
      const explicit = size(x, lhs.group);
      const allFeatures = size(x, lhs.feature);
      const [outputs, columns] = [size(w, rhs.batch), product(places)];
      const groups = Math.max(window.featureGroups, window.batchGroups);
      const each = outputs / groups;
      const positions = result.spatial.map((d) => shape[d]!);
      const [rows, count] = [product(positions), product(field)];
      const batches = size(x, lhs.batch) / window.batchGroups;
      // 2. The columns of the rhs that belong to a group, together.
      const blocks = combiner.make(explicit * columns * features * outputs);
      const [from, to] = [b as NumberStorage, blocks as NumberStorage];
      for (let e = 0; e < explicit * columns * features; e++)
        for (let o = 0; o < outputs; o++) {
          const g = Math.floor(o / each);
          const row = Math.floor(e / (columns * features));
          const inner = e % (columns * features);
          const at = ((row * groups + g) * columns * features + inner) * each + (o % each);
          for (let part = 0; part < parts; part++) to[parts * at + part] = from[parts * (e * outputs + o) + part]!;
        }
      // 3. Sums as [batch, explicit group, position, group, output].
      const sums = combiner.make(batches * explicit * rows * outputs);
      (sums as NumberStorage).fill(combiner.identity as number);
      for (let n = 0; n < batches; n++)
        for (let e = 0; e < explicit; e++)
          for (let g = 0; g < groups; g++) {
            const batch = window.batchGroups > 1 ? g * batches + n : n;
            const start = (batch * explicit + e) * count * allFeatures + (window.featureGroups > 1 ? g * features : 0);
            const columnsAt = (e * groups + g) * columns * features * each;
            let position = 0;
            forEachIndex(positions, (p) => {
              const sum = (((n * explicit + e) * rows + position) * groups + g) * each;
              position++;
              forEachIndex(places, (q) => {
                let at = 0;
                let place = 0;
                for (let s = 0; s < p.length; s++) {
                  at += (p[s]! * window.strides[s]! + q[s]! * window.rhsDilation[s]!) * fieldStrides[s]!;
                  const read = window.reversed.includes(s) ? places[s]! - 1 - q[s]! : q[s]!;
                  place += read * placeStrides[s]!;
                }
                multiply(
                  sums,
                  sum,
                  a,
                  start + at * allFeatures,
                  blocks,
                  columnsAt + place * features * each,
                  1,
                  each,
                  features,
                );
              });
            });
          }
      // 4. In the order of the result.
      const order = present([result.batch, result.group, ...result.spatial, result.feature]);
      const data = fromWork(element, sums, batches * explicit * rows * outputs);
      if (order.every((d, i) => d === i)) {
        frame.values[slot] = new TensorValue(type, shape, data);
        return;
      }
      const out = makeTensor(type, shape);
      const [target, source] = [stridesOf(shape), stridesOf(order.map((d) => shape[d]!))];
      copyWalk(element, shape, out.data, { offset: 0, strides: target }, data, {
        offset: 0,
        strides: shape.map((_, d) => source[order.indexOf(d)]!),
      });
      frame.values[slot] = out;
    };
  },
});
