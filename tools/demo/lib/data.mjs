// The committed data that several examples use.
import { join } from 'node:path';
import { readNpy } from './npy.mjs';
import { DATA } from './paths.mjs';
import { readPng } from './png.mjs';

/**
 * The contact sheet of photographs.
 * @returns {{ dtype: 'u1', shape: [number, number, number], data: Uint8Array }} [1600, 2400, 3]
 */
export function photographs() {
  return readPng(join(DATA, 'photographs.png'));
}

/**
 * The handwritten digits: 1797 images of 8 x 8 pixels, 0 to 16, and what they show.
 * @returns {{ images: import('./npy.mjs').Tensor, labels: import('./npy.mjs').Tensor }} u1 [1797, 64] and u1 [1797]
 */
export function digits() {
  return { images: readNpy(join(DATA, 'digits-images.npy')), labels: readNpy(join(DATA, 'digits-labels.npy')) };
}
