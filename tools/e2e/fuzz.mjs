// Runs the fuzzer on the sources: bundles it with what vitest resolves packages to, then starts it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, loadConfigFromFile } from 'vite';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const loaded = await loadConfigFromFile(
  { command: 'build', mode: 'production' },
  join(root, 'vitest.config.ts'),
  root,
  'silent',
);
await build({
  configFile: false,
  root: here,
  logLevel: 'warn',
  resolve: loaded.config.resolve,
  ssr: { noExternal: true },
  build: {
    ssr: join(here, 'src/random/main.ts'),
    outDir: join(here, '.results/fuzz'),
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    target: 'node20',
  },
});
await import(pathToFileURL(join(here, '.results/fuzz/main.js')).href);
