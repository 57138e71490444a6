// Plain JavaScript of matrix products and pairs.

import type { Plain } from './plain.js';

export const matmul: Plain = ([a, b], [o], { M, N, K }) => {
  o.fill(0);
  for (let i = 0; i < M; i++) {
    for (let k = 0; k < K; k++) {
      const value = a[i * K + k];
      for (let j = 0; j < N; j++) o[i * N + j] += value * b[k * N + j];
    }
  }
};
export const matmulNt: Plain = ([a, b], [o], { M, N, K }) => {
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) {
      let s = 0;
      for (let k = 0; k < K; k++) s += a[i * K + k] * b[j * K + k];
      o[i * N + j] = s;
    }
  }
};
export const matmulTn: Plain = ([a, b], [o], { M, N, K }) => {
  o.fill(0);
  for (let k = 0; k < K; k++) {
    for (let i = 0; i < M; i++) {
      const value = a[k * M + i];
      for (let j = 0; j < N; j++) o[i * N + j] += value * b[k * N + j];
    }
  }
};
export const batchMatmul: Plain = ([a, b], [o], { B, M, N, K }) => {
  o.fill(0);
  for (let t = 0; t < B; t++) {
    for (let i = 0; i < M; i++) {
      for (let k = 0; k < K; k++) {
        const value = a[(t * M + i) * K + k];
        for (let j = 0; j < N; j++) o[(t * M + i) * N + j] += value * b[(t * K + k) * N + j];
      }
    }
  }
};
export const matvec: Plain = ([a, x], [o], { M, K }) => {
  for (let i = 0; i < M; i++) {
    let s = 0;
    for (let k = 0; k < K; k++) s += a[i * K + k] * x[k];
    o[i] = s;
  }
};
export const vecmat: Plain = ([x, b], [o], { N, K }) => {
  o.fill(0);
  for (let k = 0; k < K; k++) for (let j = 0; j < N; j++) o[j] += x[k] * b[k * N + j];
};
export const outer: Plain = ([x, y], [o], { M, N }) => {
  for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) o[i * N + j] = x[i] * y[j];
};
export const linearRelu: Plain = ([x, w, b], [o], { M, N, K }) => {
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) o[i * N + j] = b[j];
    for (let k = 0; k < K; k++) {
      const value = x[i * K + k];
      for (let j = 0; j < N; j++) o[i * N + j] += value * w[k * N + j];
    }
    for (let j = 0; j < N; j++) if (o[i * N + j] < 0) o[i * N + j] = 0;
  }
};
export const mlp: Plain = ([x, w1, b1, w2, b2, w3, b3], [o], { B, D, H, O }) => {
  const h1 = new Float32Array(B * H);
  const h2 = new Float32Array(B * H);
  linearRelu([x, w1, b1], [h1], { M: B, N: H, K: D });
  linearRelu([h1, w2, b2], [h2], { M: B, N: H, K: H });
  matmul([h2, w3], [o], { M: B, N: O, K: H });
  for (let i = 0; i < B; i++) for (let j = 0; j < O; j++) o[i * O + j] += b3[j];
};
export const nbody: Plain = ([x, y, m], [ax, ay], { N }) => {
  for (let i = 0; i < N; i++) {
    let [fx, fy] = [0, 0];
    for (let j = 0; j < N; j++) {
      const dx = x[j] - x[i];
      const dy = y[j] - y[i];
      const r = 1 / Math.sqrt(dx * dx + dy * dy + 0.01);
      const f = m[j] * r * r * r;
      fx += f * dx;
      fy += f * dy;
    }
    ax[i] = fx;
    ay[i] = fy;
  }
};
export const pairwiseDistance: Plain = ([a, b], [o], { M, N, K }) => {
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) {
      let s = 0;
      for (let k = 0; k < K; k++) {
        const d = a[i * K + k] - b[j * K + k];
        s += d * d;
      }
      o[i * N + j] = s;
    }
  }
};
export const attention: Plain = ([q, k, v, scale], [o], { H, S, D }) => {
  const row = new Float64Array(S);
  for (let h = 0; h < H * S * D; h += S * D) {
    for (let i = 0; i < S; i++) {
      let m = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < S; j++) {
        let dot = 0;
        for (let d = 0; d < D; d++) dot += q[h + i * D + d] * k[h + j * D + d];
        row[j] = dot * scale[0];
        if (row[j] > m) m = row[j];
      }
      let sum = 0;
      for (let j = 0; j < S; j++) {
        row[j] = Math.exp(row[j] - m);
        sum += row[j];
      }
      for (let d = 0; d < D; d++) {
        let total = 0;
        for (let j = 0; j < S; j++) total += row[j] * v[h + j * D + d];
        o[h + i * D + d] = total / sum;
      }
    }
  }
};
