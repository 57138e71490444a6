// print-op-stats: how often each op occurs, as a diagnostic of severity remark (standard error in bud-opt) and as remarks
// with the figures.
//
//   remark: ops by name: arith.addi 12, func.func 1, func.return 1; 14 in all
//
// Requires nothing, changes nothing. Follows MLIR's print-op-stats.
import type { Operation } from '@budflow/ir';
import { definePass } from '@budflow/pass';

/** Ops below `root` (it included) by name, in the order of names. */
export function countOps(root: Operation): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  root.walk((op) => {
    counts.set(op.name, (counts.get(op.name) ?? 0) + 1);
  });
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

export const printOpStats = definePass({
  name: 'print-op-stats',
  summary: 'count the ops of each kind',
  preserves: 'all',
  statistics: { 'num-ops': 'Ops counted' },
  run(root, { statistic, remark, unchanged }) {
    const counts = countOps(root);
    let total = 0;
    for (const [name, count] of counts) {
      total += count;
      remark({ kind: 'analysis', name: 'op-count', message: `${name}: ${count}`, at: root, args: { op: name, count } });
    }
    statistic('num-ops', total);
    const list = [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
    root.emitRemark('pass.op-stats', `ops by name: ${list}; ${total} in all`);
    unchanged();
  },
});
