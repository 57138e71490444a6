// Sparse forward analyses: facts about values, computed from the facts about the values they are made of. They flow along
// uses, along branches to block arguments, into and out of regions, and through calls; only through what dead-code analysis
// found executable. Follows MLIR's SparseForwardDataFlowAnalysis.
import {
  Block,
  BranchOp,
  CallableOp,
  CallOp,
  type Operation,
  type Region,
  RegionBranch,
  SymbolTrait,
  type Value,
} from '@budflow/ir';
import { Executable, Predecessors } from './dead-code.js';
import { AnalysisState, DataFlowAnalysis, type DataFlowSolver, type ProgramPoint, type StateKind } from './solver.js';

/** A fact about a value. It starts out as "no execution seen yet". */
export abstract class Lattice<S> extends AnalysisState {
  /** Adds what `other` allows; returns whether that changed the fact. */
  abstract join(other: S): boolean;
}

export abstract class SparseForwardAnalysis<S extends Lattice<S>> extends DataFlowAnalysis {
  readonly kind: StateKind<S>;

  constructor(solver: DataFlowSolver, kind: StateKind<S>) {
    super(solver);
    this.kind = kind;
  }

  /** Computes the results of a plain op from its operands. */
  protected abstract transfer(op: Operation, operands: readonly S[], results: readonly S[]): void;
  /** Sets the fact to what holds for any value that may come from anywhere. */
  protected abstract setUnknown(state: S): void;
  /** An entry argument that an op with regions makes itself, such as an induction variable. */
  protected regionArgument(_op: Operation, _region: Region, _index: number, state: S, _reader: ProgramPoint): void {
    this.setUnknown(state);
  }

  /** The fact about a value after the run; undefined when nothing that runs computes it. */
  of(value: Value): S | undefined {
    return this.solver.lookup(this.kind, value);
  }
  protected state(value: Value): S {
    return this.solver.state(this.kind, value);
  }
  protected update(state: S, changed: boolean): void {
    if (changed) this.solver.changed(state);
  }
  protected unknown(value: Value): void {
    this.setUnknown(this.state(value));
  }

  override initialize(top: Operation): void {
    for (const region of top.regions)
      if (!region.isEmpty) for (const argument of region.entry.arguments) this.unknown(argument);
    const visitBelow = (parent: Operation) => {
      for (const region of parent.regions) {
        for (const block of region.blocks) {
          this.solver.state(Executable.kind, block).subscribers.add(this);
          this.visit(block);
          for (let op = block.firstOp; op !== null; op = op.next) {
            this.visit(op);
            if (op.ownRegions !== null) visitBelow(op);
          }
        }
      }
    };
    visitBelow(top);
  }

  override visit(point: ProgramPoint): void {
    if (point instanceof Block) this.visitBlock(point);
    else this.visitOperation(point);
  }

  private visitOperation(op: Operation): void {
    if (op.result0 === null || op.parent === null) return;
    if (!this.solver.state(Executable.kind, op.parent).live) return;
    if (RegionBranch.of(op) || CallOp.of(op)) {
      this.joinPassed(op, op.results, op, null);
      return;
    }
    const operands: S[] = [];
    for (let i = 0; i < op.operandCount; i++) operands.push(this.read(this.kind, op.operand(i), op));
    this.transfer(
      op,
      operands,
      op.results.map((r) => this.state(r)),
    );
  }

  private visitBlock(block: Block): void {
    if (block.arguments.length === 0 || !this.solver.state(Executable.kind, block).live) return;
    const region = block.parent;
    if (region === null || region.parent === null) return;
    if (region.entry === block) {
      const op = region.parent;
      if (op === this.solver.top) return;
      const called = CallableOp.of(op) !== undefined && op.info.hasTrait(SymbolTrait);
      if (called || RegionBranch.of(op)) this.joinPassed(block, block.arguments, block, called ? null : region);
      else for (const argument of block.arguments) this.unknown(argument);
      // The entry may also be the target of branches.
    }
    for (const from of this.solver.predecessorsOf(block)) {
      const edge = this.read(Executable.kind, this.solver.edge(from, block), block);
      if (!edge.live) continue;
      const branch = from.lastOp!;
      const methods = BranchOp.of(branch);
      branch.successors.forEach((successor, k) => {
        if (successor !== block) return;
        const range = methods?.successorOperands(branch, k);
        block.arguments.forEach((argument, i) => {
          const at = range === undefined ? -1 : range.start + i;
          if (range === undefined || at >= range.end) this.unknown(argument);
          else this.joinValue(argument, branch.operand(at), block);
        });
      });
    }
  }

  /** Joins what is passed to the entry of a region or to the results of an op; the rest the op makes itself. */
  private joinPassed(
    anchor: Block | Operation,
    targets: readonly Value[],
    reader: ProgramPoint,
    region: Region | null,
  ): void {
    const predecessors = this.read(Predecessors.kind, anchor, reader);
    if (!predecessors.allKnown) for (const target of targets) this.unknown(target);
    for (const { values, first } of predecessors.known.values()) {
      targets.forEach((target, i) => {
        const value = values[i - first];
        if (value !== undefined) this.joinValue(target, value, reader);
        else if (region !== null) this.regionArgument(region.parent!, region, i, this.state(target), reader);
        else this.unknown(target);
      });
    }
  }
  private joinValue(target: Value, from: Value, reader: ProgramPoint): void {
    const state = this.state(target);
    this.update(state, state.join(this.read(this.kind, from, reader)));
  }
}
