// The table of ops and element types. A new op of the array dialect gets an entry in a file of entries/, one file for each
// group of ops, and that file's list is put here; numbers.ts and entry.ts have what references are written with.
import { ARITHMETIC } from './entries/arithmetic.js';
import { FUNCTIONS } from './entries/functions.js';
import { MOVEMENT } from './entries/movement.js';
import { REDUCTIONS } from './entries/reductions.js';
import { SORTING } from './entries/sorting.js';
import type { CoverageEntry } from './entry.js';

export const ENTRIES: readonly CoverageEntry[] = [...ARITHMETIC, ...FUNCTIONS, ...MOVEMENT, ...REDUCTIONS, ...SORTING];

const COMPLEX = 'of complex numbers: tools/e2e/src/complex.test.ts';
const TUPLES = 'moves values as they are: tools/e2e/src/array-tuples.test.ts';
const LINEAR_ALGEBRA = 'on f32, f64 and complex numbers: tools/e2e/src/array-linear-algebra.test.ts';

/** Ops without a row, and where else they are tested by element type. */
export const WITHOUT_ELEMENTS: Readonly<Record<string, string>> = {
  'array.real': COMPLEX,
  'array.imag': COMPLEX,
  'array.conj': COMPLEX,
  'array.complex': COMPLEX,
  'array.fft': LINEAR_ALGEBRA,
  'array.cholesky': LINEAR_ALGEBRA,
  'array.triangular_solve': LINEAR_ALGEBRA,
  'array.tuple': TUPLES,
  'array.get_tuple_element': TUPLES,
  'array.custom_call': 'calls the host with every element type: tools/e2e/src/custom-calls.test.ts',
  'array.expect': 'on every type: tools/e2e/src/expectations.test.ts',
};
