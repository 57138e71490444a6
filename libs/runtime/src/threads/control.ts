// What the threads of a pool share beside the heap: one buffer of 32-bit words through which the calling thread offers a
// job and workers join it. The offset of each word is plain data, so that it can be told to a worker (`worker.ts`).
//
//   caller                                        worker
//   job words := kernel, phase, args, end         spin, then park, until `sequence` changes
//   next := 0; state := open; sequence += 1       state += 1, if it is open (it has joined)
//   claims chunks until none are left             claims chunks until none are left
//   state := closed; waits until nobody is in     state -= 1
//
// Whoever has not joined by then never does, so a call waits for no worker that sleeps, starts or is gone. The job words
// are read after joining: until all have left, the caller writes nothing.

import { WORD_BYTES, WORD_SCRATCH } from '@budflow/backend-api';

/** Workers that a pool can have. */
export const MAXIMUM_WORKERS = 63;

/** Words between two that different threads write: two cache lines, since processors fetch them in pairs. */
const LINE = 32;

/** Bytes of the message of an error that a worker tells the caller. */
export const MESSAGE_BYTES = 480;

/** Offsets in 32-bit words; plain data. */
export const ControlLayout = {
  /** Counts jobs and letters; what parked workers wait on. */
  sequence: 0,
  /** Bit 30: the job is open. Below: workers in it. */
  state: LINE,
  /** First chunk that nobody has claimed. */
  next: 2 * LINE,
  /** Workers that are parked. */
  parked: 3 * LINE,
  /** 1 while the caller is parked until the last worker leaves. */
  callerParked: 3 * LINE + 1,
  /** 1 once a worker has failed in this job. */
  failed: 3 * LINE + 2,
  /** The job: number of the kernel, its phase, address and bytes of the argument block, chunks, workers that may join. */
  kernel: 4 * LINE,
  phase: 4 * LINE + 1,
  args: 4 * LINE + 2,
  argsBytes: 4 * LINE + 3,
  end: 4 * LINE + 4,
  helpers: 4 * LINE + 5,
  /** Share of the remaining chunks that one claim takes: 1/n; 0: one chunk at a time. */
  share: 4 * LINE + 6,
  /** Microseconds a worker spins before it parks. */
  spin: 4 * LINE + 7,
  /** For each worker: letters posted to it. */
  posted: 5 * LINE,
  /** For each worker: what went wrong. Words: chunk, code, bytes of the message; then the message in UTF-8. */
  failures: 5 * LINE + 64,
  failureWords: 3 + MESSAGE_BYTES / 4,
  /** In an argument block: the word with the address of scratch memory. */
  scratch: (WORD_SCRATCH * WORD_BYTES) / 4,
  open: 1 << 30,
} as const;
export type ControlLayout = typeof ControlLayout;

/** Words of the whole buffer. */
export const CONTROL_WORDS = ControlLayout.failures + MAXIMUM_WORKERS * ControlLayout.failureWords;

/** What went wrong in a worker: the first chunk of the range, the trap code (0: an exception) and the exception's text. */
export interface WorkerFailure {
  readonly chunk: number;
  readonly code: number;
  readonly message: string;
}

/** The failure of the lowest chunk, and forgets all of them. */
export function takeFailure(control: Int32Array, workers: number): WorkerFailure | undefined {
  let first: WorkerFailure | undefined;
  const { failures, failureWords } = ControlLayout;
  for (let worker = 0; worker < workers; worker++) {
    const at = failures + worker * failureWords;
    // 0 is none: the chunk is stored plus 1.
    const chunk = control[at]! - 1;
    if (chunk < 0) continue;
    control[at] = 0;
    if (first && first.chunk <= chunk) continue;
    // Decoders take no shared memory.
    const bytes = new Uint8Array(control.buffer, control.byteOffset + (at + 3) * 4, control[at + 2]!).slice();
    first = { chunk, code: control[at + 1]!, message: new TextDecoder().decode(bytes) };
  }
  return first;
}
