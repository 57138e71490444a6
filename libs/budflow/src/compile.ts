// From text to callable: parse, verify, run the pipeline, generate kernels and host programs, load both.
import { type Artefact, type Backend, type PhaseMetadata, phaseMetadata } from '@budflow/backend-api';
import { wasmBackend } from '@budflow/backend-wasm';
import { CallOp, FuncOp } from '@budflow/dialect-core';
import { isKernel } from '@budflow/dialect-rt';
import {
  CompileError,
  type Context,
  Diagnostic,
  lookupSymbol,
  type Operation,
  parseModule,
  renderDiagnostic,
  type SymbolRefAttr,
  symbolName,
  symbolVisibility,
  verify,
} from '@budflow/ir';
import {
  buildPipelineConfig,
  checkPlugin,
  combinePlugins,
  type Instrumentation,
  nearestName,
  PassManager,
  type PassRegistry,
  type PassRunResult,
  type PipelineJson,
  type PluginSet,
  registerPlugins,
} from '@budflow/pass';
import {
  ArrayMemory,
  type CustomCalls,
  EventStream,
  type HostProgram,
  loadModule,
  lowerHost,
  sharedThreads,
  sizeRequirements,
  type Threads,
} from '@budflow/runtime';
import {
  compatibleTarget,
  DEFAULT_PARALLEL,
  getTarget,
  type ParallelFacts,
  registerTarget,
  targetNames,
} from '@budflow/target';
import { cse, keepEntry } from '@budflow/transforms/general';
import { convertStablehloToArray, usesStablehlo } from '@budflow/transforms/stablehlo';
import { CompiledModule } from './compiled-module.js';
import { createContext } from './context.js';
import { type CompileOptions, defaultTarget, pipelineFor, skippedPasses } from './options.js';
import { createPassRegistry } from './passes.js';
import type { Plugin } from './plugin.js';
import { countOps, kernelReport, temporaryBytes } from './report.js';

/** The events of all modules that are compiled without a stream of their own. */
export const events = new EventStream();

/**
 * Compiles a module of array programs: MLIR text (or its bytes).
 * @throws CompileError with the diagnostics, rendered in its message
 */
export function compile(source: string | Uint8Array, options: CompileOptions = {}): CompiledModule {
  const start = performance.now();
  const context = createContext();
  for (const dialect of options.dialects ?? []) context.registerDialect(dialect);
  const registry = createPassRegistry(options.passes);
  const plugins = pluginsOf(options, context, registry);
  const stream = options.events ?? events;
  const backend = chosenBackend(options.backend, plugins.backends);
  const customCalls: CustomCalls = { ...plugins.customCalls, ...options.customCalls };
  const target = checkedTarget(backend, options);
  const threads = threadsOf(options, stream);
  const memory = options.heap ? memoryOf(options.heap) : defaultMemory({ shared: threads.pool !== null });

  // 1. Text.
  const module = checked(context, () => {
    const parsed = parseModule(source, context, { file: options.file ?? 'program.mlir' });
    return parsed && verify(parsed) ? parsed : undefined;
  });
  options.dump?.('input', module.toString());
  // Signatures and what sizes are required of arguments are those of array programs.
  if (usesStablehlo(module)) {
    if (options.entry !== undefined) keepEntry(module, options.entry);
    // Sizes that are computed twice are one and the same, which the checks of sizes have to see.
    runPipeline(module, options, { pipeline: [convertStablehloToArray.name, cse.name] }, registry);
  }
  const entries = checked(context, () => entryFunctions(module, options.entry));
  const names = entries.map((func) => symbolName(func)!);
  const opsBefore = countOps(entries);
  // Whoever is called from outside stays.
  for (const func of entries) func.setAttr('sym_visibility', null);
  const requirements = new Map(
    checked(context, () => {
      const functions = module.region(0).entry.ops.filter((op) => FuncOp.is(op) && !op.region(0).isEmpty);
      return functions.map((func) => [symbolName(func)!, isKernel(func) ? [] : sizeRequirements(func)] as const);
    }),
  );
  const parsed = performance.now();

  // 2. Passes.
  const { remarks } = runPipeline(
    module,
    options,
    pipelineFor({ ...options, threads: threads.count }, target),
    registry,
  );
  const passed = performance.now();

  // 3. Kernels and host programs.
  const functions = new Map<string, Operation>();
  for (const op of module.region(0).entry.ops) if (FuncOp.is(op)) functions.set(symbolName(op)!, op);
  const kernels = [...functions.values()].filter(isKernel);
  const hosts = withCallees(names.map((name) => functions.get(name)!));
  const phases = new Map<string, PhaseMetadata>();
  for (const kernel of kernels) {
    const phase = phaseMetadata(kernel);
    if (phase) phases.set(phase.name, phase);
  }
  const programs = checked(context, () => {
    const lowered: HostProgram[] = [];
    for (const host of hosts) {
      const name = symbolName(host)!;
      const program = lowerHost(host, {
        phases,
        requirements: requirements.get(name) ?? [],
        customCalls: Object.keys(customCalls),
      });
      if (program) lowered.push(names.includes(name) ? program : { ...program, internal: true });
    }
    return lowered.length === hosts.length ? lowered : undefined;
  });
  const reports = kernels.map((kernel) => kernelReport(kernel, phases.get(symbolName(kernel)!)!));
  const temporaries = hosts.map((host, i) => temporaryBytes(programs[i]!, host));
  let artefact: Artefact | null = null;
  if (kernels.length > 0) {
    for (const func of functions.values()) if (!isKernel(func)) func.erase();
    artefact = checked(context, () =>
      backend.compile(module, {
        // A description from a file or a plug-in is compiled as the backend's target that it extends.
        target: compatibleTarget(target, backend.targets) ?? target,
        debugNames: options.debugNames === true,
        sharedMemory: memory.heap.shared,
      }),
    );
  }
  const generated = performance.now();
  if (artefact && stream.isWatched) {
    stream.emit({
      kind: 'kernel-compile',
      backend: backend.name,
      target,
      kernels: reports.map((r) => r.name),
      bytes: artefact.bytes.length,
      milliseconds: generated - passed,
    });
  }

  // 4. Ready to call.
  const program = { functions: programs, artefact };
  const loaded = loadModule(program, {
    backend,
    memory,
    events: stream,
    host: options.host ?? 'auto',
    customCalls,
    threads: threads.pool ? { pool: threads.pool, count: threads.count, thresholds: parallelFacts(target) } : undefined,
  });
  const end = performance.now();
  stream.emit({ kind: 'compile', functions: names, milliseconds: end - start });
  return new CompiledModule(program, loaded, memory, {
    target,
    numerics: options.numerics ?? options.pipeline?.numerics ?? 'default',
    opsBefore,
    kernels: kernels.length,
    kernelReports: reports,
    loopsAfter: reports.reduce((n, r) => n + r.loops, 0),
    wasmBytes: artefact?.bytes.length ?? 0,
    compileMs: end - start,
    phasesMs: { parse: parsed - start, passes: passed - parsed, backend: generated - passed, load: end - generated },
    temporaryBytes: temporaries.reduce((n, t) => n + t.shared, 0),
    temporaryBytesUnshared: temporaries.reduce((n, t) => n + t.unshared, 0),
    remarks,
    threads: threads.count,
    ...(threads.note === undefined ? {} : { threadsNote: threads.note }),
  });
}

/** Functions, and those that they call, directly or not. */
function withCallees(functions: readonly Operation[]): Operation[] {
  const all = [...functions];
  for (const func of all) {
    func.walk((op) => {
      if (!CallOp.is(op)) return;
      const callee = lookupSymbol(op, op.attr('callee') as SymbolRefAttr);
      if (callee && !callee.region(0).isEmpty && !all.includes(callee)) all.push(callee);
    });
  }
  return all;
}

/** Runs `body` and throws what it reported as errors; so does undefined as a result. */
function checked<T>(context: Context, body: () => T | undefined): T {
  try {
    const { result, diagnostics } = context.diagnostics.collect(body);
    if (result !== undefined && !diagnostics.some((d) => d.severity === 'error')) return result;
    throw compileError(context, diagnostics);
  } catch (error) {
    // Of a backend: the same, with the source lines.
    if (error instanceof CompileError) throw compileError(context, error.diagnostics);
    throw error;
  }
}

function compileError(context: Context, diagnostics: readonly Diagnostic[]): CompileError {
  const order = [...diagnostics].sort((a, b) => Number(a.severity !== 'error') - Number(b.severity !== 'error'));
  return new CompileError(order, order.map((d) => renderDiagnostic(context, d)).join('\n'));
}

/** The functions that callers can call: public, with a body; or just the one that is asked for. */
function entryFunctions(module: Operation, entry: string | undefined): Operation[] | undefined {
  const candidates = module.region(0).entry.ops.filter((op) => FuncOp.is(op) && !op.region(0).isEmpty && !isKernel(op));
  const visible = candidates.filter((op) => symbolVisibility(op) === 'public');
  if (entry === undefined) {
    if (visible.length > 0) return visible;
    module.emitError('budflow.no-entry', 'has no public function with a body to compile');
    return undefined;
  }
  const found = candidates.find((op) => symbolName(op) === entry);
  if (found) return [found];
  const names = visible.map((op) => `@${symbolName(op)}`).join(', ');
  module.emitError('budflow.no-entry', `has no function @${entry} with a body; it has ${names || 'none'}`);
  return undefined;
}

function runPipeline(
  module: Operation,
  options: CompileOptions,
  json: PipelineJson,
  registry: PassRegistry,
): PassRunResult {
  const unknown = options.ablate?.find((name) => !registry.get(name));
  if (unknown !== undefined)
    throw new CompileError([
      new Diagnostic('error', 'budflow.unknown-pass', `ablate: ${registry.unknown(unknown)}`, 0),
    ]);
  const { pipeline } = buildPipelineConfig(json, registry);
  const manager = new PassManager(pipeline, {
    verifyEach: options.verifyEach === true,
    ablate: skippedPasses(options),
    debugCounters: options.debugCounters,
    instrumentations: [...(options.instrumentations ?? []), ...dumps(module, options.dump)],
  });
  const { result, diagnostics } = module.context.diagnostics.collect(() => manager.run(module));
  if (result.succeeded) return result;
  const error = compileError(module.context, diagnostics);
  // A crash is our bug: who reports it wants to see where.
  if (result.cause !== undefined) error.cause = result.cause;
  throw error;
}

/** The plug-ins of the options, with their dialects, passes and targets registered. */
function pluginsOf(
  options: CompileOptions,
  context: Context,
  registry: PassRegistry,
): PluginSet<Backend, Plugin['customCalls'][string]> {
  const plugins = (options.plugins ?? []).map((plugin, i) => checkPlugin(plugin, `plugins[${i}]`) as Plugin);
  const set = combinePlugins(plugins, {
    dialects: [...context.registeredDialects].map((dialect) => dialect.name),
    passes: registry.names,
    backends: [wasmBackend.name],
    targets: targetNames(),
  });
  set.extend(context);
  registerPlugins(registry, set);
  for (const target of set.targets) registerTarget(target);
  return set;
}

function chosenBackend(wanted: Backend | string | undefined, others: readonly Backend[]): Backend {
  if (wanted === undefined) return wasmBackend;
  if (typeof wanted !== 'string') return wanted;
  const all = [wasmBackend, ...others];
  const found = all.find((backend) => backend.name === wanted);
  if (found) return found;
  const names = all.map((backend) => backend.name);
  const near = nearestName(wanted, names);
  const message = `no backend is called '${wanted}'; there are ${names.join(', ')}${near ? `; did you mean '${near}'?` : ''}`;
  throw new CompileError([new Diagnostic('error', 'budflow.unknown-backend', message, 0)]);
}

/** The target asked for, or the best one. */
function checkedTarget(backend: Backend, options: CompileOptions): string {
  const { targets } = backend;
  const target =
    options.target ?? options.pipeline?.target ?? (backend === wasmBackend ? defaultTarget() : targets[0]) ?? '';
  if (targets.includes(target) || (isKnownTarget(target) && compatibleTarget(target, targets))) return target;
  const near = nearestName(target, targets);
  const message = `target '${target}' is not one of the ${backend.name} backend's: ${targets.join(', ')}${near ? `; did you mean '${near}'?` : ''}`;
  throw new CompileError([new Diagnostic('error', 'budflow.unknown-target', message, 0)]);
}

function isKnownTarget(name: string): boolean {
  try {
    return getTarget(name).name === name;
  } catch {
    return false;
  }
}

/** The threads asked for, and a word when there are fewer. */
function threadsOf({ threads: wanted = 1, heap }: CompileOptions, stream: EventStream): Threads {
  const found = sharedThreads(wanted);
  const isPrivate = found.pool !== null && heap?.shared === false;
  const threads: Threads = isPrivate
    ? { count: 1, pool: null, note: 'one thread: the heap given is not shared; create it with shared: true' }
    : found;
  if (threads.note !== undefined) stream.emit({ kind: 'threads', wanted, threads: threads.count, note: threads.note });
  return threads;
}

/** From which work on threads are worth it on a target. */
function parallelFacts(target: string): ParallelFacts {
  return (isKnownTarget(target) ? getTarget(target).parallel : undefined) ?? DEFAULT_PARALLEL;
}

function dumps(module: Operation, dump: CompileOptions['dump']): Instrumentation[] {
  if (!dump) return [];
  let last = '';
  return [
    {
      afterPass({ item }) {
        const text = module.toString();
        if (text !== last) dump(item.pass.name, text);
        last = text;
      },
    },
  ];
}

const defaultMemories = new Map<boolean, ArrayMemory>();
const memories = new WeakMap<object, ArrayMemory>();

/**
 * The heap of modules that are not given one: all on several threads have one, all others another. Copies in and out of
 * memory that no thread shares take up to a sixth less time.
 */
function defaultMemory({ shared }: { readonly shared: boolean }): ArrayMemory {
  const memory = defaultMemories.get(shared) ?? ArrayMemory.create({ shared });
  defaultMemories.set(shared, memory);
  return memory;
}

/** One ArrayMemory for each heap: arrays of one module are resident for all on its heap. */
function memoryOf(heap: NonNullable<CompileOptions['heap']>): ArrayMemory {
  let memory = memories.get(heap);
  if (!memory) {
    memory = new ArrayMemory(heap);
    memories.set(heap, memory);
  }
  return memory;
}
