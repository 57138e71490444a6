// Whether results are right: each element within relative tolerance of itself plus an absolute part scaled by the result.

import type { Data } from './reference.js';

export interface Tolerance {
  /** Allowed error relative to each reference element. */
  readonly relative: number;
  /** Allowed error relative to the largest magnitude of the reference (of sums of many terms, say). */
  readonly absolute: number;
}

/** The first element that is off, as a sentence, or null. */
export function firstDifference(got: Data, expected: Data, tolerance: Tolerance, label: string): string | null {
  if (got.length !== expected.length) return `${label}: ${got.length} elements, expected ${expected.length}`;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const magnitude = Math.abs(expected[i] as number);
    if (magnitude > scale && magnitude !== Number.POSITIVE_INFINITY) scale = magnitude;
  }
  const absolute = tolerance.absolute * scale;
  for (let i = 0; i < expected.length; i++) {
    const want = expected[i] as number;
    const have = got[i] as number;
    if (have === want || (Number.isNaN(want) && Number.isNaN(have))) continue;
    if (!(Math.abs(have - want) <= absolute + tolerance.relative * Math.abs(want))) {
      return `${label}[${i}]: got ${have}, expected ${want}`;
    }
  }
  return null;
}
