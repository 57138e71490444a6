// float64 reference of docs/examples/heat: explicit Euler steps of the heat equation, five-point stencil.
import { f64, rounded } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */

/** Time step over the square of the grid's distance, as the program has it in float32. */
export const RATE = Math.fround(0.2);

/**
 * Steps until nothing changes by more than `tolerance`, at most `steps`. The border is 0 after a step.
 * @param {Record<string, Tensor>} inputs u f4 [H, W], tolerance f4 [], steps i4 []
 * @returns {import('./tensors.mjs').Reference} plate f4 [H, W], steps i4 [], change f4 []
 */
export function heat({ u, tolerance, steps }) {
  const [height, width] = u.shape;
  let now = f64(u);
  let change = Number.POSITIVE_INFINITY;
  let done = 0;
  for (; change > Number(tolerance.data[0]) && done < Number(steps.data[0]); done++) {
    const next = new Float64Array(now.length);
    change = 0;
    for (let y = 1; y < height - 1; y++)
      for (let x = 1; x < width - 1; x++) {
        const at = y * width + x;
        const step = RATE * (now[at - width] + now[at + width] + now[at - 1] + now[at + 1] - 4 * now[at]);
        next[at] = now[at] + step;
        change = Math.max(change, Math.abs(step));
      }
    now = next;
  }
  return {
    outputs: {
      plate: rounded(u.shape, now),
      steps: { dtype: 'i4', shape: [], data: Int32Array.of(done) },
      change: rounded([], Float64Array.of(change)),
    },
    undecided: {},
  };
}
