// float64 reference of docs/examples/image-pipeline: the definition written out pixel by pixel, over whole planes.
import { u1 } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */
/** @typedef {import('./tensors.mjs').Reference} Reference */

/** Gradient magnitude above which a pixel is an edge (unnormalised Sobel on luminance in [0, 1]). */
export const THRESHOLD = 0.15;
/** An edge decision within this distance of the threshold is left to rounding. */
const EDGE_SLACK = 1e-5;
/** A grey level within this distance (in levels) of the next one is left to rounding. */
const GREY_SLACK = 1e-3;

const BINOMIAL = [1, 4, 6, 4, 1];

/**
 * Luminance, 5x5 binomial blur, Sobel magnitude, threshold; zeros outside the image in both stencils.
 * @param {Record<string, Tensor>} inputs image u1 [H, W, 3]
 * @returns {Reference} edges u1 [H, W] (0 or 255) and grey u1 [H, W] (the blurred luminance)
 */
export function imagePipeline({ image }) {
  const [height, width] = image.shape;
  const pixels = u1(image);
  const luminance = new Float64Array(height * width);
  for (let p = 0; p < luminance.length; p++) {
    const r = pixels[3 * p] / 255;
    const g = pixels[3 * p + 1] / 255;
    const b = pixels[3 * p + 2] / 255;
    luminance[p] = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  const blurred = stencil(luminance, height, width, 2, (dy, dx) => (BINOMIAL[dy + 2] * BINOMIAL[dx + 2]) / 256);
  // d/dx: the difference along x, smoothed 1 2 1 along y; d/dy is its transpose.
  const gx = stencil(blurred, height, width, 1, (dy, dx) => dx * (dy === 0 ? 2 : 1));
  const gy = stencil(blurred, height, width, 1, (dy, dx) => dy * (dx === 0 ? 2 : 1));

  const edges = new Uint8Array(height * width);
  const grey = new Uint8Array(height * width);
  const edgesUndecided = new Uint8Array(height * width);
  const greyUndecided = new Uint8Array(height * width);
  for (let p = 0; p < edges.length; p++) {
    const magnitude = Math.sqrt(gx[p] ** 2 + gy[p] ** 2);
    edges[p] = magnitude > THRESHOLD ? 255 : 0;
    edgesUndecided[p] = Math.abs(magnitude - THRESHOLD) <= EDGE_SLACK ? 1 : 0;
    const level = blurred[p] * 255 + 0.5;
    grey[p] = Math.min(255, Math.max(0, Math.trunc(level)));
    greyUndecided[p] = Math.abs(level - Math.round(level)) <= GREY_SLACK ? 1 : 0;
  }
  const shape = [height, width];
  return {
    outputs: { edges: { dtype: 'u1', shape, data: edges }, grey: { dtype: 'u1', shape, data: grey } },
    undecided: {
      edges: { dtype: 'b1', shape, data: edgesUndecided },
      grey: { dtype: 'b1', shape, data: greyUndecided },
    },
  };
}

/**
 * out(y, x) = sum of weight(dy, dx) * plane(y + dy, x + dx) over |dy|, |dx| <= radius, zero outside the plane.
 * @param {Float64Array} plane
 * @param {number} height
 * @param {number} width
 * @param {number} radius
 * @param {(dy: number, dx: number) => number} weight
 */
function stencil(plane, height, width, radius, weight) {
  const out = new Float64Array(height * width);
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      const w = weight(dy, dx);
      if (w === 0) continue;
      const x0 = Math.max(0, -dx);
      const x1 = Math.min(width, width - dx);
      for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
        const from = (y + dy) * width + dx;
        for (let x = x0; x < x1; x++) out[y * width + x] += w * plane[from + x];
      }
    }
  }
  return out;
}
