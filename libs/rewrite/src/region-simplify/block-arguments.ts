// Block arguments that need not be passed: nobody reads them, or every branch passes the same value.
import { type Block, BranchOp, type Operation, type Region, type Value } from '@budflow/ir';

/** A branch to a block: the terminator and which of its successors. */
interface Incoming {
  readonly branch: Operation;
  readonly index: number;
}

/**
 * Drops arguments of non-entry blocks:
 *  - dead ones, which only feed arguments that are dead themselves (around a loop, say);
 *  - redundant ones, to which every branch passes one value or the argument itself: `^b(x, .., x): a == ^b: x`.
 * Blocks that a branch without a way to change its operands reaches keep theirs. Returns whether any went.
 */
export function dropBlockArguments(region: Region): boolean {
  if (region.blocks.length < 2 || !region.blocks.some((b, i) => i > 0 && b.arguments.length > 0)) return false;
  const incoming = incomingBranches(region);
  let changed = false;
  // A replaced argument may make another one redundant.
  while (replaceRedundant(region, incoming)) changed = true;
  if (dropDead(region, incoming)) changed = true;
  return changed;
}

/** All branches to each block whose arguments can be changed. */
function incomingBranches(region: Region): Map<Block, Incoming[]> {
  const incoming = new Map<Block, Incoming[]>();
  const fixed = new Set<Block>([region.entry]);
  for (const block of region.blocks) {
    const branch = block.lastOp;
    if (branch === null) continue;
    const methods = BranchOp.of(branch);
    branch.successors.forEach((successor, index) => {
      const range = methods?.successorOperands(branch, index);
      if (!methods?.setSuccessorOperands || !range || range.end - range.start !== successor.arguments.length)
        fixed.add(successor);
      const list = incoming.get(successor);
      if (list) list.push({ branch, index });
      else incoming.set(successor, [{ branch, index }]);
    });
  }
  for (const block of fixed) incoming.delete(block);
  return incoming;
}

function passed({ branch, index }: Incoming, argument: number): Value {
  return branch.operand(BranchOp.of(branch)!.successorOperands(branch, index).start + argument);
}

/** Uses the value itself where all branches pass the same one; the argument is dead then. */
function replaceRedundant(region: Region, incoming: ReadonlyMap<Block, readonly Incoming[]>): boolean {
  let changed = false;
  for (const block of region.blocks) {
    const branches = incoming.get(block);
    if (branches === undefined) continue;
    block.arguments.forEach((argument, i) => {
      if (!argument.hasUses) return;
      let same: Value | null = null;
      for (const branch of branches) {
        const value = passed(branch, i);
        if (value === argument || value === same) continue;
        if (same !== null) return;
        same = value;
      }
      // One value that every predecessor knows is known here.
      if (same === null) return;
      argument.replaceAllUsesWith(same);
      changed = true;
    });
  }
  return changed;
}

/** Finds what is live from the uses that are no arguments of branches; the rest goes. */
function dropDead(region: Region, incoming: ReadonlyMap<Block, readonly Incoming[]>): boolean {
  const live = new Set<Value>();
  const work: Value[] = [];
  const mark = (value: Value) => {
    if (live.has(value)) return;
    live.add(value);
    work.push(value);
  };
  for (const block of region.blocks) {
    for (const argument of block.arguments) {
      if (!incoming.has(block)) mark(argument);
      else
        argument.forEachUse((user, operand) => {
          if (!isPassedOn(user, operand, incoming)) mark(argument);
        });
    }
  }
  for (let argument = work.pop(); argument; argument = work.pop()) {
    for (const branch of incoming.get(argument.owner as Block) ?? []) {
      const value = passed(branch, argument.index);
      if (value.isBlockArgument && (value.owner as Block).parent === region) mark(value);
    }
  }
  let changed = false;
  for (const [block, branches] of incoming) {
    const keep = block.arguments.map((a) => live.has(a));
    if (keep.every(Boolean)) continue;
    for (const { branch, index } of branches) {
      const methods = BranchOp.of(branch)!;
      const { start, end } = methods.successorOperands(branch, index);
      methods.setSuccessorOperands!(
        branch,
        index,
        branch.operands.slice(start, end).filter((_, i) => keep[i]),
      );
    }
    changed = true;
  }
  // The branches between dead arguments are gone now, and with them the last uses.
  if (changed)
    for (const block of incoming.keys())
      for (let i = block.arguments.length - 1; i >= 0; i--) if (!live.has(block.arguments[i]!)) block.eraseArgument(i);
  return changed;
}

/** Whether a use passes the value to an argument that could be dropped. */
function isPassedOn(user: Operation, operand: number, incoming: ReadonlyMap<Block, readonly Incoming[]>): boolean {
  const methods = BranchOp.of(user);
  if (!methods) return false;
  return user.successors.some((successor, index) => {
    const { start, end } = methods.successorOperands(user, index);
    return operand >= start && operand < end && incoming.has(successor);
  });
}
