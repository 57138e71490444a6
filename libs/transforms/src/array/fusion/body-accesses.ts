// How the body of an array.fusion reads its values: for each, the stages that read it and the maps by which they do. The stages are the ops to which the lowering gives loops of their own.
import { bodyOps } from '@budflow/dialect-array';
import { type Operation, StructuredOp, type Value } from '@budflow/ir';
import { type Accesses, addAccess, operandMap, readsAnywhere, throughOp } from './accesses.js';
import { isPatchwork } from './patches.js';
import { needsLoops } from './rules.js';
import { siblingReductions } from './siblings.js';

export interface BodyAccesses {
  /** In program order; the last one is the root. */
  readonly stages: readonly Operation[];
  /** Ops of several pieces that stages read without a buffer between them. */
  readonly patches: readonly Operation[];
  /** Of reductions that run side by side, the first: their nest reads what any of them does. */
  readonly leaders: ReadonlyMap<Operation, Operation>;
  /** For block arguments and results of body ops; stages that run side by side are one. */
  readonly values: ReadonlyMap<Value, Accesses>;
  /** Values that some op reads at computed places. */
  readonly anywhere: ReadonlySet<Value>;
}

export function bodyAccesses(fusion: Operation): BodyAccesses {
  const block = fusion.region(0).entry;
  const yielded = new Set(block.terminator.operands);
  const reads = new Map<Value, Accesses>();
  const readsOf = (value: Value): Accesses => {
    let found = reads.get(value);
    if (!found) {
      found = new Map();
      reads.set(value, found);
    }
    return found;
  };
  const leaders = siblingReductions(bodyOps(fusion));
  const anywhere = new Set<Value>();
  const stages: Operation[] = [];
  const patches: Operation[] = [];
  for (const op of bodyOps(fusion).reverse()) {
    const structured = StructuredOp.of(op);
    if (!structured) continue;
    const own: Accesses = new Map();
    for (const result of op.results)
      for (const [stage, maps] of readsOf(result)) for (const map of maps) addAccess(own, stage, map);
    const stage = op.results.some((r) => yielded.has(r)) || needsLoops(op, own);
    if (stage) stages.push(op);
    else if (isPatchwork(structured)) patches.push(op);
    op.operands.forEach((operand, i) => {
      if (readsAnywhere(op, operand)) anywhere.add(operand);
      if (!stage) throughOp(op, 0, own, i, readsOf(operand));
      else {
        const map = operandMap(op, i);
        if (map) addAccess(readsOf(operand), leaders.get(op) ?? op, map);
      }
    });
  }
  return { stages: stages.reverse(), patches, leaders, values: reads, anywhere };
}
