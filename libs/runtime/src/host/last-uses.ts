// How long buffers of a host function live, where no dealloc says it.
import { MemRefType, type Operation, type Value } from '@budflow/ir';

/** For each op, the allocations without a dealloc that nothing uses after it, views included. */
export function lastUses(ops: readonly Operation[], isResult: (op: Operation) => boolean): Map<Operation, Operation[]> {
  const roots = new Map<Value, Operation>();
  const last = new Map<Operation, Operation>();
  const freed = new Set<Operation>();
  for (const op of ops) {
    if (op.name === 'memory.alloc' || op.name === 'memory.arena') {
      roots.set(op.result(0), op);
      last.set(op, op);
      continue;
    }
    for (const operand of op.operands) {
      const root = roots.get(operand);
      if (!root) continue;
      if (op.name === 'memory.dealloc') freed.add(root);
      last.set(root, op);
      for (const result of op.results) if (result.type instanceof MemRefType) roots.set(result, root);
    }
  }
  const ends = new Map<Operation, Operation[]>();
  for (const [root, op] of last) {
    if (freed.has(root) || isResult(root)) continue;
    ends.set(op, [...(ends.get(op) ?? []), root]);
  }
  return ends;
}
