// Runs tests on worker threads. A test that takes too long ends with its thread.
import { Worker } from 'node:worker_threads';
import { runTest, type TestResult, type TestSettings } from './run-test.js';

export interface PoolOptions {
  readonly jobs: number;
  /** Milliseconds a test may take. */
  readonly timeout: number;
  /** Stops after so many failures. */
  readonly maxFailures: number;
  readonly isFailure: (result: TestResult) => boolean;
  /** Called as results come, in any order. */
  readonly report: (result: TestResult) => void;
}

/** Runs all tests; results come in the order of `files`. */
export async function runTests(
  files: readonly string[],
  settings: TestSettings,
  options: PoolOptions,
): Promise<TestResult[]> {
  const results = new Map<string, TestResult>();
  let next = 0;
  let failures = 0;
  const take = () => (failures < options.maxFailures ? files[next++] : undefined);
  const record = (result: TestResult) => {
    results.set(result.file, result);
    if (options.isFailure(result)) failures++;
    options.report(result);
  };
  const lanes = Math.max(1, Math.min(options.jobs, files.length));
  const lane =
    lanes === 1 && options.timeout === Number.POSITIVE_INFINITY
      ? async () => {
          for (let file = take(); file !== undefined; file = take()) record(await runTest(file, settings));
        }
      : () => threadLane(take, record, settings, options.timeout);
  await Promise.all(Array.from({ length: lanes }, lane));
  return files.flatMap((file) => results.get(file) ?? []);
}

async function threadLane(
  take: () => string | undefined,
  record: (result: TestResult) => void,
  settings: TestSettings,
  timeout: number,
): Promise<void> {
  let worker: Worker | undefined;
  for (let file = take(); file !== undefined; file = take()) {
    worker ??= new Worker(new URL('./worker.js', import.meta.url), { workerData: settings });
    const result = await runOn(worker, file, timeout);
    record(result.result);
    if (!result.ended) continue;
    await worker.terminate();
    worker = undefined;
  }
  await worker?.terminate();
}

function runOn(
  worker: Worker,
  file: string,
  timeout: number,
): Promise<{ readonly result: TestResult; readonly ended: boolean }> {
  return new Promise((done) => {
    const start = performance.now();
    const end = (result: TestResult, ended: boolean) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError);
      done({ result, ended });
    };
    const failed = (output: string): TestResult => ({
      file,
      outcome: 'fail',
      output,
      milliseconds: performance.now() - start,
    });
    const onMessage = (result: TestResult) => end(result, false);
    const onError = (error: Error) => end(failed(`the thread of the test ended: ${error.message}`), true);
    const timer =
      timeout === Number.POSITIVE_INFINITY
        ? undefined
        : setTimeout(() => end(failed(`took longer than ${timeout / 1000} s`), true), timeout);
    worker.on('message', onMessage).on('error', onError);
    worker.postMessage(file);
  });
}
