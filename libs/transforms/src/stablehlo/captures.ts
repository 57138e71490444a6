// Regions that will work on scalars see nothing outside of them. Constants that they use go in; what else they use is a
// reason to refuse the op.
import * as hlo from '@budflow/dialect-stablehlo';
import type { Operation, Region, Value } from '@budflow/ir';

const SCALAR_REGIONS: ReadonlySet<string> = new Set(
  [hlo.MapOp, hlo.ReduceOp, hlo.ReduceWindowOp, hlo.ScatterOp, hlo.SelectAndScatterOp, hlo.SortOp].map(
    (op) => op.opName,
  ),
);

/** Copies the constants that regions of reductions and their like use into these regions. */
export function sinkConstants(module: Operation): void {
  module.walk((op) => {
    if (!SCALAR_REGIONS.has(op.name)) return;
    for (const region of op.regions)
      for (const value of captured(region)) {
        const { definingOp } = value;
        if (!definingOp || !isConstant(definingOp)) continue;
        const copy = definingOp.clone();
        region.entry.insertBefore(copy, region.entry.firstOp);
        value.replaceUsesIf(copy.result(0), (user) => region.isAncestorOf(user.parentRegion!));
      }
  });
}

/** Why the regions of an op cannot work on scalars; undefined when nothing from outside is in the way. */
export function captureRefusal(op: Operation): string | undefined {
  if (!SCALAR_REGIONS.has(op.name)) return undefined;
  for (const region of op.regions)
    for (const { definingOp } of captured(region))
      if (!definingOp || !isConstant(definingOp)) return 'its region uses a value from outside; pass it as an operand';
  return undefined;
}

function isConstant(op: Operation): boolean {
  return hlo.ConstantOp.is(op);
}

/** The values of outside that a region uses. */
function captured(region: Region): Value[] {
  const found = new Set<Value>();
  for (const block of region.blocks)
    for (const op of block.ops)
      op.walk((inner) => {
        for (const operand of inner.operands)
          if (!region.isAncestorOf(operand.parentBlock!.parent!)) found.add(operand);
      });
  return [...found];
}
