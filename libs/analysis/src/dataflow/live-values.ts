// Which values matter: a value is live when an effect, a decision about control or the result of a visible function
// depends on it. Values that only feed each other, around a loop or through a call, are not. Follows MLIR's LivenessAnalysis.
import { effectsOf, type Operation, SymbolTrait, Terminator, type Value } from '@budflow/ir';
import { DeadCodeAnalysis } from './dead-code.js';
import { type Anchor, DataFlowSolver } from './solver.js';
import { SparseBackwardAnalysis } from './sparse-backward.js';
import { Lattice } from './sparse-forward.js';

export class LiveValue extends Lattice<LiveValue> {
  live = false;
  override join(other: LiveValue): boolean {
    return other.live && this.set();
  }
  set(): boolean {
    if (this.live) return false;
    this.live = true;
    return true;
  }
  override toString(): string {
    return this.live ? 'live' : 'dead';
  }
  static readonly kind = { name: 'live-value', make: (anchor: Anchor): LiveValue => new LiveValue(anchor) };
}

export class LiveValues extends SparseBackwardAnalysis<LiveValue> {
  constructor(solver: DataFlowSolver) {
    super(solver, LiveValue.kind);
  }
  /** Whether anything observable depends on a value; after the run. */
  isLive(value: Value): boolean {
    return this.of(value)?.live ?? false;
  }

  protected override transfer(op: Operation, operands: readonly LiveValue[], results: readonly LiveValue[]): void {
    if (!results.some((r) => r.live) && isRemovable(op)) return;
    for (const operand of operands) this.update(operand, operand.set());
    // Ops nobody knows may look at their regions in any way.
    for (const region of op.regions)
      for (const block of region.blocks)
        for (const argument of block.arguments) this.update(this.state(argument), this.state(argument).set());
  }
  protected override controlOperand(op: Operation, operand: LiveValue, results: readonly LiveValue[]): void {
    if (op.ownSuccessors === null && isRemovable(op) && !results.some((r) => r.live)) return;
    this.update(operand, operand.set());
  }
  protected override escapes(state: LiveValue): void {
    this.update(state, state.set());
  }
}

/** Whether the op would go if nobody used its results: it changes nothing that anyone else sees. */
function isRemovable(op: Operation): boolean {
  if (op.info.hasTrait(Terminator) || op.info.hasTrait(SymbolTrait)) return false;
  if (op.info.definition === null && op.info.traits.length === 0) return false;
  const effects = effectsOf(op);
  return (
    effects !== null && effects.every((e) => e.kind === 'read' || (e.kind === 'allocate' && e.value?.definingOp === op))
  );
}

/** Solves for what is below `top`. */
export function liveValues(top: Operation): LiveValues {
  const solver = new DataFlowSolver();
  solver.load((s) => new DeadCodeAnalysis(s));
  const analysis = solver.load((s) => new LiveValues(s));
  solver.run(top);
  return analysis;
}
