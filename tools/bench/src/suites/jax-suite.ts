// Programs that JAX exported (docs/examples/jax) against XLA: the same text, the same inputs, in turns, one thread each.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CompileOptions, compile, decodeNpy, type NpyArray } from 'budflow';
import { XlaProgram } from '../../peers/xla.js';
import { summarize, type Timing } from '../measure/statistics.js';
import { BENCH_ROOT } from '../programs/paths.js';
import { messageOf } from '../variants/variant.js';

const FOLDER = join(BENCH_ROOT, '..', '..', 'docs', 'examples', 'jax');
/** Shortest batch, in milliseconds. */
const BATCH_MS = 2;
const MINIMUM_SAMPLES = 5;

interface Manifest {
  readonly arguments: readonly { readonly file: string }[];
  readonly results: readonly { readonly name: string; readonly file: string }[];
  readonly tolerance: { readonly absolute: number; readonly relative: number };
}

export interface JaxResult {
  readonly name: string;
  /** The first result that is off; empty when none is. */
  readonly wrong: string;
  readonly compileMs: number;
  readonly budflow: Timing;
  /** Or why XLA does not take part. */
  readonly xla: (Timing & { readonly compileMs: number }) | string;
}

export interface JaxSuiteOptions {
  readonly names: readonly string[];
  readonly seconds: number;
  readonly compile: CompileOptions;
  /** A Python that has jax; undefined: no peer. */
  readonly python: string | undefined;
  readonly onResult?: (result: JaxResult) => void;
}

export function jaxProgramNames(): string[] {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map((entry) => entry.name).sort();
}

export async function runJaxSuite(options: JaxSuiteOptions): Promise<JaxResult[]> {
  const results: JaxResult[] = [];
  for (const name of options.names) {
    const result = await runOne(name, options);
    results.push(result);
    options.onResult?.(result);
  }
  return results;
}

/** What can be timed: milliseconds of so many calls. */
type Run = (calls: number) => number | Promise<number>;

async function runOne(name: string, { seconds, compile: how, python }: JaxSuiteOptions): Promise<JaxResult> {
  const folder = join(FOLDER, name);
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const read = ({ file }: { file: string }): NpyArray => decodeNpy(readFileSync(join(folder, file)), { file });
  const program = join(folder, `${name}.mlir`);

  // 1. Both, ready to run on resident inputs.
  const module = compile(readFileSync(program), { ...how, file: program });
  const inputs = manifest.arguments.map(read).map(({ data, shape, dtype }) => module.array(data, shape, dtype));
  const main = module.functions.main!.compiled;
  const out = main.call(inputs);
  const wrong = firstMiss(
    manifest,
    manifest.results.map(read),
    out.map(({ data }) => data),
  );
  let xla: XlaProgram | string = 'no BUDFLOW_PYTHON';
  if (python !== undefined) {
    try {
      xla = await XlaProgram.start(
        python,
        program,
        manifest.arguments.map(({ file }) => join(folder, file)),
      );
    } catch (error) {
      xla = messageOf(error);
    }
  }

  // 2. In turns.
  const runs: Run[] = [
    (calls) => {
      const start = performance.now();
      for (let i = 0; i < calls; i++) main.call(inputs, { out });
      return performance.now() - start;
    },
  ];
  if (typeof xla !== 'string') runs.push((calls) => (xla as XlaProgram).run(calls));
  const [ours, theirs] = await inTurns(runs, seconds);
  const compileMs = module.report.compileMs;
  for (const array of [...inputs, ...out]) array.dispose();
  module.dispose();
  if (typeof xla === 'string') return { name, wrong, compileMs, budflow: ours!, xla };
  xla.dispose();
  return { name, wrong, compileMs, budflow: ours!, xla: { ...theirs!, compileMs: xla.compileMs } };
}

async function inTurns(runs: readonly Run[], seconds: number): Promise<Timing[]> {
  const states = runs.map((run) => ({ run, batch: 1, spent: 0, calls: 0, perCall: [] as number[] }));
  for (const state of states) {
    // Engines compile in steps; then as many calls as a batch needs.
    await state.run(30);
    const each = (await state.run(10)) / 10;
    state.batch = Math.max(1, Math.ceil(BATCH_MS / Math.max(each, 1e-4)));
  }
  while (states.some(({ spent, perCall }) => spent < seconds * 1000 || perCall.length < MINIMUM_SAMPLES))
    for (const state of states) {
      const time = await state.run(state.batch);
      state.spent += time;
      state.calls += state.batch;
      state.perCall.push(time / state.batch);
    }
  return states.map(({ perCall, calls }) => summarize(perCall, calls));
}

/** The first result that is farther off than the tolerance, in words. */
export function firstMiss(
  { results, tolerance }: Pick<Manifest, 'results' | 'tolerance'>,
  expected: readonly Pick<NpyArray, 'data'>[],
  actual: readonly ArrayLike<number | bigint>[],
): string {
  for (const [r, { name }] of results.entries())
    for (const [i, value] of Array.from(expected[r]!.data as ArrayLike<number>, Number).entries()) {
      const got = Number(actual[r]?.[i]);
      if (!(Math.abs(got - value) <= tolerance.absolute + tolerance.relative * Math.abs(value)))
        return `${name}[${i}] is ${got}, not ${value}`;
    }
  return '';
}
