// The table of ops and element types. A new op of the array dialect gets an entry in a file of entries/, one file for each
// group of ops, and that file's list is put here; numbers.ts and entry.ts have what references are written with.
import { ARITHMETIC } from './entries/arithmetic.js';
import { FUNCTIONS } from './entries/functions.js';
import { LINEAR_ALGEBRA } from './entries/linear-algebra.js';
import { MOVEMENT } from './entries/movement.js';
import { PACKING } from './entries/packing.js';
import { REDUCTIONS } from './entries/reductions.js';
import { SORTING } from './entries/sorting.js';
import type { CoverageEntry } from './entry.js';

export const ENTRIES: readonly CoverageEntry[] = [
  ...ARITHMETIC,
  ...FUNCTIONS,
  ...MOVEMENT,
  ...REDUCTIONS,
  ...SORTING,
  ...LINEAR_ALGEBRA,
  ...PACKING,
];

const TUPLES = 'moves values as they are: tools/e2e/src/array-tuples.test.ts';

/** Ops without a row, and where else they are tested by element type. */
export const WITHOUT_ELEMENTS: Readonly<Record<string, string>> = {
  'array.tuple': TUPLES,
  'array.get_tuple_element': TUPLES,
  'array.custom_call': 'calls the host with every element type: tools/e2e/src/custom-calls.test.ts',
  'array.expect': 'on every type: tools/e2e/src/expectations.test.ts',
};
