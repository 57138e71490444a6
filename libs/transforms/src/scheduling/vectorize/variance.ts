// Which values of a loop body differ from lane to lane when its iterations become lanes, and which buffers allocated
// inside hold such values. A fixpoint: values carried around inner loops and through buffers come back. Where iterations
// take different ways (a branch or a loop.while whose condition varies), what comes out varies too, and so does what is
// stored on the way.
import { isAllocation, isDefinedInside, rootOf } from '@budflow/analysis';
import { inductionVariable } from '@budflow/dialect-loop';
import { isSpeculatable, MemoryEffects, type Operation, type Value } from '@budflow/ir';

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
    const diverges = isUnderVaryingControl(op, loop, values);
    if (op.ownRegions === null && (varies || reads || diverges)) {
      if (varies || reads) for (const result of op.results) mark(values, result);
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
    case 'loop.if':
      if (values.has(op.operand(0))) for (const result of op.results) mark(result);
      break;
    case 'loop.condition':
      if (!parent) break;
      pass(op.operands.slice(1), parent.region(1).entry.arguments, parent.results);
      if (values.has(op.operand(0))) for (const value of stopped(parent)) mark(value);
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

/** Whether a branch or loop around `op`, inside of `loop`, is taken by some iterations only. */
function isUnderVaryingControl(op: Operation, loop: Operation, values: ReadonlySet<Value>): boolean {
  for (let at = op.parentOp; at && at !== loop; at = at.parentOp) {
    if (at.name === 'loop.if' && values.has(at.operand(0))) return true;
    if (at.name === 'loop.while' && values.has(at.region(0).entry.terminator.operand(0))) return true;
  }
  return false;
}

/**
 * What varies when iterations leave a loop.while at different times: results, and the carried values that must stand
 * still in an iteration that has left. These are all that a used result is computed from; and all there are when an op
 * inside is not defined for every operand, so that it sees no operands but those it would have seen anyway.
 */
export function stopped(op: Operation): Value[] {
  const [before, after] = [op.region(0).entry, op.region(1).entry];
  const partial = [...before.ops, ...after.ops].some(
    (inner) => inner !== inner.parent?.lastOp && (inner.ownRegions !== null || !isSpeculatable(inner)),
  );
  if (partial) return [...op.results, ...before.arguments];
  const needed = new Set<Value>();
  const visit = (value: Value): void => {
    if (needed.has(value)) return;
    needed.add(value);
    if (value.definingOp?.parent === before) value.definingOp.operands.forEach(visit);
  };
  op.results.forEach((result, i) => {
    if (result.hasUses) visit(before.terminator.operand(i + 1));
  });
  return [...op.results, ...before.arguments.filter((a) => needed.has(a))];
}
