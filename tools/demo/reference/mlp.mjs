// float64 reference of docs/examples/mlp.
import { f64, rounded, softmaxRows } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */

/**
 * Two hidden layers with relu, then logits and their softmax.
 * @param {Record<string, Tensor>} inputs x f4 [B, 64], then w1 [64, 128], b1 [128], w2, b2, w3, b3
 * @returns {import('./tensors.mjs').Reference} logits f4 [B, 10], probabilities f4 [B, 10]
 */
export function mlp({ x, w1, b1, w2, b2, w3, b3 }) {
  const batch = x.shape[0];
  const hidden1 = dense(f64(x), batch, w1, b1).map((v) => Math.max(v, 0));
  const hidden2 = dense(hidden1, batch, w2, b2).map((v) => Math.max(v, 0));
  const logits = dense(hidden2, batch, w3, b3);
  const classes = w3.shape[1];
  const probabilities = logits.slice();
  softmaxRows(probabilities, classes);
  const shape = [batch, classes];
  return {
    outputs: { logits: rounded(shape, logits), probabilities: rounded(shape, probabilities) },
    undecided: {},
  };
}

/**
 * x @ weight + bias.
 * @param {Float64Array} x [batch, inputs]
 * @param {number} batch
 * @param {Tensor} weight [inputs, outputs]
 * @param {Tensor} bias [outputs]
 */
function dense(x, batch, weight, bias) {
  const [inputs, outputs] = weight.shape;
  const w = f64(weight);
  const b = f64(bias);
  const y = new Float64Array(batch * outputs);
  for (let i = 0; i < batch; i++) {
    for (let j = 0; j < outputs; j++) {
      let sum = 0;
      for (let k = 0; k < inputs; k++) sum += x[i * inputs + k] * w[k * outputs + j];
      y[i * outputs + j] = sum + b[j];
    }
  }
  return y;
}

/**
 * The share of rows whose largest value stands at the row's label.
 * @param {Tensor} scores [B, C], logits or probabilities
 * @param {Tensor} labels u1 [B]
 * @returns {number} in [0, 1]
 */
export function accuracy(scores, labels) {
  const [batch, classes] = scores.shape;
  let right = 0;
  for (let i = 0; i < batch; i++) {
    let best = 0;
    for (let j = 1; j < classes; j++) {
      if (scores.data[i * classes + j] > scores.data[i * classes + best]) best = j;
    }
    if (best === Number(labels.data[i])) right++;
  }
  return right / batch;
}
