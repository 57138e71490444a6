// docs/examples/heat: a plate cools, step by step.
import { tensor } from '../lib/npy.mjs';
import { prepareHeat } from '../plain/heat.mjs';
import { heat as reference } from '../reference/heat.mjs';

const [HEIGHT, WIDTH, STEPS, ZOOM] = [64, 96, 400, 6];

/** @type {import('./definition.mjs').Definition} */
export const heat = {
  inputs: () => ({
    u: tensor('f4', [HEIGHT, WIDTH], hotPlate()),
    tolerance: tensor('f4', [], Float32Array.of(1e-4)),
    steps: tensor('i4', [], Int32Array.of(STEPS)),
  }),
  reference,
  plain: prepareHeat,
  policies: {
    plate: { kind: 'close', absolute: 1e-5, relative: 0 },
    steps: { kind: 'decided', step: 0 },
    change: { kind: 'close', absolute: 1e-6, relative: 0 },
  },
  work: { flops: STEPS * (HEIGHT - 2) * (WIDTH - 2) * 9 },
  pictures: ({ plate }, { u }) => ({ before: glow(u), after: glow(plate) }),
};

/** A hot ring and a hot bar on a cold plate. */
function hotPlate() {
  return Float32Array.from({ length: HEIGHT * WIDTH }, (_, i) => {
    const [y, x] = [Math.floor(i / WIDTH), i % WIDTH];
    const radius = (y - 32) ** 2 + (x - 30) ** 2;
    return (radius > 200 && radius < 400) || (Math.abs(x - 72) < 5 && Math.abs(y - 32) < 24) ? 1 : 0;
  });
}

/**
 * From black over red and yellow to white, enlarged.
 * @param {import('../lib/npy.mjs').Tensor} plate f4 [H, W], 0 to 1
 */
function glow({ shape, data }) {
  const [height, width] = shape.map((size) => size * ZOOM);
  const out = new Uint8Array(3 * height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const heat = Number(data[Math.floor(y / ZOOM) * shape[1] + Math.floor(x / ZOOM)]);
      for (let c = 0; c < 3; c++) out[3 * (y * width + x) + c] = 255 * Math.min(1, Math.max(0, 3 * heat - c));
    }
  return tensor('u1', [height, width, 3], out);
}
