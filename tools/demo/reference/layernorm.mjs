// float64 reference of docs/examples/layernorm (Ba, Kiros & Hinton, 2016), with the two-pass variance.
import { f64, rounded } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */

/** Added to the variance. */
export const EPSILON = 1e-5;

/**
 * (x - mean) / sqrt(variance + eps) * gain + bias over each row; the variance divides by the row length.
 * @param {Record<string, Tensor>} inputs x f4 [M, N], gain f4 [N], bias f4 [N]
 * @returns {import('./tensors.mjs').Reference} y f4 [M, N]
 */
export function layernorm({ x, gain, bias }) {
  const width = x.shape[1];
  const values = f64(x);
  const g = f64(gain);
  const b = f64(bias);
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    const mean = row.reduce((sum, v) => sum + v, 0) / width;
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / width;
    row.forEach((v, i) => {
      row[i] = ((v - mean) / Math.sqrt(variance + EPSILON)) * g[i] + b[i];
    });
  }
  return { outputs: { y: rounded(x.shape, values) }, undecided: {} };
}
