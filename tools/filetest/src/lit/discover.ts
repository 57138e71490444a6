// Finds test files.
import { readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** Folders that hold no tests; `Inputs` holds files that tests read. */
const SKIPPED = new Set(['node_modules', 'dist', 'Inputs', '.git', '.results', 'coverage', '.nx']);
const RUN_LINE = /(?:^|[^\w-])RUN:/m;

export class DiscoveryError extends Error {}

/** Absolute paths of the `.mlir` files that are named or lie in named folders, sorted. @throws DiscoveryError */
export function discoverTests(paths: readonly string[], readText: (path: string) => string): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const absolute = resolve(path);
    const stat = statSync(absolute, { throwIfNoEntry: false });
    if (!stat) throw new DiscoveryError(`there is no '${path}'`);
    if (stat.isFile()) found.add(absolute);
    else for (const file of filesIn(absolute)) if (RUN_LINE.test(readText(file))) found.add(file);
  }
  return [...found].sort();
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesIn(path);
    return entry.isFile() && entry.name.endsWith('.mlir') ? [path] : [];
  });
}

/** The folders of the repository that hold tests: `test` beside the sources of a lib, an app or a tool. */
export function testFolders(root: string): string[] {
  const folders: string[] = [];
  for (const parent of ['libs', 'libs/dialects', 'libs/backends', 'apps', 'tools'])
    for (const entry of directories(join(root, parent))) {
      const folder = join(root, parent, entry, 'test');
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) folders.push(folder);
    }
  return folders;
}

function directories(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** The name of a test: its path from a folder, with `/`. */
export function testName(file: string, root: string): string {
  return relative(root, file).replaceAll('\\', '/');
}
