// One input of bud-opt: parse, verify, run the pipeline, emit.
import {
  CompileError,
  type Context,
  type Diagnostic,
  type Operation,
  parseModule,
  printModule,
  printModuleTo,
  verify,
} from '@budflow/ir';
import { PassManager, type Pipeline, printStatistics, type Remark, type Timing } from '@budflow/pass';
import { DiagnosticSink } from '../cli/diagnostic-sink.js';
import type { Arguments } from '../cli/flags.js';
import type { Io } from '../cli/io.js';
import { observers } from './observers.js';
import { fusionReportOf, type PartReports } from './reports.js';
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
  const sink = new DiagnosticSink(context, io);
  const handler = expected ? (d: Diagnostic) => void collected.push(d) : sink.add;
  const capture = <T>(body: () => T): T => {
    const result = context.diagnostics.capture(handler, body);
    sink.flush();
    return result;
  };
  const measure = <T>(name: string, body: () => T): T => (timing ? timing.measure(name, body) : body());

  const module = capture(() => {
    const parsed = measure('Parser', () => parseModule(atItsLine(part), context, { file: job.file }));
    return parsed && measure('Verifier', () => verify(parsed)) ? parsed : undefined;
  });
  let succeeded = module !== undefined;
  let remarks: readonly Remark[] = [];
  if (module && job.pipeline) {
    const result = runPipeline(job, module, job.pipeline, sink, capture);
    succeeded = result.succeeded;
    remarks = result.remarks;
  }
  if (module && succeeded) succeeded = await emit(job, module, handler, write);
  sink.flush();
  if (expected) succeeded = reportMismatches(job, context, part, collected);
  const wantsReports = module !== undefined && (args.has('remarks') || args.has('fusion-report'));
  return { succeeded, reports: wantsReports ? await fusionReportOf(context, remarks) : undefined };
}

function runPipeline(
  job: Job,
  module: Operation,
  pipeline: Pipeline,
  sink: DiagnosticSink,
  capture: <T>(body: () => T) => T,
): { readonly succeeded: boolean; readonly remarks: readonly Remark[] } {
  const { args, io, timing, verifyEach } = job;
  const printOptions = printing(args);
  const write = (text: string) => {
    sink.flush();
    io.stderr(text);
  };
  const { instrumentations } = observers(args, { print: (op) => printModule(op, printOptions), write }, timing);
  const reproducer = args.value('mlir-pass-pipeline-crash-reproducer');
  const manager = new PassManager(pipeline, {
    verifyEach,
    instrumentations,
    ablate: args.names('ablate'),
    ...(reproducer === undefined
      ? {}
      : {
          reproducer: {
            print: (op: Operation) => printModule(op, { generic: true }),
            write: (text: string) => io.writeFile(reproducer, text),
          },
        }),
  });
  const result = capture(() => manager.run(module));
  for (const { item, ops } of result.skipped)
    io.stderr(`left out: ${item.pass.name}, on ${ops} ${ops === 1 ? 'op' : 'ops'}\n`);
  if (result.cause instanceof Error && args.isOn('debug')) io.stderr(`${result.cause.stack}\n`);
  if (!result.succeeded && reproducer !== undefined) io.stderr(`reproducer written to ${reproducer}\n`);
  if (args.isOn('mlir-pass-statistics')) io.stderr(printStatistics(pipeline, result.statistics));
  return result;
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

function printing(args: Arguments) {
  const elide = args.value('mlir-elide-elementsattrs-if-larger');
  return {
    generic: args.isOn('mlir-print-op-generic') || args.isOn('mlir-print-properties'),
    properties: args.isOn('mlir-print-properties'),
    locations: args.isOn('mlir-print-debuginfo'),
    ...(elide === undefined ? {} : { elideLargeAttributes: Number(elide) }),
  };
}

function reportMismatches(job: Job, context: Context, part: Part, diagnostics: readonly Diagnostic[]): boolean {
  const announced = announcedDiagnostics(new TextDecoder().decode(part.text), part.line);
  const mismatches = compareDiagnostics(context, announced, diagnostics);
  for (const { line, message } of mismatches)
    job.io.stderr(`${job.file}${line === 0 ? '' : `:${line}`}: error: ${message}\n`);
  return mismatches.length === 0;
}
