// float64 reference of docs/examples/convnet.
import { f64, rounded, softmaxRows } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */
/** @typedef {{ side: number, channels: number, data: Float64Array }} Image one image, [side, side, channels] */

/**
 * Two rounds of 3x3 convolution with zeros around, relu and 2x2 maximum, then a dense layer and softmax.
 * @param {Record<string, Tensor>} inputs x f4 [B, 8, 8, 1], then w1 f4 [3, 3, 1, 8], b1 [8], w2 [3, 3, 8, 16], b2, w3 [64, 10], b3
 * @returns {import('./tensors.mjs').Reference} logits f4 [B, 10], probabilities f4 [B, 10]
 */
export function convnet({ x, w1, b1, w2, b2, w3, b3 }) {
  const batch = x.shape[0];
  const classes = b3.shape[0];
  const pixels = f64(x);
  const [dense, bias] = [f64(w3), f64(b3)];
  const logits = new Float64Array(batch * classes);
  for (let n = 0; n < batch; n++) {
    const image = { side: 8, channels: 1, data: pixels.subarray(64 * n, 64 * n + 64) };
    const { data } = stage(stage(image, w1, b1), w2, b2);
    for (let j = 0; j < classes; j++)
      logits[n * classes + j] = data.reduce((sum, v, i) => sum + v * dense[i * classes + j], bias[j]);
  }
  const probabilities = logits.slice();
  softmaxRows(probabilities, classes);
  const shape = [batch, classes];
  return { outputs: { logits: rounded(shape, logits), probabilities: rounded(shape, probabilities) }, undecided: {} };
}

/**
 * @param {Image} image
 * @param {Tensor} weight [3, 3, channels in, channels out]
 * @param {Tensor} bias [channels out]
 * @returns {Image}
 */
function stage({ side, channels, data }, weight, bias) {
  const out = bias.shape[0];
  const [w, b] = [f64(weight), f64(bias)];
  const half = side / 2;
  const result = new Float64Array(half * half * out);
  /** @param {number} y @param {number} x @param {number} o */
  const convolved = (y, x, o) => {
    let sum = b[o];
    for (let ky = 0; ky < 3; ky++)
      for (let kx = 0; kx < 3; kx++) {
        const [row, column] = [y + ky - 1, x + kx - 1];
        if (row < 0 || row >= side || column < 0 || column >= side) continue;
        for (let c = 0; c < channels; c++)
          sum += data[(row * side + column) * channels + c] * w[((ky * 3 + kx) * channels + c) * out + o];
      }
    return Math.max(sum, 0);
  };
  for (let y = 0; y < half; y++)
    for (let x = 0; x < half; x++)
      for (let o = 0; o < out; o++)
        result[(y * half + x) * out + o] = Math.max(
          convolved(2 * y, 2 * x, o),
          convolved(2 * y, 2 * x + 1, o),
          convolved(2 * y + 1, 2 * x, o),
          convolved(2 * y + 1, 2 * x + 1, o),
        );
  return { side: half, channels: out, data: result };
}
