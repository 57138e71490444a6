// Writes .npy files: version 1.0 (2.0 for a header past 64 KiB), C order, little-endian, as numpy.save does.
import { describeArray } from '../arrays/dtype.js';
import { RuntimeTrap } from '../errors.js';
import { ALIGNMENT, descrOf, MAGIC, type NpyArray } from './format.js';

/**
 * The bytes of a .npy file.
 * @throws RuntimeTrap of kind BadArgument for bf16, which NumPy does not have
 */
export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array<ArrayBuffer> {
  const descr = descrOf(dtype);
  if (descr === undefined) {
    throw new RuntimeTrap('BadArgument', `npy: ${describeArray(dtype, shape)} has no NumPy type; convert it to f32`);
  }
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Magic, version, length, dictionary, spaces, newline.
  let start = 10;
  let total = aligned(start + dictionary.length + 1);
  if (total - start > 0xffff) {
    start = 12;
    total = aligned(start + dictionary.length + 1);
  }
  const bytes = new Uint8Array(total + data.byteLength);
  bytes.set(MAGIC);
  bytes[6] = start === 10 ? 1 : 2;
  const view = new DataView(bytes.buffer);
  if (start === 10) view.setUint16(8, total - start, true);
  else view.setUint32(8, total - start, true);
  bytes.fill(0x20, start, total);
  for (let i = 0; i < dictionary.length; i++) bytes[start + i] = dictionary.charCodeAt(i);
  bytes[total - 1] = 0x0a;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), total);
  return bytes;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
