// Which reads may see what a store wrote, and which later stores write over all of it. For dead stores and forwarding:
//
//   loop.for %i { memory.store %a, %m[%i] }      the second nest covers the first store,
//   loop.for %j { memory.store %b, %m[%j] }      when its bounds hold those of the first
//
// Loops that surround both accesses count by the direction of the dependence; a read in an earlier statement sees a store
// of an earlier iteration only. Everything conservative: true when it cannot be excluded, covered when it is proven.
// (Kills and covers of array data-flow analysis: Pugh and Wonnacott, 1993; here with boxes.)
import { ForOp, forBounds, IfOp, inductionVariable, linearForm, normalizeExpr } from '@budflow/dialect-loop';
import type { AffineExpr, Block, Operation } from '@budflow/ir';
import { type Access, isAllocation, overlapOf } from './accesses.js';
import { DependenceAnalysis } from './dependence.js';
import type { Sign } from './dependence-system.js';
import { IndexSpace } from './index-space.js';
import { isDefinedInside } from './loops.js';

/** The block that two ops share, and the ops of it in which they are nested (or which they are). */
export interface CommonBlock {
  readonly block: Block;
  readonly first: Operation;
  readonly second: Operation;
}

/** The innermost block around both ops; null when they share none. */
export function commonBlock(a: Operation, b: Operation): CommonBlock | null {
  const above = new Map<Block, Operation>();
  for (let at: Operation | null = a; at?.parent; at = at.parentOp) above.set(at.parent, at);
  for (let at: Operation | null = b; at?.parent; at = at.parentOp) {
    const first = above.get(at.parent);
    if (first) return { block: at.parent, first, second: at };
  }
  return null;
}

export class StoreReach {
  private readonly kernel: Operation;
  private readonly space = new IndexSpace();
  private readonly analyses = new Map<Operation | null, DependenceAnalysis>();

  constructor(kernel: Operation) {
    this.kernel = kernel;
  }

  /**
   * Whether the read may see what the store wrote, were there no other stores. With `within`, in one run of that op
   * (which surrounds both); a null one: of the innermost block around both.
   */
  mayReach(store: Access, read: Access, within?: Operation | null): boolean {
    if (overlapOf(this.kernel, store.root, read.root) === 'none') return false;
    const loops = within === null ? [] : this.commonLoops(store, read, within);
    if (loops === 'unknown') return true;
    const analysis = this.analysis(loops);
    const distances = analysis.between(store, read);
    if (distances === null) return false;
    const isLater = runsBefore(store.op, read.op);
    if (loops.length === 0) return isLater;
    const sees = (signs: readonly Sign[]): boolean => {
      const first = signs.find((s) => s !== 0);
      return first === undefined ? isLater : first > 0;
    };
    return analysis.findDirection({ first: store, second: read, distances }, sees) !== null;
  }

  /**
   * Whether `later` writes everything that `earlier` may have written, in one run of `top`, an op of a block that
   * `earlier` comes before in.
   */
  covers(later: Access, top: Operation, earlier: Access): boolean {
    if (later.root !== earlier.root || !later.subscripts || !earlier.subscripts) return false;
    const box = this.writtenBox(later, top);
    if (box === null) return false;
    return earlier.subscripts.every((value, dim) => {
      const { low, high } = box[dim]!;
      const at = this.space.of(value);
      const lanes = earlier.lanes?.dim === dim ? earlier.lanes : null;
      if (lanes && lanes.stride !== 1) return false;
      const last = at.add((lanes?.count ?? 1) - 1);
      return this.isNotNegative(at.sub(low)) && this.isNotNegative(high.sub(last));
    });
  }

  /** Whether an access is to all elements of another one in the same iteration: both are in one block or in loops inside. */
  coversInIteration(outer: Access, inner: Access): boolean {
    if (outer.root !== inner.root || !outer.subscripts || !inner.subscripts) return false;
    return inner.subscripts.every((value, dim) => {
      const difference = normalizeExpr(this.space.of(value).sub(this.space.of(outer.subscripts![dim]!)));
      if (difference.kind !== 'constant') return false;
      const from = difference.value;
      const [a, b] = [outer.lanes, inner.lanes].map((l) => (l?.dim === dim ? l : null));
      if ((a && a.stride !== 1) || (b && b.stride !== 1)) return false;
      return from >= 0 && from + (b?.count ?? 1) <= (a?.count ?? 1);
    });
  }

  private isNotNegative(expr: AffineExpr): boolean {
    return this.space.isNotNegative(normalizeExpr(expr));
  }

  /**
   * What a plain store writes during one run of `top`, as a box of expressions over values from outside; null when it is
   * no box, or does not surely happen.
   */
  private writtenBox(access: Access, top: Operation): { low: AffineExpr; high: AffineExpr }[] | null {
    const loops: Operation[] = [];
    for (let at: Operation = access.op; at !== top; ) {
      at = at.parentOp!;
      if (!ForOp.is(at)) return null;
      loops.push(at);
    }
    // Innermost first: bounds mention the variables of outer loops.
    const left = new Set(loops);
    const box: { low: AffineExpr; high: AffineExpr }[] = [];
    for (const [dim, value] of access.subscripts!.entries()) {
      const lanes = access.lanes?.dim === dim ? access.lanes : null;
      if (lanes && lanes.stride !== 1) return null;
      let low = this.space.of(value);
      let high = low;
      let extent = lanes?.count ?? 1;
      const { terms } = linearForm(low);
      const own = loops.flatMap((loop) => {
        const c = terms.get(this.space.input(inductionVariable(loop)));
        return c === undefined ? [] : [{ loop, c }];
      });
      // Only as sums: quotients and remainders of the variables do not count up.
      if ([...terms.keys()].some((atom) => atom.kind !== 'dim' && this.mentions(atom, loops))) return null;
      for (const { loop, c } of own.sort((x, y) => x.c - y.c)) {
        const { lower, upper, step } = forBounds(loop);
        // A variable in two dimensions writes a diagonal; one that jumps leaves holes.
        if (!left.delete(loop) || c <= 0 || c * step > extent) return null;
        if (lower.map.results.length !== 1 || upper.map.results.length !== 1) return null;
        const [from, to] = [this.space.bound(lower)[0]!, this.space.bound(upper)[0]!];
        if (this.mentions(from, loops) || this.mentions(to, loops)) return null;
        const iv = this.space.input(inductionVariable(loop));
        const trips = normalizeExpr(to.sub(from));
        low = normalizeExpr(low.add(from.sub(iv).mul(c)));
        if (trips.kind === 'constant') {
          if (trips.value <= 0) return null;
          const count = Math.ceil(trips.value / step);
          high = normalizeExpr(
            high.add(
              from
                .add((count - 1) * step)
                .sub(iv)
                .mul(c),
            ),
          );
          extent += c * step * (count - 1);
        } else {
          // The outermost one may have any number of iterations: none, and the box is empty.
          if (step !== 1) return null;
          high = normalizeExpr(high.add(to.sub(1).sub(iv).mul(c)));
          extent = 0;
        }
      }
      box.push({ low, high: normalizeExpr(high.add((lanes?.count ?? 1) - 1)) });
    }
    // Loops that the address does not depend on must run.
    for (const loop of left) {
      const { lower, upper } = forBounds(loop);
      const runs = this.space
        .bound(upper)
        .every((to) => this.space.bound(lower).every((from) => this.isNotNegative(to.sub(from).sub(1))));
      if (!runs) return null;
    }
    return box;
  }

  private mentions(e: AffineExpr, loops: readonly Operation[]): boolean {
    if (e.kind === 'dim') {
      const value = this.space.inputs[e.value]!;
      return loops.some((loop) => isDefinedInside(value, loop));
    }
    return e.lhs !== null && (this.mentions(e.lhs, loops) || this.mentions(e.rhs!, loops));
  }

  /** The loops around both accesses in which their buffer lives on, outermost first. */
  private commonLoops(a: Access, b: Access, within: Operation | undefined): readonly Operation[] | 'unknown' {
    const loops: Operation[] = [];
    for (let at = a.op.parentOp; at && at !== this.kernel; at = at.parentOp) {
      if (!at.isAncestorOf(b.op)) continue;
      // Fresh in each iteration.
      if (isAllocation(a.root) && isDefinedInside(a.root, at)) break;
      if (ForOp.is(at)) loops.unshift(at);
      else if (!IfOp.is(at)) return 'unknown';
      if (at === within) break;
    }
    return loops;
  }

  private analysis(loops: readonly Operation[]): DependenceAnalysis {
    // Nested loops around an op: the innermost one and how many tell them all.
    const key = loops[loops.length - 1] ?? null;
    const known = this.analyses.get(key);
    if (known && known.depth === loops.length) return known;
    const made = new DependenceAnalysis(this.kernel, loops);
    this.analyses.set(key, made);
    return made;
  }
}

/** Whether an op comes before another one in one run of the code around both; neither of two branches does. */
function runsBefore(a: Operation, b: Operation): boolean {
  const common = commonBlock(a, b);
  return common !== null && common.first !== common.second && common.first.isBeforeInBlock(common.second);
}
