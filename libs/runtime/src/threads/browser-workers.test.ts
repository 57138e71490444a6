// Workers of browsers: the part that starts them, on a `Worker` as browsers have, which runs the source it is given.
import { Worker as NodeWorker } from 'node:worker_threads';
import { afterAll, expect, it, vi } from 'vitest';

/** `Worker` of the web on a thread of Node: messages are events, inside `postMessage` and `onmessage` are globals. */
class WebWorker {
  static readonly sources: string[] = [];
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onerror: ((event: { readonly message: string }) => void) | null = null;
  private readonly thread: NodeWorker;

  constructor(url: string) {
    const source = urls.get(url)!;
    WebWorker.sources.push(source);
    const globals =
      "const { parentPort } = require('node:worker_threads'); globalThis.postMessage = (m) => parentPort.postMessage(m); parentPort.on('message', (data) => globalThis.onmessage({ data }));";
    this.thread = new NodeWorker(`${globals}(0, eval)(${JSON.stringify(source)})`, { eval: true, execArgv: [] });
    this.thread.on('message', (data) => this.onmessage?.({ data }));
    this.thread.on('error', (error) => this.onerror?.({ message: String(error) }));
    this.thread.unref();
  }
  postMessage(message: unknown): void {
    this.thread.postMessage(message);
  }
  terminate(): void {
    void this.thread.terminate();
  }
}

const urls = new Map<string, string>();
vi.stubGlobal('Worker', WebWorker);
vi.stubGlobal(
  'Blob',
  class {
    readonly parts: readonly string[];
    constructor(parts: readonly string[]) {
      this.parts = parts;
    }
  },
);
vi.stubGlobal('navigator', { hardwareConcurrency: 3 });
vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
  const url = `blob:${urls.size}`;
  urls.set(url, (blob as unknown as { readonly parts: readonly string[] }).parts.join(''));
  return url;
});
// Loaded anew: on Node, another test may have started the workers of Node.
vi.resetModules();
const { closeThreads, sharedThreads } = await import('../index.js');
const { load } = await import('../testing/programs.js');

afterAll(() => {
  closeThreads();
  vi.unstubAllGlobals();
});

const PROGRAM = `
func.func private @k(%in: memref<?xi32>, %out: memref<?xi32>, %begin: index, %end: index) -> index
    attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>, rt.chunks = affine_map<()[s0, s1] -> (s0)>} {
  loop.for %c = %begin to %end {
    %x = memory.load %in[%c] : memref<?xi32>
    %y = arith.addi %x, %x : i32
    memory.store %y, %out[%c] : memref<?xi32>
  }
  return %end : index
}
func.func @main(%a: memref<?xi32>) -> memref<?xi32> {
  %n = memory.dim %a, 0 : memref<?xi32>
  %r = memory.alloc(%n) : memref<?xi32>
  rt.call_kernel @k ins(%a : memref<?xi32>) outs(%r : memref<?xi32>)
  return %r : memref<?xi32>
}`;

it('run programs as workers of Node do, from one source', async () => {
  const { pool, count } = sharedThreads('auto');
  expect(count).toBe(3);
  const { main, ready } = load(PROGRAM, { threads: { pool: pool!, count, thresholds: { awakeNs: 0, parkedNs: 0 } } });
  await ready();
  expect(pool!.problems).toEqual([]);
  const run = vi.spyOn(pool!, 'run');
  const data = Int32Array.from({ length: 5000 }, (_, i) => i);
  const until = performance.now() + 20_000;
  const took = () =>
    run.mock.calls.some(([job], i) => (run.mock.results[i]!.value as { readonly own: number }).own < job.chunks);
  do {
    expect((main.call([data])[0]!.data as Int32Array).every((x, i) => x === 2 * i)).toBe(true);
  } while (!took() && performance.now() < until);
  expect(took()).toBe(true);
  expect(pool!.problems).toEqual([]);
  expect(urls.size).toBe(1);
  expect(WebWorker.sources).toHaveLength(2);
});

it('say why they do not start', async () => {
  closeThreads();
  vi.stubGlobal('Worker', function Refused() {
    throw new Error('worker-src forbids blob:');
  });
  expect(sharedThreads(2).note).toBe('one thread: no worker starts: worker-src forbids blob:');
});
