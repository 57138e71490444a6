// How the body of an array.fusion reads its values: for each, the stages that read it and the maps by which they do. The
// stages are the ops to which the lowering gives loops of their own.
import { bodyOps } from '@budflow/dialect-array';
import { type AffineMap, type Operation, StructuredOp, type Value } from '@budflow/ir';
import { type Accesses, addAccess, operandMap, readsAnywhere, resultMap, throughOp } from './accesses.js';
import { isPatchwork } from './patches.js';
import { needsLoops } from './rules.js';
import { siblingReductions, siblingResults } from './siblings.js';

export interface BodyAccesses {
  /** In program order; the last one is the root. */
  readonly stages: readonly Operation[];
  /** Ops of several pieces that stages read without a buffer between them. */
  readonly patches: readonly Operation[];
  /** Of reductions, or of results, that one nest computes, the first: their nest reads what any of them does. */
  readonly leaders: ReadonlyMap<Operation, Operation>;
  /** For block arguments and results of body ops; stages that run side by side are one. */
  readonly values: ReadonlyMap<Value, Accesses>;
  /** Values that some op reads at computed places. */
  readonly anywhere: ReadonlySet<Value>;
}

export function bodyAccesses(fusion: Operation): BodyAccesses {
  const results = siblingResults(fusion);
  if (results.size > 0) {
    const together = accessesWith(fusion, results);
    if (isOneNest(together)) return together;
  }
  return accessesWith(fusion, siblingReductions(bodyOps(fusion)));
}

/** Whether all that has loops runs in one nest, in which nothing but the element at hand is read of what it computes. */
function isOneNest({ stages, patches, leaders, values, anywhere }: BodyAccesses): boolean {
  return (
    patches.length === 0 &&
    stages.every((op) => leaders.has(op)) &&
    stages.every((op) =>
      op.results.every((result) => {
        const own = resultMap(op, result.index);
        const reads = [...(values.get(result) ?? new Map<Operation, Set<AffineMap>>()).values()];
        return !anywhere.has(result) && reads.every((maps) => [...maps].every((map) => map === own));
      }),
    )
  );
}

function accessesWith(fusion: Operation, leaders: ReadonlyMap<Operation, Operation>): BodyAccesses {
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
