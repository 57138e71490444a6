// Threads of Node: worker_threads that keep no process alive.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { WorkerEvents, WorkerThread } from '../threads/pool.js';
import { setThreadSupport } from '../threads/support.js';
import { workerSource } from '../threads/worker.js';

const LINE =
  "(({ parentPort }) => ({ send: (answer) => parentPort.postMessage(answer), receive: (listener) => parentPort.on('message', listener) }))(require('node:worker_threads'))";

/**
 * Lets programs of this process run on several threads: `compile(text, { threads: 4 })`. The workers end with the
 * process, which does not wait for them.
 */
export function enableThreads(): void {
  setThreadSupport({ start: startNodeWorker, processors: availableParallelism });
}

/** Starts a worker thread. @throws Error when the system has no more */
export function startNodeWorker(events: WorkerEvents): WorkerThread {
  // Loaders and hooks of the process are not for the few lines of a worker.
  const worker = new Worker(workerSource(LINE), { eval: true, execArgv: [], trackUnmanagedFds: false });
  let hasEnded = false;
  const end = (reason: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    events.ended(reason);
  };
  worker.on('message', (answer) => events.answer(answer));
  worker.on('error', (error) => end(`a worker thread failed: ${error instanceof Error ? error.message : error}`));
  worker.on('exit', (code) => end(`a worker thread ended with code ${code}`));
  return {
    post: (letter) => worker.postMessage(letter),
    terminate: () => void worker.terminate(),
    keepAlive: ({ alive }) => (alive ? worker.ref() : worker.unref()),
  };
}
