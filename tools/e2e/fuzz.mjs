// Runs a fuzzer, or the check of the math functions, on the sources: bundles it with what vitest resolves packages to, then starts it.
//   node fuzz.mjs random [flags]       random programs: interpreter against compiled code
//   node fuzz.mjs mutations [flags]    changed files: what reads them answers
//   node fuzz.mjs ulp [flags]          math functions: their largest errors
//   node fuzz.mjs schedules [flags]    random schedules of random kernels: the oracle of legality
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, loadConfigFromFile } from 'vite';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const [fuzzer] = process.argv.splice(2, 1);
if (!['random', 'mutations', 'ulp', 'schedules'].includes(fuzzer)) {
  console.error('usage: node fuzz.mjs random|mutations|ulp|schedules [flags]');
  process.exit(2);
}
process.env.BUDFLOW_ROOT = root;
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
    ssr: join(here, `src/${fuzzer}/main.ts`),
    outDir: join(here, `.results/fuzz-${fuzzer}`),
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    target: 'node20',
  },
});
await import(pathToFileURL(join(here, `.results/fuzz-${fuzzer}/main.js`)).href);
