// Dominance between blocks, operations and values. Immediate dominators after Cooper, Harvey and Kennedy, "A Simple,
// Fast Dominance Algorithm", per region and only for regions of several blocks; everything else is order in a block.
// The information is valid until blocks or branches change; operations may be added, moved and erased meanwhile.
import type { Block } from './block.js';
import type { Operation, Region } from './operation.js';
import { GraphRegion } from './traits.js';
import type { Value } from './value.js';

/** False in graph regions, where a use need not come after the definition. */
export function hasSsaDominance(region: Region): boolean {
  return region.parent === null || !region.parent.info.hasTrait(GraphRegion);
}

/** The dominator tree of one region. Unreachable blocks are not in it. */
export class DominatorTree {
  /** Reachable blocks in reverse postorder; the entry block first. */
  readonly order: readonly Block[];
  private readonly position = new Map<Block, number>();
  /** Position of the immediate dominator, by position; that of the entry is itself. */
  private readonly parent: Int32Array;
  // Entry and exit times of a depth-first walk of the tree: an ancestor's interval contains its descendants'.
  private readonly entered: Int32Array;
  private readonly left: Int32Array;

  constructor(region: Region) {
    this.order = reversePostorder(region);
    const n = this.order.length;
    for (const block of this.order) this.position.set(block, this.position.size);
    const predecessors: number[][] = this.order.map(() => []);
    this.order.forEach((block, i) => {
      for (const successor of block.successors) {
        const at = this.position.get(successor);
        if (at !== undefined) predecessors[at]!.push(i);
      }
    });
    this.parent = new Int32Array(n).fill(-1);
    this.parent[0] = 0;
    for (let changed = n > 1; changed; ) {
      changed = false;
      for (let i = 1; i < n; i++) {
        let meet = -1;
        for (const p of predecessors[i]!) {
          if (this.parent[p] === -1) continue;
          meet = meet === -1 ? p : this.intersect(meet, p);
        }
        if (this.parent[i] !== meet) {
          this.parent[i] = meet;
          changed = true;
        }
      }
    }
    this.entered = new Int32Array(n);
    this.left = new Int32Array(n);
    this.number();
  }

  private intersect(a: number, b: number): number {
    let x = a;
    let y = b;
    while (x !== y) {
      while (x > y) x = this.parent[x]!;
      while (y > x) y = this.parent[y]!;
    }
    return x;
  }

  private number(): void {
    const n = this.order.length;
    const children: number[][] = this.order.map(() => []);
    for (let i = 1; i < n; i++) children[this.parent[i]!]!.push(i);
    const stack = [0];
    const nextChild = new Int32Array(n);
    let time = 0;
    if (n > 0) this.entered[0] = time++;
    while (n > 0 && stack.length > 0) {
      const at = stack[stack.length - 1]!;
      const child = children[at]![nextChild[at]!++];
      if (child === undefined) {
        this.left[at] = time++;
        stack.pop();
      } else {
        this.entered[child] = time++;
        stack.push(child);
      }
    }
  }

  isReachable(block: Block): boolean {
    return this.position.has(block);
  }
  /** Null for the entry block and unreachable blocks. */
  immediateDominator(block: Block): Block | null {
    const at = this.position.get(block);
    return at === undefined || at === 0 ? null : this.order[this.parent[at]!]!;
  }
  /** True when every path from the entry to `b` goes through `a`; anything dominates an unreachable block. */
  dominates(a: Block, b: Block): boolean {
    if (a === b) return true;
    const y = this.position.get(b);
    if (y === undefined) return true;
    const x = this.position.get(a);
    return x !== undefined && this.entered[x]! <= this.entered[y]! && this.left[y]! <= this.left[x]!;
  }
}

/** Reachable blocks of a region, each before its successors except along back edges. */
export function reversePostorder(region: Region): Block[] {
  const entry = region.blocks[0];
  if (!entry) return [];
  const done: Block[] = [];
  const seen = new Set<Block>([entry]);
  const stack: { readonly block: Block; next: number }[] = [{ block: entry, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const successor = top.block.successors[top.next++];
    if (successor === undefined) {
      done.push(top.block);
      stack.pop();
    } else if (successor.parent === region && !seen.has(successor)) {
      seen.add(successor);
      stack.push({ block: successor, next: 0 });
    }
  }
  return done.reverse();
}

export class DominanceInfo {
  private readonly trees = new Map<Region, DominatorTree>();
  /** The operation whose regions the queries are about. */
  readonly root: Operation;

  /** Trees are made when a query first needs them. */
  constructor(root: Operation) {
    this.root = root;
  }

  /** The dominator tree of a region. */
  tree(region: Region): DominatorTree {
    let tree = this.trees.get(region);
    if (!tree) {
      tree = new DominatorTree(region);
      this.trees.set(region, tree);
    }
    return tree;
  }
  /** Forgets a region whose blocks or branches changed. */
  invalidate(region: Region): void {
    this.trees.delete(region);
  }

  isReachable(block: Block): boolean {
    const region = block.parent;
    return region === null || region.blocks[0] === block || this.tree(region).isReachable(block);
  }

  /** Both in one region. */
  blockDominates(a: Block, b: Block): boolean {
    if (a === b) return true;
    return a.parent !== null && a.parent === b.parent && this.tree(a.parent).dominates(a, b);
  }

  /**
   * Whether `a` is computed before `b` whenever `b` is: a value before an operation that may use it, or an operation, with
   * results or without, before another one. An operation nested in a region counts as the operation that encloses it in the region of `a`.
   * A result does not dominate what is inside the regions of its own operation. In graph regions order within a block
   * does not matter.
   */
  properlyDominates(a: Value, b: Operation): boolean {
    const definition = a.definingOp;
    const block = a.parentBlock;
    if (!block) return false;
    const region = block.parent;
    const user = region ? ancestorInRegion(region, b) : null;
    if (!region || !user) return false;
    const ssa = hasSsaDominance(region);
    // A block argument is there before every operation of its block.
    if (definition === null) return user.parent === block || this.blockDominates(block, user.parent!);
    if (definition === user) return !ssa;
    if (user.parent === block) return !ssa || definition.isBeforeInBlock(user);
    return this.blockDominates(block, user.parent!);
  }
  /** `properlyDominates`, or the same operation. */
  dominates(a: Value, b: Operation): boolean {
    return a === b || this.properlyDominates(a, b);
  }
}

/** The operation directly in `region` that is `op` or encloses it; null when `op` is not inside the region. */
export function ancestorInRegion(region: Region, op: Operation): Operation | null {
  for (let at: Operation | null = op; at; at = at.parentOp) if (at.parentRegion === region) return at;
  return null;
}
