// tools/jax-export: what it writes is what is in docs/examples/jax, and its errors. Needs a Python with jax in BUDFLOW_PYTHON,
// but for the error that there is none.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCompiled } from './differential.js';

const SCRIPT = join(import.meta.dirname, '../../jax-export/jax_export.py');
const EXAMPLES = join(import.meta.dirname, '../../../docs/examples/jax');
const PYTHON = process.env.BUDFLOW_PYTHON;
const ANY_PYTHON = [PYTHON, 'python3'].find((name) => name && spawnSync(name, ['--version']).status === 0);
const folder = mkdtempSync(join(tmpdir(), 'budflow-jax-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(python: string, args: readonly string[], env = {}): SpawnSyncReturns<string> {
  const options = { encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env } } as const;
  return spawnSync(python, [SCRIPT, ...args], options);
}
/** A file with these lines as the program, exported; the message of the error. */
function errorOf(lines: string, ...args: readonly string[]): string {
  const file = join(folder, 'wrong.py');
  writeFileSync(file, `import jax, jax.numpy as jnp, numpy as np\n${lines}\n`);
  const { status, stderr } = run(PYTHON!, [file, '-o', join(folder, 'wrong'), ...args]);
  expect(status).toBe(1);
  expect(stderr).not.toContain('Traceback');
  return stderr.replace(/^jax_export: error: /, '').trim();
}

test.skipIf(!ANY_PYTHON)('without jax it says how to get it', () => {
  const fake = join(folder, 'no-jax');
  mkdirSync(fake);
  writeFileSync(join(fake, 'jax.py'), "raise ImportError('no module named jax')\n");
  const { status, stderr } = run(ANY_PYTHON!, [join(EXAMPLES, 'rnn/rnn.py')], { PYTHONPATH: fake });
  expect(stderr).toMatch(/^jax_export: error: this Python \(.*\) has no jax .*python -m pip install jax/);
  expect(status).toBe(1);
});

describe.skipIf(!PYTHON)('with jax', () => {
  test('the examples are what it writes, but for roundings and versions', () => {
    for (const name of ['rnn', 'random-numbers']) {
      const from = join(EXAMPLES, name);
      const to = join(folder, name);
      const { stdout, status } = run(PYTHON!, [join(from, `${name}.py`), '-o', to]);
      expect([status, stdout]).toEqual([0, expect.stringMatching(/\.mlir: \d arguments, \d results\n$/)]);
      for (const part of ['inputs', 'expected'])
        expect(readdirSync(join(to, part))).toEqual(readdirSync(join(from, part)));
      for (const file of readdirSync(join(to, 'inputs')))
        expect(readFileSync(join(to, 'inputs', file)).equals(readFileSync(join(from, 'inputs', file)))).toBe(true);
      const manifest = (path: string) => JSON.parse(readFileSync(join(path, `${name}.json`), 'utf8'));
      expect(manifest(to)).toEqual({ ...manifest(from), jax: manifest(to).jax });
    }
  }, 120_000);

  test('arrays of files, 64 bits, other names', () => {
    writeFileSync(join(folder, 'two.py'), 'def twice(x):\n    return (2 * x,)\n');
    const input = join(EXAMPLES, 'rnn/inputs/00-parameters.bias.npy');
    const to = join(folder, 'two');
    const { status } = run(PYTHON!, [
      `${join(folder, 'two.py')}:twice`,
      input,
      '-o',
      to,
      '--name=second',
      '--x64',
      '--no-expected',
    ]);
    expect(status).toBe(0);
    expect(readdirSync(to).sort()).toEqual(['inputs', 'second.json', 'second.mlir']);
    expect(readdirSync(join(to, 'inputs'))).toEqual(['00-x.npy']);
    expect(readFileSync(join(to, 'second.mlir'), 'utf8')).toContain('%arg0: tensor<48xf32>');
  }, 60_000);

  test('for another platform a Cholesky factor is an op, which runs', () => {
    writeFileSync(
      join(folder, 'factor.py'),
      'import jax, numpy as np\ndef main(a): return jax.lax.linalg.cholesky(a)\ndef arguments(): return (4 * np.eye(3, dtype=np.float32),)\n',
    );
    const { status } = run(PYTHON!, [join(folder, 'factor.py'), '-o', join(folder, 'factor'), '--platform=tpu']);
    expect(status).toBe(0);
    const text = readFileSync(join(folder, 'factor/factor.mlir'), 'utf8');
    expect(text).toContain('stablehlo.cholesky');
    const data = Float32Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 4 : 0));
    const [factor] = runCompiled(text, [{ shape: [3, 3], data }], {});
    expect(Array.from(factor!.data as Float32Array)).toEqual([2, 0, 0, 0, 2, 0, 0, 0, 2]);
  }, 60_000);

  test('its errors name the argument and the way out', () => {
    const one = 'def arguments(): return (np.ones(3, np.float32),)\n';
    expect(errorOf(`${one}def mian(x): return x`)).toMatch(
      /wrong\.py: has no function 'main'; it has arguments, mian$/,
    );
    expect(errorOf('def main(x): return x\ndef arguments(): return ("a",)')).toMatch(
      /^x: str is no array; .*functools\.partial/,
    );
    expect(errorOf('def main(x): return x\ndef arguments(): return (jnp.ones(3, jnp.bfloat16),)')).toMatch(
      /^x: a \.npy file cannot hold bfloat16; pass float32/,
    );
    expect(errorOf(`${one}def main(x): return x if x[0] > 0 else -x`)).toMatch(/^main: JAX cannot trace this function/);
    expect(errorOf(`${one}def main(x, y): return x`)).toMatch(/^main: the arguments do not fit its parameters/);
    expect(errorOf(`${one}def main(x): return x`, '/no/such.npy')).toMatch(/such\.npy/);
    expect(errorOf('def main(x): return x\ndef arguments(): return 1/0')).toMatch(/^arguments: ZeroDivisionError/);
    expect(errorOf('1/0')).toMatch(/wrong\.py: ZeroDivisionError/);
  }, 120_000);
});
