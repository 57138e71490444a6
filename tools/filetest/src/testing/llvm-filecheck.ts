// LLVM's FileCheck, where it is installed, on the same files.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Io, nodeIo, runCli } from '@budflow/opt';
import { fileCheckMain } from '../filecheck/main.js';

export type Verdict = 'ok' | 'failed' | 'invalid';

export interface Ran {
  readonly verdict: Verdict;
  readonly report: string;
}

const CANDIDATES = ['FileCheck', ...Array.from({ length: 10 }, (_, i) => `FileCheck-${23 - i}`)];

/** The command; undefined when there is none. */
export function llvmFileCheck(): string | undefined {
  return CANDIDATES.find((name) => spawnSync(name, ['--version']).status === 0);
}

const verdictOf = (status: number | null): Verdict => (status === 0 ? 'ok' : status === 1 ? 'failed' : 'invalid');

export class Arena {
  private readonly folder = mkdtempSync(join(tmpdir(), 'bud-filecheck-'));
  /** Removes the folder. */
  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
  llvm(command: string, checks: string, input: string, args: readonly string[]): Ran {
    const [checkFile, inputFile] = [join(this.folder, 'c'), join(this.folder, 'i')];
    writeFileSync(checkFile, checks);
    writeFileSync(inputFile, input);
    const { status, stderr } = spawnSync(command, [checkFile, '--input-file', inputFile, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    // LLVM ends with 1 at this one mistake in a check file.
    const isInvalid = stderr.includes('missing closing "]" for regex variable');
    return { verdict: isInvalid ? 'invalid' : verdictOf(status), report: stderr };
  }
}

/**
 * Where LLVM's FileCheck (14) is known to be wrong: its engine for regular expressions finds no back-reference in a
 * pattern with alternatives, and numeric variables keep their values at a label under --enable-var-scope, against its
 * documentation.
 */
export function isKnownDifference(checks: string, args: readonly string[]): boolean {
  if (args.includes('--enable-var-scope') && checks.includes('[[#')) return true;
  return checks.split('\n').some((line) => line.includes('|') && /\[\[(\w+):.*\[\[\1\]\]/.test(line));
}

/** Ours, as the command. */
export async function budFileCheck(checks: string, input: string, args: readonly string[]): Promise<Ran> {
  let report = '';
  const io: Io = {
    ...nodeIo(),
    stdout: () => undefined,
    stderr: (text) => {
      report += text;
    },
    stdinIsTerminal: false,
    stdoutIsTerminal: false,
    stdin: async () => new TextEncoder().encode(input),
    readFile: () => new TextEncoder().encode(checks),
    writeFile: () => undefined,
    neighbours: () => [],
  };
  const status = await runCli('bud-filecheck', fileCheckMain, ['check', ...args], io);
  return { verdict: verdictOf(status), report };
}
