// Reference of docs/examples/table, in integers that float64 holds exactly.
import { u1 } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */

/** Weights of red, green and blue in brightness, in ten thousandths (ITU-R BT.709). */
export const WEIGHTS = [2126, 7152, 722];

/**
 * Histogram, equalised picture, rows in the order of brightness, and every hundredth of them.
 * @param {Record<string, Tensor>} inputs image u1 [H, W, 3]
 * @returns {import('./tensors.mjs').Reference} even u1 [H, W], histogram i4 [256], sorted and order i4 [H W], quantiles i4 [100]
 */
export function table({ image }) {
  const [height, width] = image.shape;
  const pixels = u1(image);
  const rows = Array.from({ length: height * width }, (_, i) => ({
    i,
    brightness: WEIGHTS.reduce((sum, weight, c) => sum + weight * pixels[3 * i + c], 0),
  }));
  const levels = rows.map(({ brightness }) => Math.floor(brightness / 10000));
  const histogram = Int32Array.from({ length: 256 }, () => 0);
  for (const level of levels) histogram[level]++;
  let below = 0;
  const curve = Array.from(histogram, (count) => {
    below += count;
    return Math.floor((below * 255) / rows.length);
  });
  // Array.prototype.sort is stable.
  const sorted = rows.slice().sort((a, b) => a.brightness - b.brightness);
  const i4 = /** @param {number[]} values */ (values) => ({
    dtype: /** @type {const} */ ('i4'),
    shape: [values.length],
    data: Int32Array.from(values),
  });
  return {
    outputs: {
      even: { dtype: 'u1', shape: [height, width], data: Uint8Array.from(levels, (level) => curve[level]) },
      histogram: i4(Array.from(histogram)),
      sorted: i4(sorted.map(({ brightness }) => brightness)),
      order: i4(sorted.map(({ i }) => i)),
      quantiles: i4(sorted.filter((_, at) => at % (rows.length / 100) === 0).map(({ brightness }) => brightness)),
    },
    undecided: {},
  };
}
