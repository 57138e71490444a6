// The built command lines, for tests that start them as processes.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const APP = join(import.meta.dirname, '..', '..');
const ROOT = join(APP, '..', '..');

/** Path of an executable. */
export function commandPath(name: 'bud-opt' | 'bud-run'): string {
  return join(APP, 'bin', `${name}.js`);
}

/** Builds when a source is newer than what was built of it. */
export function ensureBuilt(): void {
  const files = readdirSync(join(APP, 'src'), { recursive: true, withFileTypes: true }).filter(
    (e) => e.isFile() && e.name.endsWith('.ts') && !e.name.endsWith('.test.ts') && !e.parentPath.includes('testing'),
  );
  const isStale = files.some(({ parentPath, name }) => {
    const source = join(parentPath, name);
    const built = source.replace(join(APP, 'src'), join(APP, 'dist')).replace(/\.ts$/, '.js');
    return (statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0) < statSync(source).mtimeMs;
  });
  if (!isStale) return;
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', APP], {
      stdio: 'pipe',
    });
  } catch (error) {
    // Type errors elsewhere do not keep these files from being written.
    if (!statSync(join(APP, 'dist', 'bin', 'commands.js'), { throwIfNoEntry: false })) throw error;
  }
}
