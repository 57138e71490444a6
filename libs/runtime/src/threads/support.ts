// Which threads there are: what the platform offers, the pool that all modules share, and what to say when there is none.
import { RuntimeTrap } from '../errors.js';
import { MAXIMUM_WORKERS } from './control.js';
import { type StartWorker, WorkerPool, type WorkerThread } from './pool.js';
import { type Letter, workerSource } from './worker.js';

/** What a platform offers. */
export interface ThreadSupport {
  readonly start: StartWorker;
  /** Logical processors this process may use. */
  readonly processors: () => number;
}

/** Threads that calls run on: the pool is null for one. */
export interface Threads {
  readonly count: number;
  readonly pool: WorkerPool | null;
  /** Why there are fewer than asked for. */
  readonly note?: string;
}

/** Most threads a program runs on. */
export const MAXIMUM_THREADS = MAXIMUM_WORKERS + 1;

let support: ThreadSupport | undefined;
let shared: WorkerPool | undefined;

/** Says how threads are started; browsers need no one to (`enableThreads` of `@budflow/runtime/node` calls this). */
export function setThreadSupport(given: ThreadSupport): void {
  support = given;
}

/**
 * Threads of the pool that all modules share, started on first use.
 * @throws RuntimeTrap of kind BadArgument for a number that is none
 */
export function sharedThreads(wanted: number | 'auto'): Threads {
  checkThreads(wanted);
  if (wanted === 1) return { count: 1, pool: null };
  if (typeof SharedArrayBuffer === 'undefined') return { count: 1, pool: null, note: NO_SHARED_MEMORY };
  const found = support ?? browserSupport();
  if (!found) return { count: 1, pool: null, note: NO_WORKERS };
  const count = Math.min(wanted === 'auto' ? Math.max(1, found.processors()) : wanted, MAXIMUM_THREADS);
  if (count === 1) return { count, pool: null };
  // After a worker was lost: new ones.
  if (!shared || shared.isClosed) shared = new WorkerPool({ start: found.start });
  shared.grow(count - 1);
  if (shared.size > 0) return { count, pool: shared };
  return { count: 1, pool: null, note: `one thread: no worker starts: ${shared.problems.join('; ')}` };
}

/** Ends the workers that all modules share. Modules go on with one thread; modules compiled later start new workers. */
export function closeThreads(): void {
  shared?.close();
  shared = undefined;
}

const NO_SHARED_MEMORY =
  'one thread: shared memory is missing; serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';
const NO_WORKERS =
  'one thread: nothing starts workers here; on Node call enableThreads() of @budflow/runtime/node first';

function checkThreads(wanted: number | 'auto'): void {
  if (wanted === 'auto' || (Number.isInteger(wanted) && wanted >= 1 && wanted <= MAXIMUM_THREADS)) return;
  throw new RuntimeTrap(
    'BadArgument',
    `threads: expected a whole number from 1 to ${MAXIMUM_THREADS}, or 'auto', got ${JSON.stringify(wanted) ?? wanted}`,
  );
}

/** Workers of browsers. */
interface BrowserWorker {
  postMessage(letter: Letter): void;
  terminate(): void;
  onmessage: ((event: { readonly data: never }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
}

const BROWSER_LINE =
  '{ send: (answer) => postMessage(answer), receive: (listener) => { globalThis.onmessage = ({ data }) => listener(data); } }';

function browserSupport(): ThreadSupport | undefined {
  const { Worker: Made, navigator } = globalThis as {
    readonly Worker?: new (url: string) => BrowserWorker;
    readonly navigator?: { readonly hardwareConcurrency?: number };
  };
  if (!Made) return undefined;
  let url: string | undefined;
  return {
    processors: () => navigator?.hardwareConcurrency ?? 1,
    start({ answer, ended }): WorkerThread {
      url ??= URL.createObjectURL(new Blob([workerSource(BROWSER_LINE)], { type: 'text/javascript' }));
      const worker = new Made(url);
      worker.onmessage = ({ data }) => answer(data);
      worker.onerror = ({ message }) => ended(`a worker failed: ${message || 'it could not be started'}`);
      return {
        post: (letter) => worker.postMessage(letter),
        terminate: () => worker.terminate(),
        keepAlive() {},
      };
    },
  };
}
