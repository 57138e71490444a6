// The greedy driver: applies patterns and folds below an op, and erases dead ops, until nothing changes any more.
// A worklist (an array with a mark on the op) holds what may have become rewritable; when it runs empty after a
// rewrite, one more sweep finds patterns that look further than one op. Follows MLIR's greedy driver, except that each
// isolated op (a function) is brought to its fixpoint before the next: its ops stay in the cache meanwhile.
import {
  Commutative,
  ConstantLike,
  Diagnostic,
  FLAG_IN_WORKLIST,
  type FoldResult,
  Idempotent,
  InternalError,
  Involution,
  IsolatedFromAbove,
  MemoryEffects,
  nextSlot,
  nextUse,
  type Operation,
  type OpInfo,
  Pure,
  type RewriteListener,
  type RewritePattern,
  Rewriter,
  SymbolTrait,
  Terminator,
  type TransformationGate,
  type Value,
} from '@budflow/ir';
import { ConstantPool } from './constants.js';
import { Fingerprinter, sameFingerprint } from './fingerprint.js';
import { constantGoesRight, type DefaultFold, foldOp, isAttribute, isDead } from './fold.js';
import { gatedRewrite } from './gated.js';
import { type RegionSimplifyLevel, simplifyRegion } from './region-simplify/index.js';

export interface GreedyOptions {
  /**
   * Also apply the canonicalization patterns in the definitions of the ops that occur, and make one block of two that
   * always run one after the other; default false.
   */
  readonly canonicalize?: boolean;
  /** What is done about the blocks of a region; default `normal` with `canonicalize`, otherwise `disabled`. */
  readonly regionSimplify?: RegionSimplifyLevel | undefined;
  /** Names of patterns to leave out. */
  readonly disabled?: readonly string[] | undefined;
  /** Names of the only patterns to apply; all when empty or not given. */
  readonly enabled?: readonly string[] | undefined;
  /** In which order a sweep first visits the ops; default `top-down`. */
  readonly order?: 'top-down' | 'bottom-up' | undefined;
  /** Fold ops, and unique constants at the front of their isolated region; default true. */
  readonly fold?: boolean;
  /** See FoldOptions. */
  readonly defaultFold?: DefaultFold | undefined;
  readonly maxFoldedElements?: number | undefined;
  /** Sweeps over the whole op before giving up; default 64. */
  readonly maxIterations?: number | undefined;
  /** Pattern applications and folds before giving up; default 10 for each op plus 10,000. */
  readonly maxRewrites?: number | undefined;
  /** Catches patterns whose answer does not agree with what they did. Walks the IR for every attempt: for tests. Default: `strictRewriting` of the context. */
  readonly checkChanges?: boolean;
}

export interface LoopingPattern {
  readonly pattern: RewritePattern;
  readonly hits: number;
}

export interface GreedyResult {
  /** Whether the IR is different from before. */
  readonly changed: boolean;
  /** False when a limit stopped the driver; `rewrite.no-convergence` was emitted then. */
  readonly converged: boolean;
  /** Pattern applications and folds. */
  readonly rewrites: number;
  readonly folded: number;
  /** Dead ops erased. */
  readonly erased: number;
  readonly iterations: number;
  /** Applications by pattern name. */
  readonly hits: ReadonlyMap<string, number>;
  /** When it did not converge: the patterns applied most since it should have, most frequent first. */
  readonly looping?: readonly LoopingPattern[];
}

/**
 * Rewrites everything below `root` (not `root` itself) to a fixpoint. Deterministic: the order of work depends only on
 * the IR and the order of `patterns`; of several patterns for an op the one with the highest benefit is tried first.
 */
export function applyPatternsGreedily(
  root: Operation,
  patterns: readonly RewritePattern[],
  options: GreedyOptions = {},
): GreedyResult {
  return new GreedyDriver(root, patterns, options).run();
}

class GreedyRewriter extends Rewriter {
  private readonly driver: GreedyDriver;
  constructor(driver: GreedyDriver) {
    super(driver.root.context, driver);
    this.driver = driver;
  }
  override modify(op: Operation, change: () => void): void {
    const before = op.operands;
    super.modify(op, change);
    // Former operands may be dead now, users may match now.
    for (const operand of before) this.driver.pushDefinition(operand);
    for (const result of op.results) this.driver.pushUsers(result);
  }
  override replaceAllUses(from: Value, to: Value): void {
    super.replaceAllUses(from, to);
    this.driver.pushDefinition(from);
  }
}

/** What a sweep works on; what is inside of isolated ops is left out. */
interface Found {
  readonly ops: Operation[];
  readonly constants: Operation[];
  readonly isolated: Operation[];
  /** Whether a region has fewer blocks than before. */
  fewerBlocks: boolean;
}

const NO_PATTERNS: readonly RewritePattern[] = [];
/** So many applications at the end of a run that does not converge are looked at to find what loops. */
const LOOP_WINDOW = 1000;

/** What the driver asks of every op, asked once for each name. */
class OpPlan {
  readonly patterns: readonly RewritePattern[];
  readonly isConstant: boolean;
  readonly isCommutative: boolean;
  /** Whether unused ops may be dead. */
  readonly canDie: boolean;
  readonly canFold: boolean;
  /** Whether only an op whose operands are all constants folds. */
  readonly needsConstants: boolean;

  constructor(info: OpInfo, patterns: readonly RewritePattern[], interprets: boolean) {
    const fold = info.definition?.spec.fold;
    const byTraits = info.hasTrait(Idempotent) || info.hasTrait(Involution);
    this.patterns = patterns;
    this.isConstant = info.hasTrait(ConstantLike);
    this.isCommutative = info.hasTrait(Commutative);
    this.canDie =
      !info.hasTrait(Terminator) &&
      !info.hasTrait(SymbolTrait) &&
      (info.hasTrait(Pure) || MemoryEffects.ofInfo(info) !== undefined);
    this.canFold =
      fold !== undefined ||
      byTraits ||
      this.isCommutative ||
      (interprets && info.definition !== null && info.hasTrait(Pure));
    this.needsConstants = !byTraits && (fold === undefined || fold.constantsOnly === true);
  }
}

function allConstant(op: Operation): boolean {
  for (let i = 0; i < op.operandCount; i++) {
    const definition = op.operand(i).definingOp;
    if (definition === null || !definition.info.hasTrait(ConstantLike)) return false;
  }
  return true;
}

class GreedyDriver implements RewriteListener {
  readonly root: Operation;
  private readonly patterns: readonly RewritePattern[];
  private readonly options: GreedyOptions;
  private readonly rewriter: GreedyRewriter;
  private readonly constants: ConstantPool | null;
  private readonly worklist: Operation[] = [];
  /** What is known about the ops of a name, by the id of the info. */
  private readonly plans: (OpPlan | undefined)[] = [];
  private readonly hits = new Map<RewritePattern, number>();
  /** The last LOOP_WINDOW applications, as a ring. */
  private readonly recent: RewritePattern[] = [];
  private readonly fingerprinter: Fingerprinter | null;
  private readonly gate: TransformationGate | null;
  private rewrites = 0;
  private folded = 0;
  private erasedCount = 0;
  private changed = false;
  private maxRewrites: number;
  /** Most sweeps that one isolated op took. */
  private iterations = 0;
  private firstRound = true;
  /** Whether an op that defines a symbol changed in this round. */
  private symbolsChanged = false;

  constructor(root: Operation, patterns: readonly RewritePattern[], options: GreedyOptions) {
    this.root = root;
    this.patterns = patterns;
    this.options = options;
    this.maxRewrites = options.maxRewrites ?? 10_000;
    this.constants = options.fold === false ? null : new ConstantPool(root);
    this.fingerprinter = (options.checkChanges ?? root.context.strictRewriting) ? new Fingerprinter() : null;
    this.gate = root.context.gate;
    this.rewriter = new GreedyRewriter(this);
  }

  run(): GreedyResult {
    const maxIterations = this.options.maxIterations ?? 64;
    let converged = true;
    try {
      for (let round = 1; ; round++) {
        this.symbolsChanged = false;
        converged = this.toFixpoint(this.root, maxIterations) && (!this.symbolsChanged || round < maxIterations);
        // What refers to a symbol stands anywhere.
        if (!converged || !this.symbolsChanged) break;
        this.firstRound = false;
      }
    } finally {
      for (const op of this.worklist) op.flags &= ~FLAG_IN_WORKLIST;
      this.worklist.length = 0;
    }
    const { iterations } = this;
    const looping = converged ? undefined : this.reportNoConvergence(iterations);
    const hits = new Map<string, number>();
    for (const [pattern, n] of this.hits) hits.set(pattern.name, (hits.get(pattern.name) ?? 0) + n);
    return {
      changed: this.changed,
      converged,
      rewrites: this.rewrites,
      folded: this.folded,
      erased: this.erasedCount,
      iterations,
      hits,
      ...(looping ? { looping } : {}),
    };
  }

  /** Sweeps over what is below `parent` until a sweep changes nothing. False when a limit was reached. */
  private toFixpoint(parent: Operation, maxIterations: number): boolean {
    let limit = maxIterations;
    for (let iteration = 1; ; iteration++) {
      if (iteration > this.iterations) this.iterations = iteration;
      const found: Found = { ops: [], constants: [], isolated: [], fewerBlocks: false };
      this.collect(parent, found);
      // One branch decided may decide the next: that ends when the blocks do.
      if (found.fewerBlocks) limit++;
      if (this.firstRound && iteration === 1 && this.options.maxRewrites === undefined)
        this.maxRewrites += 10 * found.ops.length;
      const before = this.rewrites;
      if (!this.sweep(found)) return false;
      // Outer ops come first: a pattern may need what a region says before it is simplified.
      for (const op of found.isolated)
        if (!op.isErased && op.parent !== null && !this.toFixpoint(op, maxIterations)) return false;
      // Erasing dead ops and uniquing constants opens nothing that the worklist did not see.
      if (this.rewrites === before) return true;
      if (iteration >= limit) return false;
    }
  }

  /** One pass over the ops found, then the worklist until what was pushed is done. False when a limit was reached. */
  private sweep({ ops, constants }: Found): boolean {
    const { worklist } = this;
    const mark = worklist.length;
    // Popped from the end: program order first.
    const first = ops.length - 1;
    const topDown = this.options.order !== 'bottom-up';
    for (let i = first; i >= 0; i--) {
      const op = ops[topDown ? i : first - i]!;
      if (op.isErased || (op.flags & FLAG_IN_WORKLIST) !== 0) continue;
      op.flags |= FLAG_IN_WORKLIST;
      worklist.push(op);
    }
    if (this.constants?.enterAll(constants, this.rewriter)) this.changed = true;
    while (worklist.length > mark) {
      const op = worklist.pop()!;
      op.flags &= ~FLAG_IN_WORKLIST;
      if (op.isErased || op.parent === null) continue;
      if (this.rewrites >= this.maxRewrites) {
        // Not counted as a loop when the work happens to end exactly here.
        if (this.process(op)) return false;
      } else this.process(op);
    }
    return true;
  }

  /** Simplifies the control flow below an op and finds what is below it, in program order, up to isolated ops. */
  private collect(parent: Operation, found: Found): void {
    if (parent.ownRegions === null) return;
    for (const region of parent.ownRegions) {
      if (region.blocks.length > 1) {
        const level = this.options.regionSimplify ?? (this.options.canonicalize ? 'normal' : 'disabled');
        const before = region.blocks.length;
        if (simplifyRegion(region, level, this.forget)) {
          this.changed = true;
          if (region.blocks.length < before) found.fewerBlocks = true;
        }
      }
      for (const block of region.blocks) {
        for (let op = block.firstOp; op !== null; op = op.next) {
          found.ops.push(op);
          if (op.ownRegions === null) {
            if (this.constants !== null && op.info.hasTrait(ConstantLike)) found.constants.push(op);
          } else if (op.info.hasTrait(IsolatedFromAbove)) found.isolated.push(op);
          else this.collect(op, found);
        }
      }
    }
  }
  private readonly forget = (op: Operation): void => this.constants?.erased(op);

  /** Returns whether a pattern or fold applied. */
  private process(op: Operation): boolean {
    const { info } = op;
    const plan = this.plans[info.id] ?? this.planFor(op);
    const { result0 } = op;
    if (plan.canDie && (result0 === null || result0.first === null) && isDead(op)) {
      this.erasedCount++;
      this.changed = true;
      this.rewriter.eraseOp(op);
      return false;
    }
    if (this.constants !== null) {
      if (plan.isConstant) {
        const entered = this.constants.enter(op, this.rewriter);
        if (entered !== 'kept') this.changed = true;
        if (entered === 'erased') return false;
      } else if (plan.canFold && this.fold(op, plan)) {
        this.rewrites++;
        this.folded++;
        this.changed = true;
        return true;
      }
    }
    const list = plan.patterns;
    if (list.length === 0) return false;
    for (const pattern of list) {
      this.rewriter.setInsertionPoint(op);
      this.rewriter.failure = undefined;
      const applied =
        this.fingerprinter === null && this.gate === null
          ? pattern.rewrite(op, this.rewriter)
          : this.watchedRewrite(pattern, op);
      if (!applied) continue;
      this.recent[this.rewrites++ % LOOP_WINDOW] = pattern;
      this.hits.set(pattern, (this.hits.get(pattern) ?? 0) + 1);
      this.changed = true;
      return true;
    }
    return false;
  }

  private planFor(op: Operation): OpPlan {
    const plan = new OpPlan(op.info, this.patternsFor(op), this.options.defaultFold !== undefined);
    this.plans[op.info.id] = plan;
    return plan;
  }
  private patternsFor(op: Operation): readonly RewritePattern[] {
    const { name, definition } = op.info;
    const own = (this.options.canonicalize && definition?.spec.patterns) || NO_PATTERNS;
    for (const pattern of own) {
      if (pattern.root !== null && pattern.root !== name)
        throw new InternalError(
          `pattern '${pattern.name}' is listed in the definition of ${name} and starts from ${pattern.root}`,
          op,
        );
    }
    const disabled = this.options.disabled ?? [];
    const enabled = this.options.enabled ?? [];
    let list = [...own, ...this.patterns].filter(
      (p) =>
        (p.root === null || p.root === name) &&
        !disabled.includes(p.name) &&
        (enabled.length === 0 || enabled.includes(p.name)),
    );
    // The sort is stable: equal benefits keep the order given.
    list =
      list.length === 0 ? (NO_PATTERNS as RewritePattern[]) : list.sort((a, b) => (b.benefit ?? 1) - (a.benefit ?? 1));
    return list;
  }

  /** Under debug counters, or with answers checked. */
  private watchedRewrite(pattern: RewritePattern, op: Operation): boolean {
    const { fingerprinter, gate } = this;
    const rewrite = () =>
      fingerprinter === null ? pattern.rewrite(op, this.rewriter) : this.checkedRewrite(pattern, op, fingerprinter);
    return gate === null ? rewrite() : gatedRewrite(gate, pattern, op, rewrite);
  }

  private fold(op: Operation, plan: OpPlan): boolean {
    const results = plan.needsConstants && !allConstant(op) ? null : foldOp(op, this.options);
    if (results === null) {
      if (!plan.isCommutative || !constantGoesRight(op) || this.gate?.shouldExecute('fold', op) === false) return false;
      this.rewriter.modify(op, () => {
        const left = op.operand(0);
        op.setOperand(0, op.operand(1));
        op.setOperand(1, left);
      });
      return true;
    }
    if (this.gate?.allows('fold', op) === false) return this.gate.shouldExecute('fold', op);
    const values = this.valuesOf(op, results);
    if (values === null) return false;
    this.gate?.shouldExecute('fold', op);
    this.rewriter.replaceOp(op, values);
    return true;
  }

  /** Values for fold results; null when a constant cannot be made. */
  private valuesOf(op: Operation, results: readonly FoldResult[]): Value[] | null {
    const values: Value[] = [];
    for (let i = 0; i < results.length; i++) {
      const result = results[i]!;
      if (!isAttribute(result)) {
        // A result that stands for itself is no replacement.
        if (result.owner === op) return null;
        values.push(result);
        continue;
      }
      const constant = this.constants!.materialize(op, op.loc, result, op.result(i).type, this.rewriter);
      // Constants made for earlier results are dead now, and in the worklist.
      if (constant === null) return null;
      values.push(constant.result(0));
    }
    return values;
  }

  // What the rewriter tells

  created(op: Operation): void {
    if (op.info.hasTrait(SymbolTrait)) this.symbolsChanged = true;
    if (op.ownRegions === null) this.push(op);
    else op.walk((inner) => this.push(inner));
  }
  modified(op: Operation): void {
    if (op.info.hasTrait(SymbolTrait)) this.symbolsChanged = true;
    this.push(op);
  }
  erased(op: Operation): void {
    if (op.info.hasTrait(SymbolTrait)) this.symbolsChanged = true;
    for (let i = 0; i < op.operandCount; i++) this.pushDefinition(op.operand(i));
    if (this.constants !== null && op.info.hasTrait(ConstantLike)) this.constants.erased(op);
  }

  private push(op: Operation): void {
    if ((op.flags & FLAG_IN_WORKLIST) !== 0 || op === this.root) return;
    op.flags |= FLAG_IN_WORKLIST;
    this.worklist.push(op);
  }
  /** A value lost uses: what defines it may be dead or have its last use. */
  pushDefinition(value: Value): void {
    const op = value.definingOp;
    if (op !== null && !op.isErased && hasAtMostTwoUses(value)) this.push(op);
  }
  pushUsers(value: Value): void {
    value.forEachUse((user) => this.push(user));
  }

  // Checks and reports

  private checkedRewrite(pattern: RewritePattern, op: Operation, fingerprinter: Fingerprinter): boolean {
    const before = fingerprinter.of(this.root);
    const { loc, name } = op;
    const applied = pattern.rewrite(op, this.rewriter);
    const same = sameFingerprint(before, fingerprinter.of(this.root));
    if (applied !== same) return applied;
    this.root.context.diagnostics.emit(
      new Diagnostic(
        'error',
        'rewrite.false-change',
        same
          ? `pattern '${pattern.name}' said that it changed '${name}' and changed nothing`
          : `pattern '${pattern.name}' said that it does not apply to '${name}' and changed the IR`,
        loc,
      ),
    );
    return !same;
  }

  private reportNoConvergence(iterations: number): LoopingPattern[] {
    const counts = new Map<RewritePattern, number>();
    for (const pattern of this.recent) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
    const top = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3);
    const looping = top
      .map(([pattern]) => ({ pattern, hits: this.hits.get(pattern)! }))
      .sort((a, b) => b.hits - a.hits);
    const diagnostic = this.root.emitError(
      'rewrite.no-convergence',
      `rewriting does not converge: gave up after ${this.rewrites} rewrites in ${iterations} sweeps; ${
        looping.length === 0 ? 'folds undo each other' : 'these patterns keep applying'
      }`,
    );
    for (const { pattern, hits } of looping) {
      const on = pattern.root === null ? '' : ` on '${pattern.root}'`;
      diagnostic.note(`'${pattern.name}'${on} applied ${hits} times${pattern.equation ? `: ${pattern.equation}` : ''}`);
    }
    return looping;
  }
}

/** Does not walk a long use-list. */
function hasAtMostTwoUses(value: Value): boolean {
  const { first, firstSlot } = value;
  if (first === null) return true;
  const second = nextUse(first, firstSlot);
  return second === null || nextUse(second, nextSlot(first, firstSlot)) === null;
}
