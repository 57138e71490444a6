// What needs Node: arrays from and to .npy files.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { RuntimeTrap } from './errors.js';
import { decodeNpy } from './npy/decode.js';
import { encodeNpy } from './npy/encode.js';
import type { NpyArray } from './npy/format.js';

export { enableThreads, startNodeWorker } from './node/workers.js';

/** Reads a .npy file. @throws RuntimeTrap of kind BadArgument, naming the file, when it cannot be read */
export function readNpy(path: string): NpyArray {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new RuntimeTrap('BadArgument', `${path}: ${reasonOf(error)}`);
  }
  return decodeNpy(bytes, { file: path });
}

/** Writes a .npy file, whole or not at all. @throws RuntimeTrap of kind BadArgument, naming the file, when it cannot */
export function writeNpy(path: string, array: NpyArray): void {
  const bytes = encodeNpy(array);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new RuntimeTrap('BadArgument', `${path}: ${reasonOf(error)}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
};

function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  return REASONS[code ?? ''] ?? message;
}
