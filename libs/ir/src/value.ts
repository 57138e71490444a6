// SSA values and their use-lists. A use is a pair (holder, slot): the links of operands 0 and 1 live in the operation
// itself, those of later operands in a Use object; following the list allocates nothing.
import type { Block } from './block.js';
import type { Operation } from './operation.js';
import type { Type } from './type.js';

/** Links of operand 2 and beyond. */
export class Use {
  readonly owner: Operation;
  index: number;
  value: Value | null = null;
  next: Operation | Use | null = null;
  previous: Operation | Use | null = null;
  /** Slot of `next` in bits 0-1, slot of `previous` in bits 2-3. */
  slots = 0;
  constructor(owner: Operation, index: number) {
    this.owner = owner;
    this.index = index;
  }
}

let nextScratch = 1;

/** The next number for `Value.scratch`; numbers ascend. */
export function takeScratch(): number {
  return nextScratch++;
}

/** Slots 0 and 1 are an operation's embedded links; slot 2 means the holder is a Use. */
export type Slot = 0 | 1 | 2;

/**
 * A value: an operation, which stands for its first result, a further result, or an argument of a block. That operations
 * are values saves an object for most of them.
 */
export abstract class Value {
  type: Type;
  /** Head of the use-list (most recent use first); with `firstSlot` a use. */
  first: Operation | Use | null = null;
  firstSlot: Slot = 0;
  /**
   * A number for whoever traverses the IR at the moment (the printer does), taken with `takeScratch`. No number is used
   * twice, so one that an earlier traversal left behind is recognised by lying outside of one's own range.
   */
  scratch = 0;

  constructor(type: Type) {
    this.type = type;
  }

  /** The operation whose result, or the block whose argument this is. */
  abstract get owner(): Operation | Block;
  /** Position among the results of the operation or the arguments of the block. */
  abstract get index(): number;
  /** The operation this is a result of; null for a block argument. */
  abstract get definingOp(): Operation | null;
  abstract get isBlockArgument(): boolean;
  /** The block in which the value is defined. */
  abstract get parentBlock(): Block | null;

  get hasUses(): boolean {
    return this.first !== null;
  }
  hasOneUse(): boolean {
    return this.first !== null && nextUse(this.first, this.firstSlot) === null;
  }
  useCount(): number {
    let n = 0;
    this.forEachUse(() => {
      n++;
    });
    return n;
  }

  /** Visits the uses; the current use may be removed or redirected while visiting. */
  forEachUse(visit: (user: Operation, operandIndex: number) => void): void {
    let holder = this.first;
    let slot = this.firstSlot as number;
    while (holder !== null) {
      const following: Operation | Use | null = nextUse(holder, slot);
      const followingSlot = nextSlot(holder, slot);
      if (slot === 2) visit((holder as Use).owner, (holder as Use).index);
      else visit(holder as Operation, slot);
      holder = following;
      slot = followingSlot;
    }
  }

  /** The distinct operations that use the value, most recent use first. */
  users(): Operation[] {
    const users = new Set<Operation>();
    this.forEachUse((user) => users.add(user));
    return [...users];
  }

  replaceAllUsesWith(other: Value): void {
    if (other === this) return;
    this.forEachUse((user, index) => user.setOperand(index, other));
  }

  replaceUsesIf(other: Value, predicate: (user: Operation, operandIndex: number) => boolean): void {
    this.forEachUse((user, index) => {
      if (predicate(user, index)) user.setOperand(index, other);
    });
  }
}

/** A result after the first. */
export class OpResult extends Value {
  private readonly op: Operation;
  private readonly position: number;

  constructor(type: Type, op: Operation, index: number) {
    super(type);
    this.op = op;
    this.position = index;
  }
  override get owner(): Operation {
    return this.op;
  }
  override get index(): number {
    return this.position;
  }
  override get definingOp(): Operation {
    return this.op;
  }
  override get isBlockArgument(): boolean {
    return false;
  }
  override get parentBlock(): Block | null {
    return this.op.parent;
  }
}

export class BlockArgument extends Value {
  /** Changed by the block alone. */
  block: Block;
  position: number;

  constructor(type: Type, block: Block, index: number) {
    super(type);
    this.block = block;
    this.position = index;
  }
  override get owner(): Block {
    return this.block;
  }
  override get index(): number {
    return this.position;
  }
  override get definingOp(): null {
    return null;
  }
  override get isBlockArgument(): boolean {
    return true;
  }
  override get parentBlock(): Block {
    return this.block;
  }
}

export function nextUse(holder: Operation | Use, slot: number): Operation | Use | null {
  if (slot === 2) return (holder as Use).next;
  return slot === 0 ? (holder as Operation).next0 : (holder as Operation).next1;
}

export function nextSlot(holder: Operation | Use, slot: number): number {
  if (slot === 2) return (holder as Use).slots & 3;
  return (slot === 0 ? (holder as Operation).slots0 : (holder as Operation).slots1) & 3;
}

function setNext(holder: Operation | Use, slot: number, next: Operation | Use | null, nextSlotValue: number): void {
  if (slot === 2) {
    const use = holder as Use;
    use.next = next;
    use.slots = (use.slots & 12) | nextSlotValue;
    return;
  }
  const op = holder as Operation;
  if (slot === 0) {
    op.next0 = next;
    op.slots0 = (op.slots0 & 12) | nextSlotValue;
  } else {
    op.next1 = next;
    op.slots1 = (op.slots1 & 12) | nextSlotValue;
  }
}

function setPrevious(
  holder: Operation | Use,
  slot: number,
  previous: Operation | Use | null,
  previousSlot: number,
): void {
  if (slot === 2) {
    const use = holder as Use;
    use.previous = previous;
    use.slots = (use.slots & 3) | (previousSlot << 2);
    return;
  }
  const op = holder as Operation;
  if (slot === 0) {
    op.previous0 = previous;
    op.slots0 = (op.slots0 & 3) | (previousSlot << 2);
  } else {
    op.previous1 = previous;
    op.slots1 = (op.slots1 & 3) | (previousSlot << 2);
  }
}

/** Puts a use, which is in no list, at the head of the value's list. */
export function linkUse(value: Value, holder: Operation | Use, slot: Slot): void {
  const head = value.first;
  if (head !== null) {
    const headSlot = value.firstSlot;
    setNext(holder, slot, head, headSlot);
    setPrevious(head, headSlot, holder, slot);
  }
  value.first = holder;
  value.firstSlot = slot;
}

/** Takes a use out of the value's list. */
export function unlinkUse(value: Value, holder: Operation | Use, slot: Slot): void {
  let next: Operation | Use | null;
  let previous: Operation | Use | null;
  let slots: number;
  if (slot === 2) {
    const use = holder as Use;
    next = use.next;
    previous = use.previous;
    slots = use.slots;
    use.next = null;
    use.previous = null;
    use.slots = 0;
  } else {
    const op = holder as Operation;
    if (slot === 0) {
      next = op.next0;
      previous = op.previous0;
      slots = op.slots0;
      op.next0 = null;
      op.previous0 = null;
      op.slots0 = 0;
    } else {
      next = op.next1;
      previous = op.previous1;
      slots = op.slots1;
      op.next1 = null;
      op.previous1 = null;
      op.slots1 = 0;
    }
  }
  const nextSlotValue = slots & 3;
  const previousSlot = slots >> 2;
  if (previous === null) {
    value.first = next;
    value.firstSlot = nextSlotValue as Slot;
  } else setNext(previous, previousSlot, next, nextSlotValue);
  if (next !== null) setPrevious(next, nextSlotValue, previous, previousSlot);
}

/**
 * Takes a use out of the value's list and leaves the use's own links, so that `restoreUse` finds the place again. Changes
 * in between are to be undone first, in reverse order.
 */
export function hideUse(value: Value, holder: Operation | Use, slot: Slot): void {
  const next = nextUse(holder, slot);
  const previous = previousUse(holder, slot);
  const slots = slotsOf(holder, slot);
  if (previous === null) {
    value.first = next;
    value.firstSlot = (slots & 3) as Slot;
  } else setNext(previous, slots >> 2, next, slots & 3);
  if (next !== null) setPrevious(next, slots & 3, previous, slots >> 2);
}

/** The inverse of `hideUse`. */
export function restoreUse(value: Value, holder: Operation | Use, slot: Slot): void {
  const next = nextUse(holder, slot);
  const previous = previousUse(holder, slot);
  const slots = slotsOf(holder, slot);
  if (previous === null) {
    value.first = holder;
    value.firstSlot = slot;
  } else setNext(previous, slots >> 2, holder, slot);
  if (next !== null) setPrevious(next, slots & 3, holder, slot);
}

/** Whether the neighbours of a use in the value's list point back to it: a broken list is a bug of ours. */
export function useIsLinked(value: Value, holder: Operation | Use, slot: Slot): boolean {
  const next = nextUse(holder, slot);
  const previous = previousUse(holder, slot);
  const slots = slotsOf(holder, slot);
  if (previous === null) {
    if (value.first !== holder || value.firstSlot !== slot) return false;
  } else if (nextUse(previous, slots >> 2) !== holder || nextSlot(previous, slots >> 2) !== slot) return false;
  return next === null || (previousUse(next, slots & 3) === holder && previousSlotOf(next, slots & 3) === slot);
}

function previousUse(holder: Operation | Use, slot: number): Operation | Use | null {
  if (slot === 2) return (holder as Use).previous;
  return slot === 0 ? (holder as Operation).previous0 : (holder as Operation).previous1;
}
function slotsOf(holder: Operation | Use, slot: number): number {
  if (slot === 2) return (holder as Use).slots;
  return slot === 0 ? (holder as Operation).slots0 : (holder as Operation).slots1;
}
function previousSlotOf(holder: Operation | Use, slot: number): number {
  return slotsOf(holder, slot) >> 2;
}
