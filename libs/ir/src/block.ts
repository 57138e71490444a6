// A basic block: arguments and an intrusive doubly linked list of operations.
import { InternalError } from './errors.js';
import type { LocationRef } from './location.js';
import type { Operation, Region } from './operation.js';
import type { Type } from './type.js';
import { BlockArgument, type Value } from './value.js';

export class Block {
  parent: Region | null = null;
  readonly arguments: Value[] = [];
  firstOp: Operation | null = null;
  lastOp: Operation | null = null;
  /** Whether `order` of the operations is strictly ascending. */
  ordered = true;

  /** Where arguments come from, by index; a table only of blocks that have such arguments. */
  private argumentLocs: LocationRef[] | null = null;

  addArgument(type: Type, loc: LocationRef = 0): Value {
    const value = new BlockArgument(type, this, this.arguments.length);
    this.arguments.push(value);
    if (loc !== 0) this.setArgumentLocation(value.index, loc);
    return value;
  }
  /** The location of argument `index`; 0 when unknown. */
  argumentLocation(index: number): LocationRef {
    return this.argumentLocs?.[index] ?? 0;
  }
  setArgumentLocation(index: number, loc: LocationRef): void {
    this.argumentLocs ??= [];
    while (this.argumentLocs.length <= index) this.argumentLocs.push(0);
    this.argumentLocs[index] = loc;
  }
  insertArgument(index: number, type: Type, loc: LocationRef = 0): Value {
    const value = new BlockArgument(type, this, index);
    if (this.argumentLocs !== null && index < this.argumentLocs.length) this.argumentLocs.splice(index, 0, loc);
    else if (loc !== 0) this.setArgumentLocation(index, loc);
    this.arguments.splice(index, 0, value);
    for (let i = index + 1; i < this.arguments.length; i++) (this.arguments[i] as BlockArgument).position = i;
    return value;
  }
  eraseArgument(index: number): void {
    const arg = this.arguments[index];
    if (arg?.hasUses) throw new InternalError(`erasing block argument ${index} which is still used`);
    this.arguments.splice(index, 1);
    this.argumentLocs?.splice(index, 1);
    for (let i = index; i < this.arguments.length; i++) (this.arguments[i] as BlockArgument).position = i;
  }

  get parentOp(): Operation | null {
    return this.parent ? this.parent.parent : null;
  }
  get isEmpty(): boolean {
    return this.firstOp === null;
  }
  /** The last operation; throws on an empty block. */
  get terminator(): Operation {
    if (!this.lastOp) throw new InternalError('block has no terminator', this.parentOp ?? undefined);
    return this.lastOp;
  }
  /** A fresh array of the operations. */
  get ops(): Operation[] {
    const list: Operation[] = [];
    for (let op = this.firstOp; op; op = op.next) list.push(op);
    return list;
  }
  /** The blocks whose terminators branch here, one entry for each edge. */
  get predecessors(): Block[] {
    const list: Block[] = [];
    if (this.parent) {
      for (const block of this.parent.blocks) {
        const successors = block.lastOp?.ownSuccessors;
        if (successors) for (const s of successors) if (s === this) list.push(block);
      }
    }
    return list;
  }
  get successors(): readonly Block[] {
    return this.lastOp?.successors ?? [];
  }

  append(op: Operation): Operation {
    if (op.parent !== null) throw new InternalError(`${op.name} is already in a block; remove it first`, op);
    op.parent = this;
    op.previous = this.lastOp;
    op.next = null;
    if (this.lastOp) {
      op.order = this.lastOp.order + ORDER_STRIDE;
      this.lastOp.next = op;
    } else {
      op.order = 0;
      this.firstOp = op;
    }
    this.lastOp = op;
    return op;
  }

  /** Inserts before `before`; null appends. */
  insertBefore(op: Operation, before: Operation | null): Operation {
    if (before === null) return this.append(op);
    if (op.parent !== null) throw new InternalError(`${op.name} is already in a block; remove it first`, op);
    if (before.parent !== this) throw new InternalError(`insertion point ${before.name} is not in the block`, before);
    const previous = before.previous;
    op.parent = this;
    op.previous = previous;
    op.next = before;
    before.previous = op;
    if (previous) previous.next = op;
    else this.firstOp = op;
    if (this.ordered) {
      const low = previous ? previous.order : before.order - 2 * ORDER_STRIDE;
      const middle = (low + before.order) >> 1;
      if (middle > low && middle < before.order) op.order = middle;
      else this.ordered = false;
    }
    return op;
  }

  /** Takes an operation out of the list. */
  unlink(op: Operation): void {
    if (op.previous) op.previous.next = op.next;
    else this.firstOp = op.next;
    if (op.next) op.next.previous = op.previous;
    else this.lastOp = op.previous;
    op.parent = null;
    op.previous = null;
    op.next = null;
  }

  /** Makes `order` ascending again, with gaps for later insertions. */
  renumber(): void {
    let order = 0;
    for (let op = this.firstOp; op; op = op.next) {
      op.order = order;
      order += ORDER_STRIDE;
    }
    this.ordered = true;
  }

  /** Moves `op` and everything after it into a new block placed right after this one. */
  splitBefore(op: Operation): Block {
    const region = this.parent;
    if (!region) throw new InternalError('splitBefore: block is not in a region', op);
    const rest = region.insert(region.blocks.indexOf(this) + 1, new Block());
    for (let moving: Operation | null = op; moving; ) {
      const next: Operation | null = moving.next;
      moving.remove();
      rest.append(moving);
      moving = next;
    }
    return rest;
  }

  destroyOps(): void {
    for (let op = this.firstOp; op; op = op.next) op.destroy();
  }

  /** Removes the block from its region and destroys its operations. */
  erase(): void {
    this.destroyOps();
    this.parent?.removeBlock(this);
  }
}

const ORDER_STRIDE = 16;
