// Integer range analysis: bounds, signed and unsigned, of every integer and index value (of the elements, for vectors and
// tensors). Ops say through InferIntRange how their results follow from their operands; loops make the ranges of their
// induction variables. A bound that keeps moving around a loop is given up, one side at a time (widening), so that the
// analysis ends; the other side stays. Follows MLIR's IntegerRangeAnalysis.
import { InferIntRange, IntegerRange, integerWidth, type Operation, type Region, type Value } from '@budflow/ir';
import type { Anchor, DataFlowSolver, ProgramPoint } from './solver.js';
import { Lattice, SparseForwardAnalysis } from './sparse-forward.js';

/** A bound may move so often before it is given up: enough for a few branches to meet, few enough for loops. */
const MOVES_BEFORE_WIDENING = 8;

/** Undefined: nothing seen yet. Null: not an integer. */
export class RangeState extends Lattice<RangeState> {
  range: IntegerRange | null | undefined = undefined;
  private moves = 0;

  override join(other: RangeState): boolean {
    return other.range === undefined ? false : this.add(other.range);
  }
  add(range: IntegerRange | null): boolean {
    const before = this.range;
    if (before === undefined) {
      this.range = range;
      return true;
    }
    if (before === null) return false;
    if (range === null) {
      this.range = IntegerRange.full(before.width);
    } else {
      const union = before.union(range);
      this.range = ++this.moves > MOVES_BEFORE_WIDENING ? before.widenedTo(union) : union;
    }
    if (!this.range.equals(before)) return true;
    this.range = before;
    this.moves--;
    return false;
  }
  override toString(): string {
    return this.range === undefined ? 'unseen' : this.range === null ? 'no integer' : this.range.toString();
  }
  static readonly kind = { name: 'integer-range', make: (anchor: Anchor): RangeState => new RangeState(anchor) };
}

export class IntegerRangeAnalysis extends SparseForwardAnalysis<RangeState> {
  constructor(solver: DataFlowSolver) {
    super(solver, RangeState.kind);
  }

  /** The range of a value after the run; null when it is not an integer, or is never computed. */
  rangeOf(value: Value): IntegerRange | null {
    return this.of(value)?.range ?? null;
  }

  protected override setUnknown(state: RangeState): void {
    const width = integerWidth((state.anchor as Value).type);
    this.update(state, state.add(width === null ? null : IntegerRange.full(width)));
  }

  protected override transfer(op: Operation, operands: readonly RangeState[], results: readonly RangeState[]): void {
    const methods = InferIntRange.of(op);
    if (!methods || !results.some((r) => integerWidth((r.anchor as Value).type) !== null)) {
      for (const result of results) this.setUnknown(result);
      return;
    }
    if (operands.some((o) => o.range === undefined)) return;
    const ranges = methods.resultRanges(
      op,
      operands.map((o) => o.range!),
    );
    results.forEach((result, i) => {
      const range = ranges[i];
      if (!range) this.setUnknown(result);
      else this.update(result, result.add(range));
    });
  }

  protected override regionArgument(
    op: Operation,
    region: Region,
    index: number,
    state: RangeState,
    reader: ProgramPoint,
  ): void {
    const operands = op.operands.map((v) => this.read(RangeState.kind, v, reader).range);
    if (operands.some((o) => o === undefined)) return;
    const range = InferIntRange.of(op)?.argumentRange?.(op, region, index, operands as (IntegerRange | null)[]);
    if (range) this.update(state, state.add(range));
    else this.setUnknown(state);
  }
}
