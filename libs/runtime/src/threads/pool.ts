// Worker threads that run chunks of kernels together with the thread that calls. The caller never waits for a worker to
// start, load code or wake up: whoever is there takes part, and with nobody there it does everything itself. Results do
// not depend on who ran which chunk.
import { ControlLayout as at, CONTROL_WORDS, MAXIMUM_WORKERS, takeFailure, type WorkerFailure } from './control.js';
import type { Answer, Letter, WorkerKernel } from './worker.js';

/** A started thread that runs `workerSource`, whatever the platform calls it. */
export interface WorkerThread {
  post(letter: Letter): void;
  terminate(): void;
  /** Whether the thread keeps a process alive; does nothing where there is no such thing. */
  keepAlive(options: { readonly alive: boolean }): void;
}

/** What a thread tells the one that started it. */
export interface WorkerEvents {
  answer(answer: Answer): void;
  /** It ended, or never started. */
  ended(reason: string): void;
}

/** Starts a thread. @throws Error when the platform refuses */
export type StartWorker = (events: WorkerEvents) => WorkerThread;

/** Part of a kernel call that several threads run. */
export interface Job {
  readonly kernel: number;
  readonly phase: number;
  /** The caller's function, and its argument block. */
  readonly run: (args: number, begin: number, end: number) => number;
  readonly args: number;
  readonly argsBytes: number;
  readonly chunks: number;
  /** Threads that take part, with the caller. */
  readonly threads: number;
  /** Claim one chunk at a time, so that the engine can replace code between them. */
  readonly oneByOne: boolean;
}

/** How a job ended: `failure` is that of the lowest chunk. */
export interface JobOutcome {
  readonly failure: WorkerFailure | undefined;
  /** Chunks that the caller did. */
  readonly own: number;
}

export interface PoolOptions {
  readonly start: StartWorker;
  /** Microseconds that workers, and the caller at the end, spin before they park (default 50). */
  readonly spinUs?: number;
  /** Milliseconds without a sign of life of a worker that has joined, after which it is given up (default 30,000). */
  readonly patienceMs?: number;
}

/** The caller waits awake for so many times as long as workers do. */
const CALLER_SPINS = 20;

interface Member {
  readonly index: number;
  readonly thread: WorkerThread;
  isGone: boolean;
  /** Kernels it has answered for. */
  readonly answered: Set<number>;
}

export class WorkerPool {
  /** Why workers are missing: what the platform said, once for each reason. */
  readonly problems: string[] = [];
  /** Work, in nanoseconds, that the caller did alone while workers were parked; callers count it. */
  missedNs = 0;
  private readonly control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
  private readonly members: Member[] = [];
  private readonly kernels = new Map<number, readonly WorkerKernel[]>();
  private readonly waiting = new Set<{ readonly isDone: () => boolean; readonly resolve: () => void }>();
  private readonly start: StartWorker;
  private readonly spinUs: number;
  private readonly patienceMs: number;
  private readonly mayPark: boolean;
  private nextKernel = 0;
  private alive = 0;
  private closed = false;

  constructor({ start, spinUs = 50, patienceMs = 30_000 }: PoolOptions) {
    this.start = start;
    this.spinUs = spinUs;
    this.patienceMs = patienceMs;
    this.control[at.spin] = spinUs;
    this.mayPark = canPark();
  }

  /** Whether `close` was called, or a worker was lost. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** Workers that have not ended. */
  get size(): number {
    return this.alive;
  }

  /** Whether a worker is awake, waiting for a job. */
  get isAwake(): boolean {
    return Atomics.load(this.control, at.parked) < this.alive;
  }

  /** Starts workers until there are `count`. */
  grow(count: number): void {
    if (this.isClosed) return;
    for (let missing = Math.min(count, MAXIMUM_WORKERS) - this.size; missing > 0; missing--) {
      if (this.members.length === MAXIMUM_WORKERS) return;
      const index = this.members.length;
      try {
        const thread = this.start({
          answer: (answer) => this.answered(index, answer),
          ended: (reason) => this.ended(index, reason),
        });
        this.members.push({ index, thread, isGone: false, answered: new Set() });
        this.alive++;
        thread.keepAlive({ alive: this.waiting.size > 0 });
        this.post(this.members[index]!, { kind: 'start', control: this.control, worker: index });
        for (const forWorkers of this.kernels.values()) this.give(index, forWorkers);
      } catch (error) {
        this.problem(error instanceof Error ? error.message : String(error));
        return;
      }
    }
  }

  /**
   * Gives a kernel to the workers; `forWorker` is what differs from one to the next. Returns its number for jobs.
   */
  load(workers: number, forWorker: (worker: number, number: number) => WorkerKernel): number {
    const number = this.nextKernel++;
    const kernels = Array.from({ length: workers }, (_, worker) => forWorker(worker, number));
    this.kernels.set(number, kernels);
    for (const { index } of this.members) this.give(index, kernels);
    return number;
  }

  /** Workers forget a kernel. */
  unload(number: number): void {
    if (!this.kernels.delete(number)) return;
    for (const member of this.members) if (!member.isGone) this.post(member, { kind: 'unload', number });
  }

  /** When every worker that a kernel was given to can run it, or has ended. */
  ready(number: number): Promise<void> {
    const isDone = () =>
      this.members.every(
        ({ index, isGone, answered }) =>
          isGone || answered.has(number) || index >= (this.kernels.get(number)?.length ?? 0),
      );
    if (isDone()) return Promise.resolve();
    for (const { thread, isGone } of this.members) if (!isGone) thread.keepAlive({ alive: true });
    return new Promise((resolve) => {
      this.waiting.add({ isDone, resolve });
    });
  }

  /**
   * Runs a job on the caller and whatever workers join. What the caller's own chunks throw is thrown when all have left.
   * @throws WorkerLost when a worker that joined gives no sign of life
   */
  run(job: Job): JobOutcome {
    const { control } = this;
    // 1. The job, for whoever joins.
    control[at.kernel] = job.kernel;
    control[at.phase] = job.phase;
    control[at.args] = job.args;
    control[at.argsBytes] = job.argsBytes;
    control[at.end] = job.chunks;
    control[at.helpers] = job.threads - 1;
    control[at.share] = job.oneByOne ? 0 : 2 * job.threads;
    Atomics.store(control, at.next, 0);
    // Workers that are about to end must not join.
    const isOpen = this.alive > 0;
    if (isOpen) {
      Atomics.store(control, at.state, at.open);
      Atomics.add(control, at.sequence, 1);
      if (Atomics.load(control, at.parked) > 0) Atomics.notify(control, at.sequence, job.threads - 1);
    }

    // 2. The caller's share, then nobody joins any more.
    let own = 0;
    let failure: WorkerFailure | undefined;
    let thrown: unknown;
    let hasThrown = false;
    try {
      for (;;) {
        const begin = Atomics.load(control, at.next);
        if (begin >= job.chunks) break;
        const size = job.oneByOne ? 1 : Math.max(1, Math.floor((job.chunks - begin) / (2 * job.threads)));
        if (Atomics.compareExchange(control, at.next, begin, begin + size) !== begin) continue;
        own += size;
        failure = runChunks(job, begin, begin + size);
        if (failure) break;
      }
    } catch (error) {
      thrown = error;
      hasThrown = true;
    }
    // After a failure: what nobody has claimed stays undone.
    if (failure || hasThrown) Atomics.store(control, at.next, job.chunks);
    if (isOpen) {
      Atomics.and(control, at.state, ~at.open);
      this.waitForWorkers(job);
    }

    // 3. What went wrong elsewhere.
    if (Atomics.load(control, at.failed) !== 0) {
      Atomics.store(control, at.failed, 0);
      const other = takeFailure(control, this.members.length);
      if (!failure || (other && other.chunk < failure.chunk)) failure = other;
    }
    if (hasThrown) throw thrown;
    return { failure, own };
  }

  /** Ends the workers. Kernels run on the caller alone from then on. */
  close(): void {
    this.closed = true;
    for (const member of this.members) this.end(member);
    this.settle();
  }

  private waitForWorkers(job: Job): void {
    const { control } = this;
    // A chunk is all there is to wait for, and who parks is late for what comes next.
    const until = performance.now() + (CALLER_SPINS * this.spinUs) / 1000;
    do {
      for (let i = 0; i < 64; i++) if (Atomics.load(control, at.state) === 0) return;
    } while (performance.now() < until);
    // A process that was stopped for a while finds its timeouts over: patience counts slices that passed, not time.
    const slice = Math.min(1000, this.patienceMs);
    let left = Math.ceil(this.patienceMs / slice);
    Atomics.store(control, at.callerParked, 1);
    try {
      for (let state = Atomics.load(control, at.state); state !== 0; state = Atomics.load(control, at.state)) {
        if (this.passed(state, slice) && left-- === 0) this.lose(state, job);
      }
    } finally {
      Atomics.store(control, at.callerParked, 0);
    }
  }

  /** Waits until the state changes; true when a slice of time has passed instead. */
  private passed(state: number, slice: number): boolean {
    if (this.mayPark) return Atomics.wait(this.control, at.state, state, slice) === 'timed-out';
    const until = performance.now() + slice;
    while (performance.now() < until) if (Atomics.load(this.control, at.state) !== state) return false;
    return true;
  }

  private lose(count: number, { phase, chunks }: Job): never {
    this.close();
    throw new WorkerLost(
      `${count} of ${this.members.length} worker threads ended or hung while they ran chunks of phase ${phase} (${chunks} chunks); from now on one thread does everything`,
    );
  }

  private give(index: number, kernels: readonly WorkerKernel[]): void {
    const member = this.members[index]!;
    const kernel = kernels[index];
    if (kernel && !member.isGone) this.post(member, { kind: 'load', kernel });
  }

  private post(member: Member, letter: Letter): void {
    // Counted before it is sent: the first letter starts the count.
    Atomics.add(this.control, at.posted + member.index, 1);
    member.thread.post(letter);
    Atomics.add(this.control, at.sequence, 1);
    Atomics.notify(this.control, at.sequence);
  }

  private answered(index: number, answer: Answer): void {
    const member = this.members[index]!;
    member.answered.add(answer.number);
    if (answer.kind === 'refused') this.problem(answer.message);
    this.settle();
  }

  private ended(index: number, reason: string): void {
    const member = this.members[index];
    if (!this.isClosed) this.problem(reason);
    if (member && !member.isGone) {
      member.isGone = true;
      this.alive--;
    }
    this.settle();
  }

  private end(member: Member): void {
    if (member.isGone) return;
    member.isGone = true;
    this.alive--;
    member.thread.terminate();
  }

  private problem(text: string): void {
    if (!this.problems.includes(text)) this.problems.push(text);
  }

  /** Tells those whose workers are ready; without any left, workers keep nothing alive. */
  private settle(): void {
    if (this.waiting.size === 0) return;
    for (const one of this.waiting) {
      if (!this.isClosed && !one.isDone()) continue;
      this.waiting.delete(one);
      one.resolve();
    }
    if (this.waiting.size > 0) return;
    for (const { thread, isGone } of this.members) if (!isGone) thread.keepAlive({ alive: false });
  }
}

/** A worker that had joined a job never left it. */
export class WorkerLost extends Error {}

/** Runs a range; undefined when all of it is done. */
function runChunks({ run, args }: Job, begin: number, end: number): WorkerFailure | undefined {
  for (let from = begin; from < end; ) {
    const next = run(args, from, end);
    if (next <= from) return { chunk: from, code: next, message: '' };
    from = next;
  }
  return undefined;
}

/** Main threads of browsers must not park. */
function canPark(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}
