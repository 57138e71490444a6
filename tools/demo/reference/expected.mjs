// The expected outputs of each example. Small ones are committed under docs/examples/NAME/expected; large ones are
// computed once into docs/examples/out/NAME/expected, and again whenever the inputs or the reference change.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { example } from '../examples/index.mjs';
import { readNpy, writeNpy } from '../lib/npy.mjs';
import { EXAMPLES, OUT } from '../lib/paths.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */
/** @typedef {import('./tensors.mjs').Reference} Reference */

/**
 * Where an example's expected files are.
 * @param {string} name
 */
export function expectedFolder(name) {
  return join(example(name).isCommitted ? join(EXAMPLES, name) : join(OUT, name), 'expected');
}

/**
 * The expected outputs of an example, in the order of the program's results, with the masks of undecided elements.
 * @param {string} name
 * @param {Record<string, Tensor>} args the example's inputs, if the caller has them already
 * @returns {Reference}
 */
export function expected(name, args = example(name).inputs()) {
  const folder = expectedFolder(name);
  if (example(name).isCommitted) return load(folder);
  const key = cacheKey(name, args);
  const keyFile = join(folder, 'key.txt');
  if (existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key) return load(folder);
  const reference = example(name).reference(args);
  save(folder, reference);
  // Last, so that an interrupted run leaves no valid key.
  writeFileSync(keyFile, key);
  return reference;
}

/**
 * Writes OUTPUT.npy and OUTPUT.undecided.npy, and order.json with the order of the results.
 * @param {string} folder
 * @param {Reference} reference
 */
export function save(folder, { outputs, undecided }) {
  mkdirSync(folder, { recursive: true });
  const key = join(folder, 'key.txt');
  if (existsSync(key)) writeFileSync(key, '');
  for (const [output, value] of Object.entries(outputs)) writeNpy(join(folder, `${output}.npy`), value);
  for (const [output, value] of Object.entries(undecided)) writeNpy(join(folder, `${output}.undecided.npy`), value);
  writeFileSync(join(folder, 'order.json'), `${JSON.stringify(Object.keys(outputs))}\n`);
}

/**
 * @param {string} folder
 * @returns {Reference}
 */
function load(folder) {
  /** @type {string[]} */
  const order = JSON.parse(readFileSync(join(folder, 'order.json'), 'utf8'));
  /** @param {string} suffix */
  const read = (suffix) =>
    Object.fromEntries(
      order
        .filter((output) => existsSync(join(folder, `${output}${suffix}`)))
        .map((output) => [output, readNpy(join(folder, `${output}${suffix}`))]),
    );
  return { outputs: read('.npy'), undecided: read('.undecided.npy') };
}

/**
 * A digest of the inputs and of the reference's sources.
 * @param {string} name
 * @param {Record<string, Tensor>} args
 */
function cacheKey(name, args) {
  const hash = createHash('sha256').update(name);
  const here = import.meta.dirname;
  for (const file of readdirSync(here).sort()) hash.update(readFileSync(join(here, file)));
  for (const { data } of Object.values(args)) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
