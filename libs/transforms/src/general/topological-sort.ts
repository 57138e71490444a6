// topological-sort: in regions where order does not matter (graph regions), puts definitions in front of their uses.
//
//   %1 = t.use %0                %0 = t.make
//   %0 = t.make           ->     %1 = t.use %0
//
// Requires nothing, preserves everything. The order is stable: ops move only as far as they must, and of a cycle the first
// op stays first (such blocks cannot be sorted; a remark says so). Follows MLIR's topological-sort.
import { type Block, hasSsaDominance, type Operation } from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const topologicalSort = definePass({
  name: 'topological-sort',
  summary: 'put definitions in front of uses in graph regions',
  preserves: 'all',
  statistics: { 'num-sorted': 'Blocks whose order changed' },
  run(root, { statistic, remark, unchanged }) {
    let sorted = 0;
    root.walk((op) => {
      for (const region of op.regions) {
        if (hasSsaDominance(region)) continue;
        for (const block of region.blocks) {
          const { changed, cyclic } = sortBlock(block);
          if (changed) sorted++;
          if (cyclic)
            remark({
              kind: 'missed',
              name: 'cycle',
              message: `uses of '${cyclic.name}' and its operands form a cycle`,
              at: cyclic,
            });
        }
      }
    });
    statistic('num-sorted', sorted);
    if (sorted === 0) unchanged();
  },
});

/** Sorts the ops of a block; a terminator stays last. Returns an op of a cycle if there is one. */
export function sortBlock(block: Block): { changed: boolean; cyclic: Operation | null } {
  const order: Operation[] = [];
  const state = new Map<Operation, 'visiting' | 'done'>();
  let cyclic: Operation | null = null;
  // Depth first over definitions, with a stack of its own: chains may be long.
  const place = (start: Operation) => {
    const stack: { op: Operation; needs: Operation[] }[] = [];
    const enter = (op: Operation) => {
      state.set(op, 'visiting');
      stack.push({ op, needs: definitionsIn(block, op).reverse() });
    };
    if (!state.has(start)) enter(start);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const need = top.needs.pop();
      if (need === undefined) {
        state.set(top.op, 'done');
        order.push(top.op);
        stack.pop();
      } else if (!state.has(need)) enter(need);
      else if (state.get(need) === 'visiting' && need !== top.op) cyclic ??= need;
    }
  };
  for (let op = block.firstOp; op !== null; op = op.next) place(op);
  let changed = false;
  let at = block.firstOp;
  for (const op of order) {
    if (op === at) {
      at = at.next;
      continue;
    }
    op.moveBefore(at!);
    changed = true;
  }
  return { changed, cyclic };
}

/** Ops of the block whose results `op` or anything nested in it uses, in operand order. */
function definitionsIn(block: Block, op: Operation): Operation[] {
  const found = new Set<Operation>();
  op.walk((inner) => {
    for (let i = 0; i < inner.operandCount; i++) {
      const definition = inner.operand(i).definingOp;
      if (definition !== null && definition.parent === block && definition !== op) found.add(definition);
    }
  });
  return [...found];
}
