// What the lowering of host functions knows of values: numbers as expressions, buffers as addresses and sizes, and the
// steps made so far.
import { type Block, MemRefType, type Operation, type Value } from '@budflow/ir';
import type { HostExpression } from './expression.js';
import type { HostAssignment, HostStep } from './program.js';
import { isHostScalar, type ScalarOperation } from './scalar-ops.js';

/** What a buffer is on the host: where its first element is, and its sizes. */
export interface HostBuffer {
  readonly address: HostExpression;
  readonly sizes: readonly HostExpression[];
  /** The allocation it is (part of); undefined for arguments, constants and what loops and branches pass. */
  readonly root: Value | undefined;
}

export abstract class LoweringScope {
  protected readonly numbers = new Map<Value, HostExpression>();
  protected readonly buffers = new Map<Value, HostBuffer>();
  /** Steps of the region that is being lowered. */
  protected steps: HostStep[] = [];
  protected readonly scalars: ScalarOperation[] = [];
  /** Numbers as callers pass them, by argument. */
  protected readonly raw = new Set<Value>();
  protected readonly allocationSlots = new Map<Value, number>();
  protected nextSlot = 0;
  protected failed = false;

  /** Lowers the ops of a block apart from its terminator. */
  protected abstract block(block: Block): void;
  /** Gives an allocation back, at this point of the program. */
  protected abstract free(root: Value): void;

  /** Runs `body` with a list of steps of its own, and returns that. */
  protected collect(body: () => void): HostStep[] {
    const { steps } = this;
    this.steps = [];
    body();
    const made = this.steps;
    this.steps = steps;
    return made;
  }

  protected apply(operation: ScalarOperation, args: readonly HostExpression[]): HostExpression {
    const text = JSON.stringify(operation);
    let scalar = this.scalars.findIndex((other) => JSON.stringify(other) === text);
    if (scalar < 0) scalar = this.scalars.push(operation) - 1;
    return { scalar, args };
  }

  /** A number as the interpreter has it. */
  protected scalar(value: Value): HostExpression {
    const number = this.number(value);
    if (!this.raw.has(value)) return number;
    const type = value.type.toString();
    return isHostScalar(value.type) ? this.apply({ op: 'argument', operands: [], result: type }, [number]) : number;
  }

  /** Slots for values that a region is passed; `sources` tell the sizes of buffers. */
  protected receive(values: readonly Value[], sources: readonly Value[]): number[] {
    return values.map((value, i) => {
      const slot = this.nextSlot++;
      if (value.type instanceof MemRefType)
        this.buffers.set(value, { address: { slot }, sizes: this.buffer(sources[i]!).sizes, root: undefined });
      else this.numbers.set(value, { slot });
      return slot;
    });
  }

  protected pass(slots: readonly number[], values: readonly Value[]): HostAssignment[] {
    return slots.map((slot, i) => {
      const value = values[i]!;
      return { slot, value: value.type instanceof MemRefType ? this.buffer(value).address : this.scalar(value) };
    });
  }

  /** Results of an op that are the values in some slots. */
  protected emerge(op: Operation, slots: readonly number[], sources: readonly Value[]): void {
    op.results.forEach((result, i) => {
      const slot = slots[i]!;
      if (result.type instanceof MemRefType)
        this.buffers.set(result, { address: { slot }, sizes: this.buffer(sources[i]!).sizes, root: undefined });
      else this.numbers.set(result, { slot });
    });
  }

  protected define(op: Operation, buffer: HostBuffer): void {
    this.buffers.set(op.result(0), buffer);
  }
  protected buffer(value: Value): HostBuffer {
    const found = this.buffers.get(value);
    if (found) return found;
    // Its op was reported.
    this.failed = true;
    const { shape } = value.type as MemRefType;
    return { address: 0, sizes: shape.map((d) => Math.max(d, 0)), root: undefined };
  }
  protected number(value: Value): HostExpression {
    return this.numbers.get(value) ?? 0;
  }
}
