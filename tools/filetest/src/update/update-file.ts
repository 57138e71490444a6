// Writes CHECK lines into a test file from what its RUN lines print.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScript } from '../lit/directives.js';
import { execute } from '../lit/execute.js';
import { substitute, type TestSettings } from '../lit/run-test.js';
import { generateChecks } from './generate-checks.js';
import { placeChecks } from './place-checks.js';

export interface Updated {
  readonly changed: boolean;
  /** Why the file could not be updated. */
  readonly problem: string | undefined;
}

/**
 * Checks of another prefix than CHECK that are there were written by hand: they stay (who wants new ones deletes them).
 * Diagnostics are no IR.
 */
function isWritten(text: string, command: string, prefix: string): boolean {
  if (/^not\b|2>&1/.test(command)) return false;
  return prefix === 'CHECK' || !new RegExp(`//\\s*${prefix}[-:]`).test(text);
}

const CHECKER = /\|\s*(?:bud-filecheck|FileCheck|filecheck)\b(.*)$/;

export async function updateFile(file: string, settings: TestSettings): Promise<Updated> {
  const text = readFileSync(file, 'utf8');
  const folder = join(settings.scratch, 'update');
  mkdirSync(folder, { recursive: true });
  try {
    let updated = text;
    const done = new Set<string>();
    for (const { text: run } of readScript(text).runs) {
      const command = substitute(run, file, folder, settings);
      const checker = CHECKER.exec(command);
      if (!checker) {
        await execute(command, { ...settings, folder });
        continue;
      }
      const prefix =
        /--?check-prefix(?:es)?[= ]([\w,-]+)/
          .exec(checker[1] as string)?.[1]
          ?.split(',')
          .at(-1) ?? 'CHECK';
      if (done.has(prefix) || !isWritten(text, command, prefix)) continue;
      done.add(prefix);
      const ran = await execute(command.slice(0, checker.index), { ...settings, folder });
      if (ran.code !== 0)
        return { changed: false, problem: `'${ran.failed}' ends with ${ran.code}: ${ran.stderr.trimEnd()}` };
      updated = placeChecks(updated, generateChecks(ran.stdout, prefix), prefix);
    }
    if (done.size === 0)
      return { changed: false, problem: 'no RUN line pipes into bud-filecheck: there is nothing to write' };
    if (updated !== text) writeFileSync(file, updated);
    return { changed: updated !== text, problem: undefined };
  } catch (error) {
    if (error instanceof Error) return { changed: false, problem: error.message };
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
