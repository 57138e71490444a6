// docs/examples/softmax in plain JavaScript: three passes over a row while it is in the cache.

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Softmax of each row of `x` into `y`, which may be the same array.
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {number} width elements in a row
 */
export function softmaxRows(x, y, width) {
  for (let start = 0; start < x.length; start += width) {
    const end = start + width;
    let top = x[start];
    for (let i = start + 1; i < end; i++) if (x[i] > top) top = x[i];
    let sum = 0;
    for (let i = start; i < end; i++) {
      const e = Math.exp(x[i] - top);
      y[i] = e;
      sum += e;
    }
    const scale = 1 / sum;
    for (let i = start; i < end; i++) y[i] *= scale;
  }
}

/**
 * Allocates the output; `run` fills it.
 * @param {Record<string, Tensor>} inputs x f4 [M, N]
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} y f4 [M, N]
 */
export function prepareSoftmax({ x }) {
  const y = new Float32Array(x.data.length);
  return {
    outputs: { y: { dtype: 'f4', shape: x.shape, data: y } },
    run: () => softmaxRows(/** @type {Float32Array} */ (x.data), y, x.shape[1]),
  };
}
