// PNG files as row-major byte tensors: colour [H, W, 3], grey [H, W].
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PNG } from 'pngjs';

/** @typedef {import('./npy.mjs').Tensor} Tensor */

/**
 * Reads a PNG as 8-bit RGB; transparency is dropped.
 * @param {string} path
 * @returns {{ dtype: 'u1', shape: [number, number, number], data: Uint8Array }} shape [height, width, 3]
 */
export function readPng(path) {
  const { width, height, data: rgba } = PNG.sync.read(readFileSync(path));
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = rgba[from];
    data[to + 1] = rgba[from + 1];
    data[to + 2] = rgba[from + 2];
  }
  return { dtype: 'u1', shape: [height, width, 3], data };
}

/**
 * Writes a byte tensor as PNG, and the folders above it.
 * @param {string} path
 * @param {Tensor} image dtype u1, shape [H, W] (grey) or [H, W, 3] (RGB)
 */
export function writePng(path, { dtype, shape, data }) {
  const [height, width, channels = 1] = shape;
  if (dtype !== 'u1' || !(data instanceof Uint8Array) || shape.length < 2 || (channels !== 1 && channels !== 3)) {
    throw new Error(`${path}: a PNG needs bytes of shape [H, W] or [H, W, 3], got ${dtype} [${shape}]`);
  }
  const colorType = channels === 1 ? 0 : 2;
  const bytes = PNG.sync.write({ width, height, data }, { colorType, inputColorType: colorType, inputHasAlpha: false });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
