// Programs on several threads: the same bits as on one, for any number of them.
import { wasmBackend } from '@budflow/backend-wasm';
import { ArrayMemory, loadModule, NdArray, sharedThreads, WorkerPool } from '@budflow/runtime';
import { enableThreads } from '@budflow/runtime/node';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import {
  type CompiledModule,
  closeThreads,
  compile,
  EventStream,
  Heap,
  pipelineFor,
  type RuntimeEvent,
  schedule,
  type TypedArray,
} from './index.js';

enableThreads();
afterAll(closeThreads);
afterEach(() => vi.restoreAllMocks());

/** Kernels of many chunks: elementwise, reductions with partial results, rows with scratch memory, products that pack. */
const PROGRAM = `
func.func @chain(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %0 = array.mul %a, %b : tensor<?xf32>
  %1 = array.add %0, %a : tensor<?xf32>
  %2 = array.tanh %1 : tensor<?xf32>
  return %2 : tensor<?xf32>
}
func.func @sums(%a: tensor<300001xf32>) -> (tensor<f32>, tensor<f32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce add %a init %z dims = [0] : tensor<300001xf32>, tensor<f32> to tensor<f32>
  %1 = array.mul %a, %a : tensor<300001xf32>
  %2 = array.reduce add %1 init %z dims = [0] : tensor<300001xf32>, tensor<f32> to tensor<f32>
  return %0, %2 : tensor<f32>, tensor<f32>
}
func.func @softmax(%x: tensor<120x517xf32>) -> tensor<120x517xf32> {
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %z = array.constant dense<0.0> : tensor<f32>
  %m = array.reduce max %x init %low dims = [1] : tensor<120x517xf32>, tensor<f32> to tensor<120xf32>
  %mb = array.broadcast %m dims = [0] : tensor<120xf32> to tensor<120x517xf32>
  %d = array.sub %x, %mb : tensor<120x517xf32>
  %e = array.exp %d : tensor<120x517xf32>
  %s = array.reduce add %e init %z dims = [1] : tensor<120x517xf32>, tensor<f32> to tensor<120xf32>
  %sb = array.broadcast %s dims = [0] : tensor<120xf32> to tensor<120x517xf32>
  %r = array.div %e, %sb : tensor<120x517xf32>
  return %r : tensor<120x517xf32>
}
func.func @sorted(%x: tensor<4000x16xf32>) -> tensor<4000x16xf32> {
  %0 = array.sort %x dim = 1 ascending : tensor<4000x16xf32>
  return %0 : tensor<4000x16xf32>
}
func.func @product(%a: tensor<301x130xf32>, %b: tensor<130x203xf32>) -> tensor<301x203xf32> {
  %0 = array.dot_general %a, %b batch = [] x [] contract = [1] x [0] : tensor<301x130xf32>, tensor<130x203xf32> -> tensor<301x203xf32>
  return %0 : tensor<301x203xf32>
}`;

const ONE = `func.func @main(%a: tensor<?xf32>) -> tensor<?xf32> {
  %0 = array.exp %a : tensor<?xf32>
  return %0 : tensor<?xf32>
}`;

const SIZES: Record<string, readonly (readonly number[])[]> = {
  chain: [[40_003], [40_003]],
  sums: [[300_001]],
  softmax: [[120, 517]],
  sorted: [[4000, 16]],
  product: [
    [301, 130],
    [130, 203],
  ],
};

/** Threads divide all work, however short. */
const NEVER_WAIT = { awakeNs: 0, parkedNs: 0 };

function data(shape: readonly number[], seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 4;
  });
}

/** All results of all functions, as bits. Several rounds: from cold code to warm, one chunk at a time and many. */
async function bitsOf(module: CompiledModule, memory: ArrayMemory, count: number): Promise<Record<string, string>> {
  const { pool } = sharedThreads(count);
  const loaded = loadModule(module.program, {
    backend: wasmBackend,
    memory,
    events: new EventStream(),
    threads: pool ? { pool, count, thresholds: NEVER_WAIT } : undefined,
  });
  await loaded.ready();
  const bits: Record<string, string> = {};
  for (const [name, shapes] of Object.entries(SIZES)) {
    const inputs = shapes.map((shape, i) => NdArray.from(data(shape, i + 1), shape));
    const seen = new Set<string>();
    for (let round = 0; round < 2; round++) {
      const results = loaded.functions.get(name)!.call(inputs);
      seen.add(results.map((array) => hash(array.data as TypedArray)).join());
    }
    bits[name] = [...seen].join(' or ');
  }
  loaded.unload();
  return bits;
}

function hash({ buffer, byteOffset, byteLength }: TypedArray): string {
  let h = 0x811c9dc5;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) h = Math.imul(h ^ byte, 16777619);
  return (h >>> 0).toString(16);
}

describe('threads', () => {
  it.each(['strict', 'default'] as const)('give the same bits for any number of them: %s', async (numerics) => {
    const heap = Heap.create();
    const memory = new ArrayMemory(heap);
    const module = compile(PROGRAM, { numerics, heap });
    const one = await bitsOf(module, memory, 1);
    expect(Object.values(one).join()).not.toContain('or');
    const run = vi.spyOn(WorkerPool.prototype, 'run');
    for (const threads of [2, 3, 8]) expect(await bitsOf(module, memory, threads)).toEqual(one);
    // Workers did take part.
    const outcomes = run.mock.calls.map(([job], i) => ({
      job,
      own: (run.mock.results[i]!.value as { own: number }).own,
    }));
    expect(outcomes.some(({ job, own }) => own < job.chunks)).toBe(true);
  });

  it('give the same bits to schedules of any steps', async () => {
    const text = `func.func @main(%a: tensor<60x40xf32>, %b: tensor<40x60xf32>) -> tensor<60x40xf32> {
  %0 = array.transpose %b perm = [1, 0] : tensor<40x60xf32> to tensor<60x40xf32>
  %1 = array.add %a, %0 : tensor<60x40xf32>
  return %1 : tensor<60x40xf32>
}`;
    const [a, b] = [data([60, 40], 1), data([40, 60], 2)];
    const want = (compile(text).main(a, b) as NdArray).data.slice();
    const parallel = schedule();
    parallel.stage('add').split('d1', 8).parallel('d0', { grain: 7 });
    // Each chunk copies back all of the result: in order, or they would undo one another.
    const copies = schedule();
    copies.stage('add').fuse('d0', 'd1').split('d0.add.d1', 33, { tail: 'guard' }).cacheWrite('arg2', 'd0.add.d1.i');
    const run = vi.spyOn(WorkerPool.prototype, 'run');
    for (const [steps, chunks] of [
      [parallel, [9]],
      [copies, []],
    ] as const)
      for (const threads of [1, 2, 3, 4]) {
        run.mockClear();
        const module = compile(text, { threads, schedules: [steps], heap: Heap.create() });
        await module.ready();
        const loaded = loadModule(module.program, {
          backend: wasmBackend,
          memory: new ArrayMemory(Heap.create()),
          events: new EventStream(),
          threads:
            threads > 1 ? { pool: sharedThreads(threads).pool!, count: threads, thresholds: NEVER_WAIT } : undefined,
        });
        await loaded.ready();
        const inputs = [NdArray.from(a, [60, 40]), NdArray.from(b, [40, 60])];
        for (let round = 0; round < 5; round++)
          expect(loaded.functions.get('main')!.call(inputs)[0]!.data).toEqual(want);
        expect([...new Set(run.mock.calls.map(([job]) => job.chunks))]).toEqual(threads > 1 ? chunks : []);
        loaded.unload();
        module.dispose();
      }
  });

  it('are one where the heap is private, and the report and an event say so', () => {
    const events = new EventStream();
    const heard: RuntimeEvent[] = [];
    events.listen((event) => void heard.push(event));
    const heap = Heap.create({ shared: false });
    const module = compile(ONE, { threads: 2, heap, events });
    const note = 'one thread: the heap given is not shared; create it with shared: true';
    expect(module.report).toMatchObject({ threads: 1, threadsNote: note });
    expect(heard).toContainEqual({ kind: 'threads', wanted: 2, threads: 1, note });
  });

  it('are a number or auto', () => {
    for (const threads of [0, 1.5, 65, Number.NaN, '2' as 'auto'])
      expect(() => compile(ONE, { threads })).toThrow(
        /^threads: expected a whole number from 1 to 64, or 'auto', got /,
      );
    expect(compile(ONE, { threads: 'auto' }).report.threads).toBeGreaterThanOrEqual(1);
  });

  it('have a heap of their own: arrays of the other one are copied at each call, and results are outside of both', async () => {
    const [one, two] = [compile(ONE), compile(ONE, { threads: 2 })];
    await two.ready();
    for (const [from, to] of [
      [one, two],
      [two, one],
    ] as const) {
      const x = from.array(Float32Array.of(0, 1, 2), [3], 'f32');
      const near = from.main(x) as NdArray;
      const far = to.main(x) as NdArray;
      expect([near.memory === x.memory, far.isResident]).toEqual([true, false]);
      expect(far.data).toEqual(near.data);
      // What is written to the array afterwards is copied again.
      x.data[0] = 1;
      expect((to.main(x) as NdArray).data).toEqual((from.main(x) as NdArray).data);
      // Nothing is written to another heap.
      expect(() => to.functions.main!.compiled.call([x], { out: [near] })).toThrow('outside of the heap');
    }
    one.dispose();
    two.dispose();
  });

  it('are told to the schedule of products, so that each has several blocks of rows', () => {
    const workers = (threads: number) =>
      /"pass":"cache-blocking","options":\{"workers":(\d+)/.exec(
        JSON.stringify(pipelineFor({ threads }, 'wasm32-simd128')),
      )?.[1];
    expect([1, 2, 8].map(workers)).toEqual([undefined, '2', '8']);
  });

  it('may end before the module: one goes on', async () => {
    const module = compile(ONE, { threads: 2 });
    await module.ready();
    const input = data([20_000], 1);
    const before = hash(module.main(input).data as TypedArray);
    closeThreads();
    expect(hash(module.main(input).data as TypedArray)).toBe(before);
    module.dispose();
    const next = compile(ONE, { threads: 2 });
    await next.ready();
    expect(next.report.threads).toBe(2);
  });
});
