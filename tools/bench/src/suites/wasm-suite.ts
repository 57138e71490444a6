// The wasm suite: each program by Budflow, by hand, and by peers; correctness first, then interleaved times.

import { Interpreter, TensorValue, tensorOver } from '@budflow/interpreter';
import { TensorType } from '@budflow/ir';
import { measure } from '../measure/interleave.js';
import { type Bound, boundOf, type Roofs } from '../measure/roofs.js';
import type { Timing } from '../measure/statistics.js';
import { firstDifference } from '../programs/compare.js';
import { makeInputs } from '../programs/inputs.js';
import { expectedResults, type Instance, instance, type Program, parseProgram } from '../programs/program.js';
import type { Data } from '../programs/reference.js';
import { isSkipped, messageOf, type Prepared, type Role, type Variant } from '../variants/variant.js';

/** ok; inexact: a peer outside of the tolerance; wrong; failed: did not compile or run; skipped. */
export type Status = 'ok' | 'inexact' | 'wrong' | 'failed' | 'skipped';

export interface VariantResult {
  readonly name: string;
  readonly role: Role;
  readonly status: Status;
  /** What is wrong, or why skipped. */
  readonly detail?: string;
  readonly timing?: Timing;
  readonly compileMs?: number;
}

export interface ProgramResult {
  readonly program: string;
  readonly flops: number;
  readonly bytes: number;
  readonly bound: Bound;
  readonly variants: readonly VariantResult[];
}

export interface WasmSuiteOptions {
  readonly programs: readonly Program[];
  readonly variants: readonly Variant[];
  /** Time for each variant of each program. */
  readonly seconds: number;
  readonly roofs: Roofs;
  /** Called after each program. */
  readonly onResult?: (result: ProgramResult) => void;
}

function differs(got: readonly Data[], expected: readonly Data[], program: Program, against: string): string | null {
  if (got.length !== expected.length) return `${got.length} results, ${against} has ${expected.length}`;
  for (let i = 0; i < got.length; i++) {
    const difference = firstDifference(got[i], expected[i], program.family.tolerance, `result ${i}`);
    if (difference !== null) return `${difference} (${against})`;
  }
  return null;
}

/** Results of the interpreter. */
function interpret(concrete: Instance, inputs: readonly Data[]): Data[] {
  const module = parseProgram(concrete.text, concrete.program.name);
  const main = module.region(0).entry.firstOp;
  if (!main) throw new Error(`${concrete.program.name}: the module is empty`);
  const values = main.region(0).entry.arguments.map((argument, i) => {
    if (!(argument.type instanceof TensorType)) throw new Error(`${concrete.program.name}: argument ${i} is no tensor`);
    return tensorOver(argument.type, concrete.inputs[i].shape, inputs[i]);
  });
  return new Interpreter(module).call('main', values).map((result) => {
    if (!(result instanceof TensorValue)) throw new Error(`${concrete.program.name}: a result is no tensor`);
    return result.data as Data;
  });
}

async function attempt<T>(body: () => Promise<T>): Promise<T | Failed> {
  try {
    return await body();
  } catch (error) {
    return { failed: messageOf(error) };
  }
}

interface Failed {
  readonly failed: string;
}

const isFailed = (value: object): value is Failed => 'failed' in value;

/** What is wrong with a variant's results. */
interface Problem {
  readonly status: 'wrong' | 'failed';
  readonly detail: string;
}

/** Runs a prepared program once and compares. Null if all is well. */
async function check(
  prepared: Prepared,
  expected: readonly Data[],
  program: Program,
  against: string,
): Promise<Problem | null> {
  const outcome = await attempt(async () => {
    await prepared.call();
    return { difference: differs(await prepared.read(), expected, program, against) };
  });
  if (isFailed(outcome)) return { status: 'failed', detail: outcome.failed };
  return outcome.difference === null ? null : { status: 'wrong', detail: outcome.difference };
}

/** A function that compares a variant with the interpreter, at a size at which the interpreter is fast. */
function reducedCheck(program: Program): (variant: Variant) => Promise<Problem | null> {
  const small = instance(program, program.family.reduced);
  const inputs = makeInputs(small.inputs, program.family.inputs);
  let expected: Data[] | undefined;
  return async (variant) => {
    const prepared = await attempt(() => variant.prepare(small, inputs));
    if (isFailed(prepared)) return { status: 'failed', detail: prepared.failed };
    if (isSkipped(prepared)) return null;
    expected ??= interpret(small, inputs);
    const problem = await check(prepared, expected, program, 'interpreter, reduced size');
    prepared.dispose();
    return problem;
  };
}

/** Prepares, checks and times one program. */
export async function runProgram(
  program: Program,
  variants: readonly Variant[],
  seconds: number,
  roofs: Roofs,
): Promise<ProgramResult> {
  const concrete = instance(program);
  const inputs = makeInputs(concrete.inputs, program.family.inputs);
  const expected = expectedResults(concrete, inputs);
  const checkReduced = reducedCheck(program);
  const results: VariantResult[] = [];
  const ready: { readonly index: number; readonly prepared: Prepared }[] = [];
  for (const variant of variants) {
    const { name, role } = variant;
    const prepared = await attempt(() => variant.prepare(concrete, inputs));
    if (isFailed(prepared)) {
      results.push({ name, role, status: 'failed', detail: prepared.failed });
      continue;
    }
    if (isSkipped(prepared)) {
      results.push({ name, role, status: 'skipped', detail: prepared.skipped });
      continue;
    }
    const mine = role === 'ours' || role === 'ablation' || role === 'threads';
    const problem =
      (await check(prepared, expected, program, 'float64 reference')) ?? (mine ? await checkReduced(variant) : null);
    // What peers compute with is their choice: they are timed all the same, and marked.
    const status: Status =
      problem === null ? 'ok' : role === 'peer' && problem.status === 'wrong' ? 'inexact' : problem.status;
    if (status === 'ok' || status === 'inexact') ready.push({ index: results.length, prepared });
    else prepared.dispose();
    results.push({ name, role, status, detail: problem?.detail, compileMs: prepared.compileMs });
  }
  const timings = await measure(
    ready.map(({ index, prepared }) => ({ name: results[index].name, call: prepared.call, async: prepared.async })),
    { seconds },
  );
  ready.forEach(({ index, prepared }, i) => {
    results[index] = { ...results[index], timing: timings[i] };
    prepared.dispose();
  });
  const { flops, bytes } = concrete;
  return { program: program.name, flops, bytes, bound: boundOf(roofs, bytes, flops), variants: results };
}

/** Runs the suite. */
export async function runWasmSuite(options: WasmSuiteOptions): Promise<ProgramResult[]> {
  const results: ProgramResult[] = [];
  for (const program of options.programs) {
    const result = await runProgram(program, options.variants, options.seconds, options.roofs);
    results.push(result);
    options.onResult?.(result);
  }
  return results;
}
