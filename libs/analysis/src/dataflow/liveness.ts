// Liveness of values in blocks, the classical backward dataflow: a value is live into a block when some path from its start
// reaches a use before leaving the value's scope. Values used in nested regions count as used where the enclosing op stands.
// Follows MLIR's Liveness.
import { type Block, type Operation, type Region, reversePostorder, type Value } from '@budflow/ir';

interface BlockSets {
  /** Used in the block (or nested in it) and defined outside of it. */
  readonly used: Set<Value>;
  readonly liveIn: Set<Value>;
  readonly liveOut: Set<Value>;
}

export class Liveness {
  private readonly blocks = new Map<Block, BlockSets>();
  private readonly root: Operation;

  /** For all blocks nested in `root`. Valid until the IR changes. */
  constructor(root: Operation) {
    this.root = root;
    this.compute(root);
  }

  /** Values defined before the block that it or a block after it uses. */
  liveIn(block: Block): ReadonlySet<Value> {
    return this.blocks.get(block)?.liveIn ?? EMPTY;
  }
  /** Values that blocks after this one use; for a loop's body that includes none of the values the loop sees from outside. */
  liveOut(block: Block): ReadonlySet<Value> {
    return this.blocks.get(block)?.liveOut ?? EMPTY;
  }

  /** Whether the op is the last in its block to need the value. */
  isDeadAfter(value: Value, op: Operation): boolean {
    const block = op.parent;
    if (block === null) return true;
    if (this.liveOut(block).has(value)) return false;
    return (
      this.lastUse(value, block, value.definingOp?.parent === block ? value.definingOp : block.firstOp!) === op ||
      !this.isUsedAfter(value, op)
    );
  }

  /**
   * The ops during which a value is live, in every block: from its definition (which is in the list) to its last use.
   * Ops of nested regions are not listed.
   */
  liveRange(value: Value): Operation[] {
    const home = value.parentBlock;
    if (home === null) return [];
    const range: Operation[] = [];
    const region = home.parent;
    for (const block of region?.blocks ?? [home]) {
      if (block !== home && !this.liveIn(block).has(value)) continue;
      const start = block === home ? (value.definingOp ?? block.firstOp) : block.firstOp;
      if (start === null) continue;
      const end = this.liveOut(block).has(value) ? block.lastOp! : this.lastUse(value, block, start);
      for (let op: Operation | null = start; op !== null; op = op.next) {
        if (end === null) {
          if (op === value.definingOp) range.push(op);
          break;
        }
        range.push(op);
        if (op === end) break;
      }
    }
    return range;
  }

  /** The largest number of values alive at once in a block, between two ops: what register allocation would need. */
  pressure(block: Block): number {
    const live = new Set(this.liveOut(block));
    let most = live.size;
    for (let op = block.lastOp; op !== null; op = op.previous) {
      for (const result of op.results) live.delete(result);
      for (const operand of usedBy(op)) live.add(operand);
      if (live.size > most) most = live.size;
    }
    return most;
  }

  private lastUse(value: Value, block: Block, from: Operation): Operation | null {
    let last: Operation | null = null;
    value.forEachUse((user) => {
      let at: Operation | null = user;
      while (at !== null && at.parent !== block) at = at.parentOp;
      if (at === null || (at !== from && at.isBeforeInBlock(from))) return;
      if (last === null || last.isBeforeInBlock(at)) last = at;
    });
    return last;
  }
  private isUsedAfter(value: Value, op: Operation): boolean {
    const last = this.lastUse(value, op.parent!, op);
    return last !== null && last !== op;
  }

  private compute(op: Operation): void {
    for (const region of op.regions) {
      for (const block of region.blocks) for (let inner = block.firstOp; inner; inner = inner.next) this.compute(inner);
      this.computeRegion(region);
    }
  }

  private computeRegion(region: Region): void {
    for (const block of region.blocks) {
      const used = new Set<Value>();
      for (let op = block.firstOp; op !== null; op = op.next)
        for (const value of usedBy(op)) if (value.parentBlock !== block) used.add(value);
      this.blocks.set(block, { used, liveIn: new Set(used), liveOut: new Set() });
    }
    if (region.blocks.length === 1) return;
    // Backwards first, so that most facts arrive in one sweep.
    const order = reversePostorder(region).reverse();
    for (const block of region.blocks) if (!order.includes(block)) order.push(block);
    for (let changed = true; changed; ) {
      changed = false;
      for (const block of order) {
        const sets = this.blocks.get(block)!;
        for (const successor of block.successors) {
          for (const value of this.blocks.get(successor)?.liveIn ?? EMPTY) {
            if (sets.liveOut.has(value)) continue;
            sets.liveOut.add(value);
            changed = true;
            if (value.parentBlock !== block) sets.liveIn.add(value);
          }
        }
      }
    }
  }

  /** The op whose blocks are described. */
  get operation(): Operation {
    return this.root;
  }
}

const EMPTY: ReadonlySet<Value> = new Set();

/** Values from outside of `op` that it or anything nested in it uses. */
export function usedBy(op: Operation): Set<Value> {
  const used = new Set<Value>();
  op.walk((inner) => {
    for (let i = 0; i < inner.operandCount; i++) {
      const value = inner.operand(i);
      const home = value.parentBlock?.parentOp ?? null;
      // Defined by `op` or below it: no use from outside.
      if (value.owner === op || (inner !== op && home !== null && op.isAncestorOf(home))) continue;
      used.add(value);
    }
  });
  return used;
}
