// The command bud-opt.
import { ExitCode, UsageError } from '../cli/errors.js';
import { type Arguments, integerValue, readArguments } from '../cli/flags.js';
import { type Io, inputName, readInput, writeJson } from '../cli/io.js';
import { version } from '../cli/version.js';
import type { ChosenPipeline, OptimizationLevel, PipelineRequest } from '../compiler/pipeline.js';
import type { Extensions } from '../compiler/plugins.js';
import { namesPlugins } from '../compiler/project.js';
import { OPT_FLAGS, optHelp } from './flags.js';
import type { EmitKind, Job, PartResult } from './run-part.js';
import { splitInput } from './split.js';

export async function optMain(argv: readonly string[], io: Io): Promise<number> {
  const args = readArguments(argv, OPT_FLAGS);
  if (args.isOn('help')) return print(io, optHelp());
  if (args.isOn('version')) return print(io, `bud-opt ${version()}\n`);
  if (args.positionals.length > 1)
    throw new UsageError(
      `bud-opt reads one file, got ${args.positionals.map((p) => `'${p}'`).join(', ')}; passes are named by flags: --canonicalize`,
    );
  integerValue(args, 'mlir-elide-elementsattrs-if-larger', 0);
  checkRemarksFilter(args);
  if (args.has('dump') && args.isOn('split-input-file'))
    throw new UsageError('--dump: a trace is of one program; leave --split-input-file out');
  const extensions = await extensionsOf(args, io);
  if (args.isOn('list-passes'))
    return print(io, await (await import('./information.js')).listPasses(extensions, { json: args.isOn('json') }));
  if (args.isOn('show-dialects'))
    return print(io, await (await import('./information.js')).showDialects(extensions, { json: args.isOn('json') }));
  if (args.isOn('print-pipeline-schema')) {
    const [{ composePipelineSchema }, { fullRegistry }] = await Promise.all([
      import('@budflow/pass'),
      import('../compiler/passes.js'),
    ]);
    return print(io, `${JSON.stringify(composePipelineSchema(await fullRegistry(extensions)), null, 2)}\n`);
  }
  if (args.isOn('print-target')) {
    const { describeTarget } = await import('../compiler/target.js');
    return print(io, `${JSON.stringify(await describeTarget(args.value('target'), io), null, 2)}\n`);
  }
  if (args.isOn('print-pipeline')) return printPipeline(args, io, extensions);
  return optimize(args, io, extensions);
}

/** Plug-ins, if the command line or the project of the input names any; looking for them is all that most runs pay. */
async function extensionsOf(args: Arguments, io: Io): Promise<Extensions> {
  const input = args.positionals[0] ?? '-';
  if (!args.has('load') && !namesPlugins(input, io)) return undefined;
  return (await import('../compiler/plugins.js')).loadPlugins(args, input, io);
}

function checkRemarksFilter(args: Arguments): void {
  try {
    new RegExp(args.value('remarks-filter') ?? '');
  } catch (error) {
    throw new UsageError(`--remarks-filter: ${(error as Error).message}`);
  }
}

function print(io: Io, text: string): number {
  io.stdout(text);
  return ExitCode.ok;
}

/** The pipeline of the flags. The file's text matters only with --run-reproducer. */
async function pipelineOf(
  args: Arguments,
  io: Io,
  extensions: Extensions,
  input?: Uint8Array,
): Promise<ChosenPipeline | undefined> {
  const text = args.isOn('run-reproducer') ? await reproducerPipeline(args, input) : args.value('pass-pipeline');
  const asksForNone = args.unknown.length === 0 && text === undefined && !args.has('pipeline-config') && !args.has('O');
  // Without a pipeline there is nothing to build, and nothing to load.
  if (asksForNone && !args.has('target')) return undefined;
  const { choosePipeline } = await import('../compiler/pipeline.js');
  const level = args.value('O');
  const request: PipelineRequest = {
    passes: args.unknown,
    text,
    configFile: args.value('pipeline-config'),
    level: level === undefined ? undefined : (Number(level) as OptimizationLevel),
    target: args.value('target'),
    numerics: args.value('numerics') as PipelineRequest['numerics'],
    flagNames: OPT_FLAGS.flatMap((group) => group.flags.map((flag) => flag.name)),
    extensions,
  };
  return choosePipeline(request, io);
}

async function reproducerPipeline(args: Arguments, input: Uint8Array | undefined): Promise<string> {
  if (args.has('pass-pipeline')) throw new UsageError('--run-reproducer brings its own --pass-pipeline');
  const { readReproducer } = await import('@budflow/pass');
  const found = input && readReproducer(new TextDecoder().decode(input));
  if (!found)
    throw new UsageError(
      '--run-reproducer: the input is no reproducer (a file that ends with `mlir_reproducer: { pipeline: "..." }`, as --mlir-pass-pipeline-crash-reproducer=FILE writes it)',
    );
  return found.pipeline;
}

/** What a reproducer says about verification, which the command line overrides. */
async function verifiesEach(args: Arguments, input: Uint8Array): Promise<boolean> {
  if (!args.isOn('run-reproducer')) return true;
  const { readReproducer } = await import('@budflow/pass');
  return readReproducer(new TextDecoder().decode(input))?.verifyEach !== false;
}

async function printPipeline(args: Arguments, io: Io, extensions: Extensions): Promise<number> {
  const input = args.isOn('run-reproducer') ? await readInput(io, args.positionals[0] ?? '-') : undefined;
  const chosen = await pipelineOf(args, io, extensions, input);
  if (!chosen)
    throw new UsageError('--print-pipeline: no pipeline is given; for example: bud-opt -O2 --print-pipeline');
  const { pipelineToJson } = await import('@budflow/pass');
  return print(io, `${JSON.stringify(pipelineToJson(chosen.pipeline, chosen), null, 2)}\n`);
}

async function scheduledPipeline(chosen: ChosenPipeline | undefined): Promise<ChosenPipeline['pipeline']> {
  const { untilScheduled } = await import('../compiler/pipeline.js');
  return untilScheduled(chosen?.pipeline ?? { anchor: 'builtin.module', items: [] });
}

async function optimize(args: Arguments, io: Io, extensions: Extensions): Promise<number> {
  const path = args.positionals[0] ?? '-';
  // What is wrong with the command line is said before anything is read, unless the pipeline is in the input.
  const early = args.isOn('run-reproducer') ? undefined : await pipelineOf(args, io, extensions);
  const bytes = await readInput(io, path);
  const chosen = args.isOn('run-reproducer') ? await pipelineOf(args, io, extensions, bytes) : early;
  await checkFlags(args, chosen, io);

  const [{ loadDialects }, { runPart }] = await Promise.all([
    import('../compiler/dialects.js'),
    import('./run-part.js'),
  ]);
  const pipeline = args.isOn('print-schedule') ? await scheduledPipeline(chosen) : chosen?.pipeline;
  const emit = (args.value('emit') ?? 'mlir') as EmitKind;
  const irdl = args.has('irdl-file')
    ? await (await import('../compiler/irdl-files.js')).readIrdlFiles(args.values('irdl-file'), io)
    : undefined;
  const loaded = await loadDialects({
    texts: [bytes, ...(irdl?.texts ?? [])],
    extensions,
    names: [
      ...(pipeline ? await (await import('../compiler/pipeline.js')).dialectsOf(pipeline) : []),
      ...(emit === 'mlir' ? [] : ['rt']),
    ],
  });
  const newContext = () => {
    const context = loaded.newContext();
    irdl?.extend(context);
    return context;
  };
  const timing =
    args.isOn('mlir-timing') || args.has('mlir-timing-display')
      ? new (await import('@budflow/pass')).Timing()
      : undefined;
  const job: Job = {
    args,
    io,
    file: inputName(path),
    newContext,
    pipeline,
    target:
      chosen?.target ??
      (emit === 'mlir' ? '' : await (await import('../compiler/target.js')).targetName(args.value('target'), io)),
    emit,
    timing,
    verifyEach: args.isOn('verify-each', (await verifiesEach(args, bytes)) ? 'on' : 'off'),
  };
  const succeeded = await runParts(job, bytes, runPart);
  if (timing) io.stderr(timing.toString(args.value('mlir-timing-display') === 'list' ? 'list' : 'tree'));
  return succeeded ? ExitCode.ok : ExitCode.diagnostics;
}

async function checkFlags(args: Arguments, chosen: ChosenPipeline | undefined, io: Io): Promise<void> {
  if (args.value('emit') === 'wasm' && (args.value('output') ?? '-') === '-' && io.stdoutIsTerminal)
    throw new UsageError('--emit=wasm writes bytes, not for a terminal: give -o FILE, or --emit=wat for text');
  if (args.has('ablate') || args.has('mlir-print-ir-before') || args.has('mlir-print-ir-after')) {
    const { checkPassNamesInFlags } = await import('./observers.js');
    checkPassNamesInFlags(args, chosen?.pipeline);
  }
}

async function runParts(
  job: Job,
  bytes: Uint8Array,
  runPart: (
    job: Job,
    part: { text: Uint8Array; line: number },
    write: (chunk: Uint8Array | string) => void,
  ) => Promise<PartResult>,
): Promise<boolean> {
  const { args, io } = job;
  const split = args.isOn('split-input-file');
  if (split && job.emit !== 'mlir')
    throw new UsageError(`--split-input-file: the parts cannot be put into one file of ${job.emit}; emit mlir`);
  const output = args.value('output') ?? '-';
  const toFile = output !== '-';
  const kept: (Uint8Array | string)[] = [];
  const write = (chunk: Uint8Array | string) => {
    if (!toFile) io.stdout(chunk);
    else kept.push(typeof chunk === 'string' ? chunk : chunk.slice());
  };
  const parts = split ? splitInput(bytes) : [{ text: bytes, line: 1 }];
  const results: PartResult[] = [];
  for (const [i, part] of parts.entries()) {
    if (i > 0) write('// -----\n');
    results.push(await runPart(job, part, write));
  }
  await writeReports(args, io, results);
  const succeeded = results.every((result) => result.succeeded);
  // A file appears only when all is well.
  if (toFile && succeeded)
    io.writeFile(
      output,
      kept.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
    );
  return succeeded;
}

async function writeReports(args: Arguments, io: Io, results: readonly PartResult[]): Promise<void> {
  const reports = results.flatMap((result) => result.reports ?? []);
  const remarks = args.value('remarks');
  const fusion = args.value('fusion-report');
  if (remarks !== undefined)
    writeJson(
      io,
      remarks,
      reports.flatMap((r) => r.remarks),
    );
  if (fusion !== undefined) writeJson(io, fusion, { decisions: reports.flatMap((r) => r.fusion.decisions) });
}
