// What a conversion changed, so that it can be undone exactly: every entry knows its inverse, and inverses run in reverse
// order. Use-lists come back in their order, because a hidden use keeps its own links.
import {
  type Block,
  type BlockArgument,
  FLAG_ERASED,
  hideUse,
  type LocationRef,
  Operation,
  type Region,
  restoreUse,
  type Slot,
  type Type,
  type Use,
  type Value,
} from '@budflow/ir';

export interface Change {
  undo(): void;
}

export class Journal {
  /** An operation stands for its insertion, the most frequent change. */
  readonly changes: (Change | Operation)[] = [];

  get mark(): number {
    return this.changes.length;
  }
  push(change: Change | Operation): void {
    this.changes.push(change);
  }
  /** Undoes everything since `mark`. */
  undo(mark: number): void {
    const { changes } = this;
    while (changes.length > mark) {
      const change = changes.pop()!;
      if (change instanceof Operation) change.erase();
      else change.undo();
    }
  }
  /** What was erased is gone for good: it keeps no values alive. */
  commit(): void {
    for (const change of this.changes) if (change instanceof Erased || change instanceof BlockErased) change.drop();
    this.changes.length = 0;
  }
}

/** An op and everything nested in it was taken out; its uses are hidden. */
export class Erased implements Change {
  private readonly op: Operation;
  private readonly block: Block;
  private readonly next: Operation | null;
  private readonly nested: readonly Operation[] | null;

  constructor(op: Operation) {
    this.op = op;
    this.block = op.parent!;
    this.next = op.next;
    this.nested = op.ownRegions === null ? null : hideAll(op);
    if (this.nested === null) hideOp(op);
    op.remove();
  }
  undo(): void {
    this.block.insertBefore(this.op, this.next);
    if (this.nested === null) restoreOp(this.op);
    else restoreAll(this.nested);
  }
  drop(): void {
    if (this.nested === null) dropOp(this.op);
    else this.nested.forEach(dropOp);
  }
}

export class BlockErased implements Change {
  private readonly block: Block;
  private readonly region: Region;
  private readonly index: number;
  private readonly nested: Operation[] = [];

  constructor(block: Block) {
    this.block = block;
    this.region = block.parent!;
    this.index = this.region.blocks.indexOf(block);
    for (let op = block.firstOp; op !== null; op = op.next) this.nested.push(...hideAll(op));
    this.region.removeBlock(block);
  }
  undo(): void {
    this.region.insert(this.index, this.block);
    restoreAll(this.nested);
  }
  drop(): void {
    this.nested.forEach(dropOp);
  }
}

export class BlockCreated implements Change {
  private readonly block: Block;
  constructor(block: Block) {
    this.block = block;
  }
  undo(): void {
    this.block.parent?.removeBlock(this.block);
  }
}

/** A block was moved to another region or place. */
export class BlockMoved implements Change {
  private readonly block: Block;
  private readonly region: Region;
  private readonly index: number;
  constructor(block: Block) {
    this.block = block;
    this.region = block.parent!;
    this.index = this.region.blocks.indexOf(block);
  }
  undo(): void {
    this.block.parent!.removeBlock(this.block);
    this.region.insert(this.index, this.block);
  }
}

/** The ops from `first` to `last` of a block were moved elsewhere. */
export class OpsMoved implements Change {
  private readonly first: Operation;
  private readonly last: Operation;
  private readonly block: Block;
  private readonly next: Operation | null;
  constructor(first: Operation, last: Operation) {
    this.first = first;
    this.last = last;
    this.block = first.parent!;
    this.next = last.next;
  }
  undo(): void {
    moveRange(this.first, this.last, this.block, this.next);
  }
}

/** Moves a run of ops in front of `before`; null: to the end of the block. */
export function moveRange(first: Operation, last: Operation, block: Block, before: Operation | null): void {
  for (let op: Operation | null = first; op !== null; ) {
    const next: Operation | null = op === last ? null : op.next;
    op.remove();
    block.insertBefore(op, before);
    op = next;
  }
}

/** The first `count` uses of `to` were those of `from`. */
export class UsesMoved implements Change {
  private readonly from: Value;
  private readonly to: Value;
  readonly count: number;
  constructor(from: Value, to: Value) {
    this.from = from;
    this.to = to;
    let count = 0;
    from.forEachUse((user, index) => {
      user.setOperand(index, to);
      count++;
    });
    this.count = count;
  }
  undo(): void {
    // Each was put at the head in turn, so taking them from the head restores the order.
    const { from, to } = this;
    let left = this.count;
    if (left === 0) return;
    to.forEachUse((user, index) => {
      if (left > 0) user.setOperand(index, from);
      left--;
    });
  }
}

/** Arguments of a block, with their positions and types, as they were. */
export class ArgumentsChanged implements Change {
  private readonly block: Block;
  private readonly before: readonly Value[];
  constructor(block: Block) {
    this.block = block;
    this.before = block.arguments.slice();
  }
  undo(): void {
    setArguments(this.block, this.before);
  }
}

export function setArguments(block: Block, values: readonly Value[]): void {
  block.arguments.length = 0;
  for (const value of values) {
    (value as BlockArgument).position = block.arguments.length;
    block.arguments.push(value);
  }
}

interface OperandState {
  readonly value: Value;
  readonly next: Operation | Use | null;
  readonly previous: Operation | Use | null;
  readonly slots: number;
}

/** An op as it was before it was changed in place. */
export class Modified implements Change {
  readonly op: Operation;
  private readonly info: Operation['info'];
  private readonly attributes: Operation['attributes'];
  private readonly loc: LocationRef;
  private readonly successors: readonly Block[] | null;
  readonly resultTypes: readonly Type[];
  private readonly operands: OperandState[] = [];
  private readonly uses: readonly Use[] | null;

  constructor(op: Operation) {
    this.op = op;
    this.info = op.info;
    this.attributes = op.attributes;
    this.loc = op.loc;
    this.successors = op.ownSuccessors?.slice() ?? null;
    this.resultTypes = op.resultTypes;
    this.uses = op.moreOperands?.slice() ?? null;
    // The links of an operand are read when those before it are hidden, so that restoring in reverse order finds them.
    for (let i = 0; i < op.operandCount; i++) {
      hideUse(op.operand(i), holderOf(op, i), slotOf(i));
      this.operands.push(stateOf(op, i));
    }
    this.restoreOperands();
  }

  undo(): void {
    const { op, uses, operands } = this;
    op.setOperands([]);
    op.info = this.info;
    op.attributes = this.attributes;
    op.loc = this.loc;
    op.ownSuccessors = this.successors?.slice() ?? null;
    this.resultTypes.forEach((type, i) => {
      op.result(i).type = type;
    });
    op.operandCount = operands.length;
    op.moreOperands = uses === null ? null : uses.slice();
    uses?.forEach((use, i) => {
      use.index = i + 2;
    });
    for (let i = operands.length - 1; i >= 0; i--) {
      const { value, next, previous, slots } = operands[i]!;
      if (i === 0) {
        op.operand0 = value;
        op.next0 = next;
        op.previous0 = previous;
        op.slots0 = slots;
      } else if (i === 1) {
        op.operand1 = value;
        op.next1 = next;
        op.previous1 = previous;
        op.slots1 = slots;
      } else {
        const use = uses![i - 2]!;
        use.value = value;
        use.next = next;
        use.previous = previous;
        use.slots = slots;
      }
    }
    this.restoreOperands();
  }

  private restoreOperands(): void {
    for (let i = this.operands.length - 1; i >= 0; i--)
      restoreUse(this.operands[i]!.value, holderOf(this.op, i), slotOf(i));
  }
}

/** Uses of an op were redirected, which is no change of the op itself. */
export class Redirected extends Modified {}

function holderOf(op: Operation, index: number): Operation | Use {
  return index < 2 ? op : op.moreOperands![index - 2]!;
}
function slotOf(index: number): Slot {
  return index < 2 ? (index as Slot) : 2;
}
function stateOf(op: Operation, index: number): OperandState {
  const value = op.operand(index);
  if (index === 0) return { value, next: op.next0, previous: op.previous0, slots: op.slots0 };
  if (index === 1) return { value, next: op.next1, previous: op.previous1, slots: op.slots1 };
  const { next, previous, slots } = op.moreOperands![index - 2]!;
  return { value, next, previous, slots };
}

function hideOp(op: Operation): void {
  op.flags |= FLAG_ERASED;
  for (let i = 0; i < op.operandCount; i++) hideUse(op.operand(i), holderOf(op, i), slotOf(i));
}
function restoreOp(op: Operation): void {
  op.flags &= ~FLAG_ERASED;
  for (let i = op.operandCount - 1; i >= 0; i--) restoreUse(op.operand(i), holderOf(op, i), slotOf(i));
}
/** Hides the uses of an op and all nested ones; returns them in the order of hiding. */
function hideAll(root: Operation): Operation[] {
  const list: Operation[] = [];
  const visit = (op: Operation) => {
    list.push(op);
    hideOp(op);
    if (op.ownRegions === null) return;
    for (const region of op.ownRegions)
      for (const block of region.blocks)
        for (let inner = block.firstOp; inner !== null; inner = inner.next) visit(inner);
  };
  visit(root);
  return list;
}
function restoreAll(ops: readonly Operation[]): void {
  for (let i = ops.length - 1; i >= 0; i--) restoreOp(ops[i]!);
}
/** Forgets operands and successors of an op that is gone. */
function dropOp(op: Operation): void {
  op.operandCount = 0;
  op.operand0 = null;
  op.operand1 = null;
  op.moreOperands = null;
  op.ownSuccessors = null;
}
