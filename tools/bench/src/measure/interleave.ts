// Interleaved timing: all variants take turns, one batch each, so that a change of clock or of what else the machine does
// falls on all of them alike. A batch lasts at least a millisecond, as timers are coarse against a small kernel.

import { summarize, type Timing } from './statistics.js';

/** Something to time. */
export interface Timed {
  readonly name: string;
  /** One call. A promise is awaited before the next call starts. */
  call(): unknown;
  /** Whether `call` returns promises (default false). */
  readonly async?: boolean;
}

export interface MeasureOptions {
  /** Time for each variant, in seconds. */
  readonly seconds: number;
  /** Shortest batch in milliseconds (default 1). */
  readonly batchMs?: number;
  /** Batches of each variant at least, unless it is far over its time (default 5). */
  readonly minimumSamples?: number;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
}

type Batch = (call: () => unknown, n: number) => unknown;

// Each variant gets a loop of its own: in a shared one, the call site would see every variant's function and pay for
// dispatching between them, which is more than a small kernel costs.
const LOOP = 'return function batch(call, n) { for (let i = 0; i < n; i++) call(); }';
const ASYNC_LOOP = 'return async function batch(call, n) { for (let i = 0; i < n; i++) await call(); }';

/** Calls longer than this are not repeated only to warm the caches (milliseconds). */
const WARM_CALL_LIMIT = 5;
/** A variant over its time by this factor stops even with too few samples. */
const PATIENCE = 4;

class Runner {
  readonly perCall: number[] = [];
  calls = 0;
  spent = 0;
  batch = 1;
  /** Milliseconds of the latest call, roughly. */
  #latest = 0;
  readonly timed: Timed;
  readonly #loop: Batch;
  readonly #clock: () => number;

  constructor(timed: Timed, clock: () => number) {
    this.timed = timed;
    this.#clock = clock;
    this.#loop = new Function(timed.async ? ASYNC_LOOP : LOOP)() as Batch;
  }

  async run(n: number): Promise<number> {
    const start = this.#clock();
    const pending = this.#loop(this.timed.call, n);
    if (this.timed.async) await pending;
    return this.#clock() - start;
  }

  /** Warms up (engines optimise after some calls), then finds the calls a batch needs. */
  async calibrate(batchMs: number): Promise<void> {
    const start = this.#clock();
    let calls = 0;
    do {
      await this.run(1);
      calls++;
    } while (calls < 30 && this.#clock() - start < 60);
    for (;;) {
      const time = await this.run(this.batch);
      this.#latest = time / this.batch;
      if (time >= batchMs || this.batch >= 1 << 24) return;
      this.batch = Math.max(
        this.batch + 1,
        Math.ceil(this.batch * Math.min(8, (1.2 * batchMs) / Math.max(time, 1e-3))),
      );
    }
  }

  async sample(batchMs: number): Promise<void> {
    // The others have filled the caches with their data; what a loop over one program sees is warm.
    if (this.#latest < WARM_CALL_LIMIT) await this.run(1);
    const time = await this.run(this.batch);
    this.#latest = time / this.batch;
    this.perCall.push(this.#latest);
    this.calls += this.batch;
    this.spent += time;
    // Code that got faster since the calibration would fall below the shortest batch.
    if (time < batchMs) this.batch = Math.ceil(this.batch * Math.min(8, (1.2 * batchMs) / Math.max(time, 1e-3)));
  }

  done(seconds: number, minimumSamples: number): boolean {
    const limit = seconds * 1000;
    return (this.spent >= limit && this.perCall.length >= minimumSamples) || this.spent >= PATIENCE * limit;
  }
}

/** Times the variants in turns until each has had its time. The order of the result is that of the variants. */
export async function measure(variants: readonly Timed[], options: MeasureOptions): Promise<Timing[]> {
  const { seconds, batchMs = 1, minimumSamples = 5, clock = () => performance.now() } = options;
  const runners = variants.map((timed) => new Runner(timed, clock));
  for (const runner of runners) await runner.calibrate(batchMs);
  for (let active = runners; active.length > 0; active = active.filter((r) => !r.done(seconds, minimumSamples))) {
    for (const runner of active) await runner.sample(batchMs);
  }
  return runners.map((r) => summarize(r.perCall, r.calls));
}
