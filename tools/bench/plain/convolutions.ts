// Plain JavaScript of convolutions and poolings: loops over places, borders by a test.

import type { Data } from '../src/programs/reference.js';
import type { Plain } from './plain.js';

/** Channels last: the inner loop runs along the output features. */
function convolve(
  x: Data,
  w: Data,
  o: Data,
  size: number,
  out: number,
  C: number,
  O: number,
  stride: number,
  low: number,
): void {
  o.fill(0);
  for (let i = 0; i < out; i++) {
    for (let j = 0; j < out; j++) {
      const to = (i * out + j) * O;
      for (let p = 0; p < 3; p++) {
        const row = i * stride + p - low;
        if (row < 0 || row >= size) continue;
        for (let q = 0; q < 3; q++) {
          const column = j * stride + q - low;
          if (column < 0 || column >= size) continue;
          for (let c = 0; c < C; c++) {
            const value = x[(row * size + column) * C + c];
            const from = ((p * 3 + q) * C + c) * O;
            for (let f = 0; f < O; f++) o[to + f] += value * w[from + f];
          }
        }
      }
    }
  }
}
export const conv3x3: Plain = ([x, w], [o], { H, C, O }) => convolve(x, w, o, H, H, C, O, 1, 1);
export const conv3x3Stride2: Plain = ([x, w], [o], { H, C, O }) => convolve(x, w, o, 2 * H, H, C, O, 2, 0);
export const conv3x3Nchw: Plain = ([x, w], [o], { H, C, O }) => {
  o.fill(0);
  for (let f = 0; f < O; f++) {
    for (let c = 0; c < C; c++) {
      for (let p = 0; p < 3; p++) {
        for (let q = 0; q < 3; q++) {
          const value = w[(f * C + c) * 9 + p * 3 + q];
          for (let i = Math.max(0, 1 - p); i < Math.min(H, H + 1 - p); i++) {
            const to = (f * H + i) * H;
            const from = (c * H + i + p - 1) * H + q - 1;
            for (let j = Math.max(0, 1 - q); j < Math.min(H, H + 1 - q); j++) o[to + j] += value * x[from + j];
          }
        }
      }
    }
  }
};
export const filter3x3: Plain = ([x, w], [o], { N }) => {
  const W = N + 2;
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      const [p, q, r] = [i * W + j, (i + 1) * W + j, (i + 2) * W + j];
      let total = w[0] * x[p] + w[1] * x[p + 1] + w[2] * x[p + 2];
      total += w[3] * x[q] + w[4] * x[q + 1] + w[5] * x[q + 2];
      o[i * N + j] = total + w[6] * x[r] + w[7] * x[r + 1] + w[8] * x[r + 2];
    }
  }
};
export const conv1x1: Plain = ([x, w], [o], { H, C, O }) => {
  o.fill(0);
  for (let i = 0; i < H * H; i++) {
    for (let c = 0; c < C; c++) {
      const value = x[i * C + c];
      for (let f = 0; f < O; f++) o[i * O + f] += value * w[c * O + f];
    }
  }
};
export const depthwise3x3: Plain = ([x, w], [o], { H, C }) => {
  o.fill(0);
  for (let i = 0; i < H; i++) {
    for (let j = 0; j < H; j++) {
      for (let p = Math.max(0, 1 - i); p < Math.min(3, H + 1 - i); p++) {
        for (let q = Math.max(0, 1 - j); q < Math.min(3, H + 1 - j); q++) {
          const from = ((i + p - 1) * H + j + q - 1) * C;
          for (let c = 0; c < C; c++) o[(i * H + j) * C + c] += x[from + c] * w[(p * 3 + q) * C + c];
        }
      }
    }
  }
};
export const maxpool3x3: Plain = ([x], [o], { H, C }) => {
  const size = 2 * H;
  o.fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < H; i++) {
    for (let j = 0; j < H; j++) {
      for (let row = 2 * i; row < Math.min(2 * i + 3, size); row++) {
        for (let column = 2 * j; column < Math.min(2 * j + 3, size); column++) {
          const [to, from] = [(i * H + j) * C, (row * size + column) * C];
          for (let c = 0; c < C; c++) if (x[from + c] > o[to + c]) o[to + c] = x[from + c];
        }
      }
    }
  }
};
export const avgpool2x2: Plain = ([x], [o], { H, C }) => {
  const row = 2 * H * C;
  for (let i = 0; i < H; i++) {
    for (let j = 0; j < H; j++) {
      const from = 2 * i * row + 2 * j * C;
      for (let c = from; c < from + C; c++)
        o[(i * H + j) * C + c - from] = (x[c] + x[c + C] + x[c + row] + x[c + row + C]) * 0.25;
    }
  }
};
