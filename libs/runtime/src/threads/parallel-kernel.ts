// A loaded kernel on several threads: gives it to the workers, and decides call by call whether dividing the work pays.
import type { Kernel } from '@budflow/backend-api';
import type { Block } from '@budflow/heap';
import type { ParallelFacts } from '@budflow/target';
import type { ArrayMemory } from '../arrays/array-memory.js';
import { COLD_CALLS, LATER_CALLS } from '../host/generate.js';
import { isParallelPhase } from '../host/parallel-phase.js';
import type { WorkerFailure } from './control.js';
import type { WorkerPool } from './pool.js';

/** What a module runs on. */
export interface ThreadOptions {
  readonly pool: WorkerPool;
  /** Threads with the calling one, at least 2. */
  readonly count: number;
  readonly thresholds: ParallelFacts;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
}

/** Estimate of a chunk before any was timed: what schedules aim at. */
const CHUNK_NS = 30_000;
/** A site's first calls are timed, then one in so many. */
const TIMED_CALLS = 8;
const TIMED_EVERY = 16;

export class ParallelKernel {
  readonly options: ThreadOptions;
  private readonly kernel: Kernel;
  private readonly memory: ArrayMemory;
  private readonly blocks: Block[] = [];
  private readonly number: number;

  /** `argsBytes`: of the largest argument block. @throws RuntimeTrap of kind HeapExhausted */
  constructor(kernel: Kernel, memory: ArrayMemory, argsBytes: number, options: ThreadOptions) {
    this.kernel = kernel;
    this.memory = memory;
    this.options = options;
    const { module, exports } = kernel.shareable!;
    const scratch = kernel.metadata.phases
      .filter(isParallelPhase)
      .reduce((most, phase) => Math.max(most, phase.scratchBytes), 0);
    try {
      // Argument blocks name scratch memory: where there is none, all threads read the caller's.
      if (scratch > 0)
        for (let i = 1; i < options.count; i++) this.blocks.push(memory.allocate(argsBytes), memory.allocate(scratch));
    } catch (error) {
      this.free();
      throw error;
    }
    this.number = options.pool.load(options.count - 1, (worker, number) => ({
      number,
      module,
      phases: exports,
      memory: memory.heap.memory,
      block: this.blocks[2 * worker]?.address ?? 0,
      blockBytes: scratch > 0 ? argsBytes : 0,
      scratch: this.blocks[2 * worker + 1]?.address ?? 0,
    }));
  }

  /** When all workers have the code. Calls before that use fewer. */
  ready(): Promise<void> {
    return this.options.pool.ready(this.number);
  }

  /** A call site of a phase. */
  site(phase: number, args: number, argsBytes: number): ParallelSite {
    return new ParallelSite(this.options, {
      kernel: this.number,
      phase,
      args,
      argsBytes,
      run: this.kernel.phases[phase]!,
    });
  }

  /** Workers forget the kernel. */
  unload(): void {
    this.options.pool.unload(this.number);
    this.free();
  }

  private free(): void {
    for (const block of this.blocks.splice(0)) this.memory.heap.free(block);
  }
}

interface SiteJob {
  readonly kernel: number;
  readonly phase: number;
  readonly args: number;
  readonly argsBytes: number;
  readonly run: (args: number, begin: number, end: number) => number;
}

/** One place that calls a kernel, and what is known of its times. */
export class ParallelSite {
  private readonly options: ThreadOptions;
  private readonly job: SiteJob;
  private readonly clock: () => number;
  private calls = 0;
  private kernelCalls = 0;
  private chunkNs = 0;

  constructor(options: ThreadOptions, job: SiteJob) {
    this.options = options;
    this.job = job;
    this.clock = options.clock ?? (() => performance.now());
  }

  /** Runs all chunks, on as many threads as pay. */
  run(chunks: number): WorkerFailure | undefined {
    const isTimed = this.calls < TIMED_CALLS || this.calls % TIMED_EVERY === 0;
    this.calls++;
    const start = isTimed ? this.clock() : 0;
    const cold = this.kernelCalls < COLD_CALLS;
    const { pool, count } = this.options;
    let own = chunks;
    let failure: WorkerFailure | undefined;
    if (this.pays((this.chunkNs || CHUNK_NS) * chunks)) {
      const outcome = pool.run({ ...this.job, chunks, threads: count, oneByOne: cold });
      ({ own, failure } = outcome);
      this.kernelCalls += cold ? chunks : LATER_CALLS;
    } else failure = this.alone(chunks, cold ? 1 : Math.ceil(chunks / LATER_CALLS));
    // Its own chunks take the caller as long as the others take theirs.
    if (isTimed && own > 0 && !failure) this.learn(((this.clock() - start) * 1e6) / own);
    return failure;
  }

  /**
   * Whether to divide so much work. Parked workers are woken for much at once, or once enough has gone by without them:
   * the next calls then find them awake, and if there are none, little is lost.
   */
  private pays(workNs: number): boolean {
    const { pool, thresholds } = this.options;
    if (pool.size === 0 || workNs < thresholds.awakeNs) return false;
    if (pool.isAwake) return true;
    pool.missedNs += workNs;
    if (pool.missedNs < thresholds.parkedNs) return false;
    pool.missedNs = 0;
    return true;
  }

  private alone(chunks: number, step: number): WorkerFailure | undefined {
    const { run, args } = this.job;
    for (let begin = 0; begin < chunks; this.kernelCalls++) {
      const next = run(args, begin, Math.min(begin + step, chunks));
      if (next <= begin) return { chunk: begin, code: next, message: '' };
      begin = next;
    }
    return undefined;
  }

  /** Half of the new, half of the old: code gets faster, data vary. */
  private learn(ns: number): void {
    this.chunkNs = this.chunkNs === 0 ? ns : (this.chunkNs + ns) / 2;
  }
}
