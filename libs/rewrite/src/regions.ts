// Control flow inside a region: which blocks can be reached.
import { type Block, type Operation, type Region } from '@budflow/ir';

/** The blocks that control flow from the entry block can reach. */
export function reachableBlocks(region: Region): Set<Block> {
  const reached = new Set<Block>();
  const entry = region.blocks[0];
  if (entry === undefined) return reached;
  reached.add(entry);
  const stack: Block[] = [entry];
  for (let block = stack.pop(); block; block = stack.pop()) {
    for (const successor of block.successors) {
      if (reached.has(successor)) continue;
      reached.add(successor);
      stack.push(successor);
    }
  }
  return reached;
}

/** Erases the blocks of `region` that nothing reaches. `erased` hears of every op in them first. Returns their number. */
export function eraseUnreachableBlocks(region: Region, erased?: (op: Operation) => void): number {
  if (region.blocks.length < 2) return 0;
  const reached = reachableBlocks(region);
  if (reached.size === region.blocks.length) return 0;
  const dead = region.blocks.filter((block) => !reached.has(block));
  if (erased) for (const block of dead) for (let op = block.firstOp; op; op = op.next) op.walkPostOrder(erased);
  // Dead blocks may use each other's values: drop all links before the blocks go.
  for (const block of dead) block.erase();
  return dead.length;
}
