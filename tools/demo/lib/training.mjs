// Training of the digit classifiers: softmax cross-entropy, Adam (Kingma & Ba, 2015) with decoupled weight decay in
// mini-batches, all in float64 and from one seed, so that the same weights come out of every run. Every fifth image is a
// test image; the training never sees it.
import { digits } from './data.mjs';
import { tensor } from './npy.mjs';

const BATCH = 32;
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Weights with their gradient and Adam moments.
 * @param {Float64Array} value
 */
export function parameter(value) {
  return {
    value,
    gradient: new Float64Array(value.length),
    first: new Float64Array(value.length),
    second: new Float64Array(value.length),
  };
}
/** @typedef {ReturnType<typeof parameter>} Parameter */

/**
 * He's initialisation with a uniform distribution: the variance is 2 / inputs.
 * @param {number} count
 * @param {number} inputs of one output
 * @param {() => number} random
 */
export function initialWeights(count, inputs, random) {
  const limit = Math.sqrt(6 / inputs);
  return parameter(new Float64Array(count).map(() => (2 * random() - 1) * limit));
}

/**
 * @typedef {object} Network
 * @property {{ weight: Parameter, bias: Parameter }[]} layers
 * @property {(pixels: Float64Array) => Float64Array} forward the logits of an image, in an array that is used again
 * @property {(delta: Float64Array) => void} backward adds the gradient of the image seen last, given d(loss)/d(logits)
 */

/** The images as 8 x 8 numbers 0 to 1, their labels, and which are for training and for testing. */
function dataset() {
  const { images, labels } = digits();
  const features = images.shape[1];
  const pixels = Float64Array.from(/** @type {Uint8Array} */ (images.data), (v) => v / 16);
  const all = Array.from(labels.data.keys());
  return {
    labels: Array.from(labels.data, Number),
    image: /** @param {number} i */ (i) => pixels.subarray(i * features, (i + 1) * features),
    test: all.filter((i) => i % 5 === 0),
    train: all.filter((i) => i % 5 !== 0),
  };
}

/**
 * The images that the training never sees.
 * @returns {{ x: import('./npy.mjs').Tensor, labels: import('./npy.mjs').Tensor }} f4 [360, 64], u1 [360]
 */
export function testSet() {
  const { test, image, labels } = dataset();
  return {
    x: tensor('f4', [test.length, 64], Float32Array.from(test.flatMap((i) => Array.from(image(i))))),
    labels: tensor(
      'u1',
      [test.length],
      Uint8Array.from(test, (i) => labels[i]),
    ),
  };
}

/**
 * Trains a network on the digits, telling how it goes.
 * @param {Network} network
 * @param {{ epochs: number, rate: number, decay: number, random: () => number }} options
 */
export function trainOnDigits({ layers, forward, backward }, { epochs, rate, decay, random }) {
  const { labels, image, test, train } = dataset();
  /** @param {number[]} samples */
  const accuracy = (samples) => samples.filter((i) => argmax(forward(image(i))) === labels[i]).length / samples.length;

  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let i = train.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [train[i], train[j]] = [train[j], train[i]];
    }
    // A linear decay of the learning rate to zero settles the weights.
    const now = rate * (1 - (epoch - 1) / epochs);
    let loss = 0;
    for (let start = 0; start + BATCH <= train.length; start += BATCH) {
      for (const i of train.slice(start, start + BATCH)) {
        const logits = forward(image(i));
        const top = logits[argmax(logits)];
        let sum = 0;
        for (const v of logits) sum += Math.exp(v - top);
        loss += Math.log(sum) + top - logits[labels[i]];
        backward(logits.map((v, j) => Math.exp(v - top) / sum - (j === labels[i] ? 1 : 0)));
      }
      step++;
      for (const { weight, bias } of layers) {
        adam(weight, step, { rate: now, decay });
        adam(bias, step, { rate: now, decay: 0 });
      }
    }
    if (epoch % 10 === 0) console.log(`epoch ${epoch}: loss ${(loss / train.length).toFixed(5)}`);
  }
  console.log(
    `train accuracy ${accuracy(train).toFixed(4)}, test accuracy ${accuracy(test).toFixed(4)} (${test.length} images)`,
  );
}

/**
 * One Adam step; clears the gradient.
 * @param {Parameter} parameter
 * @param {number} step counted from 1
 * @param {{ rate: number, decay: number }} options
 */
function adam({ value, gradient, first, second }, step, { rate, decay }) {
  const correct1 = 1 - BETA1 ** step;
  const correct2 = 1 - BETA2 ** step;
  for (let i = 0; i < value.length; i++) {
    const g = gradient[i] / BATCH;
    first[i] = BETA1 * first[i] + (1 - BETA1) * g;
    second[i] = BETA2 * second[i] + (1 - BETA2) * g * g;
    value[i] -= rate * (first[i] / correct1 / (Math.sqrt(second[i] / correct2) + EPSILON) + decay * value[i]);
    gradient[i] = 0;
  }
}

/** @param {Float64Array} values */
function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
