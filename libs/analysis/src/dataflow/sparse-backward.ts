// Sparse backward analyses: facts about values, computed from the facts about what is made of them. They flow from results
// to operands, from block arguments to what branches pass, out of regions and through calls. Follows MLIR's
// SparseBackwardDataFlowAnalysis. Facts hold for dead code too: it asks for nothing from outside that running code would not.
import {
  BranchOp,
  CallableOp,
  CallOp,
  type Operation,
  RegionBranch,
  ReturnLike,
  SymbolTrait,
  type Value,
} from '@budflow/ir';
import { calledBody, Predecessors } from './dead-code.js';
import { DataFlowAnalysis, type DataFlowSolver, type ProgramPoint, type StateKind } from './solver.js';
import type { Lattice } from './sparse-forward.js';

export abstract class SparseBackwardAnalysis<S extends Lattice<S>> extends DataFlowAnalysis {
  readonly kind: StateKind<S>;

  constructor(solver: DataFlowSolver, kind: StateKind<S>) {
    super(solver);
    this.kind = kind;
  }

  /** Adds to the facts of the operands of a plain op what its results ask of them. */
  protected abstract transfer(op: Operation, operands: readonly S[], results: readonly S[]): void;
  /** An operand that decides where control goes, or that the op needs itself: conditions, loop bounds. */
  protected abstract controlOperand(op: Operation, operand: S, results: readonly S[]): void;
  /** A value that leaves what is looked at: returned to unknown callers, passed to an unknown callee. */
  protected abstract escapes(state: S): void;

  /** The fact about a value after the run. */
  of(value: Value): S | undefined {
    return this.solver.lookup(this.kind, value);
  }
  protected state(value: Value): S {
    return this.solver.state(this.kind, value);
  }
  protected update(state: S, changed: boolean): void {
    if (changed) this.solver.changed(state);
  }

  override initialize(top: Operation): void {
    top.walkPostOrder((op) => {
      if (op !== top) this.visit(op);
    });
  }

  override visit(point: ProgramPoint): void {
    const op = point as Operation;
    // What calls pass to a callable and what it returns is seen at the calls and returns.
    if (CallableOp.of(op)) return;
    const results = op.results.map((r) => this.read(this.kind, r, op));
    if (op.ownSuccessors !== null) this.visitBranch(op, results);
    else if (RegionBranch.of(op)) this.visitEdges(op, op, results);
    else if (CallOp.of(op)) this.visitCall(op);
    else if (op.parent?.lastOp === op && op.parentOp !== null && this.visitExit(op, op.parentOp)) return;
    else
      this.transfer(
        op,
        op.operands.map((v) => this.state(v)),
        results,
      );
  }

  /** `from` gives what `to` is asked for. */
  private passes(from: Value, to: Value, reader: Operation): void {
    const state = this.state(from);
    this.update(state, state.join(this.read(this.kind, to, reader)));
  }

  private visitBranch(op: Operation, results: readonly S[]): void {
    const methods = BranchOp.of(op);
    const forwarded = new Set<number>();
    op.successors.forEach((successor, k) => {
      const range = methods?.successorOperands(op, k);
      if (!range) return;
      for (let i = range.start; i < range.end; i++) {
        forwarded.add(i);
        const argument = successor.arguments[i - range.start];
        if (argument) this.passes(op.operand(i), argument, op);
      }
    });
    for (let i = 0; i < op.operandCount; i++)
      if (!forwarded.has(i)) this.controlOperand(op, this.state(op.operand(i)), results);
  }

  private visitEdges(op: Operation, from: Operation, results: readonly S[]): void {
    const constants = new Array<null>(from.operandCount).fill(null);
    const forwarded = new Set<number>();
    for (const edge of RegionBranch.of(op)!.edges(op, from, constants)) {
      const targets = edge.to === null ? op.results : edge.to.entry.arguments;
      for (let i = edge.start; i < edge.end; i++) {
        forwarded.add(i);
        const target = targets[edge.first + i - edge.start];
        if (target) this.passes(from.operand(i), target, from);
      }
    }
    for (let i = 0; i < from.operandCount; i++)
      if (!forwarded.has(i)) this.controlOperand(op, this.state(from.operand(i)), results);
  }

  private visitCall(op: Operation): void {
    const entry = calledBody(op, this.solver.top!)?.entry;
    const args = CallOp.of(op)!.arguments(op);
    if (entry !== undefined && args.length === op.operandCount && args.length === entry.arguments.length) {
      args.forEach((value, i) => {
        this.passes(value, entry.arguments[i]!, op);
      });
      return;
    }
    for (const operand of op.operands) this.escapes(this.state(operand));
  }

  /** The operands of a terminator go to its region's op, or to the callers. False when it is neither. */
  private visitExit(op: Operation, parent: Operation): boolean {
    if (RegionBranch.of(parent)) {
      this.visitEdges(
        parent,
        op,
        parent.results.map((r) => this.read(this.kind, r, op)),
      );
      return true;
    }
    if (!op.info.hasTrait(ReturnLike) || !CallableOp.of(parent)) return false;
    const entry = op.parentRegion!.entry;
    const callers = this.read(Predecessors.kind, entry, op);
    const isKnown = parent !== this.solver.top && parent.info.hasTrait(SymbolTrait) && callers.allKnown;
    op.operands.forEach((operand, i) => {
      if (!isKnown) this.escapes(this.state(operand));
      for (const call of callers.known.keys()) if (i < call.resultCount) this.passes(operand, call.result(i), op);
    });
    return true;
  }
}
