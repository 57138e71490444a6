// sink-broadcasts: what a loop reads of a broadcast is computed from the small tensor, in the loop.
//
//   %p = array.broadcast %x : 60000x3 to 60000x16x3        loop.while .. {
//   loop.while .. {                                          %p = array.broadcast %x : 60000x3 to 60000x16x3
//     %d = array.sub %p, %c                         ->       %d = array.sub %p, %c
//
// Fusion works block by block, so a broadcast (or coordinates, or a filled tensor) in front of a loop would be written to
// memory once and read whole in each iteration; beside its user it is nothing but an index. It moves to users that compute
// element by element, as those take producers into their kernels; for others it stays where it is. Requires nothing; runs
// behind rotate-while-loops, before fusion. (The opposite of loop-invariant code motion, as rematerialisation is of
// spilling: Briggs, Cooper and Torczon, 1992.)
import {
  type Block,
  Builder,
  isMemoryEffectFree,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  StructuredOp,
  TensorType,
  type Value,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const sinkBroadcasts = definePass({
  name: 'sink-broadcasts',
  summary: 'compute broadcasts and coordinates beside their users in loops, not in front of the loops',
  anchor: 'func.func',
  statistics: { sunk: 'ops computed in a loop from what is smaller' },
  run(func, pass) {
    const ops: Operation[] = [];
    func.walk((op) => {
      if (isSmallToLarge(op)) ops.push(op);
    });
    // Last first: what one is made from may follow it.
    let sunk = 0;
    for (const op of ops.reverse()) sunk += sink(op);
    pass.statistic('sunk', sunk);
    if (sunk === 0) pass.unchanged();
  },
});

function elements(value: Value): number {
  return value.type instanceof TensorType
    ? value.type.shape.reduce((n, d) => n * (d < 0 ? Number.POSITIVE_INFINITY : d), 1)
    : 1;
}

/** Whether an op makes more elements than it reads, by nothing but copying or counting. */
function isSmallToLarge(op: Operation): boolean {
  if (op.resultCount !== 1 || op.ownRegions !== null || !op.info.hasTrait(Pure) || !isMemoryEffectFree(op))
    return false;
  if (!(op.result(0).type instanceof TensorType) || !StructuredOp.of(op)) return false;
  const tensors = op.operands.filter((v) => v.type instanceof TensorType);
  const kind = OpPattern.of(op)?.pattern(op);
  if (tensors.length > 0 ? kind !== OpPatternKind.broadcast : (kind ?? OpPatternKind.opaque) > OpPatternKind.injective)
    return false;
  // Of unknown sizes the larger one has more that are not known.
  const [from, to] = [Math.max(0, ...tensors.map(elements)), elements(op.result(0))];
  return from < to || (to === Number.POSITIVE_INFINITY && tensors.length > 0);
}

function sink(op: Operation): number {
  const result = op.result(0);
  const copies = new Map<Block, Value>();
  for (const user of new Set(result.users())) {
    const block = user.parent;
    if (!block || block === op.parent || !takesProducers(user)) continue;
    let copy = copies.get(block);
    if (!copy) {
      const first = block.ops.find((inner) => inner.operands.includes(result) && takesProducers(inner))!;
      copy = Builder.before(first).insert(op.clone()).result(0);
      copies.set(block, copy);
    }
    user.operands.forEach((v, i) => {
      if (v === result) user.setOperand(i, copy);
    });
  }
  if (copies.size > 0 && !result.hasUses) op.erase();
  return copies.size;
}

/** Whether fusion computes an operand of this op in its kernel. */
function takesProducers(user: Operation): boolean {
  const kind = OpPattern.of(user)?.pattern(user);
  return (
    (kind === OpPatternKind.elementwise || kind === OpPatternKind.broadcast) && StructuredOp.of(user) !== undefined
  );
}
