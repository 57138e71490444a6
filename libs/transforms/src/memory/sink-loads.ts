// sink-loads: where a block loads more vectors than there are registers before it stores the first one, each is loaded, and
// each value computed, right in front of the first store that needs it.
//
//   %a = simd.load %x[%i]                      %a = simd.load %x[%i]
//   %b = simd.load %x[%j]                      %p = arith.mulf %a, %a
//   %p = arith.mulf %a, %a               ->    simd.store %p, %y[%i]
//   %q = arith.addf %a, %b                     %b = simd.load %x[%j]
//   simd.store %p, %y[%i]                      %q = arith.addf %a, %b
//   simd.store %q, %y[%j]                      simd.store %q, %y[%j]
//
// Rows of a stencil that run together share what they load; common subexpressions leave all of it in front. Engines move no
// load behind a store: they do not know that arrays are apart, which kernels do. Requires legal vectors; runs behind cse.
// Only blocks of short chains of operations: where there is much to compute, what is independent had better stay side by
// side. (Scheduling for few live values, in the order of Sethi and Ullman, 1970, of the stores' expressions.)
import { type Access, collectAccesses, overlapOf } from '@budflow/analysis';
import { KernelAttrs } from '@budflow/dialect-rt';
import { type Block, type Operation, Pure, VectorType } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { getTarget } from '@budflow/target';

/** Operations for each access below which a block waits for loads rather than for its operations. */
const SHORT = 4;

/** Maxima and minima that propagate NaN are several instructions (decision 2). */
const EXTREMES: ReadonlySet<string> = new Set(['arith.maximumf', 'arith.minimumf']);
const INSTRUCTIONS_OF_EXTREME = 5;

/** Registers where the target does not say how many an engine uses. */
const REGISTERS = 15;

export const sinkLoads = definePass({
  name: 'sink-loads',
  summary: 'load what does not fit into registers in front of the stores that need it',
  anchor: 'func.func',
  options: { target: { type: 'string', default: 'wasm32-simd128', description: 'Name of the machine description.' } },
  statistics: { sunk: 'loads moved behind a store' },
  run(func, pass) {
    if (!func.attr(KernelAttrs.kernel)) {
      pass.unchanged();
      return;
    }
    const registers = getTarget(pass.options.target).engine?.maxLiveVectors ?? REGISTERS;
    const blocks: Block[] = [...func.region(0).blocks];
    func.walk((op) => {
      if (op !== func) for (const region of op.regions) blocks.push(...region.blocks);
    });
    let sunk = 0;
    for (const block of blocks) sunk += sinkLoadsOf(func, block, registers);
    pass.statistic('sunk', sunk);
    if (sunk === 0) pass.unchanged();
  },
});

/** Reorders a block without nested ones; returns how many loads moved behind a store. */
function sinkLoadsOf(func: Operation, block: Block, registers: number): number {
  const ops = block.ops.slice(0, -1);
  if (ops.some((op) => op.ownRegions !== null)) return 0;
  const { accesses, unknown } = collectAccesses(...ops);
  if (unknown) return 0;
  const accessOf = new Map(accesses.map((a) => [a.op, a]));
  const first = ops.findIndex((op) => accessOf.get(op)?.kind === 'write');
  const isVector = (op: Operation): boolean => op.resultCount > 0 && op.result(0).type instanceof VectorType;
  const early = ops.slice(0, Math.max(0, first)).filter((op) => accessOf.get(op)?.kind === 'read' && isVector(op));
  if (early.length <= registers) return 0;
  const computing = ops
    .filter((op) => !accessOf.has(op) && isVector(op) && op.operandCount > 0)
    .reduce((sum, op) => sum + (EXTREMES.has(op.name) ? INSTRUCTIONS_OF_EXTREME : 1), 0);
  if (computing >= SHORT * accesses.length) return 0;

  // Stores stay in order; what they need comes in front of them, and loads of what they may write.
  const order: Operation[] = [];
  const placed = new Set<Operation>();
  const place = (op: Operation): void => {
    if (placed.has(op) || op.parent !== block) return;
    placed.add(op);
    for (const { definingOp } of op.operands) if (definingOp) place(definingOp);
    order.push(op);
  };
  const pending: Access[] = [];
  for (const op of ops) {
    const access = accessOf.get(op);
    if (access?.kind === 'read') pending.push(access);
    else if (access || !op.info.hasTrait(Pure)) {
      for (const load of pending)
        if (!placed.has(load.op) && access && overlapOf(func, load.root, access.root) !== 'none') place(load.op);
      place(op);
    }
  }
  for (const { definingOp } of block.terminator.operands) if (definingOp) place(definingOp);
  for (const op of ops) place(op);
  const store = order.findIndex((op) => accessOf.get(op)?.kind === 'write');
  const sunk = early.filter((op) => order.indexOf(op) > store).length;
  if (sunk === 0) return 0;
  for (const op of order) op.moveBefore(block.terminator);
  return sunk;
}
