// docs/examples/n-body in plain JavaScript: every star against every other, nothing stored between.
import { SOFTENING, STEP } from '../reference/n-body.mjs';

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Allocates the outputs; `run` fills them.
 * @param {Record<string, Tensor>} inputs positions, velocities f4 [3, N], masses f4 [N], steps i4 []
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} positions, velocities f4 [3, N]
 */
export function prepareNBody({ positions, velocities, masses, steps }) {
  const stars = masses.shape[0];
  const m = /** @type {Float32Array} */ (masses.data);
  const x = new Float32Array(3 * stars);
  const v = new Float32Array(3 * stars);
  const run = () => {
    x.set(/** @type {Float32Array} */ (positions.data));
    v.set(/** @type {Float32Array} */ (velocities.data));
    for (let step = 0; step < Number(steps.data[0]); step++) {
      for (let i = 0; i < stars; i++) {
        let [ax, ay, az] = [0, 0, 0];
        const [xi, yi, zi] = [x[i], x[stars + i], x[2 * stars + i]];
        for (let j = 0; j < stars; j++) {
          const dx = x[j] - xi;
          const dy = x[stars + j] - yi;
          const dz = x[2 * stars + j] - zi;
          const inverse = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz + SOFTENING);
          const pull = m[j] * inverse * inverse * inverse;
          ax += pull * dx;
          ay += pull * dy;
          az += pull * dz;
        }
        v[i] += ax * STEP;
        v[stars + i] += ay * STEP;
        v[2 * stars + i] += az * STEP;
      }
      for (let i = 0; i < 3 * stars; i++) x[i] += v[i] * STEP;
    }
  };
  return {
    outputs: {
      positions: { dtype: 'f4', shape: positions.shape, data: x },
      velocities: { dtype: 'f4', shape: velocities.shape, data: v },
    },
    run,
  };
}
