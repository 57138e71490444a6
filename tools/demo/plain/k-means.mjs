// docs/examples/k-means in plain JavaScript: nearest centre and sums in one pass over the pixels.

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Allocates the outputs; `run` fills them.
 * @param {Record<string, Tensor>} inputs pixels f4 [N, 3], centers f4 [K, 3], limit i4 []
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} centers f4 [K, 3], labels i4 [N], iterations i4 []
 */
export function prepareKMeans({ pixels, centers, limit }) {
  const p = /** @type {Float32Array} */ (pixels.data);
  const c = new Float32Array(centers.data.length);
  const labels = new Int32Array(pixels.shape[0]);
  const iterations = new Int32Array(1);
  const sums = new Float64Array(c.length);
  const counts = new Int32Array(centers.shape[0]);
  const run = () => {
    c.set(/** @type {Float32Array} */ (centers.data));
    labels.fill(-1);
    iterations[0] = 0;
    for (let changed = true; changed && iterations[0] < Number(limit.data[0]); iterations[0]++) {
      changed = false;
      sums.fill(0);
      counts.fill(0);
      for (let i = 0; i < labels.length; i++) {
        const [r, g, b] = [p[3 * i], p[3 * i + 1], p[3 * i + 2]];
        let best = Number.POSITIVE_INFINITY;
        let label = 0;
        for (let k = 0; k < counts.length; k++) {
          const [dr, dg, db] = [r - c[3 * k], g - c[3 * k + 1], b - c[3 * k + 2]];
          const distance = dr * dr + dg * dg + db * db;
          if (distance < best) {
            best = distance;
            label = k;
          }
        }
        if (label !== labels[i]) changed = true;
        labels[i] = label;
        counts[label]++;
        sums[3 * label] += r;
        sums[3 * label + 1] += g;
        sums[3 * label + 2] += b;
      }
      for (let k = 0; k < c.length; k++) {
        const count = counts[Math.floor(k / 3)];
        if (count > 0) c[k] = sums[k] / count;
      }
    }
  };
  return {
    outputs: {
      centers: { dtype: 'f4', shape: centers.shape, data: c },
      labels: { dtype: 'i4', shape: [labels.length], data: labels },
      iterations: { dtype: 'i4', shape: [], data: iterations },
    },
    run,
  };
}
