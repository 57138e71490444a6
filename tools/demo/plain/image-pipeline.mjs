// docs/examples/image-pipeline in plain JavaScript: one sweep down the image, holding only the rows the stencils still
// need (five of the horizontal blur, three of the blurred image), so that everything stays in the cache.

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Allocates outputs and scratch rows for an image; `run` fills the outputs.
 * @param {Record<string, Tensor>} inputs image u1 [H, W, 3]
 * @param {number} threshold gradient magnitude above which a pixel is an edge
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} edges u1 [H, W], grey u1 [H, W]
 */
export function prepareImagePipeline({ image }, threshold) {
  const [height, width] = image.shape;
  const pixels = /** @type {Uint8Array} */ (image.data);
  const edges = new Uint8Array(height * width);
  const grey = new Uint8Array(height * width);
  // Zero borders left and right stand for the padding; they are never written.
  const luminance = new Float32Array(width + 4);
  const across = Array.from({ length: 5 }, () => new Float32Array(width));
  const blurred = Array.from({ length: 3 }, () => new Float32Array(width + 2));

  const run = () => {
    for (const row of across) row.fill(0);
    for (const row of blurred) row.fill(0);
    // Row t enters; the blur lags two rows behind it, the gradient three.
    for (let t = 0; t < height + 3; t++) {
      const entering = across[t % 5];
      if (t < height) {
        luminanceRow(pixels, t * width * 3, luminance, width);
        blurAcross(luminance, entering, width);
      } else {
        entering.fill(0);
      }
      const b = t - 2;
      if (b >= 0) {
        const row = blurred[b % 3];
        if (b < height) {
          // across[(t + 1) % 5] is row t - 4: the oldest of the five.
          blurDown(
            across[(t + 1) % 5],
            across[(t + 2) % 5],
            across[(t + 3) % 5],
            across[(t + 4) % 5],
            entering,
            row,
            grey,
            b * width,
            width,
          );
        } else {
          row.fill(0);
        }
      }
      const e = t - 3;
      if (e >= 0) {
        edgeRow(
          blurred[(e + 2) % 3],
          blurred[e % 3],
          blurred[(e + 1) % 3],
          edges,
          e * width,
          width,
          threshold * threshold,
        );
      }
    }
  };
  const shape = [height, width];
  return {
    outputs: { edges: { dtype: 'u1', shape, data: edges }, grey: { dtype: 'u1', shape, data: grey } },
    run,
  };
}

/**
 * @param {Uint8Array} pixels
 * @param {number} from
 * @param {Float32Array} out two zeros, then the row, then two zeros
 * @param {number} width
 */
function luminanceRow(pixels, from, out, width) {
  const red = 0.2126 / 255;
  const green = 0.7152 / 255;
  const blue = 0.0722 / 255;
  for (let x = 0, p = from; x < width; x++, p += 3) {
    out[x + 2] = red * pixels[p] + green * pixels[p + 1] + blue * pixels[p + 2];
  }
}

/**
 * @param {Float32Array} padded
 * @param {Float32Array} out
 * @param {number} width
 */
function blurAcross(padded, out, width) {
  for (let x = 0; x < width; x++) {
    out[x] = (padded[x] + padded[x + 4] + 4 * (padded[x + 1] + padded[x + 3]) + 6 * padded[x + 2]) * 0.0625;
  }
}

/**
 * The vertical half of the blur, and its rounding to a grey level.
 * @param {Float32Array} r0
 * @param {Float32Array} r1
 * @param {Float32Array} r2
 * @param {Float32Array} r3
 * @param {Float32Array} r4
 * @param {Float32Array} out one zero, then the row, then one zero
 * @param {Uint8Array} grey
 * @param {number} at where the row begins in `grey`
 * @param {number} width
 */
function blurDown(r0, r1, r2, r3, r4, out, grey, at, width) {
  for (let x = 0; x < width; x++) {
    const v = (r0[x] + r4[x] + 4 * (r1[x] + r3[x]) + 6 * r2[x]) * 0.0625;
    out[x + 1] = v;
    // A weighted mean of values in [0, 1], so no clamp is needed: 255.5 truncates to 255.
    grey[at + x] = v * 255 + 0.5;
  }
}

/**
 * Sobel and threshold. Comparing squares saves the square root.
 * @param {Float32Array} above
 * @param {Float32Array} here
 * @param {Float32Array} below
 * @param {Uint8Array} edges
 * @param {number} at where the row begins in `edges`
 * @param {number} width
 * @param {number} squared the threshold's square
 */
function edgeRow(above, here, below, edges, at, width, squared) {
  for (let x = 0; x < width; x++) {
    const nw = above[x];
    const ne = above[x + 2];
    const sw = below[x];
    const se = below[x + 2];
    const gx = ne - nw + 2 * (here[x + 2] - here[x]) + se - sw;
    const gy = sw - nw + 2 * (below[x + 1] - above[x + 1]) + se - ne;
    edges[at + x] = gx * gx + gy * gy > squared ? 255 : 0;
  }
}
