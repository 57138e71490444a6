// The pool with real threads of Node, on a kernel made by hand that counts how often each chunk is run.
import { ModuleBuilder, Op, ValueType } from '@budflow/backend-wasm';
import { Heap } from '@budflow/heap';
import { afterAll, describe, expect, it } from 'vitest';
import { startNodeWorker } from '../node/workers.js';
import { ControlLayout } from './control.js';
import { type JobOutcome, type StartWorker, WorkerLost, WorkerPool, type WorkerThread } from './pool.js';
import type { Letter } from './worker.js';

const COUNTERS = 64;
const MAX_CHUNKS = 400;

/**
 * run(args, begin, end): adds 1 to the counter of each chunk. Words at args: first chunk that fails, how (0: code -5,
 * 1: `unreachable`), rounds of a loop for each chunk.
 */
function countingKernel(): Uint8Array<ArrayBuffer> {
  const { i32 } = ValueType;
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', { min: 0, max: 65536, shared: true });
  const f = module.function({ params: [i32, i32, i32], results: [i32], export: 'run' });
  const [args, chunk, end] = [f.param(0), f.param(1), f.param(2)];
  const rounds = f.local(i32);
  const word = (index: number) => {
    f.get(args);
    f.memory(Op.i32_load, 4 * index);
  };
  const add = (local: typeof chunk, value: number) => {
    f.get(local);
    f.i32Const(value);
    f.emit(Op.i32_add);
    f.set(local);
  };
  const done = f.block();
  const next = f.loop();
  f.get(chunk);
  f.get(end);
  f.emit(Op.i32_ge_u);
  f.brIf(done);
  word(2);
  f.set(rounds);
  const turned = f.block();
  const turn = f.loop();
  f.get(rounds);
  f.emit(Op.i32_eqz);
  f.brIf(turned);
  add(rounds, -1);
  f.br(turn);
  f.end();
  f.end();
  f.get(args);
  f.get(chunk);
  f.i32Const(4);
  f.emit(Op.i32_mul);
  f.emit(Op.i32_add);
  f.i32Const(1);
  f.memory(Op.i32_atomic_rmw_add, COUNTERS, 4);
  f.drop();
  f.get(chunk);
  word(0);
  f.emit(Op.i32_ge_u);
  f.if();
  word(1);
  f.if();
  f.unreachable();
  f.end();
  f.i32Const(-5);
  f.return();
  f.end();
  add(chunk, 1);
  f.br(next);
  f.end();
  f.end();
  f.get(end);
  return module.build();
}

interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { run(args: number, begin: number, end: number): number } };
}
const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;

const heap = Heap.create({ maximumBytes: 1 << 24 });
const module = new wasm.Module(countingKernel());
const { run } = new wasm.Instance(module, { env: { memory: heap.memory } }).exports;
const block = heap.allocate(COUNTERS + 4 * MAX_CHUNKS);
const words = () => new Int32Array(heap.memory.buffer, block.address, block.byteLength / 4);

const pools: WorkerPool[] = [];
function makePool(options: { start?: StartWorker; patienceMs?: number } = {}): WorkerPool {
  const pool = new WorkerPool({ start: startNodeWorker, ...options });
  pools.push(pool);
  return pool;
}
afterAll(() => {
  for (const pool of pools) pool.close();
});

function loadKernel(pool: WorkerPool, code: object = module): number {
  return pool.load(8, (_, number) => ({
    number,
    module: code,
    phases: ['run'],
    memory: heap.memory,
    block: 0,
    blockBytes: 0,
    scratch: 0,
  }));
}

interface Wanted {
  readonly chunks: number;
  readonly threads?: number;
  readonly rounds?: number;
  readonly failsAt?: number;
  readonly throws?: boolean;
  readonly oneByOne?: boolean;
  /** The caller's own function. */
  readonly caller?: (args: number, begin: number, end: number) => number;
}

function perform(pool: WorkerPool, kernel: number, wanted: Wanted): JobOutcome & { readonly counts: number[] } {
  const { chunks, threads = 3, rounds = 0, failsAt = -1, throws = false, oneByOne = false, caller = run } = wanted;
  words().fill(0);
  words().set([failsAt, throws ? 1 : 0, rounds]);
  const argsBytes = block.byteLength;
  const outcome = pool.run({
    kernel,
    phase: 0,
    run: caller,
    args: block.address,
    argsBytes,
    chunks,
    threads,
    oneByOne,
  });
  return { ...outcome, counts: [...words().subarray(COUNTERS / 4, COUNTERS / 4 + chunks)] };
}

/** Performs until workers took part; a machine may be busy. */
function untilShared(body: () => JobOutcome, chunks: number): JobOutcome {
  const end = performance.now() + 20_000;
  for (;;) {
    const outcome = body();
    if (outcome.own < chunks) return outcome;
    if (performance.now() > end) throw new Error('no worker took part for 20 seconds');
  }
}

const pool = makePool();
pool.grow(2);
const kernel = loadKernel(pool);

describe('a pool', () => {
  it('runs every chunk exactly once, whoever runs it', async () => {
    await pool.ready(kernel);
    for (let i = 0; i < 600; i++) {
      const chunks = 1 + ((i * 7) % 60);
      const { counts, failure } = perform(pool, kernel, { chunks, threads: 2 + (i % 2), oneByOne: i % 3 === 0 });
      expect(failure).toBeUndefined();
      expect(counts.every((n) => n === 1)).toBe(true);
    }
  });

  it('divides work: workers take part of it', () => {
    untilShared(() => {
      const { counts, ...outcome } = perform(pool, kernel, { chunks: 400, rounds: 20_000 });
      expect(counts.every((n) => n === 1)).toBe(true);
      return outcome;
    }, 400);
  });

  it('tells the lowest chunk that failed, wherever it ran, and is fit for the next job', () => {
    // The caller does nothing, slowly, so that workers find the chunk that fails.
    const caller = (_: number, begin: number, end: number) => {
      run(block.address, begin, begin);
      const until = performance.now() + 0.2;
      while (performance.now() < until);
      return begin >= 10 ? -5 : end;
    };
    const outcomes = Array.from({ length: 30 }, () =>
      perform(pool, kernel, { chunks: 200, failsAt: 10, oneByOne: true, caller }),
    );
    for (const { failure } of outcomes) expect(failure).toEqual({ chunk: 10, code: -5, message: '' });
    const { failure, counts } = perform(pool, kernel, { chunks: 100 });
    expect(failure).toBeUndefined();
    expect(counts.every((n) => n === 1)).toBe(true);
  });

  it('tells what a worker threw', () => {
    // Only workers run chunks.
    let told: JobOutcome['failure'];
    const caller = (_: number, __: number, end: number) => {
      const until = performance.now() + 1;
      while (performance.now() < until);
      return end;
    };
    untilShared(() => {
      const outcome = perform(pool, kernel, { chunks: 100, failsAt: 0, throws: true, oneByOne: true, caller });
      told = outcome.failure;
      return told ? { ...outcome, own: 0 } : { ...outcome, own: 100 };
    }, 100);
    expect(told).toMatchObject({ code: 0, message: 'RuntimeError: unreachable' });
  });

  it('throws what the caller threw when all have left, and is fit for the next job', () => {
    const caller = () => {
      throw new Error('mine');
    };
    // On a busy machine workers may have done everything before the caller comes.
    const attempt = () => {
      for (let i = 0; i < 1000; i++) perform(pool, kernel, { chunks: 400, rounds: 5000, failsAt: 390, caller });
    };
    expect(attempt).toThrow('mine');
    expect(perform(pool, kernel, { chunks: 50 }).failure).toBeUndefined();
  });

  it('starts no job for kernels that a worker does not have', () => {
    const outcome = perform(pool, kernel + 1000, { chunks: 50, rounds: 1000 });
    expect(outcome).toMatchObject({ own: 50, failure: undefined });
  });

  it('says which code workers refuse, and goes on without them', async () => {
    const refusing = loadKernel(pool, {});
    await pool.ready(refusing);
    expect(pool.problems.join()).toContain('WebAssembly.Module');
    expect(perform(pool, refusing, { chunks: 5 }).own).toBe(5);
    pool.unload(refusing);
    await pool.ready(kernel);
    expect(pool.size).toBe(2);
  });

  it('goes on without workers that ended', async () => {
    const threads: WorkerThread[] = [];
    const mine = makePool({
      start: (events) => {
        threads.push(startNodeWorker(events));
        return threads[threads.length - 1]!;
      },
    });
    mine.grow(2);
    const number = loadKernel(mine);
    threads[0]!.terminate();
    await mine.ready(number);
    expect(mine.size).toBe(1);
    expect(mine.problems.join()).toMatch(/^a worker thread ended with code \d$/);
    expect(perform(mine, number, { chunks: 90 }).counts.every((n) => n === 1)).toBe(true);
    threads[1]!.terminate();
    await mine.ready(loadKernel(mine));
    expect(mine.size).toBe(0);
    expect(perform(mine, number, { chunks: 90 }).own).toBe(90);
  });

  it('closes: the caller does everything from then on', async () => {
    const mine = makePool();
    mine.grow(1);
    const number = loadKernel(mine);
    const ready = mine.ready(number);
    mine.close();
    await ready;
    expect(mine.size).toBe(0);
    mine.grow(3);
    expect(mine.size).toBe(0);
    expect(perform(mine, number, { chunks: 20 }).own).toBe(20);
  });

  it('gives up a worker that joined and shows no more sign of life', () => {
    let control = new Int32Array(0) as Int32Array;
    let ended = 0;
    const start: StartWorker = () => ({
      post(letter: Letter) {
        if (letter.kind === 'start') control = letter.control;
      },
      terminate: () => void ended++,
      keepAlive() {},
    });
    const mine = makePool({ start, patienceMs: 20 });
    mine.grow(1);
    const number = loadKernel(mine);
    // What a worker does that joins; this one goes no further.
    let hasJoined = false;
    const caller = (args: number, begin: number, end: number) => {
      if (!hasJoined) Atomics.add(control, ControlLayout.state, 1);
      hasJoined = true;
      return run(args, begin, end);
    };
    expect(() => perform(mine, number, { chunks: 4, caller })).toThrow(WorkerLost);
    expect({ ended, size: mine.size, isClosed: mine.isClosed }).toEqual({ ended: 1, size: 0, isClosed: true });
    expect(perform(mine, number, { chunks: 4 })).toMatchObject({ own: 4, failure: undefined });
  });

  it('says why no worker starts', () => {
    const mine = makePool({
      start: () => {
        throw new Error('no more threads');
      },
    });
    mine.grow(2);
    expect({ size: mine.size, problems: mine.problems }).toEqual({ size: 0, problems: ['no more threads'] });
  });
});
