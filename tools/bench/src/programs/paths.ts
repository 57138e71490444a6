// Where the data files are: beside the sources, whether this runs from src (tests) or from dist.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'programs.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`no programs.json above ${import.meta.dirname}`);
  }
}

/** The folder of this package. */
export const BENCH_ROOT = findRoot();
