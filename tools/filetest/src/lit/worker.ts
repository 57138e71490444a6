// A worker thread that runs tests one after another as it is told.
import { parentPort, workerData } from 'node:worker_threads';
import { runTest, type TestSettings } from './run-test.js';

parentPort?.on('message', async (file: string) => {
  parentPort?.postMessage(await runTest(file, workerData as TestSettings));
});
