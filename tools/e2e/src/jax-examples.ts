// The programs of docs/examples/jax: what JAX exported, with inputs and what XLA makes of them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeNpy } from '@budflow/runtime';
import type { TestTensor } from './differential.js';

const FOLDER = new URL('../../../docs/examples/jax/', import.meta.url).pathname;

/** One argument or result in NAME.json. */
interface Leaf {
  readonly name: string;
  readonly type: string;
  readonly file: string;
}
/** How far a number may be off: absolute + relative |expected|. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}
/** NAME.json, as tools/jax-export writes it. */
interface Manifest {
  readonly program: string;
  readonly arguments: readonly Leaf[];
  readonly results: readonly Leaf[];
  readonly tolerance: Tolerance;
}

export interface JaxExample {
  readonly text: string;
  readonly args: readonly TestTensor[];
  readonly names: readonly string[];
  readonly expected: readonly TestTensor[];
  readonly tolerance: Tolerance;
}

export const JAX_EXAMPLES: readonly string[] = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

export function jaxExample(name: string): JaxExample {
  const folder = join(FOLDER, name);
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const read = ({ file }: Leaf): TestTensor => decodeNpy(readFileSync(join(folder, file)), { file });
  return {
    text: readFileSync(join(folder, manifest.program), 'utf8'),
    args: manifest.arguments.map(read),
    names: manifest.results.map((leaf) => leaf.name),
    expected: manifest.results.map(read),
    tolerance: manifest.tolerance,
  };
}

/** What is farther off than the tolerance allows, for each result in words; empty when nothing is. */
export function misses({ names, expected, tolerance }: JaxExample, actual: readonly TestTensor[]): string[] {
  if (actual.length !== expected.length) return [`${actual.length} results instead of ${expected.length}`];
  return expected.flatMap((want, r) => {
    const got = actual[r]!;
    if (got.shape.join() !== want.shape.join()) return [`${names[r]}: shape [${got.shape}], not [${want.shape}]`];
    for (let i = 0; i < want.data.length; i++) {
      const [x, y] = [Number(got.data[i]), Number(want.data[i])];
      const isNear = Math.abs(x - y) <= tolerance.absolute + tolerance.relative * Math.abs(y);
      if (!isNear && !Object.is(x, y)) return [`${names[r]}, element ${i}: ${x}, not ${y}`];
    }
    return [];
  });
}
