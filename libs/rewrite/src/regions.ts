// Control flow inside a region: blocks that nothing reaches, and blocks that are one block.
import { type Block, BranchOp, type Operation, type Region, reversePostorder } from '@budflow/ir';

/** Erases the blocks of `region` that nothing reaches. `erased` hears of every op in them first. Returns their number. */
export function eraseUnreachableBlocks(region: Region, erased?: (op: Operation) => void): number {
  if (region.blocks.length < 2) return 0;
  const reached = new Set(reversePostorder(region));
  if (reached.size === region.blocks.length) return 0;
  const dead = new Set(region.blocks.filter((block) => !reached.has(block)));
  if (erased) for (const block of dead) for (let op = block.firstOp; op; op = op.next) op.walkPostOrder(erased);
  // Dead blocks may use each other's values: drop all links before the blocks go.
  for (const block of dead) block.destroyOps();
  removeBlocks(region, dead);
  return dead.size;
}

/** Takes many blocks out at once. */
function removeBlocks(region: Region, gone: ReadonlySet<Block>): void {
  const { blocks } = region;
  let kept = 0;
  for (const block of blocks) {
    if (gone.has(block)) block.parent = null;
    else blocks[kept++] = block;
  }
  blocks.length = kept;
}

/**
 * Appends a block to its predecessor when the predecessor jumps nowhere else and nothing else jumps to it; its
 * arguments become the values that the jump passes. Returns the number of blocks merged.
 */
export function mergeStraightLineBlocks(region: Region): number {
  if (region.blocks.length < 2) return 0;
  const entry = region.entry;
  const predecessors = new Map<Block, number>();
  for (const block of region.blocks)
    for (const successor of block.successors) predecessors.set(successor, (predecessors.get(successor) ?? 0) + 1);
  const merged = new Set<Block>();
  for (const block of region.blocks) {
    if (merged.has(block)) continue;
    for (;;) {
      const jump = block.lastOp;
      const next = jump === null ? null : jumpTarget(jump);
      if (jump === null || next === null || next === block || next === entry || predecessors.get(next) !== 1) break;
      next.arguments.forEach((argument, i) => {
        argument.replaceAllUsesWith(jump.operand(i));
      });
      jump.erase();
      for (let op = next.firstOp; op !== null; op = next.firstOp) {
        op.remove();
        block.append(op);
      }
      merged.add(next);
    }
  }
  removeBlocks(region, merged);
  return merged.size;
}

/** The block an op jumps to when it does nothing else, passing each of its operands to an argument. */
function jumpTarget(op: Operation): Block | null {
  const target = op.successors[0];
  if (target === undefined || op.successors.length !== 1 || op.result0 !== null || op.ownRegions !== null) return null;
  const range = BranchOp.of(op)?.successorOperands(op, 0);
  if (range === undefined || range.start !== 0 || range.end !== op.operandCount) return null;
  return target.arguments.length === op.operandCount ? target : null;
}
