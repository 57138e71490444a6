// Plain JavaScript of programs as people write them for JAX: records of a few numbers, statistics of paths, images, training.

import type { Plain } from './plain.js';

export const alphaBlend: Plain = ([a, b], [o]) => {
  for (let i = 0; i < a.length; i += 4) {
    const alpha = a[i + 3];
    for (let c = i; c < i + 4; c++) {
      const t = a[c] * alpha + b[c] * (255 - alpha) + 128;
      o[c] = (t + (t >> 8)) >> 8;
    }
  }
};
export const inverse3x3: Plain = ([m], [o]) => {
  for (let p = 0; p < m.length; p += 9) {
    const [a, b, c] = [m[p], m[p + 1], m[p + 2]];
    const [d, e, f] = [m[p + 3], m[p + 4], m[p + 5]];
    const [g, h, i] = [m[p + 6], m[p + 7], m[p + 8]];
    const [x, y, z] = [e * i - f * h, f * g - d * i, d * h - e * g];
    const scale = 1 / (a * x + b * y + c * z);
    o[p] = x * scale;
    o[p + 1] = (c * h - b * i) * scale;
    o[p + 2] = (b * f - c * e) * scale;
    o[p + 3] = y * scale;
    o[p + 4] = (a * i - c * g) * scale;
    o[p + 5] = (c * d - a * f) * scale;
    o[p + 6] = z * scale;
    o[p + 7] = (b * g - a * h) * scale;
    o[p + 8] = (a * e - b * d) * scale;
  }
};
export const quatRotate: Plain = ([q, v], [o], { N }) => {
  for (let i = 0; i < N; i++) {
    const [w, x, y, z] = [q[4 * i], q[4 * i + 1], q[4 * i + 2], q[4 * i + 3]];
    const [a, b, c] = [v[3 * i], v[3 * i + 1], v[3 * i + 2]];
    const s = 2 * (y * c - z * b);
    const t = 2 * (z * a - x * c);
    const u = 2 * (x * b - y * a);
    o[3 * i] = a + w * s + y * u - z * t;
    o[3 * i + 1] = b + w * t + z * s - x * u;
    o[3 * i + 2] = c + w * u + x * t - y * s;
  }
};
export const integralImage: Plain = ([x], [o], { N }) => {
  for (let i = 0; i < N; i++) {
    let sum = 0;
    for (let j = i * N; j < (i + 1) * N; j++) {
      sum += x[j];
      o[j] = i > 0 ? sum + o[j - N] : sum;
    }
  }
};
export const nearest: Plain = ([a, b], [places, distances], { N }) => {
  for (let i = 0; i < N; i++) {
    let least = Number.POSITIVE_INFINITY;
    let best = 0;
    for (let j = 0; j < N; j++) {
      const x = a[3 * i] - b[3 * j];
      const y = a[3 * i + 1] - b[3 * j + 1];
      const z = a[3 * i + 2] - b[3 * j + 2];
      const distance = x * x + y * y + z * z;
      if (distance < least) {
        least = distance;
        best = j;
      }
    }
    places[i] = best;
    distances[i] = least;
  }
};
export const monteCarlo: Plain = ([z], [o], { T, N }) => {
  let total = 0;
  for (let p = 0; p < N; p++) {
    let logarithm = 0;
    let sum = 0;
    for (let t = 0; t < T; t++) {
      logarithm += 0.025 * z[t * N + p] + 4.6875e-4;
      sum += 100 * Math.exp(logarithm);
    }
    total += Math.max(sum / T - 100, 0);
  }
  o[0] = (total / N) * Math.exp(-0.05);
};
export const adam: Plain = ([p, g, m, v], [parameters, first, second]) => {
  for (let i = 0; i < p.length; i++) {
    const mean = 0.9 * m[i] + 0.1 * g[i];
    const square = 0.999 * v[i] + 0.001 * g[i] * g[i];
    parameters[i] = p[i] - (0.001 * (mean / 0.65132153)) / (Math.sqrt(square / 9.955119e-3) + 1e-8);
    first[i] = mean;
    second[i] = square;
  }
};
export const maxpoolGrad: Plain = ([x, g], [o], { H, C }) => {
  const line = 2 * H * C;
  o.fill(0);
  for (let i = 0; i < H; i++) {
    for (let j = 0; j < H; j++) {
      for (let c = 0; c < C; c++) {
        const at = 2 * i * line + 2 * j * C + c;
        let best = at;
        for (const other of [at + C, at + line, at + line + C]) if (x[other] > x[best]) best = other;
        o[best] += g[(i * H + j) * C + c];
      }
    }
  }
};
export const median3x3: Plain = ([x], [o], { N }) => {
  const nine = new Float64Array(9);
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      let n = 0;
      for (let y = i - 1; y <= i + 1; y++) {
        for (let z = j - 1; z <= j + 1; z++) {
          const value = y < 0 || z < 0 || y >= N || z >= N ? 0 : x[y * N + z];
          let k = n++;
          for (; k > 0 && nine[k - 1] > value; k--) nine[k] = nine[k - 1];
          nine[k] = value;
        }
      }
      o[i * N + j] = nine[4];
    }
  }
};
export const crossEntropy: Plain = ([x, labels], [o], { M, N }) => {
  let total = 0;
  for (let i = 0; i < M; i++) {
    let max = Number.NEGATIVE_INFINITY;
    for (let j = i * N; j < (i + 1) * N; j++) max = Math.max(max, x[j]);
    let sum = 0;
    for (let j = i * N; j < (i + 1) * N; j++) sum += Math.exp(x[j] - max);
    total += Math.log(sum) + max - x[i * N + labels[i]];
  }
  o[0] = total / M;
};
export const exponentialAverage: Plain = ([x], [o]) => {
  let y = 0;
  for (let i = 0; i < x.length; i++) {
    y = 0.9 * y + 0.1 * x[i];
    o[i] = y;
  }
};
export const luma: Plain = ([x], [o]) => {
  for (let i = 0, p = 0; i < o.length; i++, p += 3) o[i] = (77 * x[p] + 150 * x[p + 1] + 29 * x[p + 2]) >> 8;
};
export const klDivergence: Plain = ([x, y], [o], { M, N }) => {
  const logSum = (v: ArrayLike<number>, row: number) => {
    let greatest = Number.NEGATIVE_INFINITY;
    for (let j = row; j < row + N; j++) greatest = Math.max(greatest, v[j]);
    let sum = 0;
    for (let j = row; j < row + N; j++) sum += Math.exp(v[j] - greatest);
    return greatest + Math.log(sum);
  };
  for (let i = 0; i < M; i++) {
    const [p, q] = [logSum(x, i * N), logSum(y, i * N)];
    let sum = 0;
    for (let j = i * N; j < (i + 1) * N; j++) sum += Math.exp(x[j] - p) * (x[j] - p - y[j] + q);
    o[i] = sum;
  }
};
