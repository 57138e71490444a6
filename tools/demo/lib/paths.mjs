// Where the examples keep their files.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder docs/examples. */
export const EXAMPLES = fileURLToPath(new URL('../../../docs/examples/', import.meta.url));
/** Committed source data. */
export const DATA = join(EXAMPLES, 'data');
/** Large results and derived inputs; ignored by git, recomputed when missing. */
export const OUT = join(EXAMPLES, 'out');
