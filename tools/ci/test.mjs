// `npm test`: installs what is missing, runs every project's tests through nx (cached), then counts them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { reportDiagnostics } from './diagnostics.mjs';

const root = join(import.meta.dirname, '..', '..');
process.chdir(root);

function run(command, args, options = {}) {
  return spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32', ...options }).status ?? 1;
}

if (!existsSync('node_modules/vitest')) {
  console.log('Installing dependencies ...');
  if (run('npm', ['ci', '--no-audit', '--no-fund']) !== 0) process.exit(1);
}

const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };
const nx = join('node_modules', '.bin', 'nx');
console.log('Building ...');
let status = run(join('node_modules', '.bin', 'tsc'), ['-b'], { env });
if (status !== 0) process.exit(status);
console.log('Checking the types of the tests ...');
status = run(join('node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.test.json'], { env });
const extra = process.argv.slice(2);
const tests = run(nx, ['run-many', '--target=test', '--parallel=2', '--output-style=static', ...extra], { env });
if (tests !== 0) status = tests;

const isFailed = (test) => test.status === 'failed';
let passed = 0;
let failed = 0;
let skipped = 0;
const skips = [];
for (const parent of ['libs', 'libs/dialects', 'libs/backends', 'apps', 'tools']) {
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const file = join(parent, name, '.results', 'test.json');
    if (!existsSync(file)) continue;
    const report = JSON.parse(readFileSync(file, 'utf8'));
    passed += report.numPassedTests;
    // A file that does not load, or a worker that dies, fails no test: it counts as one.
    const broken = report.testResults.filter(
      (suite) => suite.status === 'failed' && !suite.assertionResults.some(isFailed),
    );
    const lost = report.success || report.numFailedTests + broken.length > 0 ? 0 : 1;
    failed += report.numFailedTests + broken.length + lost;
    for (const suite of broken) console.log(`failed: ${relative(root, suite.name)}, outside of its tests`);
    if (lost > 0)
      console.log(`failed: ${parent}/${name}: its run ended with an error though no test failed; see above`);
    skipped += report.numPendingTests + report.numTodoTests;
    for (const suite of report.testResults)
      for (const t of suite.assertionResults)
        if (t.status === 'pending' || t.status === 'skipped') skips.push(`${parent}/${name}: ${t.fullName}`);
  }
}
const unknown = reportDiagnostics();
// The list says something only when the tests of every project ran.
if (unknown > 0 && extra.length === 0 && tests === 0) {
  console.log(`${unknown} kinds of diagnostics have no test: write one for each`);
  failed++;
}
for (const line of skips) console.log(`skipped: ${line}`);
if (status !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : status);
