// The table of ops and element types. A new op of the array dialect gets an entry in a file of entries/, one file for each
// group of ops, and that file's list is put here; numbers.ts and entry.ts have what references are written with.
import { ARITHMETIC } from './entries/arithmetic.js';
import { FUNCTIONS } from './entries/functions.js';
import { MOVEMENT } from './entries/movement.js';
import { REDUCTIONS } from './entries/reductions.js';
import { SORTING } from './entries/sorting.js';
import type { CoverageEntry } from './entry.js';

export const ENTRIES: readonly CoverageEntry[] = [...ARITHMETIC, ...FUNCTIONS, ...MOVEMENT, ...REDUCTIONS, ...SORTING];

/** Ops that have no row because they compute nothing of their own, and why. */
export const WITHOUT_ELEMENTS: Readonly<Record<string, string>> = {};
