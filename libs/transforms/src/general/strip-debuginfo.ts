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
  statistics: { 'num-stripped': 'Ops that had a location, or whose blocks had arguments with one' },
  run(root, { statistic, unchanged }) {
    let count = 0;
    const { unknownLoc } = root.context;
    root.walk((op) => {
      let had = op.loc !== 0 && op.loc !== unknownLoc;
      op.loc = 0;
      for (const region of op.regions)
        for (const block of region.blocks)
          for (let i = 0; i < block.arguments.length; i++) {
            if (block.argumentLocation(i) === 0) continue;
            block.setArgumentLocation(i, 0);
            had = true;
          }
      if (had) count++;
    });
    statistic('num-stripped', count);
    if (count === 0) unchanged();
  },
});
