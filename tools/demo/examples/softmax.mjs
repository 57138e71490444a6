// docs/examples/softmax: attention weights of digit images.
import { digits } from '../lib/data.mjs';
import { tensor } from '../lib/npy.mjs';
import { prepareSoftmax } from '../plain/softmax.mjs';
import { softmax as reference } from '../reference/softmax.mjs';

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

const SIDE = 1024;

/** @type {import('./definition.mjs').Definition} */
export const softmax = {
  inputs: () => ({ x: attentionLogits() }),
  reference,
  plain: prepareSoftmax,
  policies: { y: { kind: 'close', absolute: 1e-12, relative: 1e-5 } },
  work: { bytes: 2 * 4 * SIDE * SIDE },
};

/**
 * Self-attention scores of the first 1024 digit images: Q = K = the pixels less their column's mean, over the standard
 * deviation of all pixels; scores Q K^T / 8. One deviation for all columns, because corner pixels that one image in a
 * thousand inks would otherwise dominate every product.
 * @returns {Tensor} f4 [1024, 1024]
 */
function attentionLogits() {
  const { shape, data } = digits().images;
  const pixels = /** @type {Uint8Array} */ (data);
  const features = shape[1];
  const q = new Float64Array(SIDE * features);
  let squares = 0;
  for (let j = 0; j < features; j++) {
    let sum = 0;
    for (let i = 0; i < SIDE; i++) sum += pixels[i * features + j];
    const mean = sum / SIDE;
    for (let i = 0; i < SIDE; i++) {
      const centred = pixels[i * features + j] - mean;
      q[i * features + j] = centred;
      squares += centred * centred;
    }
  }
  const deviation = Math.sqrt(squares / q.length);
  for (let i = 0; i < q.length; i++) q[i] /= deviation;
  const scale = 1 / Math.sqrt(features);
  const logits = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < SIDE; i++) {
    for (let k = 0; k < SIDE; k++) {
      let dot = 0;
      for (let j = 0; j < features; j++) dot += q[i * features + j] * q[k * features + j];
      logits[i * SIDE + k] = dot * scale;
    }
  }
  return tensor('f4', [SIDE, SIDE], logits);
}
