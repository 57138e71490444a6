// A function of a compiled program, as callers see it.
import type { Block } from '@budflow/heap';
import type { ArrayMemory } from '../arrays/array-memory.js';
import { countOf, type DType, describeArray } from '../arrays/dtype.js';
import { NdArray } from '../arrays/nd-array.js';
import { badArgument } from '../errors.js';
import type { EventStream } from '../events.js';
import { evaluateExpression } from '../host/expression.js';
import type { ArgumentSpec, ArraySpec, HostProgram, HostResults } from '../host/program.js';
import { ArgumentReader, type CallArgument, describeSpec } from './arguments.js';
import type { LinkedProgram } from './link.js';

const NONE: readonly NdArray[] = [];

export interface CallOptions {
  /** Resident arrays that results are written to, in order; a single one stands for the first. */
  readonly out?: NdArray | readonly NdArray[];
}

export class CompiledFunction {
  readonly name: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly results: readonly ArraySpec[];
  private readonly program: HostProgram;
  private readonly memory: ArrayMemory;
  private readonly linked: LinkedProgram;
  private readonly events: EventStream;
  private readonly reader: ArgumentReader;
  private readonly slots: number[];
  private readonly raw: HostResults;
  /** Position of the first dynamic size of each result among those of all. */
  private readonly firstSize: readonly number[];
  /** Per result the signature of a destination that fits the sizes of `checkedGeneration`; 0 when none is known. */
  private readonly destinations: number[];
  private checkedGeneration = -1;
  private isRunning = false;

  constructor(program: HostProgram, linked: LinkedProgram, memory: ArrayMemory, events: EventStream) {
    this.name = program.name;
    this.arguments = program.arguments;
    this.results = program.results;
    this.program = program;
    this.linked = linked;
    this.memory = memory;
    this.events = events;
    this.reader = new ArgumentReader(program.name, program.arguments, memory);
    this.slots = new Array<number>(program.parameterCount).fill(0);
    let sizes = 0;
    this.firstSize = program.results.map((result) => {
      const first = sizes;
      sizes += result.sizes.length;
      return first;
    });
    this.destinations = program.results.map(() => 0);
    this.raw = { blocks: program.results.map(() => null), sizes: new Array<number>(sizes).fill(0) };
  }

  /** `main(f32 [?, 4], f32 [4]) -> f32 [?]` */
  get signature(): string {
    return `${this.name}(${this.arguments.map(describeSpec).join(', ')}) -> ${this.results.map(describeSpec).join(', ') || '()'}`;
  }

  /**
   * Runs the function. Typed arrays are copied into the heap for the call, resident arrays are read in place. Results are
   * resident when an argument was or `out` is given, otherwise copied out of the heap, so that no array needs disposing.
   * @throws RuntimeTrap of kind BadArgument, ShapeMismatch or HeapExhausted before anything runs, or of what the program does
   */
  call(args: readonly CallArgument[], options: CallOptions = {}): NdArray[] {
    if (!this.events.isWatched) return this.perform(args, options.out);
    const start = performance.now();
    let failed = true;
    try {
      const results = this.perform(args, options.out);
      failed = false;
      return results;
    } finally {
      this.events.emit({ kind: 'call', function: this.name, milliseconds: performance.now() - start, failed });
    }
  }

  private perform(args: readonly CallArgument[], out: CallOptions['out']): NdArray[] {
    const { slots, reader, program, raw } = this;
    if (this.isRunning) throw badArgument(this.name, 'call', 'comes from a custom call that it runs itself');
    this.isRunning = true;
    const given = out === undefined ? NONE : out instanceof NdArray ? [out] : out;
    try {
      reader.read(args, slots);
      for (let i = 0; i < program.results.length; i++) slots[program.results[i]!.destination] = 0;
      if (given.length > 0) this.setDestinations(given, args);
      this.linked.run(slots, raw);
      const resident = given.length > 0 || reader.sawResident;
      // A list that grows would cost a third of a short call.
      const results = new Array<NdArray>(program.results.length);
      for (let i = 0; i < results.length; i++) {
        const destination = given[i];
        if (destination) results[i] = this.written(i, destination);
        else results[i] = resident ? this.resident(i) : this.copied(i);
      }
      return results;
    } catch (error) {
      throw this.linked.explain(error);
    } finally {
      this.isRunning = false;
      if (reader.staged.length > 0) reader.unstage();
      // What is left when something failed.
      for (let i = 0; i < raw.blocks.length; i++) this.freeRaw(i);
    }
  }

  /** Checks destinations and passes their addresses, except of those that an argument shares. */
  private setDestinations(given: readonly NdArray[], args: readonly CallArgument[]): void {
    const { program, slots } = this;
    if (given.length > program.results.length) {
      throw badArgument(this.name, 'out', `expected at most ${program.results.length} arrays, got ${given.length}`);
    }
    if (this.checkedGeneration !== this.reader.generation) {
      this.destinations.fill(0);
      this.checkedGeneration = this.reader.generation;
    }
    for (let i = 0; i < given.length; i++) {
      const array = given[i]!;
      if (array.signature !== this.destinations[i] || array.memory !== this.memory) this.checkDestination(array, i);
      for (let k = 0; k < i; k++)
        if (given[k] === array) throw badArgument(this.name, `out ${i}`, `is the same array as out ${k}`);
      const { address } = array;
      // Kernels may write a result before they have read all of an argument.
      if (!args.includes(array)) slots[program.results[i]!.destination] = address;
    }
  }

  private checkDestination(array: NdArray, index: number): void {
    const result = this.program.results[index]!;
    let next = 0;
    const shape = result.shape.map((d) => d ?? evaluateExpression(result.sizes[next++]!, this.slots));
    const fits =
      array.dtype === result.dtype &&
      array.shape.length === shape.length &&
      shape.every((d, k) => d === array.shape[k]);
    if (!fits || array.memory !== this.memory) {
      const got = array.memory === this.memory ? '' : ' outside of the heap: make it with module.array(data, shape)';
      throw badArgument(
        this.name,
        `out ${index}`,
        `expected ${describeArray(result.dtype, shape)}, got ${describeArray(array.dtype, array.shape)}${got}`,
      );
    }
    this.destinations[index] = array.signature;
  }

  private written(index: number, destination: NdArray): NdArray {
    const block = this.raw.blocks[index];
    if (block) {
      this.memory.copy(
        destination.address,
        block.address,
        evaluateExpression(this.program.results[index]!.bytes, this.slots),
      );
      this.freeRaw(index);
    }
    return destination;
  }

  private resident(index: number): NdArray {
    const block = this.raw.blocks[index] as Block;
    this.raw.blocks[index] = null;
    return NdArray.resident(this.memory, block, this.results[index]!.dtype as DType, this.shape(index));
  }

  private copied(index: number): NdArray {
    const dtype = this.results[index]!.dtype as DType;
    const shape = this.shape(index);
    const data = this.memory.read(this.raw.blocks[index]!.address, dtype, countOf(shape));
    this.freeRaw(index);
    return NdArray.outside(data, dtype, shape);
  }

  private freeRaw(index: number): void {
    const block = this.raw.blocks[index];
    if (!block) return;
    this.raw.blocks[index] = null;
    this.memory.heap.free(block as Block);
  }

  private shape(index: number): readonly number[] {
    const { shape } = this.results[index]!;
    let next = this.firstSize[index]!;
    if (!shape.includes(null)) return shape as readonly number[];
    return shape.map((d) => d ?? this.raw.sizes[next++]!);
  }
}
