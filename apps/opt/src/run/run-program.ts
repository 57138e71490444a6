// The body of bud-run: read the program, gather its inputs, run it, and show what came out.
import type { CustomCall } from '@budflow/interpreter';
import {
  type Context,
  type FunctionType,
  type Operation,
  parseModule,
  renderDiagnostic,
  symbolName,
  verify,
} from '@budflow/ir';
import { type NumericsMode, nearestName, passesOf, TraceRecorder } from '@budflow/pass';
import { getTarget } from '@budflow/target';
import { enableRelaxedSimd } from '@budflow/target/node';
import { CommandError, DiagnosticsError, ExitCode, UsageError } from '../cli/errors.js';
import type { Arguments } from '../cli/flags.js';
import { type Io, writeJson } from '../cli/io.js';
import { version } from '../cli/version.js';
import { debugCountersOf, reportDebugCounters } from '../compiler/debug-counters.js';
import { loadDialects, mentionsStablehlo } from '../compiler/dialects.js';
import {
  type ChosenPipeline,
  choosePipeline,
  type OptimizationLevel,
  pipelineOfText,
  withScheduleFile,
} from '../compiler/pipeline.js';
import type { Extensions } from '../compiler/plugins.js';
import { namesPlugins } from '../compiler/project.js';
import { measureCalls } from './benchmark.js';
import type { Engine } from './engines.js';
import { describeArray, type HostArray, type HostValue } from './host-array.js';
import { readInputs } from './inputs.js';
import type { Settings } from './main.js';
import { argsOf, printMlirResults, readList } from './mlir-arrays.js';
import { checkOutputs, printResults, resultToJson, writeOutputs } from './outputs.js';
import { printArray } from './print-array.js';
import { asWritten, findEntry, functionTypeOf, type Signature, signatureOf } from './signature.js';

export interface Program extends Settings {
  readonly file: string;
  readonly source: Uint8Array;
  /** Inputs of the command line. */
  readonly given: readonly string[];
  readonly args: Arguments;
  readonly io: Io;
  /** The function, instead of the one of --entry. */
  readonly entry?: string;
}

interface Prepared {
  readonly program: Program;
  readonly context: Context;
  readonly module: Operation;
  readonly signature: Signature;
  readonly inputs: readonly HostValue[];
  readonly chosen: ChosenPipeline | undefined;
  readonly ablate: readonly string[];
  readonly parseMs: number;
  readonly extensions: Extensions;
}

export async function runProgram(program: Program): Promise<number> {
  const { args, io } = program;
  const input = program.file === '<stdin>' ? '-' : program.file;
  const extensions =
    args.has('load') || namesPlugins(input, io)
      ? await (await import('../compiler/plugins.js')).loadPlugins(args, input, io)
      : undefined;
  const backend = checkedBackend(args.value('backend') ?? 'wasm', extensions);
  const chosen = await pipelineOf(program, backend, extensions);
  const ablate = args.names('ablate');
  checkAblated(ablate, chosen);
  for (const name of ablate) io.stderr(`left out: ${leftOut(name, chosen)}\n`);

  const { context, module, written, parseMs } = await readModule(program, chosen, extensions);
  const signature = withWritten(
    signatureOf(findEntry(module, program.entry ?? args.value('entry'), program.file), context),
    written,
  );
  checkOutputs(args.values('output'), signature.results.length, signature.name);
  const list = args.value('args');
  const listed = list === undefined ? undefined : argsOf(list, io);
  const inputs =
    listed && 'list' in listed
      ? readList(listed.list, signature.parameters, context)
      : readInputs(
          signature,
          {
            given: listed ? listed.files : program.given,
            random: program.random,
            sizes: program.sizes,
            program: program.file,
            flags: program.repeatedFlags,
          },
          context,
          program.io,
        );
  if (!chosen && args.has('dump'))
    throw new UsageError('--dump: no passes run; say which with -O or --pipeline-config');
  const prepared: Prepared = { program, context, module, signature, inputs, chosen, ablate, parseMs, extensions };
  if (args.isOn('check-each')) return check(prepared, backend);
  const engine = await engineOf(prepared, backend);
  return program.benchmarkSeconds === undefined
    ? runOnce(prepared, backend, engine)
    : benchmark(prepared, backend, engine, program.benchmarkSeconds);
}

function withWritten(signature: Signature, written: FunctionType | undefined): Signature {
  return written === undefined ? signature : asWritten(signature, written);
}

/** The module of a file as it is written, verified. */
export async function readSource(program: Program): Promise<Operation> {
  return parsed(program, (await loadDialects({ texts: [program.source] })).newContext());
}

/** The program in the array dialect and those below. StableHLO runs as the array program that it is, with that one's signature. */
async function readModule(
  program: Program,
  chosen: ChosenPipeline | undefined,
  extensions: Extensions | undefined,
): Promise<{
  readonly context: Context;
  readonly module: Operation;
  /** The type of the function that runs as it was before the conversion; undefined where there was none. */
  readonly written: FunctionType | undefined;
  readonly parseMs: number;
}> {
  const isStablehlo = mentionsStablehlo(program.source);
  const conversion = isStablehlo ? await pipelineOfText('convert-stablehlo-to-array', 'bud-run') : undefined;
  const { newContext } = await loadDialects({
    texts: [program.source],
    names: [chosen?.pipeline, conversion]
      .flatMap((pipeline) => (pipeline ? passesOf(pipeline.items) : []))
      .flatMap((item) => item.pass.dependentDialects),
    extensions,
  });
  const context = newContext();
  const start = performance.now();
  const module = parsed(program, context);
  let written: FunctionType | undefined;
  if (conversion) {
    const func = findEntry(module, program.entry ?? program.args.value('entry'), program.file);
    written = functionTypeOf(func);
    // What cannot be converted in other functions is no matter of this one.
    (await import('@budflow/transforms/general')).keepEntry(module, symbolName(func)!);
    (await import('./engines.js')).runPasses(module, conversion, {});
  }
  const parseMs = performance.now() - start;
  return { context, module, written, parseMs };
}

/** @throws UsageError for a backend that nobody brings */
function checkedBackend(name: string, extensions: Extensions): string {
  const names = ['wasm', 'interp', ...(extensions?.backends ?? []).map((backend) => backend.name)];
  if (names.includes(name)) return name;
  const near = nearestName(name, names);
  throw new UsageError(
    `'--backend' is one of ${names.join(', ')}; got '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`,
  );
}

async function pipelineOf(
  { args, io }: Program,
  backend: string,
  extensions: Extensions,
): Promise<ChosenPipeline | undefined> {
  const level = args.value('O');
  const configFile = args.value('pipeline-config');
  // Without a word about passes, the interpreter runs the program as it is written.
  const scheduleFile = args.value('schedule');
  const asWritten = backend === 'interp' && !args.isOn('check-each') && level === undefined && configFile === undefined;
  if (asWritten && scheduleFile === undefined) return undefined;
  const request = await choosePipeline(
    {
      passes: [],
      configFile,
      level: configFile === undefined ? (Number(level ?? 3) as OptimizationLevel) : undefined,
      // A backend of a plug-in has targets of its own.
      target: args.value('target') ?? extensions?.backends.find((one) => one.name === backend)?.targets[0],
      numerics: args.value('numerics') as NumericsMode | undefined,
      flagNames: [],
      extensions,
    },
    io,
  );
  const chosen = request && scheduleFile !== undefined ? await withScheduleFile(request, scheduleFile, io) : request;
  // Node 20 has it behind a flag.
  if (chosen?.target !== undefined && getTarget(chosen.target).features.includes('relaxed-simd')) enableRelaxedSimd();
  return chosen;
}

/** `licm, 2 of 25 passes` */
function leftOut(name: string, chosen: ChosenPipeline | undefined): string {
  const all = passesOf(chosen?.pipeline.items ?? []);
  return `${name}, ${all.filter((item) => item.pass.name === name).length} of ${all.length} passes`;
}

function checkAblated(ablate: readonly string[], chosen: ChosenPipeline | undefined): void {
  const known = passesOf(chosen?.pipeline.items ?? []).map((item) => item.pass.name);
  for (const name of ablate) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known);
    throw new UsageError(
      `--ablate=${name}: the pipeline has no pass '${name}'${near === undefined ? '' : `, did you mean '${near}'?`}`,
    );
  }
}

function parsed({ source, file }: Program, context: Context): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(source, context, { file });
    return module && verify(module) ? module : undefined;
  });
  if (!result) throw new DiagnosticsError(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
  return result;
}

async function engineOf(prepared: Prepared, backend: string): Promise<Engine> {
  const { program, module, signature, inputs, chosen, ablate, parseMs, extensions } = prepared;
  const { args, io, file, source } = program;
  const { interpreterEngine, compiledEngine } = await import('./engines.js');
  const entry = signature.name;
  const debugCounters = debugCountersOf(args);
  const trace = args.value('dump');
  const { target, numerics } = chosen ?? {};
  const recorder =
    trace === undefined
      ? undefined
      : new TraceRecorder({ producer: { name: 'bud-run', version: version() }, file, target, numerics });
  const watched = { ablate, inputs, debugCounters, instrumentations: recorder ? [recorder] : [] };
  try {
    if (backend !== 'interp' && chosen) {
      const plugins = extensions?.plugins ?? [];
      const { threads } = program;
      if (threads !== 1) (await import('@budflow/runtime/node')).enableThreads();
      const customCalls = ownCalls(extensions, program);
      const engine = compiledEngine({
        source,
        file,
        entry,
        chosen,
        backend,
        plugins,
        threads,
        customCalls,
        ...watched,
      });
      if (engine.threadsNote !== undefined) io.stderr(`${engine.threadsNote}\n`);
      return engine;
    }
    const { relaxedRounding } = await import('./interpret.js');
    return interpreterEngine(module, entry, {
      chosen,
      relaxedMadd: await relaxedRounding(),
      parseMs,
      customCalls: ownCalls(extensions, program),
      ...watched,
    });
  } finally {
    if (recorder && trace !== undefined) writeJson(io, trace, recorder.trace());
    if (debugCounters) reportDebugCounters(debugCounters, args, io);
  }
}

/** Functions that programs may call: those of plug-ins, and what prints arrays. */
function ownCalls(extensions: Extensions, { args, io }: Program): Readonly<Record<string, CustomCall>> {
  const print: CustomCall = ([array]) => {
    const value = array as HostArray;
    // JSON stays one object.
    const print = args.isOn('json') ? io.stderr : io.stdout;
    print.call(io, `${describeArray(value)}\n${printArray(value)}\n`);
  };
  return { 'interpreter.print': print, ...extensions?.customCalls };
}

function runOnce({ program, signature }: Prepared, backend: string, engine: Engine): number {
  const { args, io } = program;
  const start = performance.now();
  const results = engine.call();
  const firstMs = performance.now() - start;
  const paths = args.values('output');
  if (paths.length > 0) writeOutputs(paths, results, io);
  if (args.isOn('json')) {
    const shown =
      paths.length > 0
        ? results.map((value, i) => ({ ...described(value), file: paths[i] }))
        : results.map(resultToJson);
    printJson(io, {
      entry: signature.name,
      backend,
      threads: engine.threads,
      compile_ms: engine.compileMs,
      first_ms: firstMs,
      results: shown,
    });
  } else if (paths.length === 0)
    io.stdout(printsMlir(args) ? printMlirResults(results, signature.writtenResults) : printResults(results));
  return ExitCode.ok;
}

/** Whether arrays are printed as MLIR has them: what comes in like that goes out like that. */
function printsMlir(args: Arguments): boolean {
  return (args.value('format') ?? (args.has('args') ? 'mlir' : 'numpy')) === 'mlir';
}

function described(value: HostValue): object {
  return 'scalar' in value ? { dtype: value.dtype } : { dtype: value.dtype, shape: value.shape };
}

async function benchmark(
  { program, signature }: Prepared,
  backend: string,
  engine: Engine,
  seconds: number,
): Promise<number> {
  const { args, io } = program;
  await engine.ready();
  const { firstMs, medianMs, minMs, runs } = measureCalls(engine.run, seconds);
  const paths = args.values('output');
  if (paths.length > 0) writeOutputs(paths, engine.call(), io);
  if (args.isOn('json')) {
    printJson(io, {
      entry: signature.name,
      backend,
      threads: engine.threads,
      compile_ms: engine.compileMs,
      first_ms: firstMs,
      median_ms: medianMs,
      min_ms: minMs,
      runs,
    });
  } else {
    io.stdout(
      `@${signature.name}, ${backend}${engine.threads > 1 ? `, ${engine.threads} threads` : ''}: median ${milliseconds(medianMs)}, fastest ${milliseconds(minMs)}, ${runs} calls; ` +
        `compiled in ${milliseconds(engine.compileMs)}, first call ${milliseconds(firstMs)}\n`,
    );
  }
  return ExitCode.ok;
}

function milliseconds(ms: number): string {
  if (ms < 0.001) return `${(ms * 1e6).toPrecision(3)} ns`;
  return ms < 1 ? `${(ms * 1e3).toPrecision(3)} us` : `${ms < 1000 ? ms.toPrecision(3) : Math.round(ms)} ms`;
}

async function check(prepared: Prepared, backend: string): Promise<number> {
  const { program, context, module, signature, inputs, chosen, ablate } = prepared;
  const { args, io } = program;
  if (!chosen) throw new UsageError('--check-each: no passes run');
  const [{ checkEach }, { interpretCall, relaxedRounding }] = await Promise.all([
    import('./check-each.js'),
    import('./interpret.js'),
  ]);
  const relaxedMadd = await relaxedRounding();
  const isJson = args.isOn('json');
  const { DiagnosticSink } = await import('../cli/diagnostic-sink.js');
  const engine = backend !== 'interp' ? () => engineOf(prepared, backend) : undefined;
  const compiled = engine ? await compiledLater(engine) : undefined;
  const sink = new DiagnosticSink(context, io);
  const outcome = context.diagnostics.capture(sink.add, () => {
    try {
      return checkEach({
        context,
        module,
        entry: signature.name,
        pipeline: chosen.pipeline,
        ablate,
        interpret: (m) => interpretCall(m, signature.name, inputs, relaxedMadd, ownCalls(prepared.extensions, program)),
        compiled,
        report: (line) => {
          if (!isJson) io.stdout(line);
        },
      });
    } finally {
      sink.flush();
    }
  });
  const { failure, passes, results } = outcome;
  if (isJson) printJson(io, { entry: signature.name, passes, failed: failure ?? null });
  else if (!failure) io.stdout(`@${signature.name}: ${passes} passes, every result kept\n`);
  if (failure) {
    io.stderr(
      `${program.file}: error: step ${failure.position}, ${failure.pass === 'code generation' ? failure.pass : `pass '${failure.pass}'`}, changes @${signature.name}: ${failure.message}\n`,
    );
    return ExitCode.diagnostics;
  }
  if (args.has('output')) writeOutputs(args.values('output'), results, io);
  return ExitCode.ok;
}

/** The compiled program's results on demand. What does not compile is compared too: its error is the last step's. */
async function compiledLater(make: () => Promise<Engine>): Promise<() => HostValue[]> {
  let engine: Engine | undefined;
  let problem: unknown;
  try {
    engine = await make();
  } catch (error) {
    problem = error;
  }
  return () => {
    if (!engine) throw problem;
    return engine.call();
  };
}

function printJson(io: Io, value: object): void {
  io.stdout(`${JSON.stringify(value)}\n`);
}

/** A trap of the program is no bug of ours: its message, with the place, and exit code 3 for failed checks. */
export function trapped(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'RuntimeTrap') return error;
  const { kind } = error as Error & { readonly kind?: string };
  if (kind === 'CheckFailed') return new CommandError(`check failed: ${error.message}`, ExitCode.checkFailed);
  return new CommandError(error.message);
}
