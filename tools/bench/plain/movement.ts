// Plain JavaScript of stencils and data movement.

import type { Plain } from './plain.js';

export const blur: Plain = ([x], [o], { N }) => {
  const W = N + 2;
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      const p = i * W + j;
      const top = x[p] + 2 * x[p + 1] + x[p + 2];
      const middle = x[p + W] + 2 * x[p + W + 1] + x[p + W + 2];
      const bottom = x[p + 2 * W] + 2 * x[p + 2 * W + 1] + x[p + 2 * W + 2];
      o[i * N + j] = (top + 2 * middle + bottom) * 0.0625;
    }
  }
};
export const jacobi: Plain = ([x], [o], { N }) => {
  const W = N + 2;
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      const p = (i + 1) * W + j + 1;
      o[i * N + j] = (x[p - W] + x[p + W] + (x[p - 1] + x[p + 1])) * 0.25;
    }
  }
};
export const jacobiPad: Plain = ([x], [o], { N }) => {
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      const p = i * N + j;
      const rows = (i > 0 ? x[p - N] : 0) + (i < N - 1 ? x[p + N] : 0);
      o[p] = (rows + ((j > 0 ? x[p - 1] : 0) + (j < N - 1 ? x[p + 1] : 0))) * 0.25;
    }
  }
};
export const jacobiRoll: Plain = ([x], [o], { N }) => {
  for (let i = 0; i < N; i++) {
    const [north, here, south] = [i === 0 ? N - 1 : i - 1, i, i === N - 1 ? 0 : i + 1].map((row) => row * N);
    for (let j = 0; j < N; j++) {
      const sides = x[here + (j === 0 ? N - 1 : j - 1)] + x[here + (j === N - 1 ? 0 : j + 1)];
      o[here + j] = (x[north + j] + x[south + j] + sides) * 0.25;
    }
  }
};
export const sobel: Plain = ([x], [o], { N }) => {
  const W = N + 2;
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      const p = i * W + j;
      const q = p + W;
      const r = q + W;
      const gx = x[p + 2] - x[p] + 2 * (x[q + 2] - x[q]) + (x[r + 2] - x[r]);
      const gy = x[r] - x[p] + 2 * (x[r + 1] - x[p + 1]) + (x[r + 2] - x[p + 2]);
      o[i * N + j] = Math.sqrt(gx * gx + gy * gy);
    }
  }
};
export const heat3d: Plain = ([x], [o], { N }) => {
  const W = N + 2;
  const A = W * W;
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      for (let k = 0; k < N; k++) {
        const p = (i + 1) * A + (j + 1) * W + k + 1;
        const around = x[p - A] + x[p + A] + x[p - W] + x[p + W] + x[p - 1] + x[p + 1];
        o[(i * N + j) * N + k] = x[p] + (around - 6 * x[p]) * 0.1;
      }
    }
  }
};
const TAPS = [0.05, 0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0.05];
export const fir8: Plain = ([x], [o], { N }) => {
  for (let i = 0; i < N; i++) {
    let s = 0;
    for (let k = 0; k < 8; k++) s += x[i + k] * TAPS[k];
    o[i] = s;
  }
};
export const downsample: Plain = ([x], [o], { N }) => {
  const W = 2 * N;
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      const p = 2 * i * W + 2 * j;
      o[i * N + j] = (x[p] + x[p + 1] + x[p + W] + x[p + W + 1]) * 0.25;
    }
  }
};
export const transpose: Plain = ([x], [o], { M, N }) => {
  for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) o[j * M + i] = x[i * N + j];
};
export const addTransposed: Plain = ([x, y], [o], { N }) => {
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) o[i * N + j] = x[i * N + j] + y[j * N + i];
};
export const nchwToNhwc: Plain = ([x], [o], { B, C, H, W }) => {
  for (let b = 0; b < B; b++) {
    for (let p = 0; p < H * W; p++) for (let c = 0; c < C; c++) o[(b * H * W + p) * C + c] = x[(b * C + c) * H * W + p];
  }
};
export const splitHeads: Plain = ([x], [o], { S, H, D }) => {
  for (let s = 0; s < S; s++) {
    for (let h = 0; h < H; h++) for (let d = 0; d < D; d++) o[(h * S + s) * D + d] = x[(s * H + h) * D + d];
  }
};
export const pad: Plain = ([x], [o], { M, N }) => {
  o.fill(0);
  for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) o[(i + 2) * (N + 4) + j + 2] = x[i * N + j];
};
export const everyOther: Plain = ([x], [o], { N }) => {
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) o[i * N + j] = x[4 * i * N + 2 * j];
};
export const interleavedNorm: Plain = ([x], [o], { N }) => {
  for (let i = 0; i < N; i++) {
    o[i] = Math.sqrt(x[3 * i] * x[3 * i] + x[3 * i + 1] * x[3 * i + 1] + x[3 * i + 2] * x[3 * i + 2]);
  }
};
export const grey: Plain = ([x, w], [o], { N }) => {
  for (let i = 0; i < N; i++) {
    o[i] = Math.min(255, Math.round(x[3 * i] * w[0] + x[3 * i + 1] * w[1] + x[3 * i + 2] * w[2]));
  }
};
export const quaternion: Plain = ([p, q], [o], { N }) => {
  for (let i = 0; i < 4 * N; i += 4) {
    const [a, b, c, d] = [p[i], p[i + 1], p[i + 2], p[i + 3]];
    const [w, x, y, z] = [q[i], q[i + 1], q[i + 2], q[i + 3]];
    o[i] = a * w - b * x - c * y - d * z;
    o[i + 1] = a * x + b * w + c * z - d * y;
    o[i + 2] = a * y - b * z + c * w + d * x;
    o[i + 3] = a * z + b * y - c * x + d * w;
  }
};
export const swapChannels: Plain = ([x], [o]) => {
  for (let i = 0; i < x.length; i += 4) {
    o[i] = x[i + 2];
    o[i + 1] = x[i + 1];
    o[i + 2] = x[i];
    o[i + 3] = x[i + 3];
  }
};
export const mirrorImage: Plain = ([x], [o], { H, W }) => {
  for (let i = 0; i < H; i++)
    for (let j = 0; j < W; j++) {
      const [to, from] = [3 * (i * W + j), 3 * (i * W + W - 1 - j)];
      o[to] = x[from];
      o[to + 1] = x[from + 1];
      o[to + 2] = x[from + 2];
    }
};
