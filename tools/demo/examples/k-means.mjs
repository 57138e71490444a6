// docs/examples/k-means: the colours that tell a photograph best.
import { photographs } from '../lib/data.mjs';
import { tensor } from '../lib/npy.mjs';
import { prepareKMeans } from '../plain/k-means.mjs';
import { kMeans as reference } from '../reference/k-means.mjs';

/** Every eighth pixel of the photographs in both directions. */
const [HEIGHT, WIDTH, STRIDE, CENTERS, LIMIT] = [200, 300, 8, 16, 12];

/** @type {import('./definition.mjs').Definition} */
export const kMeans = {
  inputs: colourTable,
  reference,
  plain: prepareKMeans,
  policies: {
    centers: { kind: 'close', absolute: 0.05, relative: 0 },
    labels: { kind: 'decided', step: CENTERS - 1 },
    iterations: { kind: 'decided', step: 0 },
  },
  work: { flops: LIMIT * HEIGHT * WIDTH * CENTERS * (9 + 8) },
  pictures: ({ centers, labels }) => ({ colours: paint(centers, labels) }),
};

function colourTable() {
  const { data, shape } = photographs();
  const pixels = new Float32Array(HEIGHT * WIDTH * 3);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++)
      for (let c = 0; c < 3; c++) pixels[3 * (y * WIDTH + x) + c] = data[3 * (y * STRIDE * shape[1] + x * STRIDE) + c];
  // The first centres are pixels far apart in the sheet.
  const centers = new Float32Array(3 * CENTERS);
  for (let k = 0; k < CENTERS; k++) {
    const at = 3 * Math.floor(((k + 0.5) * HEIGHT * WIDTH) / CENTERS + WIDTH * (k / CENTERS));
    centers.set(pixels.subarray(at, at + 3), 3 * k);
  }
  return {
    pixels: tensor('f4', [HEIGHT * WIDTH, 3], pixels),
    centers: tensor('f4', [CENTERS, 3], centers),
    limit: tensor('i4', [], Int32Array.of(LIMIT)),
  };
}

/**
 * Each pixel in the colour of its centre.
 * @param {import('../lib/npy.mjs').Tensor} centers f4 [K, 3]
 * @param {import('../lib/npy.mjs').Tensor} labels i4 [H * W]
 */
function paint(centers, labels) {
  const out = new Uint8Array(3 * labels.data.length);
  labels.data.forEach((label, i) => {
    for (let c = 0; c < 3; c++) out[3 * i + c] = Math.round(Number(centers.data[3 * Number(label) + c]));
  });
  return tensor('u1', [HEIGHT, WIDTH, 3], out);
}
