// Programs on real threads: scratch memory of each, traps of any, and when dividing the work is worth it.
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { ArrayMemory, closeThreads, type HostMode, sharedThreads, type ThreadOptions } from '../index.js';
import { enableThreads, startNodeWorker } from '../node.js';
import { load } from '../testing/programs.js';
import { type JobOutcome, WorkerPool } from './pool.js';
import { setThreadSupport } from './support.js';

const ALWAYS = { awakeNs: 0, parkedNs: 0 };
const pool = new WorkerPool({ start: startNodeWorker });
pool.grow(2);
afterAll(() => {
  pool.close();
  closeThreads();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const options = (more: Partial<ThreadOptions> = {}): ThreadOptions => ({ pool, count: 3, thresholds: ALWAYS, ...more });

const KERNEL = 'rt.kernel = #rt.kernel<inputs = 1, outputs = 1>, rt.chunks = affine_map<()[s0, s1] -> (s0)>';
const program = (body: string, attributes = '') => `
func.func private @k(%in: memref<?xi32>, %out: memref<?xi32>, %begin: index, %end: index) -> index
    attributes {${KERNEL}${attributes}} {
${body}
  return %end : index
}
func.func @main(%a: memref<?xi32>) -> memref<?xi32> {
  %n = memory.dim %a, 0 : memref<?xi32>
  %r = memory.alloc(%n) : memref<?xi32>
  rt.call_kernel @k ins(%a : memref<?xi32>) outs(%r : memref<?xi32>)
  return %r : memref<?xi32>
}`;

/** Each chunk fills scratch memory with its number, many times over, and adds it up again: 100 * in[c]. */
const SCRATCH = program(
  `  %zero = arith.constant 0 : i32
  %s = memory.alloca() {rt.scratch_offset = 0 : i64} : memref<100xi32>
  loop.for %c = %begin to %end {
    %x = memory.load %in[%c] : memref<?xi32>
    loop.for %round = 0 to 20 {
      loop.for %i = 0 to 100 {
        memory.store %x, %s[%i] : memref<100xi32>
      }
    }
    %sum = loop.for %i = 0 to 100 iter_args(%acc = %zero) -> (i32) {
      %y = memory.load %s[%i] : memref<100xi32>
      %next = arith.addi %acc, %y : i32
      loop.yield %next : i32
    }
    memory.store %sum, %out[%c] : memref<?xi32>
  }`,
  ', rt.scratch_bytes = 400 : i64',
);

/** out[c] = in[in[c]], unchecked. */
const INDIRECT = program(`  loop.for %c = %begin to %end {
    %x = memory.load %in[%c] : memref<?xi32>
    %at = arith.index_cast %x : i32 to index
    %y = memory.load %in[%at] : memref<?xi32>
    memory.store %y, %out[%c] : memref<?xi32>
  }`);

const numbers = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

/** Calls until a worker has taken part; a machine may be busy. */
function untilShared(body: () => void): void {
  const run = vi.spyOn(WorkerPool.prototype, 'run');
  const end = performance.now() + 20_000;
  for (;;) {
    body();
    const shared = run.mock.calls.some(([job], i) => {
      const outcome = run.mock.results[i]?.value as JobOutcome | undefined;
      return outcome !== undefined && outcome.own < job.chunks;
    });
    if (shared) return;
    if (performance.now() > end) throw new Error('no worker took part for 20 seconds');
  }
}

describe.each<HostMode>(['generated', 'interpreted'])('a program on threads, %s', (host) => {
  it('has scratch memory for each thread', async () => {
    const { main, ready, unload, heap } = load(SCRATCH, { host, threads: options() });
    await ready();
    const data = numbers(2000);
    const expected = [...data].map((x) => 100 * x);
    for (let i = 0; i < 20; i++)
      untilShared(() => expect([...(main.call([data])[0]!.data as Int32Array)]).toEqual(expected));
    unload();
    expect(heap.statistics().blocks).toBe(0);
  });

  it('keeps phases whose chunks must run in order on one', async () => {
    const run = vi.spyOn(WorkerPool.prototype, 'run');
    const { main } = load(SCRATCH.replace('rt.scratch_bytes', 'rt.serial, rt.scratch_bytes'), {
      host,
      threads: options(),
    });
    main.call([numbers(100)]);
    expect(run).not.toHaveBeenCalled();
  });

  it('turns what any thread finds into a trap with the place of the call', async () => {
    const { main, ready } = load(INDIRECT, { host, threads: options() });
    await ready();
    const data = numbers(3000);
    // The memory ends far before.
    data[2990] = 0x7fff_0000;
    const message = 'program.mlir:15:3: main: access outside of the memory';
    for (let i = 0; i < 20; i++) {
      expect(() => main.call([data])).toThrow(message);
      expect([...(main.call([numbers(50)])[0]!.data as Int32Array)]).toEqual([...numbers(50)]);
    }
  });

  it('sees memory that has grown since the workers have it', async () => {
    const memory = ArrayMemory.create({ initialBytes: 1 << 20, maximumBytes: 1 << 27 });
    const { main, ready } = load(INDIRECT, { host, memory, threads: options() });
    await ready();
    // Arguments behind what the memory was.
    const data = numbers(300_000).reverse();
    untilShared(() => expect((main.call([data])[0]!.data as Int32Array).every((x, i) => x === i)).toBe(true));
  });
});

describe('dividing work', () => {
  /** Chunks that take a thousand nanoseconds by the clock, on one thread. */
  function timed(thresholds: ThreadOptions['thresholds'], isAwake: boolean) {
    let now = 0;
    const run = vi.spyOn(WorkerPool.prototype, 'run').mockImplementation(({ chunks }) => {
      now += chunks * 1e-3;
      return { own: chunks, failure: undefined };
    });
    vi.spyOn(WorkerPool.prototype, 'isAwake', 'get').mockReturnValue(isAwake);
    const phase = (_: number, begin: number, end: number) => {
      now += (end - begin) * 1e-3;
      return end;
    };
    const { main } = load(SCRATCH, {
      phases: [phase],
      threads: options({ thresholds, clock: () => now }),
    });
    pool.missedNs = 0;
    // The first calls learn what a chunk takes.
    for (let i = 0; i < 12; i++) main.call([numbers(2)]);
    pool.missedNs = 0;
    run.mockClear();
    return { run, call: (chunks: number) => void main.call([numbers(chunks)]) };
  }

  it('is worth it from some work on, while workers are awake', () => {
    const { run, call } = timed({ awakeNs: 50_000, parkedNs: 1e9 }, true);
    for (let i = 0; i < 50; i++) call(40);
    expect(run).not.toHaveBeenCalled();
    call(60);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('wakes parked workers for much work at once, or when much has gone by without them', () => {
    const { run, call } = timed({ awakeNs: 50_000, parkedNs: 1_000_000 }, false);
    call(1200);
    expect(run).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 9; i++) call(100);
    expect(run).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 2; i++) call(100);
    expect(run).toHaveBeenCalledTimes(2);
  });
});

describe('threads', () => {
  it('are one without shared memory, workers, or workers that start; a note says why', () => {
    expect(sharedThreads(1)).toEqual({ count: 1, pool: null });
    expect(sharedThreads(2)).toMatchObject({ count: 1, pool: null, note: expect.stringContaining('enableThreads()') });
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(sharedThreads(2).note).toContain('Cross-Origin-Opener-Policy: same-origin');
    vi.unstubAllGlobals();
    setThreadSupport({
      processors: () => 1,
      start: () => {
        throw new Error('none left');
      },
    });
    expect(sharedThreads('auto')).toEqual({ count: 1, pool: null });
    expect(sharedThreads(2)).toEqual({ count: 1, pool: null, note: 'one thread: no worker starts: none left' });
    closeThreads();
  });

  it('are shared by all who ask, as many as the largest number', () => {
    enableThreads();
    const two = sharedThreads(2);
    const three = sharedThreads(3);
    expect(three.pool).toBe(two.pool);
    expect([two.count, three.count, three.pool!.size]).toEqual([2, 3, 2]);
    closeThreads();
    expect(sharedThreads(2).pool).not.toBe(two.pool);
    closeThreads();
  });
});
