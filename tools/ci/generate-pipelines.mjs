// Writes libs/transforms/src/pipelines/levels.ts from O0.json .. O3.json beside it: code that must run in browsers of any
// age cannot import JSON. A test compares the two.
//   node tools/ci/generate-pipelines.mjs
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'libs', 'transforms', 'src', 'pipelines');

/** The text of levels.ts, before formatting. */
export function levelsModule() {
  const levels = ['O0', 'O1', 'O2', 'O3'].map((name) => {
    const { $schema: _, ...config } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    return `  // ${name}.json\n  ${JSON.stringify(config)},\n`;
  });
  return `// Generated from O0.json .. O3.json by tools/ci/generate-pipelines.mjs; change those.
import type { PipelineJson } from '@budflow/pass';

/** The default pipelines by level, for the target and the numerics mode they name. */
export const LEVELS: readonly PipelineJson[] = [
${levels.join('')}];
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(folder, 'levels.ts');
  writeFileSync(file, levelsModule());
  spawnSync(
    process.execPath,
    [join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'format', '--write', file],
    {
      stdio: 'inherit',
    },
  );
}
