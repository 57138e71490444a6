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
