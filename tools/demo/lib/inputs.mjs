// The inputs of each example program, in the order of the program's arguments. Large ones are derived here from the
// committed photographs and digits, with + - * / and sqrt only, so that every machine gets the same bits.
import { join } from 'node:path';
import { readNpy, tensor } from './npy.mjs';
import { DATA, EXAMPLES } from './paths.mjs';
import { readPng } from './png.mjs';

/** @typedef {import('./npy.mjs').Tensor} Tensor */
/** @typedef {'image-pipeline' | 'softmax' | 'layernorm' | 'mlp'} Example */

/** @type {readonly Example[]} */
export const EXAMPLE_NAMES = ['image-pipeline', 'softmax', 'layernorm', 'mlp'];

const SIDE = 1024;
/** Top left corner of the layernorm crop in the photographs: retina, cup, pagoda, flower and rocket meet in it. */
const CROP = { row: 576, column: 500 };

/**
 * The arguments of an example program, by name, in order.
 * @param {Example} name
 * @returns {Record<string, Tensor>}
 */
export function inputs(name) {
  switch (name) {
    case 'image-pipeline':
      return { image: photographs() };
    case 'softmax':
      return { x: attentionLogits() };
    case 'layernorm':
      return layernormInputs();
    case 'mlp':
      return mlpInputs();
    default:
      throw new Error(`unknown example "${name}": expected one of ${EXAMPLE_NAMES.join(', ')}`);
  }
}

/**
 * The contact sheet of photographs.
 * @returns {{ dtype: 'u1', shape: [number, number, number], data: Uint8Array }} [1600, 2400, 3]
 */
export function photographs() {
  return readPng(join(DATA, 'photographs.png'));
}

/**
 * Self-attention scores of the first 1024 digit images: Q = K = the pixels less their column's mean, over the standard
 * deviation of all pixels; scores Q K^T / 8. One deviation for all columns, because corner pixels that one image in a
 * thousand inks would otherwise dominate every product.
 * @returns {Tensor} f4 [1024, 1024]
 */
function attentionLogits() {
  const { shape, data } = readNpy(join(DATA, 'digits-images.npy'));
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

/**
 * A 1024 x 1024 crop of the photographs' luminance; gain = 0.5 + column mean, bias = column mean - overall mean.
 * @returns {Record<string, Tensor>} x f4 [1024, 1024], gain f4 [1024], bias f4 [1024]
 */
function layernormInputs() {
  const { shape, data } = photographs();
  const width = shape[1];
  const x = new Float32Array(SIDE * SIDE);
  const columnMean = new Float64Array(SIDE);
  for (let i = 0; i < SIDE; i++) {
    for (let j = 0; j < SIDE; j++) {
      const at = ((CROP.row + i) * width + CROP.column + j) * 3;
      const luminance = (0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2]) / 255;
      x[i * SIDE + j] = luminance;
      columnMean[j] += luminance / SIDE;
    }
  }
  let mean = 0;
  for (let j = 0; j < SIDE; j++) mean += columnMean[j] / SIDE;
  return {
    x: tensor('f4', [SIDE, SIDE], x),
    gain: tensor(
      'f4',
      [SIDE],
      Float32Array.from(columnMean, (m) => 0.5 + m),
    ),
    bias: tensor(
      'f4',
      [SIDE],
      Float32Array.from(columnMean, (m) => m - mean),
    ),
  };
}

/** @returns {Record<string, Tensor>} the test images and the trained weights, all f4 */
function mlpInputs() {
  /** @param {string} name */
  const read = (name) => readNpy(join(EXAMPLES, 'mlp', 'data', `${name}.npy`));
  return {
    x: read('x'),
    w1: read('w1'),
    b1: read('b1'),
    w2: read('w2'),
    b2: read('b2'),
    w3: read('w3'),
    b3: read('b3'),
  };
}
