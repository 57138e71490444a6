// What a worker thread runs. The function is sent as text (`workerSource`), so that no file has to be found by bundlers,
// on disk or by a browser: it must not refer to anything outside of itself.
import { ControlLayout, MESSAGE_BYTES } from './control.js';

/** A kernel for other threads: structured-cloneable. */
export interface WorkerKernel {
  readonly number: number;
  /** A `WebAssembly.Module`. */
  readonly module: unknown;
  /** Name of the export of each phase. */
  readonly phases: readonly string[];
  /** A shared `WebAssembly.Memory`. */
  readonly memory: unknown;
  /** Where the worker copies argument blocks to, and its scratch memory; bytes of the former. */
  readonly block: number;
  readonly blockBytes: number;
  readonly scratch: number;
}

/** What the caller posts. */
export type Letter =
  | { readonly kind: 'start'; readonly control: Int32Array; readonly worker: number }
  | { readonly kind: 'load'; readonly kernel: WorkerKernel }
  | { readonly kind: 'unload'; readonly number: number };

/** What a worker answers: a kernel it can run now, or why it cannot. */
export type Answer =
  | { readonly kind: 'loaded'; readonly number: number }
  | { readonly kind: 'refused'; readonly number: number; readonly message: string };

/** The two ends of the line to the caller, whatever the platform calls them. */
interface Line {
  send(answer: Answer): void;
  receive(listener: (letter: Letter) => void): void;
}

interface Loaded {
  readonly kernel: WorkerKernel;
  readonly phases: readonly ((args: number, begin: number, end: number) => number)[];
}

/** The engine's WebAssembly, as far as it is used here. */
interface Engine {
  readonly Instance: new (
    module: unknown,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Record<string, Loaded['phases'][number]> };
}

/** JavaScript of a worker; `line` is an expression for its `Line`. */
export function workerSource(line: string): string {
  return `"use strict";(${serve})(${line}, ${JSON.stringify(ControlLayout)}, ${MESSAGE_BYTES});`;
}

/** Self-contained: see the head of the file. */
export function serve(line: Line, at: ControlLayout, messageBytes: number): void {
  const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
  const kernels = new Map<number, Loaded>();
  let control: Int32Array = new Int32Array(0);
  let worker = 0;
  let received = 0;
  /** Words of the memory of the last job, to copy argument blocks. */
  let words: Int32Array = new Int32Array(0);

  // Letters arrive between turns of the event loop, so a worker that serves returns to it when one was posted.
  line.receive((letter) => {
    received++;
    if (letter.kind === 'start') {
      control = letter.control;
      worker = letter.worker;
    } else if (letter.kind === 'load') line.send(load(letter.kernel));
    else kernels.delete(letter.number);
    attend();
  });

  function load(kernel: WorkerKernel): Answer {
    try {
      const { exports } = new engine.Instance(kernel.module, { env: { memory: kernel.memory } });
      kernels.set(kernel.number, { kernel, phases: kernel.phases.map((name) => exports[name]!) });
      return { kind: 'loaded', number: kernel.number };
    } catch (error) {
      return { kind: 'refused', number: kernel.number, message: String(error) };
    }
  }

  function hasLetters(): boolean {
    return Atomics.load(control, at.posted + worker) !== received;
  }

  /** Serves jobs until there is a letter to read. */
  function attend(): void {
    let seen: number | undefined;
    while (!hasLetters()) {
      const sequence = Atomics.load(control, at.sequence);
      if (sequence === seen) {
        idle(sequence);
        continue;
      }
      seen = sequence;
      if (join()) {
        work();
        leave();
      }
    }
  }

  /**
   * Waits until the sequence changes: at first awake, since waking up takes far longer than most jobs. The time counts
   * from the end of a job, within limits: the caller may be in a long chunk.
   */
  function idle(sequence: number): void {
    const start = performance.now();
    const spin = control[at.spin]! / 1000;
    let until = start + spin;
    for (;;) {
      for (let i = 0; i < 64; i++) if (Atomics.load(control, at.sequence) !== sequence) return;
      const now = performance.now();
      if (Atomics.load(control, at.state) !== 0 && now < start + 40 * spin) until = now + spin;
      else if (now >= until) break;
    }
    Atomics.add(control, at.parked, 1);
    Atomics.wait(control, at.sequence, sequence);
    Atomics.sub(control, at.parked, 1);
  }

  function join(): boolean {
    for (;;) {
      const state = Atomics.load(control, at.state);
      if ((state & at.open) === 0 || (state & ~at.open) >= control[at.helpers]!) return false;
      if (Atomics.compareExchange(control, at.state, state, state + 1) === state) return true;
    }
  }

  function leave(): void {
    // The value before: closed, and this one was the last.
    if (Atomics.sub(control, at.state, 1) === 1 && Atomics.load(control, at.callerParked) === 1)
      Atomics.notify(control, at.state);
  }

  /** Claims and runs chunks of the job until none are left. */
  function work(): void {
    const loaded = kernels.get(control[at.kernel]!);
    // Not loaded yet, or refused.
    if (!loaded) return;
    const run = loaded.phases[control[at.phase]!]!;
    const end = control[at.end]!;
    const share = control[at.share]!;
    let args = 0;
    for (;;) {
      let begin = Atomics.load(control, at.next);
      let size = 1;
      for (;;) {
        if (begin >= end) return;
        size = share === 0 ? 1 : Math.max(1, Math.floor((end - begin) / share));
        const found = Atomics.compareExchange(control, at.next, begin, begin + size);
        if (found === begin) break;
        begin = found;
      }
      try {
        if (args === 0) args = ownBlock(loaded.kernel);
        for (let from = begin; from < begin + size; ) {
          const next = run(args, from, begin + size);
          if (next <= from) {
            fail(from, next, '');
            return;
          }
          from = next;
        }
      } catch (error) {
        fail(begin, 0, String(error));
        return;
      }
    }
  }

  /** A copy of the job's argument block with this worker's scratch memory. */
  function ownBlock({ memory, block, blockBytes, scratch }: WorkerKernel): number {
    const args = control[at.args]!;
    const bytes = control[at.argsBytes]!;
    if (blockBytes === 0) return args;
    const shared = memory as { readonly buffer: SharedArrayBuffer; grow(pages: number): number };
    if (words.buffer !== shared.buffer) words = new Int32Array(shared.buffer);
    const end = Math.max(args + bytes, block + bytes);
    if (end > words.byteLength) {
      // Another thread has made the memory grow.
      shared.grow(0);
      words = new Int32Array(shared.buffer);
    }
    words.copyWithin(block / 4, args / 4, (args + bytes) / 4);
    words[block / 4 + at.scratch] = scratch;
    words[block / 4 + at.scratch + 1] = 0;
    return block;
  }

  /** Tells the caller, and leaves the rest of the chunks undone. */
  function fail(chunk: number, code: number, message: string): void {
    const slot = at.failures + worker * at.failureWords;
    if (control[slot] === 0) {
      const text = new TextEncoder().encode(message).slice(0, messageBytes);
      control[slot + 1] = code;
      control[slot + 2] = text.length;
      new Uint8Array(control.buffer, control.byteOffset + (slot + 3) * 4, text.length).set(text);
      control[slot] = chunk + 1;
    }
    Atomics.store(control, at.failed, 1);
    Atomics.store(control, at.next, control[at.end]!);
  }
}
