// What a backend is to the rest of the compiler: kernels in, bytes with metadata out, and callables from those.
import type { Operation } from '@budflow/ir';
import type { ConversionTarget } from '@budflow/rewrite';
import type { ArgumentLayout } from './argument-layout.js';
import type { SizeExpression } from './chunks.js';

export interface CompileOptions {
  /** One of the backend's targets. */
  readonly target: string;
  /** Keep names of kernels and values in the code (default false). */
  readonly debugNames?: boolean;
  /** Whether the memory the code will run on is shared between threads (default: what a default heap is). */
  readonly sharedMemory?: boolean;
}

/** A phase of a kernel: one function, called chunk by chunk. */
export interface PhaseMetadata {
  /** Symbol name of the function. */
  readonly name: string;
  readonly layout: ArgumentLayout;
  /** Number of chunks by the dynamic sizes; 1 when the function does not say. */
  readonly chunks: SizeExpression;
  readonly scratchBytes: number;
  readonly stateBytes: SizeExpression;
  /** Chunks run one after another, in order; otherwise they may run at the same time, on several threads. */
  readonly serial?: true;
}

/** A constant too large for the code: the runtime places its bytes and writes the address to the word. */
export interface ConstantMetadata {
  readonly phase: number;
  readonly word: number;
  readonly bytes: readonly number[];
}

/** All there is to know for calling a compiled kernel. Plain JSON data. */
export interface KernelMetadata {
  /** Format of this object and of the argument block. */
  readonly abi: 1;
  readonly phases: readonly PhaseMetadata[];
  /** The largest of the phases. */
  readonly scratchBytes: number;
  readonly constants: readonly ConstantMetadata[];
  readonly sharedMemory: boolean;
}

/** Compiled code: position-independent, cacheable, without addresses. */
export interface Artefact {
  readonly backend: string;
  readonly target: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly metadata: KernelMetadata;
}

/** The part of a heap that loading code needs. */
export interface HeapLike {
  readonly memory: { readonly buffer: ArrayBufferLike };
  readonly shared: boolean;
}

/** Runs chunks `begin` to `end`; returns the first chunk not done (`end`), or a negative trap code. */
export type PhaseFunction = (args: number, begin: number, end: number) => number;

/** A kernel for other threads: what they instantiate with the same memory. Can be sent to them (structured clone). */
export interface ShareableKernel {
  /** A `WebAssembly.Module` that imports `env.memory`. */
  readonly module: object;
  /** Name of the export of each phase. */
  readonly exports: readonly string[];
}

export interface Kernel {
  readonly metadata: KernelMetadata;
  /** Absent when the kernel cannot run on other threads. */
  readonly shareable?: ShareableKernel;
  /** The functions by phase, for callers that call often. */
  readonly phases: readonly PhaseFunction[];
  /**
   * Runs chunks of a phase. `args` is the address of the argument block.
   * @returns the first chunk not done (`end`), or a negative trap code
   */
  call(phase: number, args: number, begin: number, end: number): number;
}

export interface BackendCapabilities {
  /** Widest vector in bits. */
  readonly vectorBits: number;
  /** Whether kernels may be called from several threads. */
  readonly threads: boolean;
}

export interface Backend {
  readonly name: string;
  /** Names of the machine descriptions it compiles for, best first. */
  readonly targets: readonly string[];
  readonly capabilities: BackendCapabilities;
  /**
   * Which ops can be compiled, and why not the others: what a conversion for this backend is to end in.
   * @throws CompileError for an unknown target
   */
  legality(target: string): ConversionTarget;
  /**
   * Compiles a `builtin.module` of kernel functions (the phases, in order).
   * @throws CompileError with a diagnostic for each op that cannot be compiled
   */
  compile(kernelModule: Operation, options: CompileOptions): Artefact;
  /** @throws CompileError when the artefact is another backend's, or the engine cannot run it */
  load(artefact: Artefact, heap: HeapLike): Kernel;
}
