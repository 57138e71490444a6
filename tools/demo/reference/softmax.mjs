// float64 reference of docs/examples/softmax.
import { f64, rounded, softmaxRows } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */

/**
 * Softmax of each row.
 * @param {Record<string, Tensor>} inputs x f4 [M, N]
 * @returns {import('./tensors.mjs').Reference} y f4 [M, N]
 */
export function softmax({ x }) {
  const values = f64(x);
  softmaxRows(values, x.shape[1]);
  return { outputs: { y: rounded(x.shape, values) }, undecided: {} };
}
