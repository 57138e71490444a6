// The dataflow solver: analyses attach states to anchors (values, blocks, ops, edges) and are called again at a program
// point when a state they read there has changed, until nothing changes. Analyses run together, so that each profits from
// what the others find out (constants from dead code, dead code from constants). Follows MLIR's DataFlowSolver.
import { type Block, type Operation, type Region, type Value, withSymbolIndex } from '@budflow/ir';

/** Where an analysis is called: an operation, or the start of a block. */
export type ProgramPoint = Operation | Block;

/** An edge of the control-flow graph; one object for each pair of blocks, see `DataFlowSolver.edge`. */
export interface BlockEdge {
  readonly from: Block;
  readonly to: Block;
}

/**
 * What a state is attached to. An operation and its first result are one object: a kind of state is about operations or
 * about values, never about both.
 */
export type Anchor = Value | Block | BlockEdge;

/** A fact about an anchor that only ever grows in its lattice. */
export abstract class AnalysisState {
  readonly anchor: Anchor;
  /** Points to visit again, by analysis, when the state changes. */
  readonly dependents = new Map<DataFlowAnalysis, Set<ProgramPoint>>();

  constructor(anchor: Anchor) {
    this.anchor = anchor;
  }
  abstract toString(): string;
}

/** A kind of state: one for each analysis that has its own. Also the type of its states. */
export interface StateKind<S extends AnalysisState> {
  readonly name: string;
  make(anchor: Anchor): S;
}

export abstract class DataFlowAnalysis {
  protected readonly solver: DataFlowSolver;
  constructor(solver: DataFlowSolver) {
    this.solver = solver;
  }
  /** Runs before any analysis of the solver looks at anything: what they need of each other. */
  prepare(): void {}
  /** Visits everything below `top` once. */
  abstract initialize(top: Operation): void;
  /** Computes the states at a point anew from those it depends on. */
  abstract visit(point: ProgramPoint): void;

  /** The state at an anchor, to be read at `point`: a change of it brings the analysis back there. */
  protected read<S extends AnalysisState>(kind: StateKind<S>, anchor: Anchor, point: ProgramPoint): S {
    const state = this.solver.state(kind, anchor);
    this.dependOn(state, point);
    return state;
  }
  protected dependOn(state: AnalysisState, point: ProgramPoint): void {
    const points = state.dependents.get(this);
    if (points === undefined) state.dependents.set(this, new Set([point]));
    else points.add(point);
  }
}

interface WorkItem {
  readonly analysis: DataFlowAnalysis;
  readonly point: ProgramPoint;
}

export class DataFlowSolver {
  private readonly analyses: DataFlowAnalysis[] = [];
  private readonly states = new Map<StateKind<AnalysisState>, Map<Anchor, AnalysisState>>();
  private readonly edges = new Map<Block, Map<Block, BlockEdge>>();
  private readonly predecessors = new Map<Region, Map<Block, Block[]>>();
  private queue: WorkItem[] = [];
  private readonly queued = new Map<DataFlowAnalysis, Set<ProgramPoint>>();
  private root: Operation | null = null;
  /** Visits made; for statistics. */
  visits = 0;

  /** The op the solver ran on; null before. */
  get top(): Operation | null {
    return this.root;
  }

  /** Adds an analysis; those it asks must be added too. */
  load<A extends DataFlowAnalysis>(make: (solver: DataFlowSolver) => A): A {
    const analysis = make(this);
    this.analyses.push(analysis);
    return analysis;
  }
  /** The loaded analysis of a class. */
  loaded<A extends DataFlowAnalysis>(type: abstract new (...args: never[]) => A): A | undefined {
    return this.analyses.find((a) => a instanceof type) as A | undefined;
  }

  /** Runs all analyses on what is below `top` to a common fixpoint. The IR must not change meanwhile. */
  run(top: Operation): this {
    this.root = top;
    withSymbolIndex(() => this.toFixpoint(top));
    return this;
  }
  private toFixpoint(top: Operation): void {
    for (const analysis of this.analyses) analysis.prepare();
    for (const analysis of this.analyses) analysis.initialize(top);
    // First in, first out: facts of one round of a loop meet before the next round begins.
    for (let next = 0; next < this.queue.length; next++) {
      const { analysis, point } = this.queue[next]!;
      this.queued.get(analysis)!.delete(point);
      this.visits++;
      analysis.visit(point);
      if (next > 4096) {
        this.queue = this.queue.slice(next + 1);
        next = -1;
      }
    }
    this.queue = [];
  }

  /** The state at an anchor, made when it is first asked for. */
  state<S extends AnalysisState>(kind: StateKind<S>, anchor: Anchor): S {
    let byAnchor = this.states.get(kind as StateKind<AnalysisState>);
    if (byAnchor === undefined) {
      byAnchor = new Map();
      this.states.set(kind as StateKind<AnalysisState>, byAnchor);
    }
    let state = byAnchor.get(anchor);
    if (state === undefined) {
      state = kind.make(anchor);
      byAnchor.set(anchor, state);
    }
    return state as S;
  }
  /** The state if there is one: for readers after the run. */
  lookup<S extends AnalysisState>(kind: StateKind<S>, anchor: Anchor): S | undefined {
    return this.states.get(kind as StateKind<AnalysisState>)?.get(anchor) as S | undefined;
  }

  /** Tells everyone who read a state that it changed. */
  changed(state: AnalysisState): void {
    for (const [analysis, points] of state.dependents) for (const point of points) this.enqueue(analysis, point);
  }
  enqueue(analysis: DataFlowAnalysis, point: ProgramPoint): void {
    let points = this.queued.get(analysis);
    if (points === undefined) {
      points = new Set();
      this.queued.set(analysis, points);
    }
    if (points.has(point)) return;
    points.add(point);
    this.queue.push({ analysis, point });
  }

  edge(from: Block, to: Block): BlockEdge {
    let targets = this.edges.get(from);
    if (targets === undefined) {
      targets = new Map();
      this.edges.set(from, targets);
    }
    let edge = targets.get(to);
    if (edge === undefined) {
      edge = { from, to };
      targets.set(to, edge);
    }
    return edge;
  }
  /** The distinct blocks that branch to a block, in the order of the region. */
  predecessorsOf(block: Block): readonly Block[] {
    const region = block.parent;
    if (region === null || region.blocks.length < 2) return block.successors.includes(block) ? [block] : [];
    let map = this.predecessors.get(region);
    if (map === undefined) {
      map = new Map();
      for (const from of region.blocks) {
        for (const to of new Set(from.successors)) {
          const list = map.get(to);
          if (list) list.push(from);
          else map.set(to, [from]);
        }
      }
      this.predecessors.set(region, map);
    }
    return map.get(block) ?? [];
  }
}
