// The tests that are written in files, all over the repository: one test each.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { discoverTests, testFolders, testName } from './discover.js';
import { detectFeatures } from './features.js';
import { FAILURES, runTest } from './run-test.js';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const files = discoverTests(testFolders(root), (path) => readFileSync(path, 'utf8'));
const scratch = mkdtempSync(join(tmpdir(), 'filetest-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const settings = { features: [...detectFeatures()], scratch, path: [], substitutions: {} };

describe('tests in files', () => {
  it('are there, for passes and for the verifiers of dialects', () => {
    const names = files.map((file) => testName(file, root));
    expect(names).toContain('libs/transforms/test/canonicalize.mlir');
    expect(names.filter((name) => name.endsWith('/invalid.mlir')).length).toBeGreaterThanOrEqual(6);
  });

  for (const file of files)
    it(testName(file, root), async (context) => {
      const { outcome, output } = await runTest(file, settings);
      if (outcome === 'unsupported') context.skip(output);
      expect(FAILURES, output).not.toContain(outcome);
    });
});
