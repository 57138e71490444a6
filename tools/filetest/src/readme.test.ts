// The test in the README passes, and fails without its pass.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runTest } from './lit/run-test.js';

it('runs the test of the README', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const text = /```mlir\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'filetest-readme-'));
  try {
    const file = join(folder, 'readme.mlir');
    const settings = { features: [], scratch: join(folder, 'scratch'), path: [], substitutions: {} };
    writeFileSync(file, text);
    expect(await runTest(file, settings)).toMatchObject({ outcome: 'pass', output: '' });
    writeFileSync(file, text.replace(' --cse', ''));
    expect(await runTest(file, settings)).toMatchObject({ outcome: 'fail' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
