// float64 reference of docs/examples/fft-filter: the filter as a sum over the picture, not as a transform. A product of
// spectra is a circular convolution, whose kernel is found by its cosine series; rows and columns apart.
import { f64, rounded } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */

/** 2 pi^2 / 512^2, as the program has it in float32. */
export const SCALE = -Math.fround(-7.5299106e-5);

/**
 * A blur by a Gauss bell, and what it takes away.
 * @param {Record<string, Tensor>} inputs image f4 [N, N], width f4 [] in pixels
 * @returns {import('./tensors.mjs').Reference} smooth, detail f4 [N, N]
 */
export function fftFilter({ image, width }) {
  const n = image.shape[0];
  const x = f64(image);
  const w = Number(width.data[0]);
  // The same bell for positive and negative frequencies: its transform is real and even.
  const kernel = Float64Array.from({ length: n }, (_, d) => {
    let sum = 0;
    for (let k = 0; k < n; k++) {
      const f = k > n / 2 ? k - n : k;
      sum += Math.exp(-SCALE * w * w * f * f) * Math.cos((2 * Math.PI * ((k * d) % n)) / n);
    }
    return sum / n;
  });
  const smooth = transposed(convolvedRows(transposed(convolvedRows(x, kernel), n), kernel), n);
  return {
    outputs: {
      smooth: rounded(image.shape, smooth),
      detail: rounded(
        image.shape,
        x.map((v, i) => v - smooth[i]),
      ),
    },
    undecided: {},
  };
}

/**
 * Each row convolved with the kernel, the row being a ring.
 * @param {Float64Array} x
 * @param {Float64Array} kernel of the length of a row, even
 */
function convolvedRows(x, kernel) {
  const n = kernel.length;
  // Further away the bell is below the rounding of float64.
  const reach = kernel.findIndex((v, d) => d <= n / 2 && Math.abs(v) < 1e-18);
  const limit = reach < 0 ? n / 2 : reach;
  return x.map((_, at) => {
    const row = at - (at % n);
    let sum = 0;
    for (let d = -limit; d <= (limit === n / 2 ? limit - 1 : limit); d++)
      sum += kernel[(d + n) % n] * x[row + (((at % n) - d + n) % n)];
    return sum;
  });
}

/** @param {Float64Array} x @param {number} n */
function transposed(x, n) {
  return x.map((_, at) => x[(at % n) * n + Math.floor(at / n)]);
}
