// A compiled module, as its user sees it.
import type { Heap } from '@budflow/heap';
import {
  type ArrayMemory,
  type CallArgument,
  type CallOptions,
  type CompiledFunction,
  type DType,
  type LoadedModule,
  NdArray,
  type ProgramModule,
  RuntimeTrap,
  type TypedArray,
} from '@budflow/runtime';
import type { CompileReport } from './report.js';

/** A function to call: one result comes as an array, several as a list. */
export interface Callable {
  <R extends NdArray | readonly NdArray[] = NdArray>(...args: CallArgument[]): R;
  /** The function itself: its types, and calls with options. */
  readonly compiled: CompiledFunction;
}

export class CompiledModule {
  /** The functions by name. */
  readonly functions: Readonly<Record<string, Callable>>;
  readonly report: CompileReport;
  /** Host programs and code, as data. */
  readonly program: ProgramModule;
  private readonly loaded: LoadedModule;
  private readonly memory: ArrayMemory;

  constructor(program: ProgramModule, loaded: LoadedModule, memory: ArrayMemory, report: CompileReport) {
    this.program = program;
    this.loaded = loaded;
    this.memory = memory;
    this.report = report;
    this.functions = Object.fromEntries([...loaded.functions].map(([name, compiled]) => [name, callable(compiled)]));
  }

  /** The function `main`, or the only one. @throws RuntimeTrap of kind BadArgument when there is neither */
  get main(): Callable {
    const names = Object.keys(this.functions);
    const name = Object.hasOwn(this.functions, 'main') || names.length !== 1 ? 'main' : names[0]!;
    return this.functionNamed(name);
  }

  /**
   * Calls a function. Results come as a list; `out` names resident arrays to write them to, and then a call on resident
   * arrays allocates nothing.
   */
  call(name: string, args: readonly CallArgument[], options?: CallOptions): NdArray[] {
    return this.functionNamed(name).compiled.call(args, options);
  }

  /**
   * An array in the heap with a copy of `data`, which calls use in place. Dispose of it when done.
   * @throws RuntimeTrap of kind BadArgument or HeapExhausted
   */
  array(data: TypedArray, shape?: readonly number[], dtype?: DType): NdArray {
    const outside = NdArray.from(data, shape, dtype);
    const { memory } = this;
    const block = memory.allocate(data.byteLength);
    memory.write(block.address, outside.dtype, data);
    return NdArray.resident(memory, block, outside.dtype, outside.shape);
  }

  /**
   * When all threads of the module can run its code. Nobody has to wait: until then calls run on those that can.
   */
  ready(): Promise<void> {
    return this.loaded.ready();
  }

  get heap(): Heap {
    return this.memory.heap;
  }

  /** Frees what the module holds of the heap; its functions must not be called afterwards. Arrays stay. */
  dispose(): void {
    this.loaded.unload();
  }

  private functionNamed(name: string): Callable {
    const found = Object.hasOwn(this.functions, name) ? this.functions[name] : undefined;
    if (found) return found;
    const names = Object.keys(this.functions).join(', ');
    throw new RuntimeTrap('BadArgument', `the module has no function '${name}'; it has ${names || 'none'}`);
  }
}

function callable(compiled: CompiledFunction): Callable {
  const single = compiled.results.length === 1;
  const call = (...args: CallArgument[]) => {
    const results = compiled.call(args);
    return single ? results[0]! : results;
  };
  return Object.assign(call as Callable, { compiled });
}
