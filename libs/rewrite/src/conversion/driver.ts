// Dialect conversion: legalises the ops below a root by patterns, recursively, and undoes everything when it fails.
// Follows MLIR's: ops in dominance order, outer ones first; for each its patterns, those nearest to legal ops first; what
// a pattern makes or changes is legalised before the pattern counts as applied. Changes are made at once and written to a
// journal, so a pattern that leads nowhere, and a conversion that fails, leave no trace.
import {
  Diagnostic,
  FLAG_VISITED,
  type FoldResult,
  InternalError,
  Operation,
  type Region,
  reversePostorder,
  type Type,
  type Value,
} from '@budflow/ir';
import { Fingerprinter, sameFingerprint } from '../fingerprint.js';
import { foldOp, isAttribute } from '../fold.js';
import { type FailedAttempt, type IllegalOp, reportCast, reportIllegalOp } from './failure.js';
import { type Change, Modified, Redirected } from './journal.js';
import { LegalizationOrder } from './legalization-order.js';
import { type ConversionPattern, ConvertedOperands } from './pattern.js';
import { resolveCasts } from './resolve-casts.js';
import { ConversionRewriter } from './rewriter.js';
import type { ConversionTarget } from './target.js';

export interface ConversionOptions {
  /** Try to fold an op before its patterns; default true. */
  readonly fold?: boolean;
  /** What to do with casts that the type converters do not bridge: an error (default), or leave them in the IR. */
  readonly unresolvedCasts?: 'error' | 'keep';
  /** So many ops that cannot be legalised are reported; default 10. */
  readonly maxErrors?: number;
  /** How many patterns may build on one another; default 200. */
  readonly maxDepth?: number;
  /** Catches patterns that change the IR behind the rewriter's back. Walks the IR for every failed attempt: for tests. */
  readonly checkChanges?: boolean;
}

export interface ConversionResult {
  /** False: diagnostics were emitted, and the IR is what it was. */
  readonly succeeded: boolean;
  readonly changed: boolean;
  /** Applications by pattern name, those that were undone not counted. */
  readonly hits: ReadonlyMap<string, number>;
  /** Casts left in the IR (`unresolvedCasts: 'keep'`). */
  readonly castsLeft: number;
}

export interface ConversionAnalysis {
  /** Ops a conversion would legalise, in the order it would. */
  readonly legalizable: readonly Operation[];
  /** Ops it could not, with the reasons. */
  readonly illegal: readonly IllegalOp[];
}

/** Converts everything below `root`; each op must be legal afterwards. */
export function applyFullConversion(
  root: Operation,
  target: ConversionTarget,
  patterns: readonly ConversionPattern[],
  options: ConversionOptions = {},
): ConversionResult {
  return new ConversionDriver(root, target, patterns, options).convert('full');
}

/** Converts what the target says is illegal below `root`; ops it says nothing about may stay, but patterns may not make them. */
export function applyPartialConversion(
  root: Operation,
  target: ConversionTarget,
  patterns: readonly ConversionPattern[],
  options: ConversionOptions = {},
): ConversionResult {
  return new ConversionDriver(root, target, patterns, options).convert('partial');
}

/** What a conversion would do. Changes and emits nothing. */
export function analyzeConversion(
  root: Operation,
  target: ConversionTarget,
  patterns: readonly ConversionPattern[],
  options: ConversionOptions = {},
): ConversionAnalysis {
  return new ConversionDriver(root, target, patterns, options).analyze();
}

/** A pattern applied and what it made is legal. */
class Applied implements Change {
  readonly pattern: ConversionPattern;
  constructor(pattern: ConversionPattern) {
    this.pattern = pattern;
  }
  undo(): void {}
}

class ConversionDriver {
  private readonly root: Operation;
  private readonly target: ConversionTarget;
  private readonly options: ConversionOptions;
  private readonly order: LegalizationOrder;
  private readonly rewriter: ConversionRewriter;
  /** By the index of the pattern: whether it is being applied. */
  private readonly active: boolean[] = [];
  /** By the index of the pattern: what the journal says of it. */
  private readonly applied: Applied[];
  private readonly fingerprinter: Fingerprinter | null;
  private readonly maxDepth: number;
  /** The ops there were at the start, marked FLAG_VISITED while the conversion runs. */
  private readonly collected: Operation[] = [];

  constructor(
    root: Operation,
    target: ConversionTarget,
    patterns: readonly ConversionPattern[],
    options: ConversionOptions,
  ) {
    this.root = root;
    this.target = target;
    this.options = options;
    this.order = new LegalizationOrder(patterns, target);
    this.applied = patterns.map((pattern) => new Applied(pattern));
    this.rewriter = new ConversionRewriter(root.context);
    this.fingerprinter = options.checkChanges ? new Fingerprinter() : null;
    this.maxDepth = options.maxDepth ?? 200;
  }

  convert(mode: 'full' | 'partial'): ConversionResult {
    const { journal } = this.rewriter;
    return this.orUndo(() => {
      const failures: IllegalOp[] = [];
      const maxErrors = this.options.maxErrors ?? 10;
      for (const op of this.collect()) {
        // What is nested in an op that could not be legalised may only have waited for it.
        if (op.isErased || failures.some((f) => f.op.isAncestorOf(op))) continue;
        const failure = this.legalize(op, 0);
        if (failure === null || (mode === 'partial' && failure.reason === undefined)) continue;
        failures.push(failure);
        if (failures.length >= maxErrors) break;
      }
      for (const failure of failures) reportIllegalOp(failure);
      let castsLeft = 0;
      if (failures.length === 0) {
        const left = resolveCasts(this.rewriter, (op) => this.legalizeMade(op, mode));
        for (const failure of left.illegal) failures.push(failure);
        for (const failure of left.illegal) reportIllegalOp(failure);
        castsLeft = left.casts.length;
        if (castsLeft > 0 && this.options.unresolvedCasts !== 'keep') {
          for (const record of left.casts.slice(0, maxErrors)) reportCast(record, this.root);
          journal.undo(0);
          return FAILED;
        }
      }
      if (failures.length > 0) {
        journal.undo(0);
        return FAILED;
      }
      const hits = new Map<string, number>();
      for (const change of journal.changes)
        if (change instanceof Applied) hits.set(change.pattern.name, (hits.get(change.pattern.name) ?? 0) + 1);
      const changed = journal.changes.length > 0;
      journal.commit();
      return { succeeded: true, changed, hits, castsLeft };
    });
  }

  analyze(): ConversionAnalysis {
    const legalizable: Operation[] = [];
    const illegal: IllegalOp[] = [];
    this.orUndo(() => {
      for (const op of this.collect()) {
        if (op.isErased) continue;
        const isLegal = this.target.isLegal(op);
        const failure = this.legalize(op, 0);
        if (failure !== null) illegal.push(failure);
        else if (!isLegal) legalizable.push(op);
      }
      this.rewriter.journal.undo(0);
    });
    return { legalizable, illegal };
  }

  /** A pattern or predicate that throws leaves the IR as it was, too. */
  private orUndo<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      this.rewriter.journal.undo(0);
      throw error;
    } finally {
      for (const op of this.collected) op.flags &= ~FLAG_VISITED;
    }
  }

  /** The ops below the root: outer ones first, blocks in an order in which definitions come before uses. */
  private collect(): readonly Operation[] {
    this.collectBelow(this.root, this.collected);
    for (const op of this.collected) op.flags |= FLAG_VISITED;
    return this.collected;
  }
  private collectBelow(parent: Operation, list: Operation[]): void {
    if (parent.ownRegions === null) return;
    for (const region of parent.ownRegions)
      for (const block of region.blocks.length < 2 ? region.blocks : dominanceOrder(region))
        for (let op = block.firstOp; op !== null; op = op.next) {
          list.push(op);
          if (op.ownRegions !== null && !this.target.isRecursivelyLegal(op)) this.collectBelow(op, list);
        }
  }

  /** Null when the op is or has been made legal. */
  private legalize(op: Operation, depth: number): IllegalOp | null {
    const verdict = this.target.check(op);
    if (verdict === true || this.rewriter.isCast(op)) return null;
    const attempts: FailedAttempt[] = [];
    if (depth >= this.maxDepth)
      attempts.push({ pattern: 'any', reason: `${depth} patterns built on one another without end` });
    else {
      if (this.options.fold !== false && this.fold(op, depth, attempts)) return null;
      const { tried, hopeless } = this.order.of(op.info);
      for (let i = 0; i < tried.length; i++) {
        const { pattern, index } = tried[i]!;
        if (this.active[index] === true && pattern.boundedRecursion !== true)
          attempts.push({ pattern: pattern.name, reason: 'is not applied to what it made itself' });
        else if (this.apply(pattern, index, op, depth, attempts)) return null;
      }
      for (const { pattern, makes } of hopeless)
        attempts.push({
          pattern: pattern.name,
          reason: `is left out: it makes '${makes}', which neither the target nor a pattern makes legal`,
        });
    }
    return { op, name: op.name, loc: op.loc, reason: verdict, attempts };
  }

  private apply(
    pattern: ConversionPattern,
    index: number,
    op: Operation,
    depth: number,
    attempts: FailedAttempt[],
  ): boolean {
    const { rewriter } = this;
    const converter = pattern.converter ?? null;
    if (converter !== null) {
      const wrong = unconvertible(op, (type) => converter.convert(type) === null);
      if (wrong !== null)
        return failed(attempts, pattern, `operand of type ${wrong} has no conversion: ${converter.reason(wrong)}`);
    }
    const { journal } = rewriter;
    const mark = journal.mark;
    const print = this.fingerprinter?.of(this.root);
    const { name, loc } = op;
    const outerMatched = rewriter.matched;
    const wasActive = this.active[index] === true;
    this.active[index] = true;
    rewriter.failure = undefined;
    rewriter.matched = op;
    rewriter.setInsertionPoint(op);
    const operands = new ConvertedOperands(op, rewriter, converter);
    const outerScope = rewriter.enter(pattern.name, converter);
    let ok = pattern.rewrite(op, operands, rewriter);
    rewriter.leave(outerScope);
    if (!ok) failed(attempts, pattern, `does not match: ${rewriter.failure ?? 'it gives no reason'}`);
    else {
      const end = journal.mark;
      if (!this.touched(op, mark, end))
        ok = failed(attempts, pattern, 'says that it applied, and neither replaced nor changed the op');
      else {
        const inner = this.legalizeChanges(mark, end, depth + 1);
        if (inner !== null) {
          const what =
            inner.op === op ? 'changed the op, which still is not legal' : `makes '${inner.name}', which is not legal`;
          ok = failed(attempts, pattern, `${what}: ${inner.reason ?? 'the target says nothing about it'}`, inner);
        }
      }
    }
    this.active[index] = wasActive;
    rewriter.matched = outerMatched;
    if (ok) {
      journal.push(this.applied[index]!);
      return true;
    }
    journal.undo(mark);
    if (print && !sameFingerprint(print, this.fingerprinter!.of(this.root)))
      this.root.context.diagnostics.emit(
        new Diagnostic(
          'error',
          'conversion.unrecorded-change',
          `pattern '${pattern.name}' changed the IR around '${name}' without the rewriter, so that it cannot be undone`,
          loc,
        ),
      );
    return false;
  }

  /** Whether the changes replace, erase or modify the op. */
  private touched(op: Operation, mark: number, end: number): boolean {
    if (op.isErased) return true;
    const { changes } = this.rewriter.journal;
    for (let i = mark; i < end; i++) {
      const change = changes[i]!;
      if (change instanceof Modified && change.op === op) return true;
    }
    return false;
  }

  /** Legalises what was made or modified; the first op that cannot be, or null. */
  private legalizeChanges(mark: number, end: number, depth: number): IllegalOp | null {
    const { changes } = this.rewriter.journal;
    for (let i = mark; i < end; i++) {
      const change = changes[i]!;
      let failure: IllegalOp | null = null;
      if (change instanceof Operation) failure = this.legalizeTree(change, depth);
      else if (
        change instanceof Modified &&
        !(change instanceof Redirected) &&
        !change.op.isErased &&
        change.op !== this.root
      )
        failure = this.legalize(change.op, depth);
      if (failure !== null) return failure;
    }
    return null;
  }
  private legalizeTree(op: Operation, depth: number): IllegalOp | null {
    if (op.isErased) return null;
    const failure = this.legalize(op, depth);
    if (failure !== null || op.isErased || op.ownRegions === null || this.target.isRecursivelyLegal(op)) return failure;
    for (const region of op.ownRegions)
      for (const block of region.blocks)
        for (const inner of block.ops) {
          // What was there before the conversion is legalised in its own turn.
          if ((inner.flags & FLAG_VISITED) !== 0) continue;
          const nested = this.legalizeTree(inner, depth);
          if (nested !== null) return nested;
        }
    return null;
  }

  /**
   * Legalises an op that a materialization made. In a partial conversion ops the target says nothing about are left alone:
   * they stand between what was converted and what was not.
   */
  private legalizeMade(op: Operation, mode: 'full' | 'partial'): IllegalOp | null {
    return mode === 'partial' && this.target.check(op) === undefined ? null : this.legalizeTree(op, 0);
  }

  private fold(op: Operation, depth: number, attempts: FailedAttempt[]): boolean {
    const results = foldOp(op);
    if (results === null) return false;
    const { rewriter } = this;
    const { journal } = rewriter;
    const mark = journal.mark;
    rewriter.setInsertionPoint(op);
    const scope = rewriter.enter('fold', null);
    const values = this.foldedValues(op, results);
    rewriter.leave(scope);
    if (values !== null) {
      rewriter.replaceOp(op, values);
      const inner = this.legalizeChanges(mark, journal.mark, depth + 1);
      if (inner === null) return true;
      attempts.push({
        pattern: 'fold',
        reason: `makes '${inner.name}', which is not legal: ${inner.reason ?? 'the target says nothing about it'}`,
        inner,
      });
    }
    journal.undo(mark);
    return false;
  }
  private foldedValues(op: Operation, results: readonly FoldResult[]): Value[] | null {
    const values: Value[] = [];
    for (let i = 0; i < results.length; i++) {
      const result = results[i]!;
      if (!isAttribute(result)) {
        if (result.owner === op) return null;
        values.push(result);
        continue;
      }
      const { type } = op.result(i);
      const dialect = op.context.dialect(op.info.dialect);
      const made = dialect?.materializeConstant?.(this.rewriter, op.loc, result, type) ?? null;
      if (made === null) return null;
      if (made.resultCount !== 1 || made.result(0).type !== type)
        throw new InternalError(
          `dialect '${op.info.dialect}' materialised ${made.name} for a constant of type ${type}`,
          op,
        );
      values.push(made.result(0));
    }
    return values;
  }
}

function failed(attempts: FailedAttempt[], { name }: ConversionPattern, reason: string, inner?: IllegalOp): false {
  attempts.push({ pattern: name, reason, ...(inner ? { inner } : {}) });
  return false;
}

const FAILED: ConversionResult = { succeeded: false, changed: false, hits: new Map(), castsLeft: 0 };

function unconvertible(op: Operation, fails: (type: Type) => boolean): Type | null {
  for (let i = 0; i < op.operandCount; i++) {
    const { type } = op.operand(i);
    if (fails(type)) return type;
  }
  return null;
}

/** Blocks so that dominating ones come first; those nothing reaches at the end. */
function dominanceOrder(region: Region) {
  const order = reversePostorder(region);
  if (order.length === region.blocks.length) return order;
  const reached = new Set(order);
  return [...order, ...region.blocks.filter((block) => !reached.has(block))];
}
