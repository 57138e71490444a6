// cse: common subexpression elimination. Of ops that compute the same from the same values, only the one that
// dominates the others stays.
//
//   %0 = arith.addi %x, %y : i32                %0 = arith.addi %x, %y : i32
//   %1 = arith.addi %y, %x : i32          ->    %1 = arith.muli %0, %0 : i32
//   %2 = arith.muli %0, %1 : i32                return %1 : i32
//   return %2 : i32
//
// Requires nothing. Preserves nothing when it changes something. A scoped hash table over the dominator tree, as in
// MLIR: a region sees the ops before it unless it is isolated. Two ops that read memory are the same when no op
// between them in their block may write. Dead ops are erased on the way. Equality looks through regions.
import {
  type Block,
  DominatorTree,
  effectsOf,
  hasSsaDominance,
  IsolatedFromAbove,
  isMemoryEffectFree,
  MemoryEffects,
  type Operation,
  Pure,
  type Region,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { isDead } from '@budflow/rewrite';
import { eraseDeadOp } from './dce.js';
import { hashOp, OpTable } from './op-equality.js';

export const cse = definePass({
  name: 'cse',
  summary: 'eliminate common subexpressions',
  statistics: { 'num-csed': 'Ops replaced by an equal one', 'num-erased': 'Dead ops erased' },
  run(op, { statistic, unchanged }) {
    const { csed, erased } = eliminateCommonSubexpressions(op);
    statistic('num-csed', csed);
    statistic('num-erased', erased);
    if (csed + erased === 0) unchanged();
  },
});

/** Runs below `root`; returns how many ops were replaced and how many were dead. */
export function eliminateCommonSubexpressions(root: Operation): { csed: number; erased: number } {
  const run = new Elimination(root);
  for (const region of root.regions) run.region(region, new OpTable());
  return { csed: run.csed, erased: run.erased };
}

class Elimination {
  csed = 0;
  erased = 0;
  private readonly root: Operation;

  constructor(root: Operation) {
    this.root = root;
  }

  /** Blocks in preorder of the dominator tree: a block sees what dominates it. */
  region(region: Region, known: OpTable): void {
    if (region.blocks.length === 0) return;
    if (region.blocks.length === 1) {
      const mark = known.mark();
      this.block(region.blocks[0]!, known);
      known.release(mark);
      return;
    }
    const children = dominatedBlocks(region);
    const stack: { block: Block; mark: number }[] = [{ block: region.entry, mark: -1 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (top.mark >= 0) {
        known.release(top.mark);
        stack.pop();
        continue;
      }
      top.mark = known.mark();
      this.block(top.block, known);
      for (const child of (children.get(top.block) ?? []).slice().reverse()) stack.push({ block: child, mark: -1 });
    }
  }

  private block(block: Block, known: OpTable): void {
    // Positions stand for values in hashes.
    if (!block.ordered) block.renumber();
    const reads = new OpTable();
    for (let op = block.firstOp; op !== null; ) {
      const next: Operation | null = op.next;
      this.op(op, known, reads);
      op = next;
    }
  }

  private op(op: Operation, known: OpTable, reads: OpTable): void {
    if (isDead(op)) {
      this.eraseDead(op);
      return;
    }
    if (op.ownRegions !== null) {
      // Inside first: equal bodies become equal text.
      const inner = op.info.hasTrait(IsolatedFromAbove) ? new OpTable() : known;
      for (const region of op.ownRegions) this.region(region, inner);
    }
    const free = isMemoryEffectFree(op);
    if (!free && !onlyReads(op)) {
      reads.clear();
      return;
    }
    if (op.result0 === null || op.ownSuccessors !== null) return;
    const table = free ? known : reads;
    const hash = hashOp(op);
    const existing = table.find(op, hash);
    if (existing === undefined) {
      table.add(op, hash);
      return;
    }
    if (op.context.gate?.shouldExecute('cse-hit', op) === false) return;
    for (let i = 0; i < op.resultCount; i++) op.result(i).replaceAllUsesWith(existing.result(i));
    op.erase();
    this.csed++;
  }

  /** With the op go those before it that only it used; in a graph region they may come after it, and wait for dce. */
  private eraseDead(op: Operation): void {
    const stack = [op];
    for (let dead = stack.pop(); dead; dead = stack.pop()) {
      if (dead.isErased || !isDead(dead)) continue;
      const unused: Operation[] = [];
      eraseDeadOp(dead, this.root, unused);
      this.erased++;
      for (const other of unused) if (other.parentRegion && hasSsaDominance(other.parentRegion)) stack.push(other);
    }
  }
}

/** Reachable blocks by immediate dominator. */
function dominatedBlocks(region: Region): Map<Block, Block[]> {
  const tree = new DominatorTree(region);
  const children = new Map<Block, Block[]>();
  for (const block of tree.order) {
    const parent = tree.immediateDominator(block);
    if (parent === null) continue;
    const list = children.get(parent);
    if (list) list.push(block);
    else children.set(parent, [block]);
  }
  return children;
}

function onlyReads(op: Operation): boolean {
  if (MemoryEffects.of(op) === undefined && !op.info.hasTrait(Pure)) return false;
  const effects = effectsOf(op);
  return effects?.every((e) => e.kind === 'read') === true;
}
