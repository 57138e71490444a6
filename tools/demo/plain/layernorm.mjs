// docs/examples/layernorm in plain JavaScript: mean, variance and result, row by row.

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Allocates the output; `run` fills it.
 * @param {Record<string, Tensor>} inputs x f4 [M, N], gain f4 [N], bias f4 [N]
 * @param {number} epsilon added to the variance
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} y f4 [M, N]
 */
export function prepareLayernorm({ x, gain, bias }, epsilon) {
  const y = new Float32Array(x.data.length);
  return {
    outputs: { y: { dtype: 'f4', shape: x.shape, data: y } },
    run: () =>
      layernormRows(
        /** @type {Float32Array} */ (x.data),
        /** @type {Float32Array} */ (gain.data),
        /** @type {Float32Array} */ (bias.data),
        y,
        epsilon,
      ),
  };
}

/**
 * @param {Float32Array} x
 * @param {Float32Array} gain its length is the row length
 * @param {Float32Array} bias
 * @param {Float32Array} y
 * @param {number} epsilon
 */
function layernormRows(x, gain, bias, y, epsilon) {
  const width = gain.length;
  for (let start = 0; start < x.length; start += width) {
    const end = start + width;
    let sum = 0;
    for (let i = start; i < end; i++) sum += x[i];
    const mean = sum / width;
    let squares = 0;
    for (let i = start; i < end; i++) {
      const d = x[i] - mean;
      squares += d * d;
    }
    const scale = 1 / Math.sqrt(squares / width + epsilon);
    for (let j = 0; j < width; j++) y[start + j] = (x[start + j] - mean) * scale * gain[j] + bias[j];
  }
}
