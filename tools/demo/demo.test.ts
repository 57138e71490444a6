import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const built = existsSync(join(root, 'libs/budflow/dist/index.js'));

function demo(...args: string[]) {
  return spawnSync(process.execPath, ['tools/demo/run.mjs', 'mlp', '--seconds=0.01', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

describe.skipIf(!built)('the demo', () => {
  test('matches the interpreter in every element and the float64 reference within its tolerance', () => {
    const { status, stdout, stderr } = demo('--json');
    expect(stderr).toContain('7200 of 7200 elements match the interpreter, max 0 ulp, mode default');
    const report = JSON.parse(stdout);
    expect(report.ok).toBe(true);
    expect(report.examples[0].accuracy).toBeGreaterThan(0.96);
    expect(report.examples[0].wasmBytes).toBeGreaterThan(0);
    expect(status).toBe(0);
  });

  test('notices one flipped bit', () => {
    const { status, stdout } = demo('--corrupt=1');
    expect(stdout).toContain('7199 of 7200 elements match the interpreter');
    expect(stdout).toContain('FAILED');
    expect(status).toBe(1);
  });

  test('gives the same bits in strict mode on plain SIMD', () => {
    const { status, stdout } = demo('--numerics=strict', '--target=wasm32-simd128');
    expect(stdout).toContain('7200 of 7200 elements match the interpreter, max 0 ulp, mode strict');
    expect(status).toBe(0);
  });

  test('refuses examples and modes it does not know', () => {
    const unknown = spawnSync(process.execPath, ['tools/demo/run.mjs', 'mpl'], { cwd: root, encoding: 'utf8' });
    expect(unknown.stderr).toContain('unknown example "mpl": there is image-pipeline');
    expect(unknown.status).toBe(2);
    const mode = spawnSync(process.execPath, ['tools/demo/run.mjs', '--numerics=exact'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(mode.stderr).toContain('expected strict, default or fast');
    expect(mode.status).toBe(2);
  });
});
