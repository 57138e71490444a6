// For tests: programs from hand-written host functions and kernels, without the passes that usually make them.
import { type Kernel, type PhaseMetadata, phaseMetadata } from '@budflow/backend-api';
import { wasmBackend } from '@budflow/backend-wasm';
import { registerCoreDialects } from '@budflow/dialect-core';
import { registerLoopDialect } from '@budflow/dialect-loop';
import { registerMemoryDialect } from '@budflow/dialect-memory';
import { isKernel, registerRtDialect } from '@budflow/dialect-rt';
import { registerSimdDialect } from '@budflow/dialect-simd';
import type { Heap } from '@budflow/heap';
import { elementsOf, Interpreter, type MemRefValue, makeMemRef, type RuntimeValue } from '@budflow/interpreter';
import {
  Context,
  DYNAMIC,
  type FunctionType,
  type MemRefType,
  type Operation,
  parseModule,
  renderDiagnostic,
  symbolName,
  type TypeAttr,
  verify,
} from '@budflow/ir';
import {
  ArrayMemory,
  type CompiledFunction,
  EventStream,
  type HostMode,
  type HostProgram,
  type HostRequirement,
  loadModule,
  lowerHost,
  type ThreadOptions,
  type TypedArray,
} from '../index.js';

/** Parses and verifies; throws the rendered diagnostics. */
export function parseProgram(text: string): Operation {
  const context = new Context();
  registerCoreDialects(context);
  registerLoopDialect(context);
  registerMemoryDialect(context);
  registerSimdDialect(context);
  registerRtDialect(context);
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context, { file: 'program.mlir' });
    return module && verify(module) ? module : undefined;
  });
  if (!result) throw new Error(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
  return result;
}

function functions(module: Operation): Operation[] {
  return module.region(0).entry.ops.filter((op) => op.name === 'func.func');
}

/** The host program of the only function that is no kernel; the messages when there is none. */
export function hostProgram(module: Operation, requirements: readonly HostRequirement[] = []): HostProgram | string[] {
  const phases = new Map<string, PhaseMetadata>();
  for (const func of functions(module)) {
    const phase = isKernel(func) ? phaseMetadata(func) : undefined;
    if (phase) phases.set(phase.name, phase);
  }
  const host = functions(module).find((func) => !isKernel(func))!;
  const { result, diagnostics } = host.context.diagnostics.collect(() => lowerHost(host, { phases, requirements }));
  return result ?? diagnostics.map((d) => `${d.id}: ${d.message}`);
}

export interface TestProgram {
  readonly main: CompiledFunction;
  readonly memory: ArrayMemory;
  readonly heap: Heap;
  readonly events: EventStream;
  readonly unload: () => void;
  readonly ready: () => Promise<void>;
}

export interface TestOptions {
  readonly host?: HostMode;
  readonly memory?: ArrayMemory;
  readonly requirements?: readonly HostRequirement[];
  /** Kernels in place of the compiled ones. */
  readonly phases?: Kernel['phases'];
  readonly threads?: ThreadOptions;
}

/** Compiles and loads the program in `text`. */
export function load(text: string, options: TestOptions = {}): TestProgram {
  const module = parseProgram(text);
  const program = hostProgram(module, options.requirements);
  if (Array.isArray(program)) throw new Error(program.join('\n'));
  const memory = options.memory ?? ArrayMemory.create({ maximumBytes: 1 << 26 });
  for (const func of functions(module)) if (!isKernel(func)) func.erase();
  const artefact = wasmBackend.compile(module, { target: 'wasm32-simd128', sharedMemory: memory.heap.shared });
  const backend = {
    ...wasmBackend,
    load: (...args: Parameters<typeof wasmBackend.load>): Kernel => {
      const kernel = wasmBackend.load(...args);
      return options.phases ? { ...kernel, metadata: kernel.metadata, phases: options.phases } : kernel;
    },
  };
  const events = new EventStream();
  const loaded = loadModule(
    { functions: [program], artefact },
    { backend, memory, events, host: options.host ?? 'auto', threads: options.threads },
  );
  const { unload, ready } = loaded;
  return { main: loaded.functions.get(program.name)!, memory, heap: memory.heap, events, unload, ready };
}

/** What the interpreter makes of the same program: the elements of each result. */
export function interpreted(
  text: string,
  args: readonly { readonly data: TypedArray; readonly shape: readonly number[] }[],
): unknown[][] {
  const module = parseProgram(text);
  const host = functions(module).find((func) => !isKernel(func))!;
  const type = (host.attr('function_type') as TypeAttr).type as FunctionType;
  const values = args.map(({ data, shape }, i): RuntimeValue => {
    const memref = type.inputs[i] as MemRefType;
    const value = makeMemRef(
      memref,
      memref.shape.map((d, k) => (d === DYNAMIC ? shape[k]! : d)),
    );
    (value.storage as Float32Array).set(data as Float32Array);
    return value;
  });
  return new Interpreter(module).call(symbolName(host)!, values).map((v) => elementsOf(v as MemRefValue));
}
