// The peer libraries: which packages, and where they are installed (outside of the repository: they are large, and no
// one who builds Budflow needs them).

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Packages with the versions that the adaptors are written for. */
export const PEER_PACKAGES: Readonly<Record<string, string>> = {
  '@tensorflow/tfjs-core': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
  'onnxruntime-web': '1.30.0',
  '@jax-js/jax': '0.1.25',
};

/** `$BUDFLOW_PEERS`, or a folder of the user's cache. */
export function peersFolder(): string {
  return process.env.BUDFLOW_PEERS ?? join(homedir(), '.cache', 'budflow', 'peers');
}

/** Null if the package is installed, otherwise what to do. */
export function missing(name: string, folder: string = peersFolder()): string | null {
  return existsSync(join(folder, 'node_modules', name, 'package.json'))
    ? null
    : `${name} is not installed; npm run bench:peers installs it`;
}

/** File that `require` finds. */
export function resolvePeer(id: string, folder: string = peersFolder()): string {
  return createRequire(join(folder, 'package.json')).resolve(id);
}

/** Folder of an installed package. */
export function packageFolder(name: string, folder: string = peersFolder()): string {
  return dirname(join(folder, 'node_modules', name, 'package.json'));
}

/** Imports a file of a peer. Its types are not known here: adaptors describe what they use. */
export function importFile<T>(path: string): Promise<T> {
  return import(pathToFileURL(path).href) as Promise<T>;
}
