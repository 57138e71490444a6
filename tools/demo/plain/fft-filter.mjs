// docs/examples/fft-filter in plain JavaScript: rows and columns through an in-place radix-2 transform and back. The gain is
// real and even, so two real lines are filtered at once as the parts of a complex one.
import { SCALE } from '../reference/fft-filter.mjs';

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Allocates the outputs and the roots of unity; `run` fills the outputs.
 * @param {Record<string, Tensor>} inputs image f4 [N, N], N a power of two, width f4 []
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} smooth, detail f4 [N, N]
 */
export function prepareFftFilter({ image, width }) {
  const n = image.shape[0];
  const x = /** @type {Float32Array} */ (image.data);
  const work = new Float64Array(n * n);
  const gain = new Float64Array(n);
  const smooth = new Float32Array(n * n);
  const detail = new Float32Array(n * n);
  const transform = prepareTransform(n);
  const run = () => {
    const w = Number(width.data[0]);
    for (let k = 0; k < n; k++) {
      const f = k > n / 2 ? k - n : k;
      gain[k] = Math.exp(-SCALE * w * w * f * f);
    }
    work.set(x);
    for (let row = 0; row < n; row += 2) filter(row * n, (row + 1) * n, 1);
    for (let column = 0; column < n; column += 2) filter(column, column + 1, n);
    for (let i = 0; i < smooth.length; i++) {
      smooth[i] = work[i];
      detail[i] = x[i] - work[i];
    }
  };
  const lineRe = new Float64Array(n);
  const lineIm = new Float64Array(n);
  /**
   * Filters two lines of elements `step` apart.
   * @param {number} first
   * @param {number} second
   * @param {number} step
   */
  function filter(first, second, step) {
    for (let i = 0; i < n; i++) {
      lineRe[i] = work[first + i * step];
      lineIm[i] = work[second + i * step];
    }
    transform(lineRe, lineIm);
    // The inverse is the transform with real and imaginary parts exchanged.
    for (let k = 0; k < n; k++) {
      lineRe[k] *= gain[k] / n;
      lineIm[k] *= gain[k] / n;
    }
    transform(lineIm, lineRe);
    for (let i = 0; i < n; i++) {
      work[first + i * step] = lineRe[i];
      work[second + i * step] = lineIm[i];
    }
  }
  return {
    outputs: {
      smooth: { dtype: 'f4', shape: image.shape, data: smooth },
      detail: { dtype: 'f4', shape: image.shape, data: detail },
    },
    run,
  };
}

/**
 * An in-place transform of n complex numbers (Cooley & Tukey, 1965).
 * @param {number} n a power of two
 */
function prepareTransform(n) {
  const cosine = Float64Array.from({ length: n / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sine = Float64Array.from({ length: n / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  const bits = Math.log2(n);
  const reversed = Uint32Array.from({ length: n }, (_, i) => {
    let r = 0;
    for (let b = 0; b < bits; b++) if (i & (1 << b)) r |= 1 << (bits - 1 - b);
    return r;
  });
  return /** @param {Float64Array} re @param {Float64Array} im */ (re, im) => {
    for (let i = 0; i < n; i++) {
      const j = reversed[i];
      if (j <= i) continue;
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
    for (let size = 2; size <= n; size *= 2) {
      const half = size / 2;
      const stride = n / size;
      for (let start = 0; start < n; start += size)
        for (let k = 0; k < half; k++) {
          const [a, b] = [start + k, start + k + half];
          const [c, s] = [cosine[k * stride], sine[k * stride]];
          const tr = re[b] * c - im[b] * s;
          const ti = re[b] * s + im[b] * c;
          re[b] = re[a] - tr;
          im[b] = im[a] - ti;
          re[a] += tr;
          im[a] += ti;
        }
    }
  };
}
