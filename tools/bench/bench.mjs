// `npm run bench`: builds what changed, then runs the benchmark runner. `install-peers` as the first word installs the
// other libraries instead (`npm run bench:peers`).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!existsSync(compiler)) {
  console.error('bench: the dependencies are missing; run npm ci first');
  process.exit(2);
}
const build = spawnSync(process.execPath, [compiler, '-b', here], {
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
});
const peers = process.argv[2] === 'install-peers';
const main = join(here, 'dist', ...(peers ? ['peers', 'install.js'] : ['src', 'main.js']));
if (build.status !== 0) {
  console.error(build.stdout);
  console.error(existsSync(main) ? 'bench: the build has errors; running what was built' : 'bench: the build failed');
  if (!existsSync(main)) process.exit(1);
}
// The compiler suite starts bud-opt as users do, from its bundle.
if (!peers) spawnSync(process.execPath, [join(root, 'tools', 'bundle', 'build.mjs')], { stdio: 'inherit' });
process.argv.splice(1, peers ? 2 : 1, main);
await import(pathToFileURL(main).href);
