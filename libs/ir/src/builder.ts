// Inserts operations at a point: before an operation, or at the end of a block.
import type { Block } from './block.js';
import type { Context } from './context.js';
import type { Operation } from './operation.js';

export class Builder {
  readonly context: Context;
  block: Block | null = null;
  /** Insert before this; null inserts at the end of `block`. */
  before: Operation | null = null;

  constructor(context: Context) {
    this.context = context;
  }
  static atEnd(context: Context, block: Block): Builder {
    const builder = new Builder(context);
    builder.setInsertionPointToEnd(block);
    return builder;
  }
  static before(op: Operation): Builder {
    const builder = new Builder(op.context);
    builder.setInsertionPoint(op);
    return builder;
  }
  static after(op: Operation): Builder {
    const builder = new Builder(op.context);
    builder.setInsertionPointAfter(op);
    return builder;
  }

  setInsertionPoint(before: Operation): void {
    this.block = before.parent;
    this.before = before;
  }
  setInsertionPointAfter(op: Operation): void {
    this.block = op.parent;
    this.before = op.next;
  }
  setInsertionPointToStart(block: Block): void {
    this.block = block;
    this.before = block.firstOp;
  }
  setInsertionPointToEnd(block: Block): void {
    this.block = block;
    this.before = null;
  }
  /** Runs `body` and restores the insertion point. */
  scoped<T>(body: () => T): T {
    const { block, before } = this;
    try {
      return body();
    } finally {
      this.block = block;
      this.before = before;
    }
  }

  /** Places a detached op; without an insertion point it stays detached. */
  insert(op: Operation): Operation {
    if (this.block) this.block.insertBefore(op, this.before);
    return op;
  }
}
