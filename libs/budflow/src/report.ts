// What compiling did, in figures.
import { evaluateSize, type PhaseMetadata, type SizeExpression } from '@budflow/backend-api';
import { ForOp } from '@budflow/dialect-loop';
import { DictionaryAttr, IntegerAttr, type Operation } from '@budflow/ir';
import type { Remark } from '@budflow/pass';
import type { HostProgram } from '@budflow/runtime';
import { TEMPORARIES_ATTR } from '@budflow/transforms/memory';

export interface KernelReport {
  readonly name: string;
  /** Number of chunks; of kernels with dynamic sizes undefined. */
  readonly chunks: number | undefined;
  /** Private memory in bytes. */
  readonly scratchBytes: number;
  readonly loops: number;
}

export interface CompileReport {
  readonly target: string;
  readonly numerics: string;
  /** Ops of the entry functions as written, terminators apart. */
  readonly opsBefore: number;
  /** Kernel functions: what the host calls. */
  readonly kernels: number;
  readonly kernelReports: readonly KernelReport[];
  /** Loops in all kernels. */
  readonly loopsAfter: number;
  readonly wasmBytes: number;
  /** Milliseconds from text to callable, and its parts. */
  readonly compileMs: number;
  readonly phasesMs: {
    readonly parse: number;
    readonly passes: number;
    readonly backend: number;
    readonly load: number;
  };
  /** Bytes of temporaries of static size that a call takes. */
  readonly temporaryBytes: number;
  /** The same if each temporary had memory of its own. */
  readonly temporaryBytesUnshared: number;
  /** Threads that kernels run on. */
  readonly threads: number;
  /** Why there are fewer than asked for. */
  readonly threadsNote?: string;
  /** What passes did and could not do. */
  readonly remarks: readonly Remark[];
}

/** Ops in functions, terminators apart. */
export function countOps(functions: readonly Operation[]): number {
  let n = 0;
  for (const func of functions) {
    for (const block of func.region(0).blocks) n += Math.max(0, block.ops.length - 1);
  }
  return n;
}

export function kernelReport(func: Operation, phase: PhaseMetadata): KernelReport {
  let loops = 0;
  func.walk((op) => {
    if (ForOp.is(op)) loops++;
  });
  return { name: phase.name, chunks: staticSize(phase.chunks), scratchBytes: phase.scratchBytes, loops };
}

function staticSize(e: SizeExpression): number | undefined {
  const isStatic = (x: SizeExpression): boolean =>
    typeof x === 'number' || (!('size' in x) && isStatic(x.lhs) && isStatic(x.rhs));
  return isStatic(e) ? evaluateSize(e, []) : undefined;
}

/**
 * Bytes of temporaries of static size in one call: the most that is allocated at once, and the sum if each had memory of
 * its own. `func` is the host function the program was made from.
 */
export function temporaryBytes(
  program: HostProgram,
  func: Operation,
): { readonly shared: number; readonly unshared: number } {
  const live = new Map<number, number>();
  let [now, most, sum] = [0, 0, 0];
  for (const step of program.steps) {
    if (step.kind === 'free') now -= live.get(step.slot) ?? 0;
    if (step.kind !== 'allocate' || step.result !== undefined || typeof step.bytes !== 'number') continue;
    live.set(step.slot, step.bytes);
    now += step.bytes;
    sum += step.bytes;
    most = Math.max(most, now);
  }
  // The arena stands for the temporaries that buffer-assignment put into it.
  const attr = func.attr(TEMPORARIES_ATTR);
  const arena = attr instanceof DictionaryAttr ? attr : undefined;
  return { shared: most, unshared: sum - figure(arena, 'after') + figure(arena, 'before') };
}

function figure(attr: DictionaryAttr | undefined, name: string): number {
  const value = attr?.get(name);
  return value instanceof IntegerAttr ? value.number : 0;
}
