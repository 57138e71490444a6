// dce: erases ops whose results nobody uses and that have no effect, and blocks that nothing reaches.
//
//   %0 = arith.addi %x, %y : i32
//   %1 = arith.muli %0, %0 : i32          ->    return %x : i32
//   return %x : i32
//
// Requires nothing. Preserves nothing when it changes something. One reverse traversal, so that users go before what
// they use; a second look only at what lost its last use out of order (in graph regions and between blocks).
import type { Operation, Region } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { eraseUnreachableBlocks, isDead } from '@budflow/rewrite';

export const dce = definePass({
  name: 'dce',
  summary: 'erase dead ops and unreachable blocks',
  statistics: { 'num-erased': 'Ops erased', 'num-blocks-erased': 'Unreachable blocks erased' },
  run(op, { statistic, unchanged }) {
    const { ops, blocks } = eraseDeadCode(op);
    statistic('num-erased', ops);
    statistic('num-blocks-erased', blocks);
    if (ops + blocks === 0) unchanged();
  },
});

/** Erases dead code below `root`; returns how many dead ops and unreachable blocks there were. */
export function eraseDeadCode(root: Operation): { ops: number; blocks: number } {
  let ops = 0;
  let blocks = 0;
  const unused: Operation[] = [];
  const erase = (op: Operation) => {
    eraseDeadOp(op, root, unused);
    ops++;
  };
  const visit = (region: Region) => {
    blocks += eraseUnreachableBlocks(region);
    for (let i = region.blocks.length - 1; i >= 0; i--) {
      for (let op = region.blocks[i]!.lastOp; op !== null; ) {
        const previous: Operation | null = op.previous;
        if (isDead(op)) erase(op);
        else if (op.ownRegions !== null) for (const inner of op.ownRegions) visit(inner);
        op = previous;
      }
    }
  };
  for (const region of root.regions) visit(region);
  for (let op = unused.pop(); op; op = unused.pop()) if (!op.isErased && isDead(op)) erase(op);
  return { ops, blocks };
}

/** Erases a dead op. Adds to `unused` the ops below `root` whose last use went with it. */
export function eraseDeadOp(op: Operation, root: Operation, unused: Operation[]): void {
  const definitions: Operation[] = [];
  op.walk((inner) => {
    for (let i = 0; i < inner.operandCount; i++) {
      const definition = inner.operand(i).definingOp;
      if (definition !== null && definition !== op) definitions.push(definition);
    }
  });
  op.erase();
  for (const definition of definitions) {
    if (definition.isErased || definition.hasResultUses) continue;
    // What is above `root` is not ours.
    if (definition !== root && root.isAncestorOf(definition)) unused.push(definition);
  }
}
