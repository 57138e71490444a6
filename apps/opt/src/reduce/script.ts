// A test that the user wrote: a program that gets a candidate's file and says by its exit code whether it is interesting.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../cli/errors.js';

export interface ScriptTest {
  /** Whether the candidate is interesting: exit code 0. @throws UsageError when the program cannot be started */
  run(text: string): Promise<boolean>;
  /** Removes the temporary files. */
  close(): void;
}

/** `limit`: milliseconds a test may take; then it is not interesting. */
export function scriptTest(command: string, limit: number): ScriptTest {
  const folder = mkdtempSync(join(tmpdir(), 'bud-reduce-'));
  const file = join(folder, 'candidate.mlir');
  const program = command.includes('/') ? resolve(command) : command;
  return {
    run(text) {
      writeFileSync(file, text);
      return new Promise((done, fail) => {
        // In a group of its own, so that what it starts ends with it.
        const child = spawn(program, [file], { stdio: 'ignore', detached: process.platform !== 'win32' });
        const timer = setTimeout(() => {
          try {
            if (child.pid !== undefined) process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
          } catch {
            // It ended by itself.
          }
        }, limit);
        child.on('error', (error: NodeJS.ErrnoException) => {
          clearTimeout(timer);
          const why =
            error.code === 'ENOENT'
              ? 'no such program'
              : error.code === 'EACCES'
                ? 'it is not executable (chmod +x)'
                : error.message;
          fail(new UsageError(`--test=${command}: ${why}`));
        });
        child.on('close', (code) => {
          clearTimeout(timer);
          done(code === 0);
        });
      });
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
