// float64 reference of docs/examples/n-body: softened gravity (Aarseth, 1963), symplectic Euler steps.
import { f64, rounded } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */

/** Square of the softening length, and the length of a step, as the program has them in float32. */
export const SOFTENING = Math.fround(0.0025);
export const STEP = Math.fround(0.001);

/**
 * Moves the stars some steps on.
 * @param {Record<string, Tensor>} inputs positions, velocities f4 [3, N], masses f4 [N], steps i4 []
 * @returns {import('./tensors.mjs').Reference} positions, velocities f4 [3, N]
 */
export function nBody({ positions, velocities, masses, steps }) {
  const stars = masses.shape[0];
  const [x, v, m] = [positions, velocities, masses].map(f64);
  for (let step = 0; step < Number(steps.data[0]); step++) {
    const acceleration = new Float64Array(3 * stars);
    for (let i = 0; i < stars; i++) {
      for (let j = 0; j < stars; j++) {
        const d = [0, 1, 2].map((axis) => x[axis * stars + j] - x[axis * stars + i]);
        const square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + SOFTENING;
        const pull = m[j] / (square * Math.sqrt(square));
        for (let axis = 0; axis < 3; axis++) acceleration[axis * stars + i] += pull * d[axis];
      }
    }
    for (let i = 0; i < 3 * stars; i++) {
      v[i] += acceleration[i] * STEP;
      x[i] += v[i] * STEP;
    }
  }
  return {
    outputs: { positions: rounded(positions.shape, x), velocities: rounded(velocities.shape, v) },
    undecided: {},
  };
}

/**
 * Kinetic and potential energy, in float64.
 * @param {Tensor} positions f4 [3, N]
 * @param {Tensor} velocities f4 [3, N]
 * @param {Tensor} masses f4 [N]
 */
export function totalEnergy(positions, velocities, masses) {
  const stars = masses.shape[0];
  const [x, v, m] = [positions, velocities, masses].map(f64);
  let energy = 0;
  for (let i = 0; i < stars; i++) {
    const speed = [0, 1, 2].reduce((sum, axis) => sum + v[axis * stars + i] ** 2, 0);
    energy += (m[i] * speed) / 2;
    for (let j = i + 1; j < stars; j++) {
      const square = [0, 1, 2].reduce((sum, axis) => sum + (x[axis * stars + j] - x[axis * stars + i]) ** 2, SOFTENING);
      energy -= (m[i] * m[j]) / Math.sqrt(square);
    }
  }
  return energy;
}
