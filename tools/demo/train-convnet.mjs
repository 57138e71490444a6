// Trains the convolutional net of docs/examples/convnet and writes its weights and test set:  node tools/demo/train-convnet.mjs
// Two rounds of 3x3 convolution, relu and 2x2 maximum, then a dense layer; lib/training.mjs says how it learns.
import { join } from 'node:path';
import { tensor, writeNpy } from './lib/npy.mjs';
import { EXAMPLES } from './lib/paths.mjs';
import { randomSource } from './lib/random.mjs';
import { initialWeights, parameter, testSet, trainOnDigits } from './lib/training.mjs';

/** Height and width, channels in and out of the convolutions. */
const STAGES = [
  { side: 8, from: 1, to: 8 },
  { side: 4, from: 8, to: 16 },
];
const FLAT = 2 * 2 * 16;
const CLASSES = 10;

const random = randomSource(1998);
const stages = STAGES.map(({ side, from, to }) => ({
  side,
  from,
  to,
  // [row, column, channel in, channel out]
  weight: initialWeights(9 * from * to, 9 * from, random),
  bias: parameter(new Float64Array(to)),
  input: new Float64Array(side * side * from),
  output: new Float64Array(side * side * to),
  /** Where each maximum was found in the output. */
  winners: new Int32Array((side / 2) ** 2 * to),
}));
const dense = { weight: initialWeights(FLAT * CLASSES, FLAT, random), bias: parameter(new Float64Array(CLASSES)) };
const flat = new Float64Array(FLAT);
const logits = new Float64Array(CLASSES);
/** @typedef {typeof stages[number]} Stage */

const layers = [...stages, dense];
trainOnDigits({ layers, forward, backward }, { epochs: 40, rate: 3e-3, decay: 1e-4, random });

const folder = join(EXAMPLES, 'convnet', 'data');
const shapes = [...STAGES.map(({ from, to }) => [3, 3, from, to]), [FLAT, CLASSES]];
layers.forEach(({ weight, bias }, l) => {
  writeNpy(join(folder, `w${l + 1}.npy`), tensor('f4', shapes[l], Float32Array.from(weight.value)));
  writeNpy(join(folder, `b${l + 1}.npy`), tensor('f4', [bias.value.length], Float32Array.from(bias.value)));
});
const { x, labels } = testSet();
writeNpy(join(folder, 'x.npy'), { ...x, shape: [x.shape[0], 8, 8, 1] });
writeNpy(join(folder, 'labels.npy'), labels);

/** @param {Float64Array} pixels */
function forward(pixels) {
  let x = pixels;
  stages.forEach((stage, s) => {
    stage.input.set(x);
    convolve(stage);
    x = pool(stage, s + 1 < stages.length ? stages[s + 1].input : flat);
  });
  logits.set(dense.bias.value);
  for (let i = 0; i < FLAT; i++)
    for (let j = 0; j < CLASSES; j++) logits[j] += flat[i] * dense.weight.value[i * CLASSES + j];
  return logits;
}

/** @param {Float64Array} delta */
function backward(delta) {
  /** @type {Float64Array} */
  let dy = new Float64Array(FLAT);
  for (let j = 0; j < CLASSES; j++) dense.bias.gradient[j] += delta[j];
  for (let i = 0; i < FLAT; i++)
    for (let j = 0; j < CLASSES; j++) {
      dense.weight.gradient[i * CLASSES + j] += flat[i] * delta[j];
      dy[i] += delta[j] * dense.weight.value[i * CLASSES + j];
    }
  for (const stage of stages.slice().reverse()) dy = convolveBackward(stage, dy);
}

/**
 * Calls `visit` for every product of a convolution: places in input, weights and output.
 * @param {Stage} stage
 * @param {(input: number, weight: number, output: number) => void} visit for channel out 0; the others follow
 */
function eachTap({ side, from, to }, visit) {
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let ky = Math.max(0, 1 - y); ky < Math.min(3, side + 1 - y); ky++)
        for (let kx = Math.max(0, 1 - x); kx < Math.min(3, side + 1 - x); kx++)
          for (let c = 0; c < from; c++)
            visit(((y + ky - 1) * side + x + kx - 1) * from + c, ((ky * 3 + kx) * from + c) * to, (y * side + x) * to);
}

/** @param {Stage} stage convolution with zeros around, and relu */
function convolve(stage) {
  const { to, input, output, weight, bias } = stage;
  for (let i = 0; i < output.length; i++) output[i] = bias.value[i % to];
  eachTap(stage, (i, w, o) => {
    if (input[i] !== 0) for (let c = 0; c < to; c++) output[o + c] += input[i] * weight.value[w + c];
  });
  for (let i = 0; i < output.length; i++) if (output[i] < 0) output[i] = 0;
}

/**
 * @param {Stage} stage
 * @param {Float64Array} result [side / 2, side / 2, channels]
 */
function pool({ side, to, output, winners }, result) {
  const half = side / 2;
  for (let i = 0; i < result.length; i++) {
    const [y, x, c] = [Math.floor(i / (half * to)), Math.floor(i / to) % half, i % to];
    const corners = [0, 1, side, side + 1].map((step) => (2 * y * side + 2 * x + step) * to + c);
    winners[i] = corners.reduce((best, at) => (output[at] > output[best] ? at : best));
    result[i] = output[winners[i]];
  }
  return result;
}

/**
 * @param {Stage} stage
 * @param {Float64Array} pooled gradient of the pooled result
 * @returns {Float64Array} gradient of the stage's input
 */
function convolveBackward(stage, pooled) {
  const { to, input, output, weight, bias, winners } = stage;
  const dy = new Float64Array(output.length);
  for (let i = 0; i < pooled.length; i++) if (output[winners[i]] > 0) dy[winners[i]] += pooled[i];
  for (let i = 0; i < dy.length; i++) bias.gradient[i % to] += dy[i];
  const dx = new Float64Array(input.length);
  eachTap(stage, (i, w, o) => {
    for (let c = 0; c < to; c++) {
      weight.gradient[w + c] += input[i] * dy[o + c];
      dx[i] += weight.value[w + c] * dy[o + c];
    }
  });
  return dx;
}
