// control-flow-sink: moves computations into the one branch of a conditional that uses them, so that the other branch does
// not pay for them.
//
//   %1 = arith.divf %a, %b                        loop.if %c {
//   loop.if %c {                          ->        %1 = arith.divf %a, %b
//     memory.store %1, %m[] }                       memory.store %1, %m[] }
//
// Requires nothing. Preserves nothing when it changes something. Works on any op with RegionBranch whose region runs at most
// once; sinks ops without effects that stand in the block of the conditional. Follows MLIR's control-flow-sink.
import { isMemoryEffectFree, type Operation, type Region, RegionBranch, Terminator } from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const controlFlowSink = definePass({
  name: 'control-flow-sink',
  summary: 'move computations into the only branch that uses them',
  statistics: { 'num-sunk': 'Ops moved into a branch' },
  run(root, { statistic, unchanged }) {
    let sunk = 0;
    // Outer conditionals first: what they sink may sink further.
    root.walk((op) => {
      for (const region of regionsRunAtMostOnce(op)) sunk += sinkInto(op, region);
    });
    statistic('num-sunk', sunk);
    if (sunk === 0) unchanged();
  },
});

/** Regions that are entered from the op itself and never go on to another region. */
function regionsRunAtMostOnce(op: Operation): Region[] {
  const methods = RegionBranch.of(op);
  if (!methods) return [];
  const unknown = (from: Operation) => new Array<null>(from.operandCount).fill(null);
  return op.regions.filter((region) => {
    if (region.isEmpty || !methods.edges(op, op, unknown(op)).some((e) => e.to === region)) return false;
    for (const other of op.regions)
      for (const block of other.blocks) {
        const exit = block.lastOp;
        if (exit === null || exit.ownSuccessors !== null) continue;
        if (methods.edges(op, exit, unknown(exit)).some((e) => e.to === region)) return false;
      }
    return true;
  });
}

/** Moves what only `region` uses to its start, users before their operands, so that chains follow. */
function sinkInto(op: Operation, region: Region): number {
  let sunk = 0;
  const entry = region.entry;
  for (let candidate = op.previous; candidate !== null; ) {
    const previous: Operation | null = candidate.previous;
    if (isSinkable(candidate) && isUsedOnlyIn(candidate, region)) {
      candidate.remove();
      entry.insertBefore(candidate, entry.firstOp);
      sunk++;
    }
    candidate = previous;
  }
  return sunk;
}

function isSinkable(op: Operation): boolean {
  return (
    op.ownRegions === null &&
    op.resultCount > 0 &&
    !op.info.hasTrait(Terminator) &&
    op.operandCount > 0 &&
    isMemoryEffectFree(op)
  );
}

function isUsedOnlyIn(op: Operation, region: Region): boolean {
  let inside = true;
  let used = false;
  for (const result of op.results)
    result.forEachUse((user) => {
      used = true;
      if (!inside || user.parentRegion === null || !region.isAncestorOf(user.parentRegion)) inside = false;
    });
  return used && inside;
}
