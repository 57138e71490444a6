// Moves computations that do not depend on a loop's iterations in front of it.
//
//   loop.for %i = 0 to %n {                     %1 = arith.mulf %a, %b
//     %1 = arith.mulf %a, %b              ->    loop.for %i = 0 to %n {
//     memory.store %1, %m[%i] }                   memory.store %1, %m[%i] }
//
// Works on any op with the LoopLike interface, inner loops first; conditionals and loops move as a whole. What moves has no
// effects and may be executed speculatively. A read of memory moves when nothing in the loop writes or frees memory, and the
// loop runs at least once, so that the read is no new one. A few elements move past writes too that dependence analysis
// keeps apart from them. Follows MLIR's loop-invariant-code-motion.
import { type AccessList, collectAccesses, DependenceAnalysis, isDefinedInside } from '@budflow/analysis';
import { constantTripCount, ForOp, WhileOp } from '@budflow/dialect-loop';
import {
  effectsOf,
  isMemoryEffectFree,
  isSpeculatable,
  LoopLike,
  type Operation,
  RegionBranch,
  Terminator,
} from '@budflow/ir';
import { definePass, type PassRun } from '@budflow/pass';

export const licm = definePass({
  name: 'licm',
  summary: 'hoist loop-invariant computations out of loops',
  statistics: { hoisted: 'ops moved out of a loop', 'hoisted-reads': 'reads of memory among them' },
  run(root, pass) {
    let hoisted = 0;
    root.walkPostOrder((op) => {
      const loop = LoopLike.of(op);
      if (!loop) return;
      const readsMayMove = alwaysRuns(op) && onlyReads(op);
      const pastWrites = alwaysRuns(op) && !readsMayMove ? new PastWrites(op) : null;
      for (const block of loop.body(op).blocks) {
        // Blocks after the first need not run.
        const isCertain = readsMayMove && loop.body(op).entry === block;
        for (let inner = block.firstOp; inner; ) {
          const next: Operation | null = inner.next;
          const isApart = block === loop.body(op).entry && pastWrites?.mayMove(inner) === true;
          const reads = isApart || (isCertain && isHoistableRead(inner));
          if ((reads || isHoistable(inner)) && isInvariant(inner, op)) {
            if (isApart) pastWrites?.count();
            inner.moveBefore(op);
            hoisted++;
            if (reads) pass.statistic('hoisted-reads');
          } else reportStaying(inner, op, pass);
          inner = next;
        }
      }
    });
    pass.statistic('hoisted', hoisted);
    if (hoisted === 0) pass.unchanged();
  },
});

/** Elements that a loop holds in registers although it writes memory: more would only be spilled. */
const MOST_PAST_WRITES = 4;

/** Loads of elements that nothing in a loop writes. */
class PastWrites {
  private readonly loop: Operation;
  private known: AccessList | null = null;
  private moved = 0;

  constructor(loop: Operation) {
    this.loop = loop;
  }

  count(): void {
    this.moved++;
  }

  mayMove(op: Operation): boolean {
    if (op.name !== 'memory.load' || !isInvariant(op, this.loop) || this.moved >= MOST_PAST_WRITES) return false;
    this.known ??= collectAccesses(this.loop);
    if (this.known.unknown) return false;
    let kernel = this.loop;
    while (kernel.parentOp && kernel.name !== 'func.func') kernel = kernel.parentOp;
    const analysis = new DependenceAnalysis(kernel, [this.loop]);
    const [read] = collectAccesses(op).accesses;
    const writes = this.known.accesses.filter((a) => a.kind === 'write');
    return read !== undefined && writes.every((write) => analysis.between(write, read) === null);
  }
}

/** A remark about an op that would be the same in every iteration, and still stays. */
function reportStaying(op: Operation, loop: Operation, { remark }: Pick<PassRun, 'remark'>): void {
  if (op.ownRegions !== null || op.ownSuccessors !== null || op.resultCount === 0 || op.operandCount === 0) return;
  const reads = isHoistableRead(op);
  if ((!reads && (!isMemoryEffectFree(op) || isSpeculatable(op))) || !isInvariant(op, loop)) return;
  const [name, why] = !alwaysRuns(loop)
    ? ['loop-may-not-run', `it ${reads ? 'reads memory' : 'may trap'}, and the loop may not run`]
    : reads
      ? ['memory-may-change', 'it reads memory that the loop may change']
      : ['may-trap', 'it may trap, and other effects come first'];
  remark({ kind: 'missed', name: name!, message: `'${op.name}' stays in '${loop.name}': ${why}`, at: op });
}

/** Whether neither the op nor anything nested in it uses a value made in the loop. */
function isInvariant(op: Operation, loop: Operation): boolean {
  if (op.ownRegions === null) return op.operands.every((v) => !isDefinedInside(v, loop));
  let invariant = true;
  op.walk((inner) => {
    for (let i = 0; i < inner.operandCount && invariant; i++) {
      const value = inner.operand(i);
      if (isDefinedInside(value, loop) && value.owner !== op && !isDefinedInside(value, op)) invariant = false;
    }
  });
  return invariant;
}

function isHoistable(op: Operation): boolean {
  if (op.ownSuccessors !== null || op.resultCount === 0) return false;
  if (op.ownRegions === null) return isMemoryEffectFree(op) && isSpeculatable(op);
  // Of ops with regions those whose flow is known: a loop of unknown length might never end.
  if (!RegionBranch.of(op) || WhileOp.is(op) || !isMemoryEffectFree(op)) return false;
  let safe = true;
  op.walk((inner) => {
    if (inner === op || !safe) return;
    if (inner.ownRegions !== null) safe = RegionBranch.of(inner) !== undefined && !WhileOp.is(inner);
    else safe = inner.info.hasTrait(Terminator) || isSpeculatable(inner);
  });
  return safe;
}

function isHoistableRead(op: Operation): boolean {
  if (op.ownRegions !== null || op.ownSuccessors !== null || op.resultCount === 0) return false;
  const effects = effectsOf(op);
  return effects !== null && effects.length > 0 && effects.every((e) => e.kind === 'read');
}

/** Whether a loop has at least one iteration. */
function alwaysRuns(op: Operation): boolean {
  return ForOp.is(op) && (constantTripCount(op) ?? 0) > 0;
}

function onlyReads(op: Operation): boolean {
  return effectsOf(op)?.every((e) => e.kind === 'read' || e.kind === 'allocate') === true;
}
