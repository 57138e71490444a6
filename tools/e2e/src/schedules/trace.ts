// Executes the loops of a kernel and writes down every access: which element, and when. Knows nothing of dependence
// analysis, nor of affine subscripts: indices are just numbers.
import { ForOp, forBounds, inductionVariable } from '@budflow/dialect-loop';
import { AffineMapAttr, IntegerAttr, MemRefType, type Operation, type Value } from '@budflow/ir';

/** One step on the way from the kernel's body to an op: its place in a block, or an iteration of a loop. */
export interface Place {
  readonly loop: Operation | null;
  readonly value: number;
}

export interface AccessEvent {
  readonly op: Operation;
  readonly isWrite: boolean;
  /** The element: number of the buffer's allocation, and where in it. */
  readonly cell: string;
  /** Allocation of the buffer. */
  readonly buffer: Value;
  readonly path: readonly Place[];
}

/** More events than this are not wanted. */
const MAX_EVENTS = 20_000;

/** All accesses in the order of execution; null when the kernel has ops that are not followed, or too many events. */
export function traceKernel(kernel: Operation, flag: boolean): AccessEvent[] | null {
  const tracer = new Tracer(flag);
  try {
    tracer.block(kernel.region(0).entry.ops, []);
  } catch (error) {
    if (error instanceof Unfollowed) return null;
    throw error;
  }
  return tracer.events;
}

class Unfollowed extends Error {}

class Tracer {
  readonly events: AccessEvent[] = [];
  private readonly values = new Map<Value, number>();
  private readonly instances = new Map<Value, number>();
  private readonly flag: boolean;
  private allocations = 0;

  constructor(flag: boolean) {
    this.flag = flag;
  }

  block(ops: readonly Operation[], path: readonly Place[]): void {
    ops.forEach((op, position) => {
      this.op(op, [...path, { loop: null, value: position }]);
    });
  }

  private number(value: Value): number {
    const known = this.values.get(value);
    if (known !== undefined) return known;
    if (value.definingOp === null && value.type.toString() === 'i1') return this.flag ? 1 : 0;
    throw new Unfollowed();
  }

  private map(attr: unknown, operands: readonly Value[]): number[] {
    if (!(attr instanceof AffineMapAttr)) throw new Unfollowed();
    const numbers = operands.map((v) => this.number(v));
    const { numDims } = attr.map;
    return attr.map.results.map((e) => e.evaluate(numbers.slice(0, numDims), numbers.slice(numDims)));
  }

  private op(op: Operation, path: readonly Place[]): void {
    switch (op.name) {
      case 'loop.for': {
        if (op.resultCount > 0) throw new Unfollowed();
        const { lower, upper, step } = forBounds(op);
        const from = Math.max(...this.map(op.attr('lowerBound'), lower.operands));
        const to = Math.min(...this.map(op.attr('upperBound'), upper.operands));
        const { ops } = ForOp.body(op).entry;
        const iv = inductionVariable(op);
        for (let i = from; i < to; i += step) {
          this.values.set(iv, i);
          this.block(ops, [...path, { loop: op, value: i }]);
        }
        return;
      }
      case 'loop.if': {
        const region = op.region(this.number(op.operand(0)) !== 0 ? 0 : 1);
        if (!region.isEmpty) this.block(region.entry.ops, path);
        return;
      }
      case 'loop.apply':
      case 'loop.min':
      case 'loop.max': {
        const results = this.map(op.attr('map'), op.operands);
        this.values.set(op.result(0), op.name === 'loop.max' ? Math.max(...results) : Math.min(...results));
        return;
      }
      case 'arith.constant': {
        const value = op.attr('value');
        if (value instanceof IntegerAttr) this.values.set(op.result(0), Number(value.value));
        return;
      }
      case 'arith.cmpi': {
        const predicate = op.attr('predicate');
        const [x, y] = [this.number(op.operand(0)), this.number(op.operand(1))];
        const text = predicate instanceof IntegerAttr ? predicate.number : Number.NaN;
        const answers: Readonly<Record<number, boolean>> = { 2: x < y, 5: x >= y };
        const answer = answers[text];
        if (answer === undefined) throw new Unfollowed();
        this.values.set(op.result(0), answer ? 1 : 0);
        return;
      }
      case 'memory.alloca':
        this.instances.set(op.result(0), this.allocations++);
        return;
      case 'memory.dim': {
        const { shape } = op.operand(0).type as MemRefType;
        const dim = op.attr('dimension');
        this.values.set(op.result(0), shape[dim instanceof IntegerAttr ? dim.number : 0]!);
        return;
      }
      case 'memory.load':
        this.access(op, op.operand(0), op.operands.slice(1), path, { isWrite: false });
        return;
      case 'memory.store':
        this.access(op, op.operand(1), op.operands.slice(2), path, { isWrite: true });
        return;
      default:
        if (op.ownRegions !== null || op.name.startsWith('simd.') || op.name === 'func.call') throw new Unfollowed();
    }
  }

  private access(
    op: Operation,
    buffer: Value,
    indices: readonly Value[],
    path: readonly Place[],
    { isWrite }: { readonly isWrite: boolean },
  ): void {
    if (this.events.length >= MAX_EVENTS || !(buffer.type instanceof MemRefType)) throw new Unfollowed();
    const at = indices.map((v) => this.number(v));
    const cell = `${this.instances.get(buffer) ?? `arg${buffer.index}`}:${at.join()}`;
    this.events.push({ op, isWrite, cell, buffer, path });
  }
}
