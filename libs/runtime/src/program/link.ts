// Puts a host program, a loaded kernel module and a heap together: argument blocks, scratch memory and constants get
// their places, and what never changes in the blocks is written.
import { type Kernel, trapKind, WORD_BYTES, WORD_SCRATCH, WORD_STATE } from '@budflow/backend-api';
import type { Block } from '@budflow/heap';
import { arrayInMemory, unmetExpectation } from '@budflow/interpreter';
import { InternalError } from '@budflow/ir';
import type { ArrayMemory } from '../arrays/array-memory.js';
import { loadScalar, storeScalar } from '../arrays/scalar-memory.js';
import { asTrap, engineTrap, functionsOnStack, RuntimeTrap, type TrapKind, trapAt } from '../errors.js';
import { evaluateScalar, type HostNumber } from '../host/expression.js';
import { compileHost } from '../host/generate.js';
import { interpretHost } from '../host/interpret.js';
import {
  allSteps,
  type HostEnvironment,
  type HostFunction,
  type HostProgram,
  type HostRequirement,
  type HostResults,
  isFixedWord,
  placeOfTrap,
  siteOffsets,
} from '../host/program.js';
import { scalarFunctions } from '../host/scalar-ops.js';
import type { ParallelKernel, ParallelSite } from '../threads/parallel-kernel.js';
import { type CustomCalls, customCallRunner } from './custom-calls.js';
import { parallelRunner } from './parallel-runner.js';

/** Whether host code is made as JavaScript or interpreted; `auto` interprets where code from strings is forbidden. */
export type HostMode = 'auto' | 'generated' | 'interpreted';

/** A program that can run, and what it holds of the heap. */
export interface LinkedProgram {
  readonly run: HostFunction;
  /** An error of `run` as callers get it: what an engine stops a kernel for is a trap at the place of the kernel's op. */
  explain(error: unknown): unknown;
  /** Frees argument blocks, scratch memory and constants; `run` throws from then on. */
  unlink(): void;
}

export function linkProgram(
  program: HostProgram,
  kernel: Kernel,
  memory: ArrayMemory,
  mode: HostMode = 'auto',
  invoke: (name: string, parameters: ArrayLike<HostNumber>) => HostResults = noFunctions,
  customCalls: CustomCalls = {},
  threads: ParallelKernel | null = null,
): LinkedProgram {
  const held: Block[] = [];
  const interned: Block[] = [];
  const unlink = () => {
    for (const block of held.splice(0)) memory.heap.free(block);
    for (const block of interned.splice(0)) memory.heap.constants.release(block);
  };
  const allocate = (bytes: number): Block => {
    const block = memory.allocate(bytes);
    held.push(block);
    return block;
  };
  try {
    // 1. Places.
    const phases = program.sites.map((site) => {
      const phase = kernel.metadata.phases.findIndex((p) => p.name === site.kernel);
      if (phase < 0) throw new InternalError(`the artefact has no kernel '${site.kernel}'`);
      return phase;
    });
    const { offsets, bytes } = siteOffsets(program);
    const args = allocate(bytes);
    const { scratchBytes } = kernel.metadata;
    const scratch = scratchBytes > 0 ? allocate(scratchBytes) : null;
    const constants = program.constants.map((constant) => {
      const block = memory.heap.constants.intern(constant.bytes);
      interned.push(block);
      return block.address;
    });

    // 2. Words that stay.
    const { heap } = memory;
    const view = new DataView(heap.memory.buffer, args.address, bytes);
    for (let i = 0; i < bytes; i++) view.setUint8(i, 0);
    const put = (site: number, word: number, value: number | bigint) =>
      view.setBigInt64(offsets[site]! + word * WORD_BYTES, BigInt(value), true);
    const slots = new Float64Array(program.slotCount);
    program.constants.forEach(({ slot }, i) => {
      slots[slot] = constants[i]!;
    });
    program.sites.forEach((_, site) => {
      if (scratch) put(site, WORD_SCRATCH, scratch.address);
      put(site, WORD_STATE, 0);
      for (const { phase, word, bytes: content } of kernel.metadata.constants) {
        if (phase !== phases[site]) continue;
        const block = heap.constants.intern(Uint8Array.from(content));
        interned.push(block);
        put(site, word, block.address);
      }
    });
    for (const step of allSteps(program.steps)) {
      if (step.kind !== 'call') continue;
      for (const word of step.words) {
        if (!isFixedWord(program, word)) continue;
        const value = evaluateScalar(word.value, slots, []) as number;
        const at = offsets[step.site]! + word.word * WORD_BYTES;
        if (word.kind === 'f32') view.setFloat32(at, value, true);
        else if (word.kind === 'f64') view.setFloat64(at, value, true);
        else put(step.site, word.word, value);
      }
    }

    // 3. The environment.
    const scalars = scalarFunctions(program.scalars);
    const parallelSites = program.sites.map(({ parallel, wordCount }, i): ParallelSite | undefined =>
      parallel ? threads?.site(phases[i]!, args.address + offsets[i]!, wordCount * WORD_BYTES) : undefined,
    );
    let words = new Int32Array(heap.memory.buffer, args.address, bytes / 4);
    let { generation } = heap;
    const kernelTrap = (site: number, begin: number, next: number): never => {
      const { kernel: name, at } = program.sites[site]!;
      if (next >= 0) throw new InternalError(`kernel '${name}' returned ${next} as the next chunk after ${begin}`);
      const reason = `kernel '${name}' gave up at chunk ${begin}: ${trapReason(next)}`;
      throw trapAt(trapKind(next) as TrapKind, reason, at, program.name);
    };
    const environment: HostEnvironment = {
      allocate(size, place) {
        try {
          if (Number.isSafeInteger(size)) return memory.allocate(size);
        } catch (error) {
          if (!(error instanceof RuntimeTrap) || place === undefined) throw error;
          throw trapAt(error.kind, error.reason, place, program.name);
        }
        const reason = `an array of ${size} bytes is larger than any memory`;
        throw trapAt('HeapExhausted', reason, place, program.name);
      },
      free: (block) => heap.free(block as Block),
      copy: (to, from, size) => memory.copy(to, from, size),
      words() {
        if (generation !== heap.generation) {
          words = new Int32Array(heap.memory.buffer, args.address, bytes / 4);
          generation = heap.generation;
        }
        return words;
      },
      blocks: offsets.map((offset) => args.address + offset),
      kernels: phases.map((phase) => kernel.phases[phase]!),
      constants,
      scalars,
      load: (dtype, address) => loadScalar(heap.memory.buffer, dtype, address),
      store: (dtype, address, value) => storeScalar(heap.memory.buffer, dtype, address, value),
      invoke,
      custom: customCallRunner(program, memory, customCalls),
      assertionTrap(message, place, kind): never {
        throw trapAt(kind, message, place, program.name);
      },
      expect(step, actual, actualShape, expected, expectedShape) {
        const { buffer } = heap.memory;
        const arrays = [
          arrayInMemory(buffer, step.dtype, actual, actualShape),
          arrayInMemory(buffer, step.dtype, expected, expectedShape),
        ] as const;
        if (!arrays[0] || !arrays[1]) throw new InternalError(`arrays of ${step.dtype} are not compared`);
        const unmet = unmetExpectation(step.dtype, arrays[0], arrays[1], step.expectation);
        if (unmet !== undefined) throw trapAt('CheckFailed', unmet, step.at, program.name);
      },
      kernelTrap,
      ...(threads ? { parallel: parallelRunner(program, parallelSites, kernelTrap) } : {}),
      requirementTrap(index, left, right): never {
        throw new RuntimeTrap(
          'ShapeMismatch',
          `${program.name}: ${violation(program.requirements[index]!, left, right)}`,
        );
      },
    };
    const linked = {
      run: hostFunction(program, environment, mode),
      explain(error: unknown): unknown {
        const trap = engineTrap(error);
        if (!trap) return asTrap(error);
        // Engines name an exported function by its index, which costs calls nothing.
        const names = functionsOnStack(error as Error);
        const site = environment.kernels.findIndex((k) => names.includes(k.name));
        return trapAt(trap.kind, trap.reason, placeOfTrap(program.sites[site], trap.kind), program.name);
      },
      unlink() {
        unlink();
        linked.run = () => {
          throw new RuntimeTrap('UseAfterFree', `${program.name}: its module was disposed of`);
        };
      },
    };
    return linked;
  } catch (error) {
    unlink();
    throw asTrap(error);
  }
}

function noFunctions(name: string): never {
  throw new InternalError(`no function '${name}' is loaded`);
}

/** `dimension 0 of argument 1 is 5, but dimension 0 of argument 0 is 4: ...` */
function violation({ relation, right, leftName, rightName, reason }: HostRequirement, l: number, r: number): string {
  const needed = typeof right === 'number' ? `must be ${r}` : `${rightName} is ${r}`;
  const least = `must be at least ${r}${typeof right === 'number' ? '' : `, ${rightName}`}`;
  return `${leftName} is ${l}, but ${relation === 'equal' ? needed : least}: ${reason}`;
}

function trapReason(code: number): string {
  return trapKind(code) === 'IndexRange' ? 'a size or an index needs more than 32 bits' : `trap ${code}`;
}

function hostFunction(program: HostProgram, environment: HostEnvironment, mode: HostMode): HostFunction {
  if (mode === 'interpreted') return interpretHost(program, environment);
  try {
    return compileHost(program, environment);
  } catch (error) {
    // Content-security policies forbid `new Function` with an EvalError.
    if (mode === 'auto' && error instanceof EvalError) return interpretHost(program, environment);
    throw error;
  }
}
