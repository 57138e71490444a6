// Set-up of every test file: records the ids of the diagnostics that its tests make, for tools/ci/diagnostics.mjs.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, expect } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
/** Below the IR there are no diagnostics, and loading it would only take time. */
const WITHOUT = /^(libs\/(numerics|target|heap)|tools\/ci)\//;

const path = relative(ROOT, expect.getState().testPath ?? '').replaceAll('\\', '/');
// Tests without the pass they are about say nothing.
if (path !== '' && !WITHOUT.test(path) && !process.env.BUDFLOW_ABLATE) {
  const ids = new Set<string>();
  // At once: tables of tests are computed while the file is loaded.
  const { Diagnostic } = await import('@budflow/ir');
  Diagnostic.observer = (diagnostic) => ids.add(diagnostic.id);
  afterAll(() => {
    const folder = join(projectOf(path), '.results', 'diagnostics');
    mkdirSync(folder, { recursive: true });
    const record = { test: path, ids: [...ids].sort() };
    const file = join(folder, `${path.replaceAll('/', '__')}.json`);
    // At once: somebody may be reading.
    writeFileSync(`${file}.${process.pid}.tmp`, `${JSON.stringify(record)}\n`);
    renameSync(`${file}.${process.pid}.tmp`, file);
  });
}

/** Folder of the package a test belongs to. */
function projectOf(test: string): string {
  for (let folder = dirname(join(ROOT, test)); folder.length > ROOT.length; folder = dirname(folder))
    if (existsSync(join(folder, 'package.json'))) return folder;
  return ROOT;
}
