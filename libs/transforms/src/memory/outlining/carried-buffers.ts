// Buffers that loops and branches pass by pointer, turned into what a kernel can pass: byte offsets into one block.
//
//   loop.for iter_args(%p = %a, %q = %b) {          %pool = memory.alloca : memref<128xi8>
//     .. %p, %q ..                                  loop.for iter_args(%p = %c0, %q = %c64) {
//     loop.yield %q, %p }                    ->       %v = memory.view %pool[%p]() ..   // and %w = .. [%q]
//                                                     .. %v, %w ..
//                                                     loop.yield %q, %p }
//
// A pointer that is always the same buffer is replaced by it. The others form classes of buffers that change places; each
// buffer of such a class has its place in the pool.
import { isDefinedInside } from '@budflow/analysis';
import { ConstantOp } from '@budflow/dialect-core';
import { ForOp, forInits, IfOp, WhileOp } from '@budflow/dialect-loop';
import { AllocaOp, CastOp, CopyOp, ReshapeOp, ViewOp } from '@budflow/dialect-memory';
import {
  type Block,
  Builder,
  byteWidth,
  elementCount,
  type LocationRef,
  MemRefType,
  type Operation,
  type Value,
} from '@budflow/ir';

const ALIGNMENT = 64;

/** An operand that passes a buffer to a block argument or a result. */
interface Passing {
  readonly op: Operation;
  readonly operand: number;
}

/** Buffers that one pointer may be, with all the pointers that may be one of them. */
export interface BufferClass {
  readonly pointers: readonly Value[];
  readonly buffers: readonly Value[];
}

export class CarriedBuffers {
  private readonly parents = new Map<Value, Value>();
  private readonly pointers = new Set<Value>();
  private readonly passings: Passing[] = [];
  private readonly root: Operation;
  readonly classes: readonly BufferClass[];

  /** Looks at `root`, a loop, and everything inside. */
  constructor(root: Operation) {
    this.root = root;
    root.walk((op) => this.visit(op));
    const groups = new Map<Value, { pointers: Value[]; buffers: Value[] }>();
    for (const value of this.parents.keys()) {
      const leader = this.leader(value);
      const group = groups.get(leader) ?? { pointers: [], buffers: [] };
      groups.set(leader, group);
      (this.pointers.has(value) ? group.pointers : group.buffers).push(value);
    }
    this.classes = [...groups.values()];
  }

  /** The class of a pointer, or of a buffer that is passed. */
  classOf(value: Value): BufferClass | undefined {
    return this.classes.find((c) => c.pointers.includes(value) || c.buffers.includes(value));
  }

  /** Why the classes cannot have places of their own; undefined when they can. */
  refusal(): string | undefined {
    for (const { pointers, buffers } of this.classes) {
      for (const buffer of buffers) {
        if (elementCount((buffer.type as MemRefType).shape) === undefined)
          return `it passes on an array of a size known at run time, ${buffer.type}`;
        const block = buffer.parentBlock;
        // Made anew in every iteration of a loop that passes it on: there is more than one of it at a time.
        const leaves = (pointer: Value) => {
          const home = pointer.parentBlock;
          if (pointer.definingOp === null && home === block) return true;
          return !home || !block?.parentOp || !isInBlock(home, block);
        };
        if (isDefinedInside(buffer, this.root) && pointers.some(leaves))
          return 'it passes on memory that every iteration makes';
      }
    }
    return undefined;
  }

  /**
   * Rewrites everything inside: pointers become offsets. The pool and what enters it are built by `start`, at the start of
   * the kernel: buffers from outside that change places with others are copied to their place first, unless nothing is in
   * them (`empty`). Returns how to reach the buffer that a result of the loop points to.
   */
  apply(start: Builder, loc: LocationRef, empty: ReadonlySet<Value>): (result: Value) => Value {
    const { context } = this.root;
    const offsets = new Map<Value, number>();
    let bytes = 0;
    for (const { buffers } of this.classes) {
      for (const buffer of buffers) {
        offsets.set(buffer, buffers.length > 1 ? bytes : 0);
        if (buffers.length > 1) bytes += Math.ceil(bytesOf(buffer.type as MemRefType) / ALIGNMENT) * ALIGNMENT;
      }
    }
    const pooled = this.classes.some(({ buffers }) => buffers.length > 1);
    const pool = pooled
      ? AllocaOp.build(start, loc, { dynamicSizes: [], resultTypes: [context.memref([bytes], context.i8)] })
      : undefined;
    const constant = (at: Builder, value: number) =>
      ConstantOp.build(at, loc, { value: context.indexAttr(value), resultTypes: [context.index] });
    const viewAt = (at: Builder, byteOffset: Value, type: MemRefType): Value =>
      ViewOp.build(at, loc, { source: pool!, byteOffset, sizes: [], resultTypes: [type] });

    // 1. What is passed: an offset of a buffer, or another pointer.
    const passed = new Map<Operation, Set<number>>();
    for (const { op, operand } of this.passings) {
      const source = baseOf(op.operand(operand));
      if (this.pointers.has(source)) op.setOperand(operand, source);
      else op.setOperand(operand, constant(Builder.before(op), offsets.get(source)!));
      const positions = passed.get(op) ?? new Set();
      passed.set(op, positions.add(operand));
    }

    // 2. Pointers become numbers, and the buffer, or a view of the pool, where they are used.
    const results = new Map<Value, () => Value>();
    for (const { pointers, buffers } of this.classes) {
      for (const pointer of pointers) {
        const type = pointer.type as MemRefType;
        const only = buffers.length > 1 ? undefined : buffers[0]!;
        const buffer = (): Value => {
          const made = pointer.definingOp;
          const at = made ? Builder.after(made) : Builder.before(pointer.parentBlock!.firstOp!);
          if (only === undefined) return viewAt(at, pointer, type);
          return only.type === type ? only : ReshapeOp.build(at, loc, { source: only, sizes: [], resultTypes: [type] });
        };
        const uses: Passing[] = [];
        pointer.forEachUse((op, operand) => {
          if (!passed.get(op)?.has(operand)) uses.push({ op, operand });
        });
        pointer.type = context.index;
        if (pointer.definingOp === this.root) results.set(pointer, buffer);
        else if (uses.length > 0) {
          const value = buffer();
          for (const { op, operand } of uses) op.setOperand(operand, value);
        }
      }
    }

    // 3. Buffers of the pool.
    for (const { buffers } of this.classes) {
      if (buffers.length < 2) continue;
      for (const buffer of buffers) {
        const made = isDefinedInside(buffer, this.root) ? buffer.definingOp : null;
        const at = made ? Builder.before(made) : start;
        const place = viewAt(at, constant(at, offsets.get(buffer)!), buffer.type as MemRefType);
        buffer.replaceAllUsesWith(place);
        if (made) made.erase();
        else if (!empty.has(buffer)) CopyOp.create(start, loc, { source: buffer, target: place });
      }
    }
    return (result) => results.get(result)!();
  }

  private visit(op: Operation): void {
    if (ForOp.is(op)) {
      const body = op.region(0).entry;
      const first = op.operandCount - forInits(op).length;
      op.results.forEach((result, i) => {
        const argument = body.arguments[1 + i]!;
        this.pass(op, first + i, argument);
        this.pass(body.terminator, i, argument);
        this.join(argument, result);
      });
    } else if (WhileOp.is(op)) {
      const [before, after] = [op.region(0).entry, op.region(1).entry];
      before.arguments.forEach((argument, i) => {
        this.pass(op, i, argument);
        this.pass(after.terminator, i, argument);
      });
      after.arguments.forEach((argument, i) => {
        this.pass(before.terminator, 1 + i, argument);
        this.join(argument, op.result(i));
      });
    } else if (IfOp.is(op)) {
      op.results.forEach((result, i) => {
        for (const region of op.regions) if (!region.isEmpty) this.pass(region.entry.terminator, i, result);
      });
    }
  }

  private pass(op: Operation, operand: number, to: Value): void {
    if (!(to.type instanceof MemRefType)) return;
    this.passings.push({ op, operand });
    this.join(baseOf(op.operand(operand)), to);
  }

  private join(a: Value, b: Value): void {
    if (!(b.type instanceof MemRefType)) return;
    this.pointers.add(b);
    for (const v of [a, b]) if (!this.parents.has(v)) this.parents.set(v, v);
    this.parents.set(this.leader(a), this.leader(b));
  }

  private leader(value: Value): Value {
    let at = value;
    for (let next = this.parents.get(at)!; next !== at; next = this.parents.get(at)!) at = next;
    return at;
  }
}

/** The buffer behind casts and other shapes of it. */
export function baseOf(value: Value): Value {
  let at = value;
  while (at.definingOp && (ReshapeOp.is(at.definingOp) || CastOp.is(at.definingOp))) at = at.definingOp.operand(0);
  return at;
}

export function bytesOf(type: MemRefType): number {
  return (elementCount(type.shape) ?? 0) * (byteWidth(type.element) ?? 0);
}

/** Whether a block is `outer` or nested in it. */
function isInBlock(block: Block, outer: Block): boolean {
  for (let at: Block | null = block; at; at = at.parentOp?.parent ?? null) if (at === outer) return true;
  return false;
}
