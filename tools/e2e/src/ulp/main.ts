// `npm run check:ulp`: measures the errors of the math functions on worker threads, fails when one is above its bound,
// and writes docs/reference/math.md. Flags: flags.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { runCommand } from '../command-line.js';
import { FLAGS, type Flags, flagsOf, TITLE } from './flags.js';
import {
  boundOf,
  exists,
  FUNCTIONS,
  isBinary,
  type Measurement,
  measureRange,
  measureSamples,
  NOTHING,
  type Task,
  worse,
} from './measure.js';
import { forget, readTable, rowOf, update, writeTable } from './table.js';

interface Job {
  readonly task: Task;
  /** Bit patterns, or a seed when the stride is 0. */
  readonly first: number;
  readonly stride: number;
  readonly count: number;
}

/** Inputs of a job: a second or so. */
const JOB = 2 ** 24;

function jobsOf(task: Task, flags: Flags): Job[] {
  if (task.format === 'f64' || isBinary(task.name)) {
    // f32 has a quick reference: more of them.
    const total = task.format === 'f32' ? flags.samples * 16 : flags.samples;
    const size = Math.min(total, 2 ** 17);
    return Array.from({ length: Math.ceil(total / size) }, (_, i) => ({
      task,
      first: 1000 + i,
      stride: 0,
      count: Math.min(size, total - i * size),
    }));
  }
  const total = Math.ceil(2 ** 32 / flags.stride);
  return Array.from({ length: Math.ceil(total / JOB) }, (_, i) => ({
    task,
    first: i * JOB * flags.stride,
    stride: flags.stride,
    count: Math.min(JOB, total - i * JOB),
  }));
}

function perform({ task, first, stride, count }: Job): Measurement {
  return stride === 0 ? measureSamples(task, first, count) : measureRange(task, first, stride, count);
}

async function run(flags: Flags): Promise<boolean> {
  const start = Date.now();
  const isLate = (): boolean => Date.now() - start > flags.seconds * 1000;
  const pool = Array.from({ length: flags.workers }, () => new Worker(new URL(import.meta.url)));
  const page = join(process.env.BUDFLOW_ROOT!, 'docs', 'reference', 'math.md');
  const rows = readTable(existsSync(page) ? readFileSync(page, 'utf8') : '');
  let isWithin = true;
  for (const name of flags.functions) {
    for (const format of flags.formats) {
      for (const rounding of flags.roundings) {
        const task: Task = { name, format, rounding };
        // A square root is an instruction; double arithmetic is its own reference.
        if (isLate() || !exists(task) || (format === 'f64' && /^(sqrt|round)$/.test(name))) continue;
        const measurement = await measure(pool, jobsOf(task, flags));
        const bound = boundOf(task);
        const isGood = measurement.error <= bound;
        isWithin &&= isGood;
        const row = rowOf(task, measurement);
        if (flags.fresh) forget(rows, task);
        update(rows, row);
        console.log(
          `${isGood ? 'ok  ' : 'FAIL'} ${name} ${format} ${rounding}: ${row.error} of ${bound} ULP at ${row.at}, ${row.count} inputs, ${((Date.now() - start) / 1000).toFixed(0)} s`,
        );
        if (flags.write) writeFileSync(page, writeTable(rows, FUNCTIONS));
      }
    }
  }
  await Promise.all(pool.map((worker) => worker.terminate()));
  return isWithin;
}

/** Gives each worker the next job as soon as it is free. */
async function measure(pool: readonly Worker[], jobs: readonly Job[]): Promise<Measurement> {
  let next = 0;
  let total = NOTHING;
  const progress = process.stderr.isTTY;
  await Promise.all(
    pool.map(async (worker) => {
      while (next < jobs.length) {
        const job = jobs[next++]!;
        const result = await ask(worker, job);
        total = worse(total, result);
        if (progress) process.stderr.write(`\r${job.task.name} ${job.task.format}: ${next} of ${jobs.length} \r`);
      }
    }),
  );
  return total;
}

function ask(worker: Worker, job: Job): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.removeAllListeners('message');
      worker.removeAllListeners('error');
    };
    worker.once('message', (result: Measurement) => {
      settle();
      resolve(result);
    });
    worker.once('error', (error) => {
      settle();
      reject(error);
    });
    worker.postMessage(job);
  });
}

if (isMainThread) await runCommand(TITLE, FLAGS, async (line) => ((await run(flagsOf(line))) ? 0 : 1));
else parentPort!.on('message', (job: Job) => parentPort!.postMessage(perform(job)));
