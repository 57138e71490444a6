// Control flow inside a region: which blocks can be reached.
import { type Operation, type Region, reversePostorder } from '@budflow/ir';

/** Erases the blocks of `region` that nothing reaches. `erased` hears of every op in them first. Returns their number. */
export function eraseUnreachableBlocks(region: Region, erased?: (op: Operation) => void): number {
  if (region.blocks.length < 2) return 0;
  const reached = new Set(reversePostorder(region));
  if (reached.size === region.blocks.length) return 0;
  const dead = region.blocks.filter((block) => !reached.has(block));
  if (erased) for (const block of dead) for (let op = block.firstOp; op; op = op.next) op.walkPostOrder(erased);
  // Dead blocks may use each other's values: drop all links before the blocks go.
  for (const block of dead) block.erase();
  return dead.length;
}
