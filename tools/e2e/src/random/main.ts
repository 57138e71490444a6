// `npm run fuzz`: random programs, interpreter against compiled code. Flags: --help. Jobs are threads that run this file on
// ranges of seeds; the first one watches over them.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { type CommandLine, readCommandLine, runCommand, UsageError } from '../command-line.js';
import { describeFailure, fuzz, TOGETHER } from './fuzz.js';
import { ALL_ELEMENTS, type Element } from './program.js';

const FLAGS = {
  programs: ['N', '1000', 'random programs, eight to a module'],
  seed: ['N', '1', 'of the first program'],
  configurations: ['N', '1', 'targets, numerics modes and levels each module is compiled for'],
  ops: ['N', '12', 'at most so many ops in a program'],
  jobs: ['N', '1', 'threads'],
  failures: ['N', '1', 'failures after which a thread ends'],
  'control-flow': ['', '', 'a loop or branch in most programs'],
  types: ['T,...', '', 'only these element types'],
} as const;
type Line = CommandLine<typeof FLAGS>;

function typesOf(line: Line): readonly Element[] | undefined {
  if (!line.has('types')) return undefined;
  return line
    .text('types')
    .split(',')
    .map((name) => {
      const found = ALL_ELEMENTS.find((e) => e === name);
      if (found === undefined)
        throw new UsageError(`--types: unknown '${name}', expected some of ${ALL_ELEMENTS.join(',')}`);
      return found;
    });
}

/** How far a thread is. */
interface Progress {
  readonly done: number;
  readonly failures: number;
}

/** What a thread tells: that, or a failure. */
type Message = Progress | { readonly text: string };

const start = performance.now();
let last = start;
/** Milliseconds for one module, with all that is done to make a failure small. */
const PATIENCE = 120_000;

function report(done: number, failed: number, programs: number): void {
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

function runHere(line: Line): number {
  const types = typesOf(line);
  const failures = fuzz({
    programs: line.whole('programs'),
    seed: line.whole('seed'),
    perProgram: line.whole('configurations', 1),
    maxOps: line.whole('ops', 1),
    maxFailures: line.whole('failures', 1),
    ...(types ? { types } : {}),
    ...(line.has('control-flow') ? { controlFlow: 'often' } : {}),
    onProgress(done, failed) {
      parentPort?.postMessage({ done, failures: failed } satisfies Progress);
    },
    onFailure(found) {
      const flags = ['ops', 'types', 'configurations'] as const;
      const same = flags.flatMap((name) => (line.has(name) ? [` --${name}=${line.text(name)}`] : [])).join('');
      const again = `again: npm run fuzz -- --programs=${found.programs.length} --seed=${found.seed}${same}${line.has('control-flow') ? ' --control-flow' : ''}`;
      // Not by console.log: what a thread writes waits for its event loop, which does not turn.
      parentPort?.postMessage({ text: `${describeFailure(found)}\n${again}\n` } satisfies Message);
    },
  });
  return failures.length > 0 ? 1 : 0;
}

/** What threads share: how far each is. */
const states: Progress[] = [];

function add(job: number, base: Progress, progress: Progress, programs: number): void {
  states[job] = { done: base.done + progress.done, failures: base.failures + progress.failures };
  report(
    states.reduce((n, p) => n + p.done, 0),
    states.reduce((n, p) => n + p.failures, 0),
    programs,
  );
}

/** A thread for seeds from `first` to below `end`; after a module that it does not finish, another one goes on behind it. */
async function runThread(job: number, first: number, end: number, programs: number): Promise<number> {
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
      add(job, base, message, programs);
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
  add(job, base, { done: next - first, failures: (states[job]?.failures ?? 0) - base.failures + 1 }, programs);
  if (next < end) await runThread(job, next, end, programs);
  return 1;
}

/** Threads on ranges of seeds that begin and end where modules do. */
async function runThreads(line: Line): Promise<number> {
  typesOf(line);
  const [first, programs, jobs] = [line.whole('seed'), line.whole('programs', 1), line.whole('jobs', 1)];
  for (const name of ['configurations', 'ops', 'failures'] as const) line.whole(name, 1);
  const bounds = Array.from({ length: jobs + 1 }, (_, j) => {
    const at = first + Math.floor((programs * j) / jobs);
    return j === 0 || j === jobs ? at : Math.max(first, Math.floor(at / TOGETHER) * TOGETHER);
  });
  const codes = await Promise.all(bounds.slice(1).map((end, j) => runThread(j, bounds[j]!, end, programs)));
  return Math.max(...codes);
}

if (isMainThread)
  await runCommand('npm run fuzz -- [flags]: random programs, interpreter against compiled code', FLAGS, runThreads);
else process.exitCode = runHere(readCommandLine(process.argv.slice(2), FLAGS));
