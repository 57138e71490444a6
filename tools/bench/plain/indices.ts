// Plain JavaScript of programs whose places in memory the data names: histograms, lookups, clusters.

import type { Plain } from './plain.js';

export const histogram: Plain = ([x], [o]) => {
  o.fill(0);
  for (let i = 0; i < x.length; i++) o[x[i]]++;
};
export const embedding: Plain = ([table, ids], [o], { D, N }) => {
  for (let i = 0; i < N; i++) {
    const start = ids[i] * D;
    for (let d = 0; d < D; d++) o[i * D + d] = table[start + d];
  }
};
export const lookup: Plain = ([table, ids, y], [o]) => {
  for (let i = 0; i < o.length; i++) o[i] = table[ids[i]] * y[i] + y[i];
};
export const kmeansStep: Plain = ([points, centers], [nearest, sums, counts], { N, K, D }) => {
  sums.fill(0);
  counts.fill(0);
  for (let i = 0; i < N; i++) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < K; k++) {
      let distance = 0;
      for (let d = 0; d < D; d++) {
        const t = points[i * D + d] - centers[k * D + d];
        distance += t * t;
      }
      if (distance < least) {
        least = distance;
        best = k;
      }
    }
    nearest[i] = best;
    counts[best]++;
    for (let d = 0; d < D; d++) sums[best * D + d] += points[i * D + d];
  }
};
export const sparseRows: Plain = ([x, columns, values], [o], { N, K }) => {
  for (let i = 0; i < N; i++) {
    let sum = 0;
    for (let k = i * K; k < (i + 1) * K; k++) sum += values[k] * x[columns[k]];
    o[i] = sum;
  }
};
export const palette: Plain = ([x, colours], [o]) => {
  for (let i = 0; i < x.length; i++) {
    const c = 3 * x[i];
    o[3 * i] = colours[c];
    o[3 * i + 1] = colours[c + 1];
    o[3 * i + 2] = colours[c + 2];
  }
};
export const edgeEnergy: Plain = ([x, from, to], [o]) => {
  let sum = 0;
  for (let i = 0; i < from.length; i++) {
    const d = x[from[i]] - x[to[i]];
    sum += d * d;
  }
  o[0] = sum;
};
export const segmentMax: Plain = ([low, groups, x], [o]) => {
  for (let g = 0; g < o.length; g++) o[g] = low[g];
  for (let i = 0; i < x.length; i++) if (x[i] > o[groups[i]]) o[groups[i]] = x[i];
};
const COS = Math.fround(0.955336511);
const SIN = Math.fround(0.295520216);
export const rotateImage: Plain = ([x], [o], { N, H }) => {
  const f = Math.fround;
  // To the nearest pixel, and to the even one of two.
  const round = (v: number) => {
    const r = Math.round(v);
    return r - v === 0.5 && r % 2 !== 0 ? r - 1 : r;
  };
  for (let i = 0; i < N; i++)
    for (let j = 0; j < N; j++) {
      const a = round(f(f(f(COS * (i - H)) - f(SIN * (j - H))) + H));
      const b = round(f(f(f(SIN * (i - H)) + f(COS * (j - H))) + H));
      o[i * N + j] = a >= 0 && a < N && b >= 0 && b < N ? x[a * N + b] : 0;
    }
};
