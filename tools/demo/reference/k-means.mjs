// float64 reference of docs/examples/k-means (Lloyd, 1982).
import { f64, rounded } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */

/** A pixel whose two nearest centres are this near in squared distance is left to rounding. */
const SLACK = 0.5;

/**
 * Moves each centre to the mean of the points nearest to it, until no point changes sides, at most `limit` times.
 * @param {Record<string, Tensor>} inputs pixels f4 [N, 3], centers f4 [K, 3], limit i4 []
 * @returns {import('./tensors.mjs').Reference} centers f4 [K, 3], labels i4 [N] of the last round, iterations i4 []
 */
export function kMeans({ pixels, centers, limit }) {
  const [p, c] = [pixels, centers].map(f64);
  const labels = new Int32Array(pixels.shape[0]).fill(-1);
  const open = new Uint8Array(labels.length);
  let iterations = 0;
  for (let changed = true; changed && iterations < Number(limit.data[0]); iterations++) {
    changed = false;
    const sums = new Float64Array(c.length);
    const counts = new Float64Array(centers.shape[0]);
    for (let i = 0; i < labels.length; i++) {
      const { label, isOpen } = nearest(p.subarray(3 * i, 3 * i + 3), c);
      changed ||= label !== labels[i];
      labels[i] = label;
      open[i] = isOpen ? 1 : 0;
      counts[label]++;
      for (let axis = 0; axis < 3; axis++) sums[3 * label + axis] += p[3 * i + axis];
    }
    counts.forEach((count, k) => {
      for (let axis = 0; axis < 3 && count > 0; axis++) c[3 * k + axis] = sums[3 * k + axis] / count;
    });
  }
  return {
    outputs: {
      centers: rounded(centers.shape, c),
      labels: { dtype: 'i4', shape: [labels.length], data: labels },
      iterations: { dtype: 'i4', shape: [], data: Int32Array.of(iterations) },
    },
    undecided: { labels: { dtype: 'b1', shape: [labels.length], data: open } },
  };
}

/**
 * @param {Float64Array} point [3]
 * @param {Float64Array} centers [K * 3]
 */
function nearest(point, centers) {
  let [label, best, second] = [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let k = 0; 3 * k < centers.length; k++) {
    let distance = 0;
    for (let axis = 0; axis < 3; axis++) distance += (point[axis] - centers[3 * k + axis]) ** 2;
    if (distance < best) [label, best, second] = [k, distance, best];
    else if (distance < second) second = distance;
  }
  return { label, isOpen: second - best < SLACK };
}
