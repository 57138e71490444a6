// A builder through which patterns change the IR, so that a driver learns of every change.
import type { Block } from './block.js';
import { Builder } from './builder.js';
import type { Context } from './context.js';
import type { Operation } from './operation.js';
import type { Value } from './value.js';

export interface RewriteListener {
  created?(op: Operation): void;
  /** The op's operands, attributes or successors changed in place. */
  modified?(op: Operation): void;
  /** The op's results are about to be replaced by `values`. */
  replaced?(op: Operation, values: readonly Value[]): void;
  /** The op is about to be erased. */
  erased?(op: Operation): void;
}

export class Rewriter extends Builder {
  private readonly listener: RewriteListener;
  /** Why the current pattern did not match; shown by debug output. */
  failure: string | undefined;

  constructor(context: Context, listener: RewriteListener = {}) {
    super(context);
    this.listener = listener;
  }

  override insert(op: Operation): Operation {
    super.insert(op);
    this.listener.created?.(op);
    return op;
  }
  replaceOp(op: Operation, values: readonly Value[]): void {
    this.listener.replaced?.(op, values);
    for (let i = 0; i < op.resultCount; i++) this.replaceAllUses(op.result(i), values[i]!);
    this.eraseOp(op);
  }
  /** Redirects every use, telling the listener about each user. */
  replaceAllUses(from: Value, to: Value): void {
    from.forEachUse((user, index) => {
      user.setOperand(index, to);
      this.listener.modified?.(user);
    });
  }
  /** Erases an op without uses, with everything nested in it. */
  eraseOp(op: Operation): void {
    if (op.ownRegions === null) this.listener.erased?.(op);
    else
      op.walkPostOrder((inner) => {
        this.listener.erased?.(inner);
      });
    op.erase();
  }
  /** Changes an op in place inside `change`. */
  modify(op: Operation, change: () => void): void {
    change();
    this.listener.modified?.(op);
  }
  /** Says why a pattern does not apply; returns false. */
  fail(reason: string): false {
    this.failure = reason;
    return false;
  }
  /** Moves the operations of `block` before `before`, replacing its arguments by `values`; the block is left empty. */
  inlineBlockBefore(block: Block, before: Operation, values: readonly Value[]): void {
    for (let i = 0; i < block.arguments.length; i++) this.replaceAllUses(block.arguments[i]!, values[i]!);
    for (let op = block.firstOp; op; ) {
      const next: Operation | null = op.next;
      op.moveBefore(before);
      this.listener.modified?.(op);
      op = next;
    }
  }
}
