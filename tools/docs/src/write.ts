// Writes the pages, and removes those that are no longer made.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reference } from './pages.js';
import { ROOT } from './sources.js';

export const FOLDER = join(ROOT, 'docs', 'reference');

export interface Changes {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  readonly missing: readonly string[];
}

/** What differs between the folder and the pages as they should be. */
export function staleness(): Changes & { readonly pages: ReadonlyMap<string, string> } {
  const { pages, missing } = reference();
  const written: string[] = [];
  for (const [path, text] of pages) {
    const file = join(FOLDER, path);
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) written.push(path);
  }
  // The table of the math functions is measured, by `npm run check:ulp`.
  const kept = new Set(['math.md', ...missing.map((name) => `commands/${name}.md`)]);
  const removed = existsSync(FOLDER)
    ? readdirSync(FOLDER, { recursive: true, withFileTypes: true })
        .filter((e) => e.isFile())
        .map((e) =>
          join(e.parentPath, e.name)
            .slice(FOLDER.length + 1)
            .replaceAll('\\', '/'),
        )
        .filter((path) => !pages.has(path) && !kept.has(path))
    : [];
  return { pages, written, removed, unchanged: pages.size - written.length, missing };
}

export function writeReference(): Changes {
  const changes = staleness();
  for (const path of changes.written) {
    const file = join(FOLDER, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, changes.pages.get(path)!);
  }
  for (const path of changes.removed) rmSync(join(FOLDER, path));
  return changes;
}
