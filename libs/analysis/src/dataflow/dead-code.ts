// Which blocks and edges can be executed, and from where each region, call result and callee is reached. Branches whose
// condition is constant take one way only: with constant propagation in the same solver this is the conditional part of
// sparse conditional constant propagation. Ops with regions and no RegionBranch run all of them, it is assumed.
import {
  type Attribute,
  Block,
  BranchOp,
  CallableOp,
  CallOp,
  lookupSymbol,
  type Operation,
  type Region,
  RegionBranch,
  type RegionEdge,
  ReturnLike,
  SymbolTrait,
  symbolUses,
  symbolVisibility,
  Value,
} from '@budflow/ir';
import { constantValue } from '@budflow/rewrite';
import { AnalysisState, type Anchor, DataFlowAnalysis, type DataFlowSolver, type ProgramPoint } from './solver.js';

/** Whether a block or an edge can be executed. */
export class Executable extends AnalysisState {
  live = false;
  /** Analyses that visit a block and all ops in it when it becomes live. */
  readonly subscribers = new Set<DataFlowAnalysis>();
  override toString(): string {
    return this.live ? 'live' : 'dead';
  }
  static readonly kind = { name: 'executable', make: (anchor: Anchor): Executable => new Executable(anchor) };
}

/** Values passed along a way into a region, out of an op, or through a call. */
export interface Passed {
  readonly values: readonly Value[];
  /** The argument or result that gets the first of them. */
  readonly first: number;
}

/**
 * Where control comes from: on a block, the ops that enter its region (or call it); on an op, the terminators that leave
 * it with its results (or return to the call).
 */
export class Predecessors extends AnalysisState {
  /** False when there may be others. */
  allKnown = true;
  readonly known = new Map<Operation, Passed>();
  override toString(): string {
    return `${this.allKnown ? 'all' : 'some'} of ${[...this.known.keys()].map((op) => op.name).join(', ')}`;
  }
  static readonly kind = { name: 'predecessors', make: (anchor: Anchor): Predecessors => new Predecessors(anchor) };
}

/** Gives the constant a value has as far as an analysis knows: undefined when nothing is known yet, null when it varies. */
export type ConstantOracle = (
  value: Value,
  reader: DataFlowAnalysis,
  point: ProgramPoint,
) => Attribute | null | undefined;

export class DeadCodeAnalysis extends DataFlowAnalysis {
  private oracle: ConstantOracle = (value) => constantValue(value);

  /** Branches are decided by what `oracle` says instead of by constant ops only. */
  useConstants(oracle: ConstantOracle): void {
    this.oracle = oracle;
  }

  override initialize(top: Operation): void {
    for (const region of top.regions) if (!region.isEmpty) this.markLive(region.entry);
    this.initializeCallables(top);
    top.walk((op) => {
      if (op !== top) this.initializePoint(op);
    });
    // The function itself may be the top: whoever calls it is not seen.
    if (CallableOp.of(top)) for (const region of top.regions) if (!region.isEmpty) this.unknownEntry(region.entry);
  }
  private initializePoint(op: Operation): void {
    if (op.ownRegions !== null || op.ownSuccessors !== null || CallOp.of(op) || isExit(op)) this.visit(op);
  }

  /** Callables that anyone may call have unknown callers: those that are seen outside, or referred to by other ops than calls. */
  private initializeCallables(top: Operation): void {
    const visible = (op: Operation) => !op.info.hasTrait(SymbolTrait) || symbolVisibility(op) !== 'private';
    top.walk((op) => {
      const body = op === top ? null : CallableOp.of(op)?.body(op);
      if (body && visible(op)) this.reachFromOutside(body);
    });
    for (const { user, reference } of symbolUses(top)) {
      const target = lookupSymbol(user.parentOp ?? user, reference);
      const body = target === null || target === top ? null : CallableOp.of(target)?.body(target);
      if (!body) continue;
      const isCall = CallOp.of(user)?.callee(user) === reference.root && calledBody(user, top) === body;
      if (!isCall) this.reachFromOutside(body);
    }
  }
  private reachFromOutside(body: Region): void {
    this.markLive(body.entry);
    this.unknownEntry(body.entry);
  }

  override visit(point: ProgramPoint): void {
    if (point instanceof Block) return;
    const op = point;
    if (op.parent !== null && op !== this.solver.top) {
      const live = this.read(Executable.kind, op.parent, op);
      if (!live.live) return;
    }
    if (CallOp.of(op)) this.visitCall(op);
    if (op.ownRegions !== null) {
      const branch = RegionBranch.of(op);
      if (branch) this.visitEdges(op, op);
      else if (!isCalledByName(op))
        for (const region of op.ownRegions) if (!region.isEmpty) this.reachFromOutside(region);
    }
    if (op.ownSuccessors !== null) this.visitBranch(op);
    else if (isExit(op)) {
      const parent = op.parentOp!;
      if (RegionBranch.of(parent)) this.visitEdges(parent, op);
      else if (op.info.hasTrait(ReturnLike) && CallableOp.of(parent)) this.visitReturn(op, parent);
    }
  }

  private visitBranch(op: Operation): void {
    const successorFor = BranchOp.of(op)?.successorFor;
    if (successorFor) {
      const constants = this.constantsOf(op);
      if (constants === undefined) return;
      const taken = successorFor(op, constants);
      if (taken !== undefined) {
        this.markEdge(op.parent!, taken);
        return;
      }
    }
    for (const successor of op.successors) this.markEdge(op.parent!, successor);
  }

  private visitEdges(op: Operation, from: Operation): void {
    const constants = this.constantsOf(from);
    if (constants === undefined) return;
    for (const edge of RegionBranch.of(op)!.edges(op, from, constants)) this.follow(op, from, edge);
  }
  private follow(op: Operation, from: Operation, edge: RegionEdge): void {
    const target = edge.to === null ? op : edge.to.entry;
    if (target instanceof Block) this.markLive(target);
    this.addPredecessor(target, from, { values: from.operands.slice(edge.start, edge.end), first: edge.first });
  }

  private visitCall(op: Operation): void {
    const top = this.solver.top!;
    const body = calledBody(op, top);
    const args = CallOp.of(op)!.arguments(op);
    if (body === null) {
      this.unknownExit(op);
      return;
    }
    const entry = body.entry;
    if (args.length !== entry.arguments.length || args.some((a, i) => a.type !== entry.arguments[i]!.type)) {
      // Called in a way of its own: what the arguments are, only the op knows.
      this.reachFromOutside(body);
      this.unknownExit(op);
      return;
    }
    this.markLive(entry);
    this.addPredecessor(entry, op, { values: args, first: 0 });
    // What returns from the callee returns here.
    const returns = this.read(Predecessors.kind, body.parent!, op);
    for (const [exit, passed] of returns.known) this.addPredecessor(op, exit, passed);
  }
  /** The exits of a callable are kept on the callable, from where each call takes them. */
  private visitReturn(exit: Operation, callable: Operation): void {
    this.addPredecessor(callable, exit, { values: exit.operands, first: 0 });
  }

  /** Undefined when some operand is not known yet. */
  private constantsOf(op: Operation): (Attribute | null)[] | undefined {
    const constants: (Attribute | null)[] = [];
    for (let i = 0; i < op.operandCount; i++) {
      const constant = this.oracle(op.operand(i), this, op);
      if (constant === undefined) return undefined;
      constants.push(constant);
    }
    return constants;
  }

  private markLive(block: Block): void {
    const state = this.solver.state(Executable.kind, block);
    if (state.live) return;
    state.live = true;
    this.solver.changed(state);
    for (const analysis of state.subscribers) {
      this.solver.enqueue(analysis, block);
      for (let op = block.firstOp; op !== null; op = op.next) this.solver.enqueue(analysis, op);
    }
  }
  private markEdge(from: Block, to: Block): void {
    this.markLive(to);
    const state = this.solver.state(Executable.kind, this.solver.edge(from, to));
    if (state.live) return;
    state.live = true;
    this.solver.changed(state);
  }
  private addPredecessor(anchor: Block | Operation, from: Operation, passed: Passed): void {
    const state = this.solver.state(Predecessors.kind, anchor);
    if (state.known.has(from)) return;
    state.known.set(from, passed);
    this.solver.changed(state);
  }
  private unknownEntry(entry: Block): void {
    this.unknown(this.solver.state(Predecessors.kind, entry));
  }
  private unknownExit(op: Operation): void {
    this.unknown(this.solver.state(Predecessors.kind, op));
  }
  private unknown(state: Predecessors): void {
    if (!state.allKnown) return;
    state.allKnown = false;
    this.solver.changed(state);
  }
}

/** The body a call runs, when it is below `top`; null for declarations and for calls of values. */
export function calledBody(call: Operation, top: Operation): Region | null {
  const callee = CallOp.of(call)?.callee(call);
  if (callee === undefined || callee instanceof Value || call.parentOp === null) return null;
  const target = lookupSymbol(call.parentOp, callee);
  if (target === null || !top.isAncestorOf(target) || target === top) return null;
  return CallableOp.of(target)?.body(target) ?? null;
}

function isCalledByName(op: Operation): boolean {
  return CallableOp.of(op) !== undefined && op.info.hasTrait(SymbolTrait);
}

/** Whether the op ends a region without going on to a block. */
function isExit(op: Operation): boolean {
  return op.ownSuccessors === null && op.parent !== null && op.parent.lastOp === op && op.parentOp !== null;
}

/** Whether a block can be executed, as far as a solver that ran found out. */
export function isExecutable(solver: DataFlowSolver, block: Block): boolean {
  return solver.lookup(Executable.kind, block)?.live ?? false;
}
