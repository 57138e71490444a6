// Which ops of a fusion get loops and a buffer of their own ("stages"), and which are recomputed as scalar code inside
// their consumers. A stage is a root nest; placing it inside another is the schedule's business (compute_at).
import { AffineExpr, type Operation, OpCost, OpPattern, OpPatternKind, StringAttr, StructuredOp, type Value } from '@budflow/ir';

export interface Stage {
  readonly op: Operation;
  /** Unique within the kernel; its loops are `name.d0 ... name.r0 ...`. */
  readonly name: string;
}

const REDUCTION_NAMES: Record<string, string> = { add: 'sum', mul: 'prod' };

/** Name of a stage without its number: the reduction kind where there is one, the op's mnemonic otherwise. */
function baseName(op: Operation): string {
  const kind = op.attr('kind');
  if (op.name.endsWith('.reduce') && kind instanceof StringAttr) return REDUCTION_NAMES[kind.value] ?? kind.value;
  return op.name.slice(op.name.lastIndexOf('.') + 1);
}

/**
 * Numbers the stages of a fusion body. An op is a stage when its result leaves the fusion, when it reduces, when its
 * domain does not cover its result (pad), or when it is expensive and read at more than one place.
 */
export function findStages(body: readonly Operation[], yielded: ReadonlySet<Value>): Stage[] {
  const stages: Stage[] = [];
  const taken = new Set<string>();
  for (const op of body) {
    if (!needsStage(op, yielded)) continue;
    const base = baseName(op);
    let name = base;
    for (let n = 1; taken.has(name); n++) name = `${base}_${n}`;
    taken.add(name);
    stages.push({ op, name });
  }
  return stages;
}

function needsStage(op: Operation, yielded: ReadonlySet<Value>): boolean {
  const structured = StructuredOp.of(op);
  if (!structured) return false;
  if (op.results.some((r) => yielded.has(r))) return true;
  if (structured.reduction || structured.fill) return true;
  if (OpPattern.of(op)?.pattern(op) === OpPatternKind.broadcast) return false;
  const cost = OpCost.of(op)?.pointCost(op);
  return cost?.expensive === true && readCount(op) > 1;
}

/** Number of distinct accesses to the op's results, looking through consumers that only move data. */
function readCount(op: Operation): number {
  let reads = 0;
  for (const result of op.results) {
    result.forEachUse((user, operandIndex) => {
      const structured = StructuredOp.of(user);
      const map = structured?.indexingMaps(user)[operandIndex];
      // A broadcast consumer reads each element many times.
      const dims = structured ? structured.domain(user).length : 0;
      const used = map ? map.results.filter((e) => e !== AffineExpr.constant(0)).length : dims;
      reads += used < dims && !structured?.reduction ? 2 : 1;
    });
  }
  return reads;
}
