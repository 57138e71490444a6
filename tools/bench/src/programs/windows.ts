// Windows that slide, in double precision: convolutions and poolings of the reference.

import { type ConvLabels, readConvLabels } from '@budflow/dialect-array';
import type { Node } from './graph.js';
import type { Data } from './reference.js';

function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let d = shape.length - 2; d >= 0; d--) strides[d] = (strides[d + 1] as number) * (shape[d + 1] as number);
  return strides;
}

/** Calls `visit` for every index of a shape. */
function visitAll(shape: readonly number[], visit: (index: readonly number[]) => void): void {
  const index = new Array<number>(shape.length).fill(0);
  const count = shape.reduce((n, d) => n * d, 1);
  for (let i = 0; i < count; i++) {
    visit(index);
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d] = (index[d] as number) + 1;
      if ((index[d] as number) < (shape[d] as number)) break;
      index[d] = 0;
    }
  }
}

/** A convolution with padding, strides and feature groups. */
export function convolution(
  node: Node & { kind: 'conv' },
  out: Data,
  [x, w]: readonly Data[],
  [image, kernel]: readonly (readonly number[])[],
): void {
  const labels = readConvLabels(node.dims);
  if (typeof labels === 'string') throw new Error(labels);
  const { lhs, rhs, result } = labels as ConvLabels;
  const size = (shape: readonly number[] | undefined, d: number) => shape?.[d] as number;
  const [xs, ws, os] = [stridesOf(image as number[]), stridesOf(kernel as number[]), stridesOf(node.type.shape)];
  const places = rhs.spatial.map((d) => size(kernel, d));
  const features = size(kernel, rhs.feature);
  const outputs = size(kernel, rhs.batch);
  const perGroup = outputs / node.groups;
  const positions = [size(image, lhs.batch), ...result.spatial.map((d) => size(node.type.shape, d))];
  const sums = new Float64Array(outputs);
  visitAll(positions, ([batch, ...at]) => {
    sums.fill(0);
    visitAll(places, (place) => {
      let from = (batch as number) * (xs[lhs.batch] as number);
      let weights = 0;
      for (let s = 0; s < place.length; s++) {
        const p = (at[s] as number) * (node.strides[s] as number) + (place[s] as number) - (node.low[s] as number);
        if (p < 0 || p >= size(image, lhs.spatial[s] as number)) return;
        from += p * (xs[lhs.spatial[s] as number] as number);
        weights += (place[s] as number) * (ws[rhs.spatial[s] as number] as number);
      }
      const [xf, wf, wo] = [xs[lhs.feature] as number, ws[rhs.feature] as number, ws[rhs.batch] as number];
      for (let o = 0; o < outputs; o++) {
        const first = Math.floor(o / perGroup) * features;
        let sum = sums[o] as number;
        for (let i = 0; i < features; i++)
          sum += ((x as Data)[from + (first + i) * xf] as number) * ((w as Data)[weights + i * wf + o * wo] as number);
        sums[o] = sum;
      }
    });
    let to = (batch as number) * (os[result.batch] as number);
    at.forEach((p, s) => {
      to += p * (os[result.spatial[s] as number] as number);
    });
    for (let o = 0; o < outputs; o++) out[to + o * (os[result.feature] as number)] = sums[o] as number;
  });
}

/** A pooling: windows over padding of the init. */
export function pooling(
  node: Node & { kind: 'window' },
  out: Data,
  x: Data,
  shape: readonly number[],
  init: number,
): void {
  const [from, to] = [stridesOf(shape), stridesOf(node.type.shape)];
  visitAll(node.type.shape, (at) => {
    let value = init;
    visitAll(node.window, (place) => {
      let index = 0;
      for (let d = 0; d < place.length; d++) {
        const p = (at[d] as number) * (node.strides[d] as number) + (place[d] as number) - (node.low[d] as number);
        if (p < 0 || p >= (shape[d] as number)) return;
        index += p * (from[d] as number);
      }
      const element = x[index] as number;
      value = node.reduce === 'add' ? value + element : Math.max(value, element);
    });
    out[at.reduce((n, p, d) => n + p * (to[d] as number), 0)] = value;
  });
}
