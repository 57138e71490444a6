// What goes wrong when a pipeline runs on a program: a crash, a diagnostic, other results.
import { type Context, type Diagnostic, type Operation, parseModule, printModule, verify } from '@budflow/ir';
import { type DebugCounters, PassManager, type Pipeline } from '@budflow/pass';
import type { Strictness } from '../run/compare-arrays.js';
import { differenceFrom, observe } from './observe.js';

export type Expectation =
  /** A pass throws, or leaves invalid IR. */
  | { readonly kind: 'crash' }
  /** A diagnostic whose message matches comes. */
  | { readonly kind: 'diagnostic'; readonly pattern: RegExp }
  /** The interpreter gets other results after the pipeline than before. */
  | { readonly kind: 'miscompile' };

export interface FailureTest {
  readonly newContext: () => Context;
  readonly pipeline: Pipeline;
  readonly expect: Expectation;
  /** For miscompiles: the function, default main or the only public one. */
  readonly entry?: string | undefined;
  /** For miscompiles: sizes of dynamic dimensions; default 5. */
  readonly sizes?: readonly number[];
}

export interface Failure {
  /** What stays the same while a program shrinks: the pass and the kind of failure. */
  readonly signature: string;
  readonly message: string;
}

/** Random inputs for each candidate. */
const SEEDS = [1, 2, 3];
const DEFAULT_SIZES = [5];
/** Of a pass that leaves invalid IR. */
const INVALID_IR = 'pass.invalid-ir';

/** Runs the pipeline on a program and looks for the failure; undefined when it does not show, or the program is invalid. */
export function findFailure(
  text: string,
  test: FailureTest,
  {
    pipeline = test.pipeline,
    debugCounters,
  }: { readonly pipeline?: Pipeline; readonly debugCounters?: DebugCounters } = {},
): Failure | undefined {
  const context = test.newContext();
  const parsed = context.diagnostics.collect(() => {
    const module = parseModule(text, context, { file: 'candidate.mlir' });
    return module && verify(module) ? module : undefined;
  }).result;
  if (!parsed) return undefined;
  const { expect } = test;
  const sizes = test.sizes ?? DEFAULT_SIZES;
  const before =
    expect.kind === 'miscompile'
      ? SEEDS.flatMap((seed) => observe(parsed, { entry: test.entry, seed, sizes }) ?? [])
      : [];
  if (expect.kind === 'miscompile' && before.length === 0) return undefined;
  const strictness = strictnessOf(parsed, pipeline);
  const manager = new PassManager(pipeline, { debugCounters });
  const { result, diagnostics } = context.diagnostics.collect(() => manager.run(parsed));
  switch (expect.kind) {
    case 'crash':
      return crashOf(result, diagnostics);
    case 'diagnostic': {
      const found = diagnostics.find((d) => expect.pattern.test(d.message));
      return found && { signature: `${found.severity} ${found.id}`, message: found.message };
    }
    case 'miscompile': {
      if (!result.succeeded) return undefined;
      for (const observation of before) {
        const message = differenceFrom(parsed, observation, strictness);
        if (message !== undefined) return { signature: 'miscompile', message };
      }
      return undefined;
    }
  }
}

function crashOf(result: ReturnType<PassManager['run']>, diagnostics: readonly Diagnostic[]): Failure | undefined {
  const pass = result.failed?.pass.name ?? '';
  const { cause } = result;
  if (cause !== undefined) {
    const kind = cause instanceof Error ? cause.constructor.name : 'thrown value';
    return {
      signature: `${pass} throws ${kind}`,
      message: `pass '${pass}' throws ${kind}: ${cause instanceof Error ? cause.message : String(cause)}`,
    };
  }
  const invalid = diagnostics.findIndex((d) => d.id === INVALID_IR);
  if (invalid < 0) return undefined;
  const why = diagnostics[invalid === 0 ? 1 : 0];
  return {
    signature: `${pass} leaves invalid IR: ${why?.id ?? ''}`,
    message: `pass '${pass}' leaves invalid IR: ${why?.message ?? ''}`,
  };
}

/** Before fix-numerics roundings are not fixed; everywhere else bits are compared. */
function strictnessOf(module: Operation, pipeline: Pipeline): Strictness {
  if (module.attr('budflow.numerics') !== undefined) return 'exact';
  const fixes = JSON.stringify(pipeline.items, (key, value) => (key === 'pass' ? value.name : value)).includes(
    'fix-numerics',
  );
  return fixes && /\bb?f(?:16|32|64)\b/.test(printModule(module, { elideLargeAttributes: 1 })) ? 'decisions' : 'exact';
}
