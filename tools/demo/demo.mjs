// `npm run demo`: compiles the example programs to WebAssembly SIMD, runs them on real data and checks every element.
// This file starts on a bare checkout: it installs and builds what is missing, then hands over to run.mjs.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const args = process.argv.slice(2);
const json = args.includes('--json');
const say = (text) => (json ? process.stderr : process.stdout).write(`${text}\n`);

if (args.includes('--help')) {
  say(readFileSync(join(root, 'tools/demo/HELP.txt'), 'utf8'));
  process.exit(0);
}
say(
  'Budflow: array programs as MLIR text, compiled to WebAssembly SIMD, run on real data, checked element by element.',
);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  say(`Node ${process.versions.node} is too old: 20.19 or later is needed.`);
  process.exit(1);
}
process.chdir(root);
if (!existsSync('node_modules/typescript') || !existsSync('node_modules/pngjs'))
  await step('Installing dependencies', 'npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline']);
await step('Building', process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-b']);
const { status } = spawnSync(process.execPath, [join('tools', 'demo', 'run.mjs'), ...args], { stdio: 'inherit' });
process.exit(status ?? 1);

/** Runs a command, showing that time passes; its output appears only when it fails. */
async function step(what, command, commandArgs) {
  const started = Date.now();
  say(`${what} ...`);
  const child = spawn(command, commandArgs, { shell: process.platform === 'win32' });
  let output = '';
  child.stdout.on('data', (d) => (output += d));
  child.stderr.on('data', (d) => (output += d));
  const ticker = setInterval(
    () => say(`  ${what.toLowerCase()}: ${Math.round((Date.now() - started) / 1000)} s`),
    10_000,
  );
  const code = await new Promise((resolve) => {
    child.on('close', resolve);
    child.on('error', (error) => {
      output += error.message;
      resolve(1);
    });
  });
  clearInterval(ticker);
  if (code !== 0) {
    process.stderr.write(`${output}\n${what} failed: ${command} ${commandArgs.join(' ')}\n`);
    process.exit(1);
  }
  say(`  done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
