// --check-each: the function is interpreted before and after every pass, and the first pass that changes a result is
// named. Up to fix-numerics roundings may change; after it nothing may, to the last bit.
import { type Context, type Operation, printModule } from '@budflow/ir';
import { type PassItem, PassManager, type Pipeline, type PipelineItem } from '@budflow/pass';
import { Exit, ExitCode } from '../cli/errors.js';
import { type Difference, firstDifference, type Strictness } from './compare-arrays.js';
import type { HostValue } from './host-array.js';

export interface CheckRequest {
  readonly context: Context;
  readonly module: Operation;
  readonly entry: string;
  readonly pipeline: Pipeline;
  readonly ablate: readonly string[];
  readonly interpret: (module: Operation) => HostValue[];
  /** Results of the compiled program; undefined when it is not compiled. */
  readonly compiled: (() => HostValue[]) | undefined;
  readonly report: (line: string) => void;
}

export interface CheckFailure {
  /** Name of the pass, or `code generation`. */
  readonly pass: string;
  /** Position of the pass among all, from 1. */
  readonly position: number;
  readonly message: string;
}

export interface CheckOutcome {
  readonly passes: number;
  readonly failure: CheckFailure | undefined;
  /** Of the last step that was fine. */
  readonly results: readonly HostValue[];
}

/** Runs the passes one by one. @throws Exit when a pass fails, whose diagnostics the context got */
export function checkEach(request: CheckRequest): CheckOutcome {
  const { module, ablate, interpret, report } = request;
  const steps = singlePasses(request.pipeline).filter((step) => !ablate.includes(step.pass.name));
  const hasFloats = /\bb?f(?:16|32|64)\b/.test(printModule(module, { elideLargeAttributes: 1 }));
  let results = interpret(module);
  let text = printModule(module);
  let position = 0;
  let isFixed = false;
  for (const { pass, pipeline } of steps) {
    position++;
    const { succeeded } = new PassManager(pipeline).run(module);
    if (!succeeded) throw new Exit(ExitCode.diagnostics);
    const isFixing = pass.name === 'fix-numerics';
    const strictness: Strictness = isFixed ? 'exact' : isFixing && hasFloats ? 'decisions' : 'rounding';
    isFixed ||= isFixing;
    const after = printModule(module);
    if (after === text) {
      report(line(position, pass.name, 'changes nothing'));
      continue;
    }
    text = after;
    const { value, failure } = compared(results, () => interpret(module), strictness);
    if (failure !== undefined)
      return { passes: steps.length, results, failure: { pass: pass.name, position, message: failure } };
    report(line(position, pass.name, strictness === 'exact' ? 'same bits' : 'same up to rounding'));
    results = value;
  }
  if (request.compiled) {
    const { value, failure } = compared(results, request.compiled, isFixed ? 'exact' : 'decisions');
    if (failure !== undefined)
      return {
        passes: steps.length,
        results,
        failure: { pass: 'code generation', position: position + 1, message: failure },
      };
    report(line(position + 1, 'code generation', isFixed ? 'same bits' : 'same up to rounding'));
    results = value;
  }
  return { passes: steps.length, results, failure: undefined };
}

function line(position: number, pass: string, what: string): string {
  return `${String(position).padStart(4)}  ${pass.padEnd(26)} ${what}\n`;
}

function compared(
  before: readonly HostValue[],
  run: () => HostValue[],
  strictness: Strictness,
): { readonly value: HostValue[]; readonly failure: string | undefined } {
  let value: HostValue[];
  try {
    value = run();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'RuntimeTrap') throw error;
    return { value: [], failure: `the program traps: ${error.message}` };
  }
  if (value.length !== before.length)
    return { value, failure: `the number of results changes from ${before.length} to ${value.length}` };
  for (let i = 0; i < value.length; i++) {
    const difference = firstDifference(before[i]!, value[i]!, strictness);
    if (difference) return { value, failure: describe(i, difference) };
  }
  return { value, failure: undefined };
}

function describe(result: number, { index, before, after, count }: Difference): string {
  if (!index) return `result ${result} was ${before}, is ${after}`;
  const more = count > 1 ? ` (${count} elements differ)` : '';
  return `result ${result}: element [${index.join(', ')}] was ${before}, is ${after}${more}`;
}

interface SinglePass {
  readonly pass: PassItem['pass'];
  readonly pipeline: Pipeline;
}

/** One pipeline for each pass, nested as it was. */
function singlePasses({ anchor, items }: Pipeline): SinglePass[] {
  const visit = (list: readonly PipelineItem[], wrap: (item: PipelineItem) => PipelineItem): SinglePass[] =>
    list.flatMap((item) =>
      item.kind === 'pass'
        ? [{ pass: item.pass, pipeline: { anchor, items: [wrap(item)] } }]
        : visit(item.items, (inner) => wrap({ kind: 'nested', anchor: item.anchor, items: [inner] })),
    );
  return visit(items, (item) => item);
}
