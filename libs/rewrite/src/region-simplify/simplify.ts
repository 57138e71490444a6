// Brings the blocks of a region into a simple form: nothing unreachable, no jump that could be a fall through, no argument
// without a purpose, and (aggressive) no two blocks that do the same. Follows MLIR's simplifyRegions. Regions of one block
// are left at the first test.
import type { Operation, Region } from '@budflow/ir';
import { eraseUnreachableBlocks, mergeStraightLineBlocks } from '../regions.js';
import { dropBlockArguments } from './block-arguments.js';
import { mergeIdenticalBlocks } from './merge-blocks.js';

/**
 * `disabled`: only unreachable blocks go. `normal`: blocks that follow each other are merged and arguments dropped.
 * `aggressive`: identical blocks are merged too, which costs a comparison of all blocks and may add arguments.
 */
export type RegionSimplifyLevel = 'disabled' | 'normal' | 'aggressive';

/** Runs on the blocks of one region, not on nested ones. `erased` hears of each op that goes. Returns whether anything changed. */
export function simplifyRegion(region: Region, level: RegionSimplifyLevel, erased?: (op: Operation) => void): boolean {
  if (region.blocks.length < 2) return false;
  let changed = eraseUnreachableBlocks(region, erased) > 0;
  if (level === 'disabled') return changed;
  // Each step makes the region smaller, or (merging) has fewer blocks after it: this ends.
  for (;;) {
    let again = dropBlockArguments(region);
    if (mergeStraightLineBlocks(region) > 0) again = true;
    if (level === 'aggressive' && mergeIdenticalBlocks(region, erased)) again = true;
    if (!again) return changed;
    changed = true;
    if (region.blocks.length < 2) return true;
  }
}
