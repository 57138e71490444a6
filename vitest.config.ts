import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Tests run on the sources: every workspace package resolves to its src, so no build comes before a test.
const root = import.meta.dirname;
const alias: { find: RegExp; replacement: string }[] = [];
for (const folder of ['libs', 'libs/dialects', 'libs/backends', 'apps', 'tools']) {
  if (!existsSync(join(root, folder))) continue;
  for (const name of readdirSync(join(root, folder))) {
    const manifest = join(root, folder, name, 'package.json');
    if (!existsSync(manifest)) continue;
    const pkg = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const key of Object.keys(pkg.exports ?? {})) {
      const target = pkg.exports[key].default ?? pkg.exports[key];
      const source = join(root, folder, name, target.replace('./dist/', './src/').replace(/\.js$/, '.ts'));
      const id = key === '.' ? pkg.name : `${pkg.name}/${key.slice(2)}`;
      alias.push({ find: new RegExp(`^${id}$`), replacement: source });
    }
  }
}

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: [
      join(root, 'tools/ci/record-diagnostics.ts'),
      join(root, 'tools/ci/seed-properties.ts'),
      ...(process.env.BUDFLOW_ABLATE ? [join(root, 'tools/ci/ablate-pass.ts')] : []),
    ],
    testTimeout: 60_000,
    pool: 'forks',
    // Files share the modules of a worker: loading the libraries costs more than most files' tests.
    isolate: false,
  },
});
