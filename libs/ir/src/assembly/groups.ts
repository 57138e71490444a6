// Operand and result groups of an operation as ranges, without throwing on operations that do not fit.
import { DenseArrayAttr } from '../attribute.js';
import type { ValueConstraint } from '../constraints.js';
import type { Operation } from '../operation.js';

/** Boundaries of the groups: group i is [ends[i], ends[i + 1]). Null when `total` or the segment sizes do not fit. */
export function groupBounds(
  op: Operation,
  constraints: readonly ValueConstraint[],
  total: number,
  segmentAttr: string,
): readonly number[] | null {
  let fixed = 0;
  for (let i = 0; i < constraints.length; i++) if (constraints[i]!.kind === 'one') fixed++;
  const flexible = constraints.length - fixed;
  if (flexible === 0) return total === fixed ? singles(fixed) : null;
  const bounds = [0];
  let end = 0;
  if (flexible > 1) {
    const sizes = op.attributes.get(segmentAttr);
    if (!(sizes instanceof DenseArrayAttr) || sizes.values.length !== constraints.length) return null;
    for (let i = 0; i < constraints.length; i++) {
      const size = Number(sizes.values[i]);
      if (!fits(constraints[i]!, size)) return null;
      end += size;
      bounds.push(end);
    }
  } else {
    for (const c of constraints) {
      const size = c.kind === 'one' ? 1 : total - fixed;
      if (!fits(c, size)) return null;
      end += size;
      bounds.push(end);
    }
  }
  return end === total ? bounds : null;
}

const SINGLES: number[][] = [];

/** [0, 1, ... n]: the bounds of n groups of one value. */
function singles(n: number): readonly number[] {
  SINGLES[n] ??= Array.from({ length: n + 1 }, (_, i) => i);
  return SINGLES[n];
}

function fits(constraint: ValueConstraint, size: number): boolean {
  return constraint.kind === 'one' ? size === 1 : constraint.kind === 'optional' ? size === 0 || size === 1 : size >= 0;
}
