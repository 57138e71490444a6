// Analyses: facts about an op that are computed when a pass asks and kept until a pass may have changed them.
import { InternalError, type Operation } from '@budflow/ir';

/** What an analysis sees beside its op: other analyses. A result is dropped together with any it was computed from. */
export interface AnalysisRun {
  /** The result of another analysis, of the same op or of `op`. */
  analysis<U>(other: Analysis<U>, op?: Operation): U;
}

export interface Analysis<T = unknown> {
  readonly name: string;
  compute(op: Operation, run: AnalysisRun): T;
  /** Whether two results say the same; lets --verify-analyses catch passes that preserve it only in their own opinion. */
  equal?(a: T, b: T): boolean;
}

/** Each call defines another analysis; a pass names in `preserves` the objects this returned. */
export function defineAnalysis<T>(analysis: Analysis<T>): Analysis<T> {
  return analysis;
}

/** What a pass leaves valid. */
export type Preserved = 'all' | readonly Analysis[];

type Around = <T>(analysis: Analysis<T>, op: Operation, compute: () => T) => T;

interface Entry {
  readonly value: unknown;
  /** What it was computed from. */
  readonly from: readonly Dependency[];
}
interface Dependency {
  readonly analysis: Analysis;
  readonly op: Operation;
}

export class AnalysisCache {
  private readonly entries = new Map<Operation, Map<Analysis, Entry>>();
  /** Told of every computation; for timing. */
  private readonly around: Around;
  /** What is being computed, innermost last. */
  private readonly computing: { readonly analysis: Analysis; readonly op: Operation; readonly from: Dependency[] }[] =
    [];

  constructor(around: Around = (_, __, compute) => compute()) {
    this.around = around;
  }

  /** @throws InternalError when an analysis needs its own result */
  get<T>(analysis: Analysis<T>, op: Operation): T {
    this.computing[this.computing.length - 1]?.from.push({ analysis, op });
    const known = this.entries.get(op)?.get(analysis);
    if (known) return known.value as T;
    if (this.computing.some((one) => one.analysis === analysis && one.op === op))
      throw new InternalError(
        `analysis '${analysis.name}' needs its own result: ${[...this.computing.map((one) => one.analysis.name), analysis.name].join(' -> ')}`,
        op,
      );
    const from: Dependency[] = [];
    this.computing.push({ analysis, op, from });
    let value: T;
    try {
      value = this.around(analysis, op, () =>
        analysis.compute(op, { analysis: (other, of = op) => this.get(other, of) }),
      );
    } finally {
      this.computing.pop();
    }
    let byAnalysis = this.entries.get(op);
    if (!byAnalysis) {
      byAnalysis = new Map();
      this.entries.set(op, byAnalysis);
    }
    byAnalysis.set(analysis, { value, from });
    return value;
  }

  /** The result if it is in the cache. */
  cached<T>(analysis: Analysis<T>, op: Operation): T | undefined {
    return this.entries.get(op)?.get(analysis)?.value as T | undefined;
  }

  /**
   * A pass ran on `op`: drops what it does not preserve, for `op` and everything that contains it or that it contains,
   * what is known of erased or removed ops, and whatever was computed from any of these.
   */
  invalidate(op: Operation, preserved: Preserved): void {
    for (const [key, byAnalysis] of this.entries) {
      if (key.isErased || (key !== op && !key.isAncestorOf(op) && outermost(key) !== outermost(op))) {
        this.entries.delete(key);
        continue;
      }
      if (preserved === 'all' || !related(key, op)) continue;
      for (const analysis of byAnalysis.keys()) if (!preserved.includes(analysis)) byAnalysis.delete(analysis);
      if (byAnalysis.size === 0) this.entries.delete(key);
    }
    while (this.dropOrphans());
  }

  /** Drops results whose sources are gone; whether there were any. */
  private dropOrphans(): boolean {
    let dropped = false;
    for (const [key, byAnalysis] of this.entries) {
      for (const [analysis, { from }] of byAnalysis) {
        if (from.every((one) => this.entries.get(one.op)?.has(one.analysis))) continue;
        byAnalysis.delete(analysis);
        dropped = true;
      }
      if (byAnalysis.size === 0) this.entries.delete(key);
    }
    return dropped;
  }

  /**
   * The results about `op`, what it contains and what contains it that are not what a new computation gives, by the
   * `equal` of their analyses. Compute and compare: for checks.
   */
  stale(op: Operation): readonly { readonly analysis: Analysis; readonly op: Operation }[] {
    const wrong: { analysis: Analysis; op: Operation }[] = [];
    for (const [key, byAnalysis] of this.entries) {
      if (!related(key, op)) continue;
      for (const [analysis, { value }] of byAnalysis) {
        if (analysis.equal && !analysis.equal(value, new AnalysisCache().get(analysis, key)))
          wrong.push({ analysis, op: key });
      }
    }
    return wrong;
  }
}

function related(a: Operation, b: Operation): boolean {
  return a === b || a.isAncestorOf(b) || b.isAncestorOf(a);
}

function outermost(op: Operation): Operation {
  let top = op;
  for (let parent = top.parentOp; parent; parent = top.parentOp) top = parent;
  return top;
}
