// Blocks that do the same become one; where they use different values, the one that stays gets arguments for them.
//
//   ^a: x = f(p); br ^c(x)                          cond_br c, ^a(p), ^a(q)
//   ^b: y = f(q); br ^c(y)          ->              ^a(v): x = f(v); br ^c(x)
//   cond_br c, ^a, ^b
//
// Follows MLIR's BlockMergeCluster.
import { type Block, BranchOp, type Operation, type Region, type Value } from '@budflow/ir';

/** A merged block takes no more new arguments than this: passing many values costs more than the copy. */
const MAX_NEW_ARGUMENTS = 4;

/** Merges blocks of one region. Returns whether any were. */
export function mergeIdenticalBlocks(region: Region, erased?: (op: Operation) => void): boolean {
  const clusters = new Map<string, Block[]>();
  const fixed = fixedTargets(region);
  for (const block of region.blocks) {
    if (fixed.has(block)) continue;
    const key = shapeOf(block);
    if (key === null) continue;
    const list = clusters.get(key);
    if (list) list.push(block);
    else clusters.set(key, [block]);
  }
  let changed = false;
  for (const blocks of clusters.values()) {
    const gone = new Set<Block>();
    blocks.forEach((leader, i) => {
      if (gone.has(leader)) return;
      for (const other of blocks.slice(i + 1))
        if (!gone.has(other) && merge(region, leader, other, erased)) gone.add(other);
    });
    if (gone.size > 0) changed = true;
  }
  return changed;
}

/** What equal blocks have in common, without operands; null for blocks that are not compared. */
function shapeOf(block: Block): string | null {
  const parts: string[] = [block.arguments.map((a) => a.type.id).join(',')];
  for (let op = block.firstOp; op !== null; op = op.next) {
    if (op.ownRegions !== null) return null;
    parts.push(`${op.info.id}:${op.attributes.id}:${op.operandCount}:${op.results.map((r) => r.type.id).join(',')}`);
  }
  return parts.join(';');
}

/** Blocks whose arguments must stay: the entry, and targets of branches whose operands cannot be changed. */
function fixedTargets(region: Region): Set<Block> {
  const fixed = new Set<Block>([region.entry]);
  for (const { lastOp } of region.blocks)
    if (lastOp !== null && !BranchOp.of(lastOp)?.setSuccessorOperands)
      for (const target of lastOp.successors) fixed.add(target);
  return fixed;
}

/** Redirects everything from `other` to `leader` when they compute the same up to a few values. */
function merge(region: Region, leader: Block, other: Block, erased?: (op: Operation) => void): boolean {
  const differences = compare(leader, other);
  if (differences === null) return false;
  // Values of the blocks that are used after them would need arguments there.
  if (isUsedOutside(leader) || isUsedOutside(other)) return false;
  // One new argument for each different pair of values.
  const pairs = new Map<string, { mine: Value; theirs: Value; at: { op: Operation; index: number }[] }>();
  const ids = new Map<Value, number>();
  const id = (v: Value) => {
    let n = ids.get(v);
    if (n === undefined) {
      n = ids.size;
      ids.set(v, n);
    }
    return n;
  };
  for (const { op, index, mine, theirs } of differences) {
    const key = `${id(mine)} ${id(theirs)}`;
    const pair = pairs.get(key);
    if (pair) pair.at.push({ op, index });
    else pairs.set(key, { mine, theirs, at: [{ op, index }] });
  }
  if (pairs.size > MAX_NEW_ARGUMENTS) return false;
  const added = [...pairs.values()];
  // What the branches pass must be known where they stand: not so for values made in the blocks themselves.
  if (added.some((p) => p.mine.parentBlock === leader || p.theirs.parentBlock === other)) return false;
  if (added.some((p) => p.mine.parentBlock === other || p.theirs.parentBlock === leader)) return false;
  const branches = region.blocks.map((b) => b.lastOp).filter((op): op is Operation => op !== null);
  if (added.length > 0) {
    for (const branch of branches)
      pass(
        branch,
        leader,
        added.map((p) => p.mine),
      );
    for (const branch of branches)
      pass(
        branch,
        other,
        added.map((p) => p.theirs),
      );
    for (const { at, mine } of added) {
      const argument = leader.addArgument(mine.type);
      for (const { op, index } of at) op.setOperand(index, argument);
    }
  }
  for (const branch of branches)
    branch.successors.forEach((successor, i) => {
      if (successor === other) branch.setSuccessor(i, leader);
    });
  if (erased) for (let op = other.firstOp; op !== null; op = op.next) erased(op);
  other.erase();
  return true;
}

/** Appends values to what a branch passes to a block. */
function pass(branch: Operation, to: Block, values: readonly Value[]): void {
  const methods = BranchOp.of(branch);
  branch.successors.forEach((successor, i) => {
    if (successor !== to) return;
    const { start, end } = methods!.successorOperands(branch, i);
    methods!.setSuccessorOperands!(branch, i, [...branch.operands.slice(start, end), ...values]);
  });
}

interface Difference {
  readonly op: Operation;
  readonly index: number;
  readonly mine: Value;
  readonly theirs: Value;
}

/** Operands in which two blocks of one shape differ; null when they do not do the same. */
function compare(leader: Block, other: Block): Difference[] | null {
  const counterpart = new Map<Value, Value>();
  leader.arguments.forEach((a, i) => {
    counterpart.set(a, other.arguments[i]!);
  });
  const differences: Difference[] = [];
  let b = other.firstOp;
  for (let a = leader.firstOp; a !== null; a = a.next) {
    if (b === null || a.successors.length !== b.successors.length) return null;
    for (let i = 0; i < a.successors.length; i++) {
      const [x, y] = [a.successors[i]!, b.successors[i]!];
      // A jump to itself is the same as a jump of the other to itself.
      if (x !== y && !(x === leader && y === other)) return null;
      if (x === leader || x === other) return null;
    }
    for (let i = 0; i < a.operandCount; i++) {
      const [mine, theirs] = [a.operand(i), b.operand(i)];
      if (
        mine === theirs ? mine.parentBlock !== leader && mine.parentBlock !== other : counterpart.get(mine) === theirs
      )
        continue;
      if (mine.parentBlock === leader || theirs.parentBlock === other || mine.type !== theirs.type) return null;
      differences.push({ op: a, index: i, mine, theirs });
    }
    for (let i = 0; i < a.resultCount; i++) counterpart.set(a.result(i), b.result(i));
    b = b.next;
  }
  return b === null ? differences : null;
}

function isUsedOutside(block: Block): boolean {
  const outside = (value: Value): boolean => {
    let found = false;
    value.forEachUse((user) => {
      if (user.parent !== block) found = true;
    });
    return found;
  };
  if (block.arguments.some(outside)) return true;
  for (let op = block.firstOp; op !== null; op = op.next) if (op.results.some(outside)) return true;
  return false;
}
