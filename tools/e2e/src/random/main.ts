// Command line of the fuzzer: `npm run fuzz -- --programs=100000 --seed=1 --jobs=2`. Jobs are threads that run this file on
// ranges of seeds.
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
/** What a thread tells: how far it is. */
interface Progress {
  readonly done: number;
  readonly failures: number;
}

const programs = number('programs');
const start = performance.now();
let last = start;

function report(done: number, failed: number): void {
  const now = performance.now();
  if (now - last < 10_000 && done !== programs) return;
  last = now;
  const rate = ((done / (now - start)) * 1000).toFixed(1);
  console.log(`${done} of ${programs} programs, ${failed} failed, ${rate} programs/s`);
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
      if (isMainThread) report(done, failed);
      else parentPort?.postMessage({ done, failures: failed } satisfies Progress);
    },
    onFailure(found) {
      console.log(describeFailure(found));
      const flags = ['ops', 'types', 'configurations'] as const;
      const same = flags.flatMap((name) => (values[name] === undefined ? [] : [` --${name}=${values[name]}`])).join('');
      console.log(
        `again: npm run fuzz -- --programs=${found.programs.length} --seed=${found.seed}${same}${values['control-flow'] ? ' --control-flow' : ''}\n`,
      );
    },
  });
  return failures.length > 0 ? 1 : 0;
}

/** Ranges of seeds that begin and end where modules do. */
async function runThreads(jobs: number): Promise<number> {
  const first = number('seed');
  const bounds = Array.from({ length: jobs + 1 }, (_, j) => {
    const at = first + Math.floor((programs * j) / jobs);
    return j === 0 || j === jobs ? at : Math.max(first, Math.floor(at / TOGETHER) * TOGETHER);
  });
  const states = bounds.slice(1).map((): Progress => ({ done: 0, failures: 0 }));
  const sum = (f: (p: Progress) => number): number => states.reduce((n, p) => n + f(p), 0);
  const codes = await Promise.all(
    states.map((_, j) => {
      const argv = [...process.argv.slice(2), `--seed=${bounds[j]}`, `--programs=${bounds[j + 1]! - bounds[j]!}`];
      const worker = new Worker(new URL(import.meta.url), { argv: [...argv, '--jobs=1'] });
      worker.on('message', (progress: Progress) => {
        states[j] = progress;
        report(
          sum((p) => p.done),
          sum((p) => p.failures),
        );
      });
      return new Promise<number>((resolve) => {
        worker.on('error', (error) => {
          console.error(error);
          resolve(1);
        });
        worker.on('exit', resolve);
      });
    }),
  );
  return Math.max(...codes);
}

const jobs = number('jobs');
process.exitCode = jobs > 1 ? await runThreads(jobs) : runHere();
