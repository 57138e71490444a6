// Trains the digit classifier of docs/examples/mlp and writes its weights and test set:  node tools/demo/train-digits.mjs
// A 64-128-64-10 network with relu; lib/training.mjs says how it learns.
import { join } from 'node:path';
import { tensor, writeNpy } from './lib/npy.mjs';
import { EXAMPLES } from './lib/paths.mjs';
import { randomSource } from './lib/random.mjs';
import { initialWeights, parameter, testSet, trainOnDigits } from './lib/training.mjs';

const SIZES = [64, 128, 64, 10];

const random = randomSource(20240229);
const layers = SIZES.slice(1).map((outputs, l) => ({
  inputs: SIZES[l],
  outputs,
  // Weights are [inputs, outputs].
  weight: initialWeights(SIZES[l] * outputs, SIZES[l], random),
  bias: parameter(new Float64Array(outputs)),
}));
/** One array per layer boundary; [0] holds the input. */
const activations = SIZES.map((size) => new Float64Array(size));
const deltas = SIZES.map((size) => new Float64Array(size));
const last = SIZES.length - 1;

trainOnDigits({ layers, forward, backward }, { epochs: 40, rate: 2e-3, decay: 1e-4, random });

const folder = join(EXAMPLES, 'mlp', 'data');
layers.forEach(({ inputs, outputs, weight, bias }, l) => {
  writeNpy(join(folder, `w${l + 1}.npy`), tensor('f4', [inputs, outputs], Float32Array.from(weight.value)));
  writeNpy(join(folder, `b${l + 1}.npy`), tensor('f4', [outputs], Float32Array.from(bias.value)));
});
for (const [name, value] of Object.entries(testSet())) writeNpy(join(folder, `${name}.npy`), value);

/**
 * Relu after all layers but the last.
 * @param {Float64Array} pixels
 */
function forward(pixels) {
  activations[0].set(pixels);
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
  return activations[last];
}

/** @param {Float64Array} delta */
function backward(delta) {
  deltas[last].set(delta);
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
