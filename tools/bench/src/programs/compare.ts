// Whether results are right: each element within relative tolerance of itself plus an absolute part scaled by the result.

import { type Data, numbersOf } from './reference.js';

export interface Tolerance {
  /** Allowed error relative to each reference element. */
  readonly relative: number;
  /** Allowed error relative to the largest magnitude of the reference (of sums of many terms, say). */
  readonly absolute: number;
  /** Share of the elements that may be off (of counts near the edge of a fractal, which one rounding decides). */
  readonly outliers: number;
}

/** The first element that is off, as a sentence, or null. */
export function firstDifference(actual: Data, wanted: Data, tolerance: Tolerance, label: string): string | null {
  const [got, expected] = [numbersOf(actual), numbersOf(wanted)];
  if (got.length !== expected.length) return `${label}: ${got.length} elements, expected ${expected.length}`;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const magnitude = Math.abs(expected[i] as number);
    if (magnitude > scale && magnitude !== Number.POSITIVE_INFINITY) scale = magnitude;
  }
  let allowed = Math.floor(tolerance.outliers * expected.length);
  const absolute = tolerance.absolute * scale;
  for (let i = 0; i < expected.length; i++) {
    const want = expected[i] as number;
    const have = got[i] as number;
    if (have === want || (Number.isNaN(want) && Number.isNaN(have))) continue;
    if (!(Math.abs(have - want) <= absolute + tolerance.relative * Math.abs(want)) && --allowed < 0) {
      return `${label}[${i}]: got ${have}, expected ${want}`;
    }
  }
  return null;
}
