// docs/examples/convnet in plain JavaScript: images with a border of zeros, channels innermost.
import { softmaxRows } from './softmax.mjs';

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Allocates outputs and the layers of one image; `run` fills the outputs.
 * @param {Record<string, Tensor>} inputs x f4 [B, 8, 8, 1], then w1 f4 [3, 3, 1, 8], b1 [8], w2 [3, 3, 8, 16], b2, w3 [64, 10], b3
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} logits f4 [B, 10], probabilities f4 [B, 10]
 */
export function prepareConvnet({ x, w1, b1, w2, b2, w3, b3 }) {
  const data = /** @param {Tensor} value */ (value) => /** @type {Float32Array} */ (value.data);
  const [batch, classes] = [x.shape[0], b3.shape[0]];
  const pixels = data(x);
  const first = makeStage(8, data(w1), data(b1));
  const second = makeStage(4, data(w2), data(b2));
  const [weight, bias] = [data(w3), data(b3)];
  const features = bias.length ? weight.length / bias.length : 0;
  const logits = new Float64Array(classes);
  const allLogits = new Float32Array(batch * classes);
  const probabilities = new Float32Array(batch * classes);
  const run = () => {
    for (let n = 0; n < batch; n++) {
      for (let y = 0; y < 8; y++)
        for (let column = 0; column < 8; column++)
          first.input[(y + 1) * 10 + column + 1] = pixels[64 * n + 8 * y + column];
      pool(first);
      for (let y = 0; y < 4; y++)
        second.input.set(first.pooled.subarray(y * 4 * first.to, (y + 1) * 4 * first.to), ((y + 1) * 6 + 1) * first.to);
      pool(second);
      logits.set(bias);
      for (let i = 0; i < features; i++) {
        const v = second.pooled[i];
        if (v !== 0) for (let j = 0; j < classes; j++) logits[j] += v * weight[i * classes + j];
      }
      allLogits.set(logits, n * classes);
    }
    softmaxRows(allLogits, probabilities, classes);
  };
  const shape = [batch, classes];
  return {
    outputs: {
      logits: { dtype: 'f4', shape, data: allLogits },
      probabilities: { dtype: 'f4', shape, data: probabilities },
    },
    run,
  };
}

/**
 * @param {number} side of the image without its border
 * @param {Float32Array} weight [3, 3, from, to]
 * @param {Float32Array} bias [to]
 */
function makeStage(side, weight, bias) {
  const to = bias.length;
  const from = weight.length / 9 / to;
  return {
    side,
    from,
    to,
    weight,
    bias,
    input: new Float32Array((side + 2) ** 2 * from),
    pooled: new Float32Array((side / 2) ** 2 * to),
    sums: new Float32Array(to),
  };
}

/**
 * Convolution, relu and maximum at once: the four convolved points of a pooled one in turn.
 * @param {ReturnType<typeof makeStage>} stage
 */
function pool({ side, from, to, weight, bias, input, pooled, sums }) {
  const half = side / 2;
  const row = (side + 2) * from;
  pooled.fill(0);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      sums.set(bias);
      for (let ky = 0; ky < 3; ky++) {
        for (let tap = 0; tap < 3 * from; tap++) {
          const v = input[(y + ky) * row + x * from + tap];
          if (v === 0) continue;
          const w = (ky * 3 * from + tap) * to;
          for (let c = 0; c < to; c++) sums[c] += v * weight[w + c];
        }
      }
      const at = ((y >> 1) * half + (x >> 1)) * to;
      for (let c = 0; c < to; c++) if (sums[c] > pooled[at + c]) pooled[at + c] = sums[c];
    }
  }
}
