// docs/examples/layernorm: rows of a photograph, normalised.
import { photographs } from '../lib/data.mjs';
import { tensor } from '../lib/npy.mjs';
import { prepareLayernorm } from '../plain/layernorm.mjs';
import { EPSILON, layernorm as reference } from '../reference/layernorm.mjs';

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

const SIDE = 1024;
/** Top left corner of the crop in the photographs: retina, cup, pagoda, flower and rocket meet in it. */
const CROP = { row: 576, column: 500 };

/** @type {import('./definition.mjs').Definition} */
export const layernorm = {
  inputs: layernormInputs,
  reference,
  plain: (args) => prepareLayernorm(args, EPSILON),
  policies: { y: { kind: 'close', absolute: 1e-5, relative: 1e-5 } },
  work: { bytes: 2 * 4 * SIDE * SIDE },
};

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
