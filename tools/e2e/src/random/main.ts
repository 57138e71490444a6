// Command line of the fuzzer: `npm run fuzz -- --programs=100000 --seed=1 --jobs=2`. Jobs are threads that run this file on
// ranges of seeds; this one watches over them.
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { describeFailure, fuzz, TOGETHER } from './fuzz.js';
import { ALL_ELEMENTS } from './program.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    configurations: { type: 'string', default: '1' },
    ops: { type: 'string', default: '12' },
    jobs: { type: 'string', default: '1' },
    failures: { type: 'string', default: '1' },
    'control-flow': { type: 'boolean', default: false },
    types: { type: 'string' },
  },
});
const number = (name: 'programs' | 'seed' | 'configurations' | 'ops' | 'jobs' | 'failures'): number => {
  const n = Number(values[name]);
  if (Number.isInteger(n) && n >= 0) return n;
  console.error(`--${name}=${values[name]}: expected a whole number`);
  process.exit(2);
};
const types = values.types?.split(',').flatMap((name) => ALL_ELEMENTS.filter((e) => e === name));
if (types?.length !== values.types?.split(',').length) {
  console.error(`--types=${values.types}: expected some of ${ALL_ELEMENTS.join(',')}`);
  process.exit(2);
}
/** How far a thread is. */
interface Progress {
  readonly done: number;
  readonly failures: number;
}

/** What a thread tells: that, or a failure. */
type Message = Progress | { readonly text: string };

const programs = number('programs');
const start = performance.now();
let last = start;
/** Milliseconds for one module, with all that is done to make a failure small. */
const PATIENCE = 120_000;

function report(done: number, failed: number): void {
  const now = performance.now();
  if (now - last < 10_000 && done !== programs) return;
  last = now;
  const rate = ((done / (now - start)) * 1000).toFixed(1);
  // Of all threads; on a busy machine this is what a core would do.
  const { user, system } = process.cpuUsage();
  const busy = ((done / (user + system)) * 1e6).toFixed(1);
  console.log(
    `${done} of ${programs} programs, ${failed} failed, ${rate} programs/s, ${busy} per second of processor time`,
  );
}

function runHere(): number {
  const failures = fuzz({
    programs,
    seed: number('seed'),
    perProgram: number('configurations'),
    maxOps: number('ops'),
    maxFailures: number('failures'),
    ...(types ? { types } : {}),
    ...(values['control-flow'] ? { controlFlow: 'often' } : {}),
    onProgress(done, failed) {
      parentPort?.postMessage({ done, failures: failed } satisfies Progress);
    },
    onFailure(found) {
      const flags = ['ops', 'types', 'configurations'] as const;
      const same = flags.flatMap((name) => (values[name] === undefined ? [] : [` --${name}=${values[name]}`])).join('');
      const again = `again: npm run fuzz -- --programs=${found.programs.length} --seed=${found.seed}${same}${values['control-flow'] ? ' --control-flow' : ''}`;
      // Not by console.log: what a thread writes waits for its event loop, which does not turn.
      parentPort?.postMessage({ text: `${describeFailure(found)}\n${again}\n` } satisfies Message);
    },
  });
  return failures.length > 0 ? 1 : 0;
}

/** What threads share: how far each is. */
const states: Progress[] = [];

function add(job: number, base: Progress, progress: Progress): void {
  states[job] = { done: base.done + progress.done, failures: base.failures + progress.failures };
  report(
    states.reduce((n, p) => n + p.done, 0),
    states.reduce((n, p) => n + p.failures, 0),
  );
}

/** A thread for seeds from `first` to below `end`; after a module that it does not finish, another one goes on behind it. */
async function runThread(job: number, first: number, end: number): Promise<number> {
  const base = states[job] ?? { done: 0, failures: 0 };
  const argv = [...process.argv.slice(2), `--seed=${first}`, `--programs=${end - first}`];
  const worker = new Worker(new URL(import.meta.url), { argv });
  let done = 0;
  const code = await new Promise<number | 'silent'>((resolve) => {
    const silent = () => resolve('silent');
    let timer = setTimeout(silent, PATIENCE);
    worker.on('message', (message: Message) => {
      clearTimeout(timer);
      timer = setTimeout(silent, PATIENCE);
      if ('text' in message) {
        console.log(message.text);
        return;
      }
      done = message.done;
      add(job, base, message);
    });
    worker.on('error', (error) => {
      console.error(error);
      resolve(1);
    });
    worker.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
  if (code !== 'silent') return code;
  await worker.terminate();
  const at = first + done;
  const next = Math.min(end, (Math.floor(at / TOGETHER) + 1) * TOGETHER);
  console.log(`seeds ${at} to ${next - 1}: no answer within ${PATIENCE / 1000} s\n`);
  add(job, base, { done: next - first, failures: (states[job]?.failures ?? 0) - base.failures + 1 });
  if (next < end) await runThread(job, next, end);
  return 1;
}

/** Threads on ranges of seeds that begin and end where modules do. */
async function runThreads(jobs: number): Promise<number> {
  const first = number('seed');
  const bounds = Array.from({ length: jobs + 1 }, (_, j) => {
    const at = first + Math.floor((programs * j) / jobs);
    return j === 0 || j === jobs ? at : Math.max(first, Math.floor(at / TOGETHER) * TOGETHER);
  });
  const codes = await Promise.all(bounds.slice(1).map((end, j) => runThread(j, bounds[j]!, end)));
  return Math.max(...codes);
}

process.exitCode = isMainThread ? await runThreads(Math.max(1, number('jobs'))) : runHere();
