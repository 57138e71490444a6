// Compiled modules: host programs with an artefact, and the same ready to be called.
import { type Artefact, type Backend, type Kernel, WORD_BYTES } from '@budflow/backend-api';
import { InternalError } from '@budflow/ir';
import type { ArrayMemory } from '../arrays/array-memory.js';
import type { EventStream } from '../events.js';
import type { HostNumber } from '../host/expression.js';
import type { HostProgram, HostResults } from '../host/program.js';
import { ParallelKernel, type ThreadOptions } from '../threads/parallel-kernel.js';
import { CompiledFunction } from './compiled-function.js';
import type { CustomCalls } from './custom-calls.js';
import { type HostMode, type LinkedProgram, linkProgram } from './link.js';

/** What a compiler makes of a module: plain data without addresses. The artefact is null when nothing needs a kernel. */
export interface ProgramModule {
  readonly functions: readonly HostProgram[];
  readonly artefact: Artefact | null;
}

export interface LoadOptions {
  readonly backend: Backend;
  readonly memory: ArrayMemory;
  readonly events: EventStream;
  /** Default `auto`. */
  readonly host?: HostMode;
  /** The functions that custom calls of the module run. */
  readonly customCalls?: CustomCalls;
  /** What else runs chunks of kernels (default: nothing). The heap must be shared. */
  readonly threads?: ThreadOptions;
}

/** Functions that can be called, until `unload`. */
export interface LoadedModule {
  readonly functions: ReadonlyMap<string, CompiledFunction>;
  /** When every worker has the code; calls before that run on fewer threads. */
  ready(): Promise<void>;
  /** Frees what the functions hold of the heap; they must not be called afterwards. */
  unload(): void;
}

const NO_KERNELS: Kernel = {
  metadata: { abi: 1, phases: [], scratchBytes: 0, constants: [], sharedMemory: false },
  phases: [],
  call: () => 0,
};

/** @throws CompileError when the engine rejects the code, RuntimeTrap of kind HeapExhausted when its data do not fit */
export function loadModule(module: ProgramModule, options: LoadOptions): LoadedModule {
  const { backend, memory, events } = options;
  const kernel = module.artefact ? backend.load(module.artefact, memory.heap) : NO_KERNELS;
  const linked: LinkedProgram[] = [];
  let parallel: ParallelKernel | null = null;
  const functions = new Map<string, CompiledFunction>();
  const unload = () => {
    for (const program of linked.splice(0)) program.unlink();
    parallel?.unload();
  };
  try {
    const sites = module.functions.flatMap((program) => program.sites).filter((site) => site.parallel);
    if (options.threads && memory.heap.shared && kernel.shareable && sites.length > 0) {
      const words = sites.reduce((most, { wordCount }) => Math.max(most, wordCount), 0);
      parallel = new ParallelKernel(kernel, memory, words * WORD_BYTES, options.threads);
    }
    const byName = new Map<string, { readonly program: HostProgram; readonly linked: LinkedProgram }>();
    const invoke = (name: string, parameters: ArrayLike<HostNumber>): HostResults => {
      const callee = byName.get(name);
      if (!callee) throw new InternalError(`no function '${name}' is loaded`);
      const results = { blocks: callee.program.results.map(() => null), sizes: [] };
      try {
        callee.linked.run(parameters, results);
      } catch (error) {
        throw callee.linked.explain(error);
      }
      return results;
    };
    for (const program of module.functions) {
      const made = linkProgram(program, kernel, memory, options.host, invoke, options.customCalls, parallel);
      linked.push(made);
      byName.set(program.name, { program, linked: made });
      if (!program.internal) functions.set(program.name, new CompiledFunction(program, made, memory, events));
    }
  } catch (error) {
    unload();
    throw error;
  }
  return { functions, unload, ready: () => parallel?.ready() ?? Promise.resolve() };
}
