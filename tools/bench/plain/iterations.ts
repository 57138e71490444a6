// Plain JavaScript of programs that repeat a step: they are the references of these programs too, on doubles.

import type { Plain } from './plain.js';

export const rnn: Plain = ([x, w, u, b], [o], { T, D, H }) => {
  for (let t = 0; t < T; t++) {
    for (let j = 0; j < H; j++) {
      let s = b[j];
      for (let d = 0; d < D; d++) s += x[t * D + d] * w[d * H + j];
      if (t > 0) for (let d = 0; d < H; d++) s += o[(t - 1) * H + d] * u[d * H + j];
      o[t * H + j] = Math.tanh(s);
    }
  }
};
export const mandelbrotWhile: Plain = ([re, im], [o], { N, L }) => {
  for (let j = 0; j < N; j++) {
    for (let i = 0; i < N; i++) {
      let x = 0;
      let y = 0;
      let n = 0;
      for (; n < L; n++) {
        const t = x * x - y * y + re[i];
        y = 2 * x * y + im[j];
        x = t;
        if (x * x + y * y > 4) break;
      }
      o[j * N + i] = n;
    }
  }
};
export const heatSteps: Plain = ([u], [o], { N, L }) => {
  let from = u.slice();
  let to = new (u.constructor as Float32ArrayConstructor)(N * N);
  for (let step = 0; step < L; step++) {
    for (let i = 1; i < N - 1; i++) {
      for (let j = i * N + 1; j < i * N + N - 1; j++)
        to[j] = 0.25 * (from[j - N] + from[j + N] + from[j - 1] + from[j + 1]);
    }
    if (step === 0) from.fill(0);
    [from, to] = [to as typeof from, from as typeof to];
  }
  o.set(from);
};
