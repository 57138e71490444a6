// The wasm suite: each program by Budflow, by hand, and by peers; correctness first, then interleaved times.

import { Interpreter, TensorValue, tensorOver } from '@budflow/interpreter';
import { TensorType } from '@budflow/ir';
import { measure } from '../measure/interleave.js';
import { boundOf, type Bound, type Roofs } from '../measure/roofs.js';
import type { Timing } from '../measure/statistics.js';
import { firstDifference } from '../programs/compare.js';
import { makeInputs } from '../programs/inputs.js';
import { type Instance, instance, parseProgram, type Program, referenceGraph } from '../programs/program.js';
import { type Data, evaluateReference } from '../programs/reference.js';
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

/** Our variants also run at reduced size, against the interpreter. Null or what is wrong. */
async function checkReduced(program: Program, variants: readonly Variant[]): Promise<Map<string, string>> {
  const problems = new Map<string, string>();
  const ours = variants.filter((v) => v.role === 'ours' || v.role === 'ablation');
  if (ours.length === 0) return problems;
  const small = instance(program, program.family.reduced);
  const inputs = makeInputs(small.inputs, program.family.inputs);
  const expected = interpret(small, inputs);
  for (const variant of ours) {
    const ready = await variant.prepare(small, inputs);
    if (isSkipped(ready)) continue;
    await ready.call();
    const difference = differs(await ready.read(), expected, program, 'interpreter, reduced size');
    ready.dispose();
    if (difference !== null) problems.set(variant.name, difference);
  }
  return problems;
}

async function attempt<T>(body: () => Promise<T>): Promise<T | { readonly failed: string }> {
  try {
    return await body();
  } catch (error) {
    return { failed: messageOf(error) };
  }
}

const isFailed = (value: object): value is { readonly failed: string } => 'failed' in value;

/** Prepares, checks and times one program. */
export async function runProgram(program: Program, variants: readonly Variant[], seconds: number, roofs: Roofs): Promise<ProgramResult> {
  const concrete = instance(program);
  const inputs = makeInputs(concrete.inputs, program.family.inputs);
  const expected = evaluateReference(referenceGraph(concrete), inputs);
  const reduced = await attempt(() => checkReduced(program, variants));
  const results: VariantResult[] = [];
  const ready: { readonly index: number; readonly prepared: Prepared }[] = [];
  for (const variant of variants) {
    const { name, role } = variant;
    const index = results.length;
    const prepared = await attempt(() => variant.prepare(concrete, inputs));
    if (isFailed(prepared)) {
      results.push({ name, role, status: 'failed', detail: prepared.failed });
      continue;
    }
    if (isSkipped(prepared)) {
      results.push({ name, role, status: 'skipped', detail: prepared.skipped });
      continue;
    }
    const outcome = await attempt(async () => {
      await prepared.call();
      return { difference: differs(await prepared.read(), expected, program, 'float64 reference') };
    });
    const mine = role === 'ours' || role === 'ablation';
    const small = !mine ? undefined : isFailed(reduced) ? reduced.failed : reduced.get(name);
    const detail = isFailed(outcome) ? outcome.failed : (outcome.difference ?? small);
    if (detail === undefined || (role === 'peer' && !isFailed(outcome))) {
      results.push({ name, role, status: detail === undefined ? 'ok' : 'inexact', detail, compileMs: prepared.compileMs });
      ready.push({ index, prepared });
    } else {
      results.push({ name, role, status: isFailed(outcome) ? 'failed' : 'wrong', detail, compileMs: prepared.compileMs });
      prepared.dispose();
    }
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
