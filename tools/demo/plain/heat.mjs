// docs/examples/heat in plain JavaScript: two plates that change places.
import { RATE } from '../reference/heat.mjs';

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Allocates the outputs; `run` fills them.
 * @param {Record<string, Tensor>} inputs u f4 [H, W], tolerance f4 [], steps i4 []
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} plate f4 [H, W], steps i4 [], change f4 []
 */
export function prepareHeat({ u, tolerance, steps }) {
  const [height, width] = u.shape;
  const plate = new Float32Array(u.data.length);
  const other = new Float32Array(u.data.length);
  const done = new Int32Array(1);
  const change = new Float32Array(1);
  const run = () => {
    let [now, next] = [plate, other];
    now.set(/** @type {Float32Array} */ (u.data));
    done[0] = 0;
    change[0] = Number.POSITIVE_INFINITY;
    while (change[0] > Number(tolerance.data[0]) && done[0] < Number(steps.data[0])) {
      let largest = 0;
      next.fill(0, 0, width);
      for (let y = 1; y < height - 1; y++) {
        const row = y * width;
        next[row] = 0;
        for (let at = row + 1; at < row + width - 1; at++) {
          const step = RATE * (now[at - width] + now[at + width] + now[at - 1] + now[at + 1] - 4 * now[at]);
          next[at] = now[at] + step;
          const size = Math.abs(step);
          if (size > largest) largest = size;
        }
        next[row + width - 1] = 0;
      }
      next.fill(0, (height - 1) * width);
      change[0] = largest;
      done[0]++;
      [now, next] = [next, now];
    }
    if (now !== plate) plate.set(now);
  };
  return {
    outputs: {
      plate: { dtype: 'f4', shape: u.shape, data: plate },
      steps: { dtype: 'i4', shape: [], data: done },
      change: { dtype: 'f4', shape: [], data: change },
    },
    run,
  };
}
