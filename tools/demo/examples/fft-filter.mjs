// docs/examples/fft-filter: a picture blurred in the frequency domain.
import { photographs } from '../lib/data.mjs';
import { tensor } from '../lib/npy.mjs';
import { prepareFftFilter } from '../plain/fft-filter.mjs';
import { fftFilter as reference } from '../reference/fft-filter.mjs';

const SIDE = 512;
/** Top left corner of the crop in the photographs: the middle of the retina. */
const CROP = { row: 150, column: 1380 };
const WIDTH = 6;

/** @type {import('./definition.mjs').Definition} */
export const fftFilter = {
  inputs: () => ({
    image: tensor('f4', [SIDE, SIDE], brightness()),
    width: tensor('f4', [], Float32Array.of(WIDTH)),
  }),
  reference,
  plain: prepareFftFilter,
  policies: {
    smooth: { kind: 'close', absolute: 2e-6, relative: 0 },
    detail: { kind: 'close', absolute: 2e-6, relative: 0 },
  },
  // Two real transforms of n numbers: 2.5 n log2(n) each.
  work: { flops: 2 * 2.5 * SIDE * SIDE * 18 },
  pictures: ({ smooth, detail }, { image }) => ({
    image: grey(image, 255, 0),
    smooth: grey(smooth, 255, 0),
    detail: grey(detail, 1500, 128),
  }),
};

function brightness() {
  const { data, shape } = photographs();
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const at = 3 * ((CROP.row + Math.floor(i / SIDE)) * shape[1] + CROP.column + (i % SIDE));
    return (0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2]) / 255;
  });
}

/**
 * @param {import('../lib/npy.mjs').Tensor} values f4 [H, W]
 * @param {number} scale
 * @param {number} offset
 */
function grey({ shape, data }, scale, offset) {
  return tensor(
    'u1',
    shape,
    Uint8Array.from(Array.from(data, Number), (v) => Math.min(255, Math.max(0, Math.round(v * scale + offset)))),
  );
}
