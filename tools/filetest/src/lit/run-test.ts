// Runs one test file.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { holds, readScript, ScriptError, type TestScript } from './directives.js';
import { execute } from './execute.js';
import { ShellError } from './shell.js';

export type Outcome =
  | 'pass'
  | 'fail'
  /** Failed, as XFAIL says. */
  | 'expected-failure'
  /** Passed, against XFAIL. */
  | 'unexpected-pass'
  | 'unsupported'
  /** No test: a RUN line that cannot be read. */
  | 'unresolved';

export interface TestResult {
  readonly file: string;
  readonly outcome: Outcome;
  /** What happened, for people; empty when there is nothing to tell. */
  readonly output: string;
  readonly milliseconds: number;
}

export interface TestSettings {
  readonly features: readonly string[];
  /** Folder for temporary files (%t, %T). */
  readonly scratch: string;
  readonly path: readonly string[];
  /** Milliseconds that a program started by a test may take. */
  readonly timeout?: number;
  /** Further substitutions, `name` for `%name`. */
  readonly substitutions: Readonly<Record<string, string>>;
}

export const FAILURES: readonly Outcome[] = ['fail', 'unexpected-pass', 'unresolved'];

/** Runs a test. `file` is absolute. Never throws. */
export async function runTest(file: string, settings: TestSettings): Promise<TestResult> {
  const start = performance.now();
  const result = (outcome: Outcome, output = ''): TestResult => ({
    file,
    outcome,
    output,
    milliseconds: performance.now() - start,
  });
  try {
    const script = readScript(readFileSync(file, 'utf8'));
    const features = new Set(settings.features);
    const missing = script.requires.filter((condition) => !holds(condition, features));
    if (missing.length > 0) return result('unsupported', `requires ${missing.join(', ')}`);
    const against = script.unsupported.filter((condition) => holds(condition, features));
    if (against.length > 0) return result('unsupported', `does not support ${against.join(', ')}`);
    const mustFail = script.xfail.some((condition) => holds(condition, features));
    const failure = await runScript(file, script, settings);
    if (mustFail)
      return failure === undefined
        ? result('unexpected-pass', 'passes, and XFAIL says that it fails')
        : result('expected-failure');
    return failure === undefined ? result('pass') : result('fail', failure);
  } catch (error) {
    if (error instanceof ScriptError || error instanceof ShellError) return result('unresolved', error.message);
    return result('unresolved', error instanceof Error ? error.message : String(error));
  }
}

/** What went wrong; undefined when nothing did. */
async function runScript(file: string, { runs }: TestScript, settings: TestSettings): Promise<string | undefined> {
  const folder = scratchFolder(file, settings);
  mkdirSync(folder, { recursive: true });
  try {
    for (const { line, text } of runs) {
      const command = substitute(text, file, folder, settings);
      const ran = await execute(command, { ...settings, folder });
      if (ran.code === 0) continue;
      const parts = [`RUN line ${line}: ${command}`];
      parts.push(`exit code ${ran.code}${ran.failed === undefined ? '' : ` of: ${ran.failed}`}`);
      if (ran.stderr !== '') parts.push(`standard error:\n${ran.stderr}`);
      if (ran.stdout !== '') parts.push(`standard output:\n${ran.stdout}`);
      return parts.join('\n');
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder of the test's own. */
function scratchFolder(file: string, { scratch }: TestSettings): string {
  return join(scratch, `${file.replaceAll(/[^\w.-]+/g, '_')}.dir`);
}

/** Replaces `%s` (the file), `%S` (its folder), `%t` (a temporary path), `%T` (its folder), `%{name}`, `%%`. */
export function substitute(text: string, file: string, folder: string, { substitutions }: TestSettings): string {
  const quote = (path: string) => (/^[\w@%+=:,./-]*$/.test(path) ? path : path.replaceAll(/[^\w@%+=:,./-]/g, '\\$&'));
  const known: Record<string, string> = {
    s: quote(file),
    S: quote(dirname(file)),
    t: quote(join(folder, `${basename(file)}.tmp`)),
    T: quote(folder),
  };
  return text.replaceAll(
    /%(?:%|\{(\w[\w-]*)\}|([sStT])(?!\w))/g,
    (whole, name: string | undefined, letter?: string) => {
      if (whole === '%%') return '%';
      if (letter !== undefined) return known[letter] as string;
      const value = substitutions[name as string] ?? known[name as string];
      if (value === undefined) throw new ScriptError(`unknown substitution '${whole}'`);
      return value;
    },
  );
}
