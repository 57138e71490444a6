// Moves computations that do not depend on a loop's iterations in front of it.
//
//   loop.for %i = 0 to %n {                     %1 = arith.mulf %a, %b
//     %1 = arith.mulf %a, %b              ->    loop.for %i = 0 to %n {
//     memory.store %1, %m[%i] }                   memory.store %1, %m[%i] }
//
// Works on any op with the LoopLike interface, inner loops first. Hoists ops without effects that may be executed
// speculatively; loads stay (scalar-replacement moves those it can prove).
import { isDefinedInside } from '@budflow/analysis';
import { isMemoryEffectFree, isSpeculatable, LoopLike, type Operation } from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const licm = definePass({
  name: 'licm',
  summary: 'hoist loop-invariant computations out of loops',
  statistics: { hoisted: 'ops moved out of a loop' },
  run(root, pass) {
    let hoisted = 0;
    root.walkPostOrder((op) => {
      const loop = LoopLike.of(op);
      if (!loop) return;
      for (const block of loop.body(op).blocks) {
        for (let inner = block.firstOp; inner; ) {
          const next: Operation | null = inner.next;
          if (isHoistable(inner) && inner.operands.every((v) => !isDefinedInside(v, op))) {
            inner.moveBefore(op);
            hoisted++;
          }
          inner = next;
        }
      }
    });
    pass.statistic('hoisted', hoisted);
    if (hoisted === 0) pass.unchanged();
  },
});

function isHoistable(op: Operation): boolean {
  return (
    op.ownRegions === null &&
    op.ownSuccessors === null &&
    op.resultCount > 0 &&
    isMemoryEffectFree(op) &&
    isSpeculatable(op)
  );
}
