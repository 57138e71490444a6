// Order statistics of timings. A benchmark reports the median (what a user sees) and the minimum (what the machine can).

/** Timings of one variant, in milliseconds per call. */
export interface Timing {
  readonly medianMs: number;
  readonly minMs: number;
  /** Batches measured. */
  readonly samples: number;
  /** Calls in all batches. */
  readonly calls: number;
}

/** The middle value; of an even number, the mean of the middle two. @throws RangeError of an empty list */
export function median(values: ArrayLike<number>): number {
  if (values.length === 0) throw new RangeError('median of no values');
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** The geometric mean, for ratios. @throws RangeError of an empty list */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('geometric mean of no values');
  return Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
}

/** Summary of the milliseconds per call of each batch. */
export function summarize(perCallMs: readonly number[], calls: number): Timing {
  return { medianMs: median(perCallMs), minMs: Math.min(...perCallMs), samples: perCallMs.length, calls };
}
