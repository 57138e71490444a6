// Plain JavaScript of whole-array and row-wise reductions.

import type { Plain } from './plain.js';

export const sum: Plain = ([x], [o]) => {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += x[i];
  o[0] = s;
};
export const dot: Plain = ([x, y], [o]) => {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += x[i] * y[i];
  o[0] = s;
};
export const norm: Plain = ([x], [o]) => {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += x[i] * x[i];
  o[0] = Math.sqrt(s);
};
export const max: Plain = ([x], [o]) => {
  let m = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < x.length; i++) if (x[i] > m) m = x[i];
  o[0] = m;
};
export const distance: Plain = ([x, y], [o]) => {
  let s = 0;
  for (let i = 0; i < x.length; i++) {
    const d = x[i] - y[i];
    s += d * d;
  }
  o[0] = Math.sqrt(s);
};
export const variance: Plain = ([x], [o]) => {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += x[i];
  const mean = s / x.length;
  let q = 0;
  for (let i = 0; i < x.length; i++) q += (x[i] - mean) * (x[i] - mean);
  o[0] = q / x.length;
};
export const moments: Plain = ([x], [s, q, m]) => {
  let [sum, squares, max] = [0, 0, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < x.length; i++) {
    sum += x[i];
    squares += x[i] * x[i];
    if (x[i] > max) max = x[i];
  }
  s[0] = sum;
  q[0] = squares;
  m[0] = max;
};
export const rowsum: Plain = ([x], [o], { M, N }) => {
  for (let i = 0; i < M; i++) {
    let s = 0;
    for (let j = 0; j < N; j++) s += x[i * N + j];
    o[i] = s;
  }
};
export const rowmax: Plain = ([x], [o], { M, N }) => {
  for (let i = 0; i < M; i++) {
    let m = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < N; j++) if (x[i * N + j] > m) m = x[i * N + j];
    o[i] = m;
  }
};
export const colsum: Plain = ([x], [o], { M, N }) => {
  o.fill(0);
  for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) o[j] += x[i * N + j];
};
const rowExponentials: (scale: (inputs: Parameters<Plain>[0]) => number) => Plain =
  (scale) =>
  (inputs, [o], { M, N }) => {
    const x = inputs[0];
    const k = scale(inputs);
    for (let i = 0; i < M; i++) {
      const row = i * N;
      let m = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < N; j++) if (x[row + j] * k > m) m = x[row + j] * k;
      let s = 0;
      for (let j = 0; j < N; j++) {
        const e = Math.exp(x[row + j] * k - m);
        o[row + j] = e;
        s += e;
      }
      for (let j = 0; j < N; j++) o[row + j] /= s;
    }
  };
export const softmax: Plain = rowExponentials(() => 1);
export const softmaxScaled: Plain = rowExponentials(([, scale]) => scale[0]);
export const logSoftmax: Plain = ([x], [o], { M, N }) => {
  for (let i = 0; i < M; i++) {
    const row = i * N;
    let m = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < N; j++) if (x[row + j] > m) m = x[row + j];
    let s = 0;
    for (let j = 0; j < N; j++) s += Math.exp(x[row + j] - m);
    const shift = m + Math.log(s);
    for (let j = 0; j < N; j++) o[row + j] = x[row + j] - shift;
  }
};
export const logsumexp: Plain = ([x], [o], { M, N }) => {
  for (let i = 0; i < M; i++) {
    const row = i * N;
    let m = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < N; j++) if (x[row + j] > m) m = x[row + j];
    let s = 0;
    for (let j = 0; j < N; j++) s += Math.exp(x[row + j] - m);
    o[i] = m + Math.log(s);
  }
};
export const layernorm: Plain = ([x, gamma, beta], [o], { M, N }) => {
  for (let i = 0; i < M; i++) {
    const row = i * N;
    let s = 0;
    for (let j = 0; j < N; j++) s += x[row + j];
    const mean = s / N;
    let q = 0;
    for (let j = 0; j < N; j++) q += (x[row + j] - mean) * (x[row + j] - mean);
    const k = 1 / Math.sqrt(q / N + 1e-5);
    for (let j = 0; j < N; j++) o[row + j] = (x[row + j] - mean) * k * gamma[j] + beta[j];
  }
};
export const rmsnorm: Plain = ([x, gamma], [o], { M, N }) => {
  for (let i = 0; i < M; i++) {
    const row = i * N;
    let q = 0;
    for (let j = 0; j < N; j++) q += x[row + j] * x[row + j];
    const k = 1 / Math.sqrt(q / N + 1e-5);
    for (let j = 0; j < N; j++) o[row + j] = x[row + j] * k * gamma[j];
  }
};
export const standardizeColumns: Plain = ([x], [o], { M, N }) => {
  const mean = new Float64Array(N);
  const scale = new Float64Array(N);
  for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) mean[j] += x[i * N + j];
  for (let j = 0; j < N; j++) mean[j] /= M;
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) scale[j] += (x[i * N + j] - mean[j]) * (x[i * N + j] - mean[j]);
  }
  for (let j = 0; j < N; j++) scale[j] = 1 / Math.sqrt(scale[j] / M + 1e-5);
  for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) o[i * N + j] = (x[i * N + j] - mean[j]) * scale[j];
};
export const biasRelu: Plain = ([x, b], [o], { M, N }) => {
  for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) o[i * N + j] = Math.max(x[i * N + j] + b[j], 0);
};
