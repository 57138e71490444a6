// What runs a function: compiled WebAssembly, or the interpreter.
import { type Operation, renderDiagnostic } from '@budflow/ir';
import {
  type DebugCounters,
  type Instrumentation,
  PassManager,
  type PassManagerOptions,
  type Pipeline,
  pipelineToJson,
} from '@budflow/pass';
import { type CompiledModule, CompileError, compile, type DType, type NdArray, type Plugin } from 'budflow';
import { DiagnosticsError } from '../cli/errors.js';
import type { ChosenPipeline } from '../compiler/pipeline.js';
import { type HostValue, isScalar, type TypedArray } from './host-array.js';
import { interpretCall } from './interpret.js';

/** A program ready to be called on its inputs. */
export interface Engine {
  /** Milliseconds from text to callable. */
  readonly compileMs: number;
  /** Threads that it runs on. */
  readonly threads: number;
  /** Why there are fewer than asked for. */
  readonly threadsNote?: string | undefined;
  /** When all of them can run the program; calls before use fewer. */
  ready(): Promise<void>;
  /** Calls the function and returns its results. */
  call(): HostValue[];
  /** Calls the function and leaves the results where they are, for benchmarks. */
  run(): void;
}

export interface CompiledRequest {
  readonly source: Uint8Array;
  readonly file: string;
  readonly entry: string;
  readonly chosen: ChosenPipeline;
  readonly ablate: readonly string[];
  readonly inputs: readonly HostValue[];
  /** `wasm`, or the name of a plug-in's. */
  readonly backend: string;
  readonly plugins: readonly Plugin[];
  readonly debugCounters: DebugCounters | undefined;
  readonly instrumentations: readonly Instrumentation[];
  readonly threads: number | 'auto';
  /** Functions that every program may call. */
  readonly customCalls: Plugin['customCalls'];
}

/** Compiles for this engine. @throws DiagnosticsError with the diagnostics */
export function compiledEngine(request: CompiledRequest): Engine {
  const { chosen, inputs, entry } = request;
  const module = compiled(request, chosen);
  const { compiled: func } = module.functions[entry]!;
  const args = inputs.map((value) =>
    isScalar(value) ? value.scalar : module.array(value.data, value.shape, value.dtype as DType),
  );
  let out: NdArray[] | undefined;
  const call = () => {
    const results = func.call(args, out && out.length > 0 ? { out } : {});
    // From the second call on, results go where those of the first went.
    out ??= results.every((result) => result.isResident) ? results : [];
    return results;
  };
  return {
    compileMs: module.report.compileMs,
    threads: module.report.threads,
    threadsNote: module.report.threadsNote,
    ready: () => module.ready(),
    call: () =>
      call().map(({ dtype, shape, data }, i): HostValue => {
        if (func.results[i]?.scalar) return { dtype, scalar: scalarOf(dtype, data as TypedArray) };
        return { dtype, shape, data: (data as TypedArray).slice() };
      }),
    run: () => void call(),
  };
}

/** The number in an array of rank 0, as the interpreter has it. */
function scalarOf(dtype: string, data: TypedArray): number | bigint {
  const value = data[0]!;
  return dtype === 'index' ? Number(value) : value;
}

function compiled(
  {
    source,
    file,
    entry,
    ablate,
    backend,
    plugins,
    debugCounters,
    instrumentations,
    threads,
    customCalls,
  }: CompiledRequest,
  chosen: ChosenPipeline,
): CompiledModule {
  const target = chosen.target;
  try {
    return compile(source, {
      file,
      entry,
      ablate,
      backend,
      plugins,
      debugCounters,
      instrumentations,
      threads,
      customCalls,
      pipeline: pipelineToJson(chosen.pipeline, chosen),
      ...(target === undefined ? {} : { target }),
      ...(chosen.numerics === undefined ? {} : { numerics: chosen.numerics }),
    });
  } catch (error) {
    if (error instanceof CompileError) throw new DiagnosticsError(error.message);
    throw error;
  }
}

/** Interprets a module that was read, after the passes of `chosen`, if any. */
export function interpreterEngine(
  module: Operation,
  entry: string,
  options: {
    readonly chosen: ChosenPipeline | undefined;
    readonly ablate: readonly string[];
    readonly inputs: readonly HostValue[];
    readonly relaxedMadd: 'once' | 'twice';
    readonly parseMs: number;
    readonly debugCounters: DebugCounters | undefined;
    readonly instrumentations: readonly Instrumentation[];
    readonly customCalls: Plugin['customCalls'] | undefined;
  },
): Engine {
  const { chosen, inputs, relaxedMadd } = options;
  const start = performance.now();
  if (chosen) runPasses(module, chosen.pipeline, options);
  const call = () => interpretCall(module, entry, inputs, relaxedMadd, options.customCalls);
  const compileMs = options.parseMs + performance.now() - start;
  return { compileMs, threads: 1, ready: () => Promise.resolve(), call, run: () => void call() };
}

/** Runs passes on a module. @throws DiagnosticsError with what they reported */
export function runPasses(
  module: Operation,
  pipeline: Pipeline,
  options: Pick<PassManagerOptions, 'ablate' | 'debugCounters' | 'instrumentations'>,
): void {
  const { context } = module;
  const { result, diagnostics } = context.diagnostics.collect(() => new PassManager(pipeline, options).run(module));
  if (!result.succeeded) throw new DiagnosticsError(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
}
