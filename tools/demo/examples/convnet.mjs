// docs/examples/convnet: a convolutional net reads handwritten digits.
import { join } from 'node:path';
import { readNpy } from '../lib/npy.mjs';
import { EXAMPLES } from '../lib/paths.mjs';
import { prepareConvnet } from '../plain/convnet.mjs';
import { convnet as reference } from '../reference/convnet.mjs';
import { accuracy } from '../reference/mlp.mjs';

/** @param {string} name */
const read = (name) => readNpy(join(EXAMPLES, 'convnet', 'data', `${name}.npy`));

/** @type {import('./definition.mjs').Definition} */
export const convnet = {
  inputs: () => Object.fromEntries(['x', 'w1', 'b1', 'w2', 'b2', 'w3', 'b3'].map((name) => [name, read(name)])),
  reference,
  isCommitted: true,
  plain: prepareConvnet,
  policies: {
    logits: { kind: 'close', absolute: 5e-5, relative: 1e-5 },
    probabilities: { kind: 'close', absolute: 1e-7, relative: 1e-4 },
  },
  work: { flops: 2 * 360 * (64 * 9 * 8 + 16 * 72 * 16 + 64 * 10) },
  figures: ({ logits }) => ({ accuracy: accuracy(logits, read('labels')) }),
};
