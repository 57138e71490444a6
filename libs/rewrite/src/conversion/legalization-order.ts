// In which order the patterns of an op are tried. The patterns with what they generate form a graph; a pattern's depth is
// the number of steps to legal ops on its shortest way. Patterns without a way are left out; then by depth, by benefit,
// as given. As MLIR's legalization graph, with shortest ways found to a fixpoint, so that cycles do not matter.
import type { OpInfo } from '@budflow/ir';
import type { ConversionPattern } from './pattern.js';
import type { ConversionTarget } from './target.js';

/** A pattern in one conversion, with its place in the order given. */
export interface OrderedPattern {
  readonly pattern: ConversionPattern;
  readonly index: number;
}

export interface PatternOrder {
  readonly tried: readonly OrderedPattern[];
  /** Patterns left out, with the op they make that cannot become legal. */
  readonly hopeless: readonly { readonly pattern: ConversionPattern; readonly makes: string }[];
}

export class LegalizationOrder {
  private readonly patterns: readonly OrderedPattern[];
  private readonly target: ConversionTarget;
  /** Steps to legality by op name; absent: none. */
  private readonly depths = new Map<string, number>();
  private readonly byInfo: (PatternOrder | undefined)[] = [];

  constructor(patterns: readonly ConversionPattern[], target: ConversionTarget) {
    this.patterns = patterns.map((pattern, index) => ({ pattern, index }));
    this.target = target;
    this.findDepths();
  }

  of(info: OpInfo): PatternOrder {
    return this.byInfo[info.id] ?? this.make(info);
  }

  private make(info: OpInfo): PatternOrder {
    const candidates = this.patterns.filter(({ pattern }) => pattern.root === null || pattern.root === info.name);
    const hopeless: { pattern: ConversionPattern; makes: string }[] = [];
    const tried: (OrderedPattern & { depth: number })[] = [];
    for (const candidate of candidates) {
      const depth = this.depthOf(candidate.pattern);
      if (depth < Infinity) tried.push({ ...candidate, depth });
      else {
        const makes = candidate.pattern.generates!.find((name) => this.depth(name) === Infinity)!;
        hopeless.push({ pattern: candidate.pattern, makes });
      }
    }
    // The sort is stable: equal ones keep the order given.
    tried.sort((a, b) => a.depth - b.depth || (b.pattern.benefit ?? 1) - (a.pattern.benefit ?? 1));
    const order: PatternOrder = { tried, hopeless };
    this.byInfo[info.id] = order;
    return order;
  }

  private depth(name: string): number {
    if (this.target.mayBeLegal(name)) return 0;
    return this.depths.get(name) ?? this.anyDepth;
  }
  /** Depth of ops that only patterns without a root are for. */
  private anyDepth = Infinity;

  private depthOf(pattern: ConversionPattern): number {
    let deepest = 0;
    for (const name of pattern.generates ?? []) deepest = Math.max(deepest, this.depth(name));
    return 1 + deepest;
  }

  private findDepths(): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const { pattern } of this.patterns) {
        const depth = this.depthOf(pattern);
        if (pattern.root === null) {
          if (depth >= this.anyDepth) continue;
          this.anyDepth = depth;
        } else {
          if (depth >= (this.depths.get(pattern.root) ?? this.anyDepth)) continue;
          this.depths.set(pattern.root, depth);
        }
        changed = true;
      }
    }
  }
}
