// Which values of a loop body differ from lane to lane when its iterations become lanes, and which buffers allocated
// inside hold such values. A fixpoint: values carried around inner loops and through buffers come back.
import { isAllocation, isDefinedInside, rootOf } from '@budflow/analysis';
import { inductionVariable } from '@budflow/dialect-loop';
import { MemoryEffects, type Operation, type Value } from '@budflow/ir';

export interface Variance {
  readonly values: ReadonlySet<Value>;
  /** Results of allocations inside the loop that get one element for each lane. */
  readonly buffers: ReadonlySet<Value>;
}

export function varianceOf(loop: Operation): Variance {
  const values = new Set<Value>([inductionVariable(loop)]);
  const buffers = new Set<Value>();
  let changed = true;
  const mark = (set: Set<Value>, value: Value | undefined): void => {
    if (value === undefined || set.has(value)) return;
    set.add(value);
    changed = true;
  };
  const transfer = (op: Operation): void => {
    const varies = op.operands.some((v) => values.has(v));
    const effects = MemoryEffects.of(op)?.effects(op) ?? [];
    const reads = effects.some((e) => e.kind === 'read' && e.value !== null && buffers.has(rootOf(e.value).root));
    if (op.ownRegions === null && (varies || reads)) {
      for (const result of op.results) mark(values, result);
      for (const e of effects) {
        const root = e.kind === 'write' && e.value !== null ? rootOf(e.value).root : undefined;
        if (root && isAllocation(root) && isDefinedInside(root, loop)) mark(buffers, root);
      }
    }
    forwardValues(op, values, (value) => mark(values, value));
  };
  while (changed) {
    changed = false;
    loop.walk((op) => {
      if (op !== loop) transfer(op);
    });
  }
  return { values, buffers };
}

/** Values that region ops pass on: initial and yielded values to arguments and results. */
function forwardValues(op: Operation, values: ReadonlySet<Value>, mark: (value: Value) => void): void {
  const pass = (from: readonly Value[], ...to: readonly (readonly Value[])[]): void => {
    from.forEach((value, i) => {
      if (!values.has(value)) return;
      for (const list of to) if (list[i]) mark(list[i]);
    });
  };
  const parent = op.parentOp;
  switch (op.name) {
    case 'loop.for':
      pass(op.operands.slice(op.operandCount - op.resultCount), op.region(0).entry.arguments.slice(1), op.results);
      break;
    case 'loop.while':
      pass(op.operands, op.region(0).entry.arguments);
      break;
    case 'loop.condition':
      if (parent) pass(op.operands.slice(1), parent.region(1).entry.arguments, parent.results);
      break;
    case 'loop.yield':
      if (parent?.name === 'loop.for') pass(op.operands, parent.region(0).entry.arguments.slice(1), parent.results);
      else if (parent?.name === 'loop.while') pass(op.operands, parent.region(0).entry.arguments);
      else if (parent?.name === 'loop.if') pass(op.operands, parent.results);
      break;
    default:
      break;
  }
}
