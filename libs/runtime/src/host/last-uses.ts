// How long buffers of a host function live, where no dealloc says it.
import { MemRefType, type Operation, type Value } from '@budflow/ir';

/** Ops that give memory which somebody must free. */
function givesMemory(op: Operation): boolean {
  return op.name === 'memory.alloc' || op.name === 'memory.arena' || op.name === 'func.call';
}

/**
 * For each op of a block, the memory made in the block without a dealloc that nothing uses after it, views included. What
 * loops and branches pass on is any of the memory that goes in.
 */
export function lastUses(ops: readonly Operation[], isResult: (root: Value) => boolean): Map<Operation, Value[]> {
  const roots = new Map<Value, ReadonlySet<Value>>();
  const last = new Map<Value, Operation>();
  const freed = new Set<Value>();
  for (const op of ops) {
    const used = new Set<Value>();
    op.walk((inner) => {
      for (const operand of inner.operands) for (const root of roots.get(operand) ?? []) used.add(root);
    });
    for (const root of used) {
      last.set(root, op);
      if (op.name === 'memory.dealloc') freed.add(root);
    }
    for (const result of op.results) {
      if (!(result.type instanceof MemRefType)) continue;
      if (givesMemory(op)) {
        roots.set(result, new Set([result]));
        last.set(result, op);
      } else roots.set(result, used);
    }
  }
  const ends = new Map<Operation, Value[]>();
  for (const [root, op] of last) {
    if (freed.has(root) || isResult(root)) continue;
    ends.set(op, [...(ends.get(op) ?? []), root]);
  }
  return ends;
}
