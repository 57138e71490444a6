// Plain JavaScript of sorts, places of extremes and running sums.

import type { Data } from '../src/programs/reference.js';
import type { Plain } from './plain.js';

export const sort: Plain = ([x], [o]) => {
  o.set(x);
  o.sort();
};
export const sortRows: Plain = ([x], [o], { M, N }) => {
  o.set(x);
  for (let i = 0; i < M; i++) o.subarray(i * N, (i + 1) * N).sort();
};
function places(x: Data, order: (a: number, b: number) => number): Int32Array {
  return Int32Array.from(x, (_, i) => i).sort(order);
}
export const argsort: Plain = ([x], [o]) => {
  o.set(places(x, (a, b) => x[a] - x[b]));
};
export const topK: Plain = ([x], [values, indices]) => {
  const sorted = places(x, (a, b) => x[b] - x[a]);
  for (let i = 0; i < values.length; i++) {
    indices[i] = sorted[i];
    values[i] = x[sorted[i]];
  }
};
export const argmax: Plain = ([x], [o]) => {
  let best = 0;
  for (let i = 1; i < x.length; i++) if (x[i] > x[best]) best = i;
  o[0] = best;
};
export const argmaxRows: Plain = ([x], [o], { M, N }) => {
  for (let i = 0; i < M; i++) {
    let best = i * N;
    for (let j = best + 1; j < (i + 1) * N; j++) if (x[j] > x[best]) best = j;
    o[i] = best - i * N;
  }
};
export const argmaxColumns: Plain = ([x], [o], { M, N }) => {
  o.fill(0);
  for (let i = 1; i < M; i++) for (let j = 0; j < N; j++) if (x[i * N + j] > x[o[j] * N + j]) o[j] = i;
};
export const cumsum: Plain = ([x], [o]) => {
  let s = 0;
  for (let i = 0; i < x.length; i++) {
    s += x[i];
    o[i] = s;
  }
};
export const cumsumRows: Plain = ([x], [o], { M, N }) => {
  for (let i = 0; i < M; i++) {
    let s = 0;
    for (let j = i * N; j < (i + 1) * N; j++) {
      s += x[j];
      o[j] = s;
    }
  }
};
export const cumsumColumns: Plain = ([x], [o], { M, N }) => {
  for (let j = 0; j < N; j++) o[j] = x[j];
  for (let i = N; i < M * N; i++) o[i] = o[i - N] + x[i];
};
