// The passes of bud-opt, with all that watches them.
import { type Operation, printModule } from '@budflow/ir';
import { PassManager, type Pipeline, printStatistics, type Remark } from '@budflow/pass';
import type { DiagnosticSink } from '../cli/diagnostic-sink.js';
import { debugCountersOf, reportDebugCounters } from '../compiler/debug-counters.js';
import { observers } from './observers.js';
import { printing } from './printing.js';
import type { Job } from './run-part.js';

export function runPipeline(
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
  const debugCounters = debugCountersOf(args);
  module.context.strictRewriting = args.isOn('strict');
  const manager = new PassManager(pipeline, {
    verifyEach,
    debugCounters,
    instrumentations,
    ablate: args.names('ablate'),
    ...(reproducer === undefined
      ? {}
      : {
          reproducer: {
            print: (op: Operation) => printModule(op, { generic: true }),
            write: (text: string) => io.writeFile(reproducer, text),
            local: args.isOn('mlir-pass-pipeline-local-reproducer'),
          },
        }),
  });
  const result = capture(() => manager.run(module));
  for (const { item, ops } of result.skipped)
    io.stderr(`left out: ${item.pass.name}, on ${ops} ${ops === 1 ? 'op' : 'ops'}\n`);
  if (debugCounters) reportDebugCounters(debugCounters, args, io);
  if (result.cause instanceof Error && args.isOn('debug')) io.stderr(`${result.cause.stack}\n`);
  if (!result.succeeded && reproducer !== undefined) io.stderr(`reproducer written to ${reproducer}\n`);
  if (args.isOn('mlir-pass-statistics')) io.stderr(printStatistics(pipeline, result.statistics));
  return result;
}
