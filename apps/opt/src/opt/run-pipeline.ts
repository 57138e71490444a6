// The passes of bud-opt, with all that watches them.
import { dirname } from 'node:path';
import { type Operation, printModule } from '@budflow/ir';
import { emitRemarks, PassManager, type Pipeline, printStatistics, type Remark, TraceRecorder } from '@budflow/pass';
import type { DiagnosticSink } from '../cli/diagnostic-sink.js';
import { writeJson } from '../cli/io.js';
import { version } from '../cli/version.js';
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
  const recorder = args.has('dump')
    ? new TraceRecorder({
        producer: { name: 'bud-opt', version: version() },
        file: job.file,
        target: job.target === '' ? undefined : job.target,
      })
    : undefined;
  const printOptions = printing(args);
  const write = (text: string) => {
    sink.flush();
    io.stderr(text);
  };
  const output = {
    print: (op: Operation) => printModule(op, printOptions),
    write,
    writeFile(path: string, text: string) {
      io.makeFolder(dirname(path));
      io.writeFile(path, text);
    },
  };
  const { instrumentations } = observers(args, output, timing);
  const reproducer = args.value('mlir-pass-pipeline-crash-reproducer');
  const debugCounters = debugCountersOf(args);
  module.context.strictRewriting = args.isOn('strict');
  const manager = new PassManager(pipeline, {
    verifyEach,
    debugCounters,
    // The recorder stands innermost: what others do is not the pass's time.
    instrumentations: recorder ? [...instrumentations, recorder] : instrumentations,
    verifyAnalyses: args.isOn('verify-analyses'),
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
  if (recorder) writeJson(io, args.value('dump')!, recorder.trace());
  const filter = args.value('remarks-filter');
  if (filter !== undefined) capture(() => emitRemarks(module.context, result.remarks, new RegExp(filter)));
  if (!result.succeeded && reproducer !== undefined) io.stderr(`reproducer written to ${reproducer}\n`);
  if (args.isOn('mlir-pass-statistics')) io.stderr(printStatistics(pipeline, result.statistics));
  return result;
}
