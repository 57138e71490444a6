// One input of bud-opt: parse, verify, run the pipeline, emit.
import {
  CompileError,
  type Context,
  Diagnostic,
  type Operation,
  parseModule,
  positionOf,
  printModuleTo,
  verify,
} from '@budflow/ir';
import type { Pipeline, Remark, Timing } from '@budflow/pass';
import { DiagnosticSink } from '../cli/diagnostic-sink.js';
import type { Arguments } from '../cli/flags.js';
import type { Io } from '../cli/io.js';
import { printing } from './printing.js';
import type { PartReports } from './reports.js';
import { atItsLine, type Part } from './split.js';
import { announcedDiagnostics, compareDiagnostics } from './verify-diagnostics.js';

export type EmitKind = 'mlir' | 'wat' | 'wasm';

export interface Job {
  readonly args: Arguments;
  readonly io: Io;
  /** Name of the input in messages. */
  readonly file: string;
  readonly newContext: () => Context;
  readonly pipeline: Pipeline | undefined;
  readonly target: string;
  readonly emit: EmitKind;
  readonly timing: Timing | undefined;
  readonly verifyEach: boolean;
}

export interface PartResult {
  readonly succeeded: boolean;
  readonly reports: PartReports | undefined;
}

/** Runs one part. `write` gets the output in pieces that are reused after it returns. */
export async function runPart(job: Job, part: Part, write: (chunk: Uint8Array | string) => void): Promise<PartResult> {
  const { args, io, timing } = job;
  const context = job.newContext();
  context.allowUnregistered = args.isOn('allow-unregistered-dialect');
  const expected = args.isOn('verify-diagnostics');
  const collected: Diagnostic[] = [];
  const sink = new DiagnosticSink(context, io, {
    causes: args.isOn('debug'),
    stacks: args.isOn('mlir-print-stacktrace-on-diagnostic'),
    ops: args.isOn('mlir-print-op-on-diagnostic'),
  });
  const handler = expected ? (d: Diagnostic) => void collected.push(d) : sink.add;
  const capture = <T>(body: () => T): T => {
    const result = context.diagnostics.capture(handler, body);
    sink.flush();
    return result;
  };
  const measure = <T>(name: string, body: () => T): T => (timing ? timing.measure(name, body) : body());

  const module = capture(() => {
    const parsed = measure('Parser', () => parseModule(atItsLine(part), context, { file: job.file }));
    if (!parsed || !measure('Verifier', () => verify(parsed))) return undefined;
    return args.isOn('no-implicit-module') ? withoutImplicitModule(parsed, part.text) : parsed;
  });
  let succeeded = module !== undefined;
  let remarks: readonly Remark[] = [];
  if (module && job.pipeline) {
    const { runPipeline } = await import('./run-pipeline.js');
    // Flags name passes and no op: they run on what the program is.
    const pipeline = args.unknown.length > 0 ? { ...job.pipeline, anchor: module.name } : job.pipeline;
    const result = runPipeline(job, module, pipeline, sink, capture);
    succeeded = result.succeeded;
    remarks = result.remarks;
  }
  if (module && succeeded) succeeded = await emit(job, module, handler, write);
  sink.flush();
  if (expected) succeeded = reportMismatches(job, context, part, collected);
  const wantsReports = module !== undefined && (args.has('remarks') || args.has('fusion-report'));
  return {
    succeeded,
    reports: wantsReports ? await (await import('./reports.js')).reportsOf(context, remarks) : undefined,
  };
}

/** The only op of a module that the parser made; undefined, with an error, when there are several. */
function withoutImplicitModule(module: Operation, text: Uint8Array): Operation | undefined {
  const at = positionOf(module.context, module.loc);
  const start = new TextDecoder().decode(text.subarray(0, 32));
  const isWritten = at?.line !== 1 || at.column !== 1 || /^(module|"?builtin\.module)\b/.test(start);
  if (isWritten) return module;
  const { ops } = module.region(0).entry;
  if (ops.length === 1) return ops[0];
  module.context.diagnostics.emit(
    new Diagnostic(
      'error',
      'opt.not-one-op',
      `the program has ${ops.length} ops at its top level; with --no-implicit-module it must be one`,
      ops[1]?.loc ?? module.loc,
    ),
  );
  return undefined;
}

async function emit(
  job: Job,
  module: Operation,
  handler: (d: Diagnostic) => void,
  write: (chunk: Uint8Array | string) => void,
): Promise<boolean> {
  const { args, timing } = job;
  timing?.start('Output');
  try {
    if (args.isOn('print-schedule')) {
      const { appliedSchedules, serializeSchedules } = await import('@budflow/transforms/scheduling');
      write(`${serializeSchedules(appliedSchedules(module))}\n`);
      return true;
    }
    if (job.emit === 'mlir') {
      printModuleTo(module, write, printing(args));
      return true;
    }
    const { wasmOf, watOf } = await import('./emit.js');
    const bytes = wasmOf(module, job.target, { names: job.emit === 'wat' });
    write(job.emit === 'wasm' ? bytes : await watOf(bytes));
    return true;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    error.diagnostics.forEach(handler);
    return false;
  } finally {
    timing?.stop();
  }
}

function reportMismatches(job: Job, context: Context, part: Part, diagnostics: readonly Diagnostic[]): boolean {
  const announced = announcedDiagnostics(new TextDecoder().decode(part.text), part.line);
  const mismatches = compareDiagnostics(context, announced, diagnostics);
  for (const { line, message } of mismatches)
    job.io.stderr(`${job.file}${line === 0 ? '' : `:${line}`}: error: ${message}\n`);
  return mismatches.length === 0;
}
