// float64 reference of docs/examples/mandelbrot, with a running bound on what float32 may have done (Wilkinson, 1963).
import { f64 } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */

/** Half a unit in the last place of float32, relative. */
const UNIT = 2 ** -24;

/**
 * Steps of z <- z^2 + c that end with |z|^2 <= 4, at most `limit`. A point is undecided where |z|^2 came so near to 4 that
 * float32 may have judged it otherwise.
 * @param {Record<string, Tensor>} inputs re f4 [W], im f4 [H], limit i4 []
 * @returns {import('./tensors.mjs').Reference} counts i4 [H, W]
 */
export function mandelbrot({ re, im, limit }) {
  const [cr, ci] = [re, im].map(f64);
  const counts = new Int32Array(cr.length * ci.length);
  const open = new Uint8Array(counts.length);
  counts.forEach((_, at) => {
    const found = escapeTime(cr[at % cr.length], ci[Math.floor(at / cr.length)], Number(limit.data[0]));
    counts[at] = found.count;
    open[at] = found.isDecided ? 0 : 1;
  });
  const shape = [ci.length, cr.length];
  return {
    outputs: { counts: { dtype: 'i4', shape, data: counts } },
    undecided: { counts: { dtype: 'b1', shape, data: open } },
  };
}

/**
 * @param {number} cr
 * @param {number} ci
 * @param {number} limit
 */
function escapeTime(cr, ci, limit) {
  let [zr, zi, error, isDecided] = [0, 0, 0, true];
  for (let count = 0; count < limit; count++) {
    const size = Math.hypot(zr, zi);
    [zr, zi] = [zr * zr - zi * zi + cr, 2 * zr * zi + ci];
    // The error of z is doubled by |z|, squared, and joined by the roundings of this step.
    error = 2 * size * error + error * error + 4 * UNIT * (size * size + Math.hypot(zr, zi) + Math.hypot(cr, ci));
    const square = zr * zr + zi * zi;
    const slack = 2 * Math.sqrt(square) * error + error * error + 3 * UNIT * square;
    if (!(Math.abs(square - 4) > slack)) isDecided = false;
    if (!(square <= 4)) return { count, isDecided };
  }
  return { count: limit, isDecided };
}
