// docs/examples/table: the pixels of the photographs, counted and sorted.
import { photographs } from '../lib/data.mjs';
import { tensor } from '../lib/npy.mjs';
import { prepareTable } from '../plain/table.mjs';
import { table as reference } from '../reference/table.mjs';

/** Every fourth pixel of the photographs in both directions. */
const [HEIGHT, WIDTH, STRIDE] = [400, 600, 4];

/** @type {import('../reference/compare.mjs').Policy} */
const EXACT = { kind: 'decided', step: 0 };

/** @type {import('./definition.mjs').Definition} */
export const table = {
  inputs: () => ({ image: reduced() }),
  reference,
  plain: prepareTable,
  policies: { even: EXACT, histogram: EXACT, sorted: EXACT, order: EXACT, quantiles: EXACT },
  work: { bytes: HEIGHT * WIDTH * (3 + 1 + 8) },
  pictures: ({ even }) => ({ even }),
  figures: ({ quantiles }) => ({ median: Number(quantiles.data[50]) / 10000 }),
};

function reduced() {
  const { data, shape } = photographs();
  const out = new Uint8Array(HEIGHT * WIDTH * 3);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const from = 3 * (y * STRIDE * shape[1] + x * STRIDE);
      out.set(data.subarray(from, from + 3), 3 * (y * WIDTH + x));
    }
  return tensor('u1', [HEIGHT, WIDTH, 3], out);
}
