// Running a command to its end: wall time, and peak memory where the system tells.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** One run of a process. */
export interface ProcessRun {
  readonly seconds: number;
  /** Largest resident set in bytes, or null where there is no /usr/bin/time. */
  readonly peakBytes: number | null;
}

const TIME = '/usr/bin/time';

/** A command on PATH, or null. */
export function findCommand(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder !== '' && existsSync(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** Runs a command. @throws Error with its standard error if it fails */
export function runProcess(command: string, args: readonly string[]): ProcessRun {
  const folder = mkdtempSync(join(tmpdir(), 'budflow-bench-'));
  try {
    const report = join(folder, 'time');
    const timed = existsSync(TIME);
    const [file, all] = timed ? [TIME, ['-f', '%M', '-o', report, command, ...args]] : [command, [...args]];
    const start = performance.now();
    const { status, stderr, error } = spawnSync(file, all, {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    const seconds = (performance.now() - start) / 1000;
    if (error) throw error;
    if (status !== 0) throw new Error(`${command}: exit code ${status}: ${stderr.split('\n').slice(0, 3).join(' | ')}`);
    const peakBytes = timed ? 1024 * Number(readFileSync(report, 'utf8').trim().split('\n').at(-1)) : null;
    return { seconds, peakBytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
