// Trains the digit classifier of docs/examples/mlp and writes its weights and test set:  node tools/demo/train-digits.mjs
//
// A 64-128-64-10 network with relu, softmax cross-entropy, weight decay and Adam (Kingma & Ba, 2015) in mini-batches of
// 32, all in float64 and from one seed, so the same files come out of every run. Every fifth image is a test image; the
// training never sees it.
import { join } from 'node:path';
import { readNpy, tensor, writeNpy } from './lib/npy.mjs';
import { DATA, EXAMPLES } from './lib/paths.mjs';
import { randomSource } from './lib/random.mjs';

const SIZES = [64, 128, 64, 10];
const SEED = 20240229;
const EPOCHS = 40;
const BATCH = 32;
const RATE = 2e-3;
const WEIGHT_DECAY = 1e-4;
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * One dense layer with its gradient and Adam moments; weights are [inputs, outputs].
 * @param {number} inputs
 * @param {number} outputs
 * @param {() => number} random
 */
function makeLayer(inputs, outputs, random) {
  // He's initialisation with a uniform distribution: the variance is 2 / inputs.
  const limit = Math.sqrt(6 / inputs);
  /** @param {Float64Array} value */
  const parameter = (value) => ({
    value,
    gradient: new Float64Array(value.length),
    first: new Float64Array(value.length),
    second: new Float64Array(value.length),
  });
  return {
    inputs,
    outputs,
    weight: parameter(new Float64Array(inputs * outputs).map(() => (2 * random() - 1) * limit)),
    bias: parameter(new Float64Array(outputs)),
  };
}

/** @typedef {ReturnType<typeof makeLayer>} Layer */

/**
 * Activations of one sample: the input, then each layer's output (relu after all but the last).
 * @param {Layer[]} layers
 * @param {Float64Array[]} activations one array per layer boundary; [0] holds the input
 */
function forward(layers, activations) {
  layers.forEach(({ inputs, outputs, weight, bias }, l) => {
    const x = activations[l];
    const y = activations[l + 1];
    y.set(bias.value);
    for (let i = 0; i < inputs; i++) {
      const xi = x[i];
      if (xi === 0) continue;
      for (let j = 0; j < outputs; j++) y[j] += xi * weight.value[i * outputs + j];
    }
    if (l < layers.length - 1) for (let j = 0; j < outputs; j++) if (y[j] < 0) y[j] = 0;
  });
}

/**
 * Adds one sample's gradient; `deltas[last]` holds d(loss)/d(logits) on entry.
 * @param {Layer[]} layers
 * @param {Float64Array[]} activations
 * @param {Float64Array[]} deltas
 */
function backward(layers, activations, deltas) {
  for (let l = layers.length - 1; l >= 0; l--) {
    const { inputs, outputs, weight, bias } = layers[l];
    const x = activations[l];
    const dy = deltas[l + 1];
    const dx = deltas[l];
    for (let j = 0; j < outputs; j++) bias.gradient[j] += dy[j];
    for (let i = 0; i < inputs; i++) {
      dx[i] = 0;
      // Zero after relu (or a blank pixel): neither the weight nor anything before it sees a gradient.
      if (x[i] === 0) continue;
      let sum = 0;
      for (let j = 0; j < outputs; j++) {
        sum += dy[j] * weight.value[i * outputs + j];
        weight.gradient[i * outputs + j] += dy[j] * x[i];
      }
      dx[i] = sum;
    }
  }
}

/**
 * One Adam step with decoupled weight decay; clears the gradient.
 * @param {Layer['weight']} parameter
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

const images = readNpy(join(DATA, 'digits-images.npy'));
const labels = Array.from(readNpy(join(DATA, 'digits-labels.npy')).data, Number);
const features = images.shape[1];
const pixels = Float64Array.from(/** @type {Uint8Array} */ (images.data), (v) => v / 16);
const all = labels.map((_, i) => i);
const test = all.filter((i) => i % 5 === 0);
const train = all.filter((i) => i % 5 !== 0);

const random = randomSource(SEED);
const layers = SIZES.slice(1).map((outputs, l) => makeLayer(SIZES[l], outputs, random));
const activations = SIZES.map((size) => new Float64Array(size));
const deltas = SIZES.map((size) => new Float64Array(size));
const last = SIZES.length - 1;

/** @param {number[]} samples */
function accuracy(samples) {
  let right = 0;
  for (const i of samples) {
    activations[0].set(pixels.subarray(i * features, (i + 1) * features));
    forward(layers, activations);
    if (argmax(activations[last]) === labels[i]) right++;
  }
  return right / samples.length;
}

let step = 0;
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  for (let i = train.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [train[i], train[j]] = [train[j], train[i]];
  }
  // A linear decay of the learning rate to zero settles the weights.
  const rate = RATE * (1 - (epoch - 1) / EPOCHS);
  let loss = 0;
  for (let start = 0; start + BATCH <= train.length; start += BATCH) {
    for (const i of train.slice(start, start + BATCH)) {
      activations[0].set(pixels.subarray(i * features, (i + 1) * features));
      forward(layers, activations);
      const logits = activations[last];
      const top = logits[argmax(logits)];
      let sum = 0;
      for (const v of logits) sum += Math.exp(v - top);
      for (let j = 0; j < logits.length; j++) {
        deltas[last][j] = Math.exp(logits[j] - top) / sum - (j === labels[i] ? 1 : 0);
      }
      loss += Math.log(sum) + top - logits[labels[i]];
      backward(layers, activations, deltas);
    }
    step++;
    for (const layer of layers) {
      adam(layer.weight, step, { rate, decay: WEIGHT_DECAY });
      adam(layer.bias, step, { rate, decay: 0 });
    }
  }
  if (epoch % 10 === 0) console.log(`epoch ${epoch}: loss ${(loss / train.length).toFixed(5)}`);
}
console.log(
  `train accuracy ${accuracy(train).toFixed(4)}, test accuracy ${accuracy(test).toFixed(4)} (${test.length} images)`,
);

const folder = join(EXAMPLES, 'mlp', 'data');
layers.forEach(({ inputs, outputs, weight, bias }, l) => {
  writeNpy(join(folder, `w${l + 1}.npy`), tensor('f4', [inputs, outputs], Float32Array.from(weight.value)));
  writeNpy(join(folder, `b${l + 1}.npy`), tensor('f4', [outputs], Float32Array.from(bias.value)));
});
const x = Float32Array.from(test.flatMap((i) => Array.from(pixels.subarray(i * features, (i + 1) * features))));
writeNpy(join(folder, 'x.npy'), tensor('f4', [test.length, features], x));
writeNpy(
  join(folder, 'labels.npy'),
  tensor(
    'u1',
    [test.length],
    Uint8Array.from(test, (i) => labels[i]),
  ),
);
