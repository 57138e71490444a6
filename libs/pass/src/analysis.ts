// Analyses: facts about an op that are computed when a pass asks and kept until a pass may have changed them.
import type { Operation } from '@budflow/ir';

export interface Analysis<T = unknown> {
  readonly name: string;
  compute(op: Operation): T;
}

/** Each call defines another analysis; a pass names in `preserves` the objects this returned. */
export function defineAnalysis<T>(analysis: Analysis<T>): Analysis<T> {
  return analysis;
}

/** What a pass leaves valid. */
export type Preserved = 'all' | readonly Analysis[];

export class AnalysisCache {
  private readonly entries = new Map<Operation, Map<Analysis, unknown>>();
  /** Told of every computation; for timing. */
  private readonly around: <T>(analysis: Analysis<T>, op: Operation, compute: () => T) => T;

  constructor(
    around: <T>(analysis: Analysis<T>, op: Operation, compute: () => T) => T = (_, __, compute) => compute(),
  ) {
    this.around = around;
  }

  get<T>(analysis: Analysis<T>, op: Operation): T {
    let byAnalysis = this.entries.get(op);
    if (!byAnalysis) {
      byAnalysis = new Map();
      this.entries.set(op, byAnalysis);
    }
    if (byAnalysis.has(analysis)) return byAnalysis.get(analysis) as T;
    const result = this.around(analysis, op, () => analysis.compute(op));
    byAnalysis.set(analysis, result);
    return result;
  }

  /** The result if it is in the cache. */
  cached<T>(analysis: Analysis<T>, op: Operation): T | undefined {
    return this.entries.get(op)?.get(analysis) as T | undefined;
  }

  /** A pass ran on `op`: drops what it does not preserve, for `op` and everything that contains it or that it contains. */
  invalidate(op: Operation, preserved: Preserved): void {
    for (const [key, byAnalysis] of this.entries) {
      if (key.isErased) {
        this.entries.delete(key);
        continue;
      }
      if (preserved === 'all' || (!key.isAncestorOf(op) && !op.isAncestorOf(key))) continue;
      for (const analysis of byAnalysis.keys()) if (!preserved.includes(analysis)) byAnalysis.delete(analysis);
      if (byAnalysis.size === 0) this.entries.delete(key);
    }
  }
}
