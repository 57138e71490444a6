// docs/examples/mandelbrot in plain JavaScript: point after point.

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Allocates the output; `run` fills it.
 * @param {Record<string, Tensor>} inputs re f4 [W], im f4 [H], limit i4 []
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} counts i4 [H, W]
 */
export function prepareMandelbrot({ re, im, limit }) {
  const [width, height] = [re.shape[0], im.shape[0]];
  const counts = new Int32Array(width * height);
  const run = () => {
    const most = Number(limit.data[0]);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        const cr = Number(re.data[x]);
        const ci = Number(im.data[y]);
        let [zr, zi, count] = [0, 0, 0];
        while (count < most) {
          const nr = zr * zr - zi * zi + cr;
          zi = 2 * zr * zi + ci;
          zr = nr;
          if (zr * zr + zi * zi > 4) break;
          count++;
        }
        counts[at] = count;
      }
    }
  };
  return { outputs: { counts: { dtype: 'i4', shape: [height, width], data: counts } }, run };
}
