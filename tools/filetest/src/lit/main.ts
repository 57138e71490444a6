// The command filetest: runs tests that are written in files.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Io } from '@budflow/opt';
import { updateFile } from '../update/update-file.js';
import { DiscoveryError, discoverTests, testFolders, testName } from './discover.js';
import { detectFeatures } from './features.js';
import { runTests } from './pool.js';
import { FAILURES, type Outcome, type TestResult } from './run-test.js';

const HELP = `Usage: filetest [FILE|FOLDER]... [flags]

Runs the tests in .mlir files: their RUN lines, most of which pipe bud-opt into bud-filecheck. Without files, those in the
test folders of the repository.

  --filter=REGEX       only tests whose path matches
  --jobs=N, -j N       tests at a time; default the number of cores
  --timeout=SECONDS    a test may take so long; default 60
  --max-failures=N     stop after so many
  --time-tests         the slowest tests, at the end
  --json               results as JSON on standard output
  --verbose, -v        every test, and what failing ones print (failures are always shown)
  --quiet, -q          failures and the summary only
  --list               the tests, without running them
  --feature=NAME       a feature for REQUIRES; may be repeated
  --show-features      the features there are
  --define=NAME=TEXT   a substitution: %{NAME} in RUN lines
  --path=FOLDER        where else programs are; may be repeated
  --update             write CHECK lines into the files, from what their RUN lines print
  --help

In RUN lines: %s the file, %S its folder, %t a temporary path, %T its folder; pipes, redirections, quotes, &&, ||, ;, not.

Exit codes: 0 all pass, 1 some fail, 2 the command line is wrong.
`;

const LABELS: Readonly<Record<Outcome, string>> = {
  pass: 'PASS',
  fail: 'FAIL',
  'expected-failure': 'XFAIL',
  'unexpected-pass': 'XPASS',
  unsupported: 'UNSUPPORTED',
  unresolved: 'UNRESOLVED',
};
const USAGE = 2;
const SLOWEST = 20;
const GRACE = 2000;

/** Runs the command; the exit code. */
export async function filetestMain(argv: readonly string[], io: Io): Promise<number> {
  const wrong = (message: string) => {
    io.stderr(`filetest: error: ${message}\nrun 'filetest --help' for what it takes\n`);
    return USAGE;
  };
  let args: ReturnType<typeof readArgs>;
  try {
    args = readArgs(argv);
  } catch (error) {
    return wrong((error as Error).message.split('. ')[0] as string);
  }
  const { values, positionals } = args;
  if (values.help) {
    io.stdout(HELP);
    return 0;
  }
  const features = detectFeatures(values.feature);
  if (values['show-features']) {
    io.stdout(`${[...features].sort().join('\n')}\n`);
    return 0;
  }
  const numbers = { jobs: availableParallelism(), timeout: 60, 'max-failures': Number.POSITIVE_INFINITY };
  for (const name of ['jobs', 'timeout', 'max-failures'] as const) {
    const text = values[name];
    if (text === undefined) continue;
    numbers[name] = Number(text);
    if (!(numbers[name] > 0) || (name !== 'timeout' && !Number.isInteger(numbers[name])))
      return wrong(`'--${name}' is a ${name === 'timeout' ? 'number above 0' : 'whole number >= 1'}, got '${text}'`);
  }
  let filter = /(?:)/;
  try {
    filter = new RegExp(values.filter ?? '');
  } catch (error) {
    return wrong(`'--filter': ${(error as Error).message}`);
  }
  const substitutions: Record<string, string> = {};
  for (const define of values.define ?? []) {
    const match = /^([\w-]+)=(.*)$/s.exec(define);
    if (!match) return wrong(`'--define=${define}': expected NAME=TEXT`);
    substitutions[match[1] as string] = match[2] as string;
  }
  const root = process.cwd();
  let files: string[];
  try {
    files = discoverTests(positionals.length > 0 ? positionals : testFolders(root), (p) => readFileSync(p, 'utf8'));
  } catch (error) {
    if (error instanceof DiscoveryError) return wrong(error.message);
    throw error;
  }
  files = files.filter((file) => filter.test(testName(file, root)));
  if (files.length === 0)
    return wrong(values.filter === undefined ? 'no tests were found' : `no test matches --filter=${values.filter}`);
  if (values.list) {
    io.stdout(files.map((file) => `${testName(file, root)}\n`).join(''));
    return 0;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'filetest-'));
  const timeout = 1000 * numbers.timeout;
  const settings = { features: [...features], scratch, path: values.path ?? [], substitutions, timeout };
  try {
    if (values.update) return await update(files, root, settings, io);
    const progress = new Progress(files.length, root, io, values);
    const results = await runTests(files, settings, {
      jobs: numbers.jobs,
      // Programs are stopped in time; this is for what hangs in its thread.
      timeout: timeout + GRACE,
      maxFailures: numbers['max-failures'],
      isFailure: (result) => FAILURES.includes(result.outcome),
      report: (result) => progress.add(result),
    });
    progress.finish(results);
    return results.some((result) => FAILURES.includes(result.outcome)) ? 1 : 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readArgs(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const list = { type: 'string', multiple: true } as const;
  const onOff = { type: 'boolean' } as const;
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      filter: text,
      jobs: { type: 'string', short: 'j' },
      timeout: text,
      'max-failures': text,
      'time-tests': onOff,
      json: onOff,
      verbose: { type: 'boolean', short: 'v' },
      quiet: { type: 'boolean', short: 'q' },
      list: onOff,
      feature: list,
      'show-features': onOff,
      define: list,
      path: list,
      update: onOff,
      help: { type: 'boolean', short: 'h' },
    },
  });
}

async function update(
  files: readonly string[],
  root: string,
  settings: Parameters<typeof updateFile>[1],
  io: Io,
): Promise<number> {
  let failed = false;
  for (const file of files) {
    const { changed, problem } = await updateFile(file, settings);
    if (problem !== undefined) failed = true;
    io.stdout(`${testName(file, root)}: ${problem ?? (changed ? 'updated' : 'unchanged')}\n`);
  }
  return failed ? 1 : 0;
}

/** What is printed while tests run, and at the end. */
class Progress {
  private readonly total: number;
  private readonly root: string;
  private readonly io: Io;
  private readonly how: ReturnType<typeof readArgs>['values'];
  private done = 0;

  constructor(total: number, root: string, io: Io, how: ReturnType<typeof readArgs>['values']) {
    this.total = total;
    this.root = root;
    this.io = io;
    this.how = how;
  }

  add(result: TestResult): void {
    this.done++;
    const { how, io } = this;
    const failed = FAILURES.includes(result.outcome);
    const name = testName(result.file, this.root);
    const line = `${LABELS[result.outcome]}: ${name} (${this.done} of ${this.total})`;
    const write = (text: string) => (how.json ? io.stderr(text) : io.stdout(text));
    if (failed) write(`${this.clear()}${line}\n${indent(result.output)}\n`);
    else if (how.verbose) write(`${line}${result.output === '' ? '' : `: ${result.output}`}\n`);
    else if (!how.quiet && !how.json && io.stdoutIsTerminal)
      write(`${this.clear()}${this.done} of ${this.total}: ${name.slice(-80)}`);
  }

  private clear(): string {
    return this.io.stdoutIsTerminal && !this.how.verbose ? '\r\x1b[K' : '';
  }

  finish(results: readonly TestResult[]): void {
    const { io, how } = this;
    const counts = new Map<Outcome, number>();
    for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    if (how.json) {
      const tests = results.map(({ file, ...rest }) => ({ name: testName(file, this.root), ...rest }));
      io.stdout(`${JSON.stringify({ counts: Object.fromEntries(counts), tests }, null, 2)}\n`);
      return;
    }
    let out = this.clear();
    if (how['time-tests']) {
      out += 'Slowest tests:\n';
      for (const { file, milliseconds } of [...results]
        .sort((a, b) => b.milliseconds - a.milliseconds)
        .slice(0, SLOWEST))
        out += `${milliseconds.toFixed(0).padStart(8)} ms  ${testName(file, this.root)}\n`;
    }
    const bad = results.filter((result) => FAILURES.includes(result.outcome));
    if (bad.length > 0) out += `Failed:\n${bad.map((r) => `  ${testName(r.file, this.root)}\n`).join('')}`;
    const notRun = this.total - results.length;
    const summary = [...counts].map(([outcome, n]) => `${n} ${outcome}`);
    if (notRun > 0) summary.push(`${notRun} not run`);
    io.stdout(`${out}${summary.join(', ')}\n`);
  }
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
