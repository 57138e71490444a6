// --benchmark: how long calls take, with the inputs where the program wants them.

export interface Timings {
  /** Milliseconds of the first call. */
  readonly firstMs: number;
  /** Of the calls after it. */
  readonly medianMs: number;
  readonly minMs: number;
  readonly runs: number;
}

/** Calls shorter than this are timed in groups, since the clock is not finer. */
const SAMPLE_MS = 0.05;
const MAX_SAMPLES = 1_000_000;

/** Calls `run` once, then for `seconds` more, at least three times. `clock` gives milliseconds. */
export function measureCalls(run: () => void, seconds: number, clock: () => number = () => performance.now()): Timings {
  const time = (count: number): number => {
    const start = clock();
    for (let i = 0; i < count; i++) run();
    return clock() - start;
  };
  const firstMs = time(1);
  const end = clock() + seconds * 1000;
  let group = 1;
  for (let ms = time(group); ms < SAMPLE_MS && group < 1 << 20; ms = time(group)) group *= 2;
  const samples: number[] = [];
  let runs = 0;
  do {
    const ms = time(group);
    runs += group;
    // Code gets faster as the engine compiles it: what was long enough at first may not be any more.
    if (ms < SAMPLE_MS && group < 1 << 20) group *= 2;
    else samples.push(ms / group);
  } while ((clock() < end || samples.length < 3) && samples.length < MAX_SAMPLES);
  samples.sort((a, b) => a - b);
  const middle = samples.length >> 1;
  const medianMs = samples.length % 2 === 1 ? samples[middle]! : (samples[middle - 1]! + samples[middle]!) / 2;
  return { firstMs, medianMs, minMs: samples[0]!, runs };
}
