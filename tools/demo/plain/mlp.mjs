// docs/examples/mlp in plain JavaScript: each layer streams over the rows of its weights, one sample at a time.
import { softmaxRows } from './softmax.mjs';

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Allocates outputs and hidden layers; `run` fills the outputs.
 * @param {Record<string, Tensor>} inputs x f4 [B, 64], then w1 [64, 128], b1 [128], w2, b2, w3, b3
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} logits f4 [B, 10], probabilities f4 [B, 10]
 */
export function prepareMlp({ x, w1, b1, w2, b2, w3, b3 }) {
  const batch = x.shape[0];
  const classes = w3.shape[1];
  const data = /** @param {Tensor} value */ (value) => /** @type {Float32Array} */ (value.data);
  const hidden1 = new Float32Array(batch * w1.shape[1]);
  const hidden2 = new Float32Array(batch * w2.shape[1]);
  const logits = new Float32Array(batch * classes);
  const probabilities = new Float32Array(batch * classes);
  const run = () => {
    dense(data(x), data(w1), data(b1), hidden1);
    relu(hidden1);
    dense(hidden1, data(w2), data(b2), hidden2);
    relu(hidden2);
    dense(hidden2, data(w3), data(b3), logits);
    softmaxRows(logits, probabilities, classes);
  };
  const shape = [batch, classes];
  return {
    outputs: {
      logits: { dtype: 'f4', shape, data: logits },
      probabilities: { dtype: 'f4', shape, data: probabilities },
    },
    run,
  };
}

/**
 * y = x @ weight + bias, with the contiguous dimension of the weights innermost.
 * @param {Float32Array} x [batch, inputs]
 * @param {Float32Array} weight [inputs, outputs]
 * @param {Float32Array} bias [outputs]
 * @param {Float32Array} y [batch, outputs]
 */
function dense(x, weight, bias, y) {
  const outputs = bias.length;
  const inputs = weight.length / outputs;
  for (let from = 0, to = 0; to < y.length; from += inputs, to += outputs) {
    for (let j = 0; j < outputs; j++) y[to + j] = bias[j];
    for (let k = 0; k < inputs; k++) {
      const xk = x[from + k];
      // Blank pixels and units that relu switched off are common enough to be worth the test.
      if (xk === 0) continue;
      const row = k * outputs;
      for (let j = 0; j < outputs; j++) y[to + j] += xk * weight[row + j];
    }
  }
}

/** @param {Float32Array} values */
function relu(values) {
  for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
}
