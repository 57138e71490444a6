// docs/examples/mlp: a small network reads handwritten digits.
import { join } from 'node:path';
import { readNpy } from '../lib/npy.mjs';
import { EXAMPLES } from '../lib/paths.mjs';
import { prepareMlp } from '../plain/mlp.mjs';
import { accuracy, mlp as reference } from '../reference/mlp.mjs';

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/** @type {import('./definition.mjs').Definition} */
export const mlp = {
  inputs: mlpInputs,
  reference,
  isCommitted: true,
  plain: prepareMlp,
  policies: {
    logits: { kind: 'close', absolute: 5e-5, relative: 1e-5 },
    probabilities: { kind: 'close', absolute: 1e-7, relative: 1e-4 },
  },
  work: { flops: 2 * 360 * (64 * 128 + 128 * 64 + 64 * 10) },
  figures: ({ logits }) => ({ accuracy: accuracy(logits, readNpy(join(EXAMPLES, 'mlp', 'data', 'labels.npy'))) }),
};

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
