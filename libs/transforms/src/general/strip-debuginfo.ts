// strip-debuginfo: forgets where ops come from.
//
//   %0 = arith.addi %x, %y : i32 loc("a.py":3:5)      ->      %0 = arith.addi %x, %y : i32 loc(unknown)
//
// Requires nothing, preserves everything. Diagnostics of later passes name no place in the source.
import { definePass } from '@budflow/pass';

export const stripDebuginfo = definePass({
  name: 'strip-debuginfo',
  summary: 'remove all locations',
  preserves: 'all',
  statistics: { 'num-stripped': 'Ops that had a location' },
  run(root, { statistic, unchanged }) {
    let count = 0;
    const { unknownLoc } = root.context;
    root.walk((op) => {
      if (op.loc === 0 || op.loc === unknownLoc) return;
      op.loc = 0;
      count++;
    });
    statistic('num-stripped', count);
    if (count === 0) unchanged();
  },
});
