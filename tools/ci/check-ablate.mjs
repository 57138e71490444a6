// `npm run check:ablate [PASS...]`: every pass earns its place. Runs each pass's own tests (PASS.test.ts next to PASS.ts)
// with the pass doing nothing: at least one of them must fail. Names the passes for which none does, and those that
// have no tests of their own. Exit code 1 when there are any.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '..', '..');
const PARENTS = ['libs', 'libs/dialects', 'libs/backends', 'apps'];

/** Files of passes by name: `definePass({ name: 'cse'` in a file cse.ts. */
export function passFiles() {
  const files = new Map();
  for (const parent of PARENTS) {
    for (const name of readdirSync(join(root, parent))) {
      const src = join(root, parent, name, 'src');
      if (!existsSync(src)) continue;
      for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath ?? entry.path, entry.name);
        if (!entry.isFile() || !entry.name.endsWith('.ts') || /\.test\.ts$|[/\\]testing[/\\]/.test(path)) continue;
        const code = readFileSync(path, 'utf8').replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
        for (const [, pass] of code.matchAll(/\bdefinePass\(\{\s*name: '([\w-]+)'/g))
          files.set(pass, relative(root, path));
      }
    }
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The tests of a pass: beside its file, under the pass's own name. */
export function testFileOf(pass, file) {
  const path = join(file, '..', `${pass}.test.ts`);
  return existsSync(join(root, path)) ? path : undefined;
}

/** How many tests of a file fail while a pass does nothing; undefined when they do not run at all. */
export function failuresWithout(pass, test) {
  const folder = mkdtempSync(join(tmpdir(), 'check-ablate-'));
  const report = join(folder, 'report.json');
  try {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', test, '--reporter=json', `--outputFile=${report}`],
      { cwd: root, env: { ...process.env, BUDFLOW_ABLATE: pass }, encoding: 'utf8' },
    );
    if (!existsSync(report)) throw new Error(`the tests in ${test} do not run:\n${stdout}${stderr}`);
    const { numFailedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
    return numTotalTests === 0 ? undefined : numFailedTests;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = passFiles();
  const wanted = process.argv.slice(2);
  for (const name of wanted) {
    if (files.has(name)) continue;
    console.error(`there is no pass '${name}'; passes are ${[...files.keys()].join(' ')}`);
    process.exit(2);
  }
  let bad = 0;
  for (const [pass, file] of files) {
    if (wanted.length > 0 && !wanted.includes(pass)) continue;
    const test = testFileOf(pass, file);
    const failures = test === undefined ? undefined : failuresWithout(pass, test);
    const verdict =
      test === undefined
        ? `NO TESTS: ${join(file, '..', `${pass}.test.ts`)} is missing`
        : failures === undefined
          ? `NO TESTS in ${test}`
          : failures === 0
            ? `NOT NEEDED: every test in ${test} passes without it`
            : `${failures} tests fail without it`;
    if (!failures) bad++;
    console.log(`${pass.padEnd(28)} ${verdict}`);
  }
  if (bad > 0) console.log(`${bad} passes do not show what they are for`);
  process.exit(bad > 0 ? 1 : 0);
}
