// The WebAssembly backend: kernel functions to module bytes, and bytes to callable kernels.
import {
  type Artefact,
  type Backend,
  type CompileOptions,
  type HeapLike,
  type Kernel,
  type KernelMetadata,
  type PhaseFunction,
  type PhaseMetadata,
  phaseMetadata,
  type ShareableKernel,
} from '@budflow/backend-api';
import { CompileError, Diagnostic, type Operation } from '@budflow/ir';
import { ConversionTarget } from '@budflow/rewrite';
import { ModuleBuilder, ValueType, type WasmModule, webAssembly } from '../encoder/index.js';
import { Demand } from './demand.js';
import { FunctionEmitter } from './function-emitter.js';
import type { OpTable } from './op-table.js';
import { Plan } from './plan.js';
import { opTable } from './table.js';

/** Name in artefacts. */
const NAME = 'wasm';

const TABLES: Readonly<Record<string, OpTable>> = {
  'wasm32-relaxed-simd': opTable({ relaxedSimd: true }),
  'wasm32-simd128': opTable({ relaxedSimd: false }),
};

const I32 = [ValueType.i32];
const KERNEL_PARAMETERS = [ValueType.i32, ValueType.i32, ValueType.i32];
const PARAMETER_NAMES = ['args', 'begin', 'end'];
const MAX_PAGES = 65536;

function fail(id: string, message: string): CompileError {
  return new CompileError([new Diagnostic('error', id, message, 0)]);
}

function tableOf(target: string): OpTable {
  const table = TABLES[target];
  if (!table)
    throw fail('wasm.target', `target '${target}' is not one of the wasm backend's: ${Object.keys(TABLES).join(', ')}`);
  return table;
}

function legality(target: string): ConversionTarget {
  const table = tableOf(target);
  return new ConversionTarget().legalOp('func.func', 'builtin.module').unknownOps((op) => {
    const entry = table.find(op);
    if (!entry) return `'${op.name}' has no WebAssembly form`;
    return entry.check?.(op, table.features) ?? true;
  });
}

function kernelFunctions(kernelModule: Operation): Operation[] {
  const functions: Operation[] = [];
  for (const region of kernelModule.regions)
    for (const block of region.blocks)
      for (let op = block.firstOp; op !== null; op = op.next) if (op.name === 'func.func') functions.push(op);
  return functions;
}

function compile(kernelModule: Operation, options: CompileOptions): Artefact {
  const table = tableOf(options.target);
  const { context } = kernelModule;
  const sharedMemory = options.sharedMemory ?? typeof SharedArrayBuffer !== 'undefined';
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', sharedMemory ? { min: 0, max: MAX_PAGES, shared: true } : { min: 0 });
  const phases: PhaseMetadata[] = [];
  const { diagnostics } = context.diagnostics.collect(() => {
    const functions = kernelFunctions(kernelModule);
    for (const func of functions) {
      const phase = compileFunction(module, func, table, options);
      if (phase) phases.push(phase);
    }
    if (functions.length === 0) kernelModule.emitError('wasm.no-kernel', 'contains no kernel function');
  });
  if (diagnostics.some((d) => d.severity === 'error')) throw new CompileError(diagnostics);
  const metadata: KernelMetadata = {
    abi: 1,
    phases,
    scratchBytes: phases.reduce((most, p) => Math.max(most, p.scratchBytes), 0),
    constants: [],
    sharedMemory,
  };
  return {
    backend: NAME,
    target: options.target,
    bytes: module.build({ names: options.debugNames === true }),
    metadata,
  };
}

/** Writes one kernel function into the module; undefined when something in it was reported. */
function compileFunction(
  module: ModuleBuilder,
  func: Operation,
  table: OpTable,
  options: CompileOptions,
): PhaseMetadata | undefined {
  const phase = phaseMetadata(func);
  if (!phase) {
    func.emitError(
      'wasm.kernel-signature',
      'is no kernel: expects the last two arguments and the only result to be of type index (the range of chunks and the next chunk)',
    );
    return undefined;
  }
  const region = func.region(0);
  if (region.blocks.length !== 1) {
    func.emitError(
      'wasm.unsupported-op',
      'has a body of several blocks (or none): structured control flow is expected',
    );
    return undefined;
  }
  let failed = false;
  const plan = new Plan(func, phase.layout, table, (op, reason) => {
    failed = true;
    op.emitError('wasm.unsupported-op', reason);
  });
  if (failed) return undefined;
  const demand = new Demand(plan, table, region.entry);
  const debugNames = options.debugNames === true;
  const f = module.function({
    params: KERNEL_PARAMETERS,
    results: I32,
    export: phase.name,
    ...(debugNames ? { name: phase.name, paramNames: PARAMETER_NAMES } : {}),
  });
  new FunctionEmitter(f, plan, demand, table, { layout: phase.layout, debugNames }).emitFunction(func);
  return phase;
}

class WasmKernel implements Kernel {
  readonly metadata: KernelMetadata;
  readonly phases: readonly PhaseFunction[];
  readonly shareable: ShareableKernel;

  constructor(metadata: KernelMetadata, phases: readonly PhaseFunction[], shareable: ShareableKernel) {
    this.metadata = metadata;
    this.phases = phases;
    this.shareable = shareable;
  }

  call(phase: number, args: number, begin: number, end: number): number {
    return this.phases[phase]!(args, begin, end);
  }
}

function load(artefact: Artefact, heap: HeapLike): Kernel {
  const { metadata } = artefact;
  if (artefact.backend !== NAME)
    throw fail('wasm.artefact', `the artefact is of backend '${artefact.backend}', not '${NAME}'`);
  if (metadata.sharedMemory !== heap.shared) {
    throw fail(
      'wasm.memory',
      `the code is for a ${metadata.sharedMemory ? 'shared' : 'private'} memory, the heap's is ${heap.shared ? 'shared' : 'private'}: compile with sharedMemory: ${heap.shared}`,
    );
  }
  const wasm = webAssembly();
  let compiled: WasmModule;
  try {
    compiled = new wasm.Module(artefact.bytes);
  } catch (error) {
    const hint =
      artefact.target === 'wasm32-relaxed-simd'
        ? '; it may lack relaxed SIMD: on Node 20 call enableRelaxedSimd() of @budflow/target/node, or compile for wasm32-simd128'
        : '';
    throw fail('wasm.engine', `the engine rejects the code: ${error instanceof Error ? error.message : error}${hint}`);
  }
  const { exports } = new wasm.Instance(compiled, { env: { memory: heap.memory } });
  const names = metadata.phases.map((phase) => phase.name);
  return new WasmKernel(
    metadata,
    names.map((name) => exports[name] as PhaseFunction),
    { module: compiled, exports: names },
  );
}

/** Compiles kernels to WebAssembly with 128-bit SIMD, with relaxed SIMD or without. */
export const wasmBackend: Backend = {
  name: NAME,
  targets: Object.keys(TABLES),
  capabilities: { vectorBits: 128, threads: true },
  legality,
  compile,
  load,
};
