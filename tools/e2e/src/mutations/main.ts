// `npm run fuzz:text`: changed files of every format. Flags: --help. The cases run in a worker; this thread sees when one
// does not end, or takes all memory, and says which.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { type CommandLine, runCommand } from '../command-line.js';
import { corpus } from './corpus.js';
import { makeCase, runCase } from './run.js';

interface Task {
  readonly root: string;
  readonly seed: number;
  readonly first: number;
  readonly end: number;
  /** 0: the case that runs; 1: failures; 2: accepted. */
  readonly state: Int32Array;
}

/** No case takes so long; the collector may stop a thread for a while. */
const HANG_MS = 20_000;
const MEMORY_MB = 1500;

const root = process.env.BUDFLOW_ROOT ?? process.cwd();
const describe = (task: Pick<Task, 'root' | 'seed'>, number: number): string => {
  const { format, source, bytes } = makeCase(corpus(task.root), task.seed, number);
  const folder = join(task.root, 'tools/e2e/.results/fuzz-text');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `case-${task.seed}-${number}.${format}`);
  writeFileSync(file, bytes);
  return `case ${number} (${format}, from ${source.name}), written to ${file}`;
};

async function work(task: Task): Promise<void> {
  const files = corpus(task.root);
  for (let number = task.first; number < task.end; number++) {
    Atomics.store(task.state, 0, number);
    try {
      if ((await runCase(makeCase(files, task.seed, number))) === 'accepted') Atomics.add(task.state, 2, 1);
    } catch (error) {
      Atomics.add(task.state, 1, 1);
      console.log(`${describe(task, number)}:\n${(error as Error).stack}\n`);
      // What a worker prints arrives when it pauses.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  Atomics.store(task.state, 0, task.end);
}

const FLAGS = {
  cases: ['N', '20000', 'number behind that of the last case'],
  seed: ['N', '1', 'of what is changed'],
  from: ['N', '0', 'number of the first case'],
} as const;

async function main(line: CommandLine<typeof FLAGS>): Promise<number> {
  const [cases, seed, from] = [line.whole('cases'), line.whole('seed'), line.whole('from')];
  const state = new Int32Array(new SharedArrayBuffer(12));
  let broken = 0;
  let next = from;
  const started = performance.now();
  let printed = started;
  while (next < cases) {
    const task: Task = { root, seed, first: next, end: cases, state };
    Atomics.store(state, 0, next);
    const worker = new Worker(new URL(import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const reason = await new Promise<string | null>((resolve) => {
      let last = -1;
      let since = performance.now();
      const timer = setInterval(() => {
        const now = performance.now();
        const current = Atomics.load(state, 0);
        if (current !== last) [last, since] = [current, now];
        else if (now - since > HANG_MS) end(`did not end within ${HANG_MS / 1000} s`);
        if (now - printed > 30_000) {
          printed = now;
          console.log(`${current} of ${cases} cases, ${state[1]! + broken} failed, ${state[2]} accepted`);
        }
      }, 250);
      const end = (what: string | null) => {
        clearInterval(timer);
        void worker.terminate();
        resolve(what);
      };
      worker.once('error', (error) => end(`${error}`));
      worker.once('exit', () => end(null));
    });
    if (reason === null) break;
    const number = Atomics.load(state, 0);
    broken++;
    console.log(`${describe({ root, seed }, number)}: ${reason}\n`);
    next = number + 1;
  }
  const failures = state[1]! + broken;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${cases - from} cases, ${failures} failed, ${state[2]} accepted, ${seconds} s`);
  return failures > 0 ? 1 : 0;
}

if (isMainThread)
  await runCommand(
    'npm run fuzz:text -- [flags]: changed files are accepted or refused with a diagnostic',
    FLAGS,
    main,
  );
else await work(workerData as Task);
