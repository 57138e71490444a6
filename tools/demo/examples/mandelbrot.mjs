// docs/examples/mandelbrot: the escape times of a picture.
import { tensor } from '../lib/npy.mjs';
import { prepareMandelbrot } from '../plain/mandelbrot.mjs';
import { mandelbrot as reference } from '../reference/mandelbrot.mjs';

const [HEIGHT, WIDTH, LIMIT] = [512, 768, 100];

/** @type {import('./definition.mjs').Definition} */
export const mandelbrot = {
  inputs: () => ({
    re: tensor(
      'f4',
      [WIDTH],
      Float32Array.from({ length: WIDTH }, (_, i) => -2.25 + (i + 0.5) / 256),
    ),
    im: tensor(
      'f4',
      [HEIGHT],
      Float32Array.from({ length: HEIGHT }, (_, i) => -1 + (i + 0.5) / 256),
    ),
    limit: tensor('i4', [], Int32Array.of(LIMIT)),
  }),
  reference,
  plain: prepareMandelbrot,
  policies: { counts: { kind: 'decided', step: LIMIT } },
  work: { bytes: 4 * HEIGHT * WIDTH },
  pictures: ({ counts }) => ({ mandelbrot: colours(counts) }),
  figures: ({ counts }) => ({
    inside: Array.from(counts.data, Number).filter((n) => n === LIMIT).length / counts.data.length,
  }),
};

/**
 * Black inside; outside a cycle of colours over the logarithm of the escape time.
 * @param {import('../lib/npy.mjs').Tensor} counts i4 [H, W]
 */
function colours({ shape, data }) {
  const out = new Uint8Array(3 * data.length);
  data.forEach((count, i) => {
    if (Number(count) === LIMIT) return;
    const phase = 1.3 * Math.log(1 + Number(count));
    for (let c = 0; c < 3; c++) out[3 * i + c] = 255 * (0.5 - 0.5 * Math.cos(phase + 0.6 * (3 - c)));
  });
  return tensor('u1', [...shape, 3], out);
}
