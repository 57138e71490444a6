// Runs pipelines: nesting, failures, verification between passes, analyses, remarks and statistics.
import { CompileError, Diagnostic, InternalError, IsolatedFromAbove, Operation, verify } from '@budflow/ir';
import { TargetError } from '@budflow/target';
import { type Analysis, AnalysisCache } from './analysis.js';
import type { DebugCounters } from './debug-counter.js';
import type { PassRun } from './define-pass.js';
import type { Instrumentation, PassEvent } from './instrumentation.js';
import { withDefaults } from './options.js';
import { ANY_ANCHOR, type PassItem, type Pipeline, type PipelineItem, printPipeline } from './pipeline.js';
import type { Remark } from './remark.js';
import { writeReproducer } from './reproducer.js';

export interface PassManagerOptions {
  /** Verify after every pass, so that the pass that breaks the IR is named; default true. */
  readonly verifyEach?: boolean;
  /** Emits diagnostics and returns whether `op` is valid; default: the verifier of the IR. */
  readonly verify?: (op: Operation) => boolean;
  /** Called in this order before, in reverse after. */
  readonly instrumentations?: readonly Instrumentation[];
  /** Names of passes that are skipped wherever they occur. */
  readonly ablate?: Iterable<string>;
  /** Let only some applications of passes, patterns and folds happen, and count them. */
  readonly debugCounters?: DebugCounters | undefined;
  /** After every pass compute anew what it preserves, and fail a pass that was wrong about it; slow. */
  readonly verifyAnalyses?: boolean;
  /** Gets a reproducer when a pass fails or crashes; costs printing the module first. */
  readonly reproducer?: ReproducerOptions | undefined;
}

export interface ReproducerOptions {
  print(op: Operation): string;
  write(text: string): void;
  /** Only from the pass that failed on, with the module as it was before that pass; prints it before every pass. */
  readonly local?: boolean;
}

export interface PassRunResult {
  readonly succeeded: boolean;
  readonly remarks: readonly Remark[];
  readonly statistics: ReadonlyMap<PassItem, ReadonlyMap<string, number>>;
  /** Passes that `ablate` left out, each with the number of ops it would have run on. */
  readonly skipped: readonly { readonly item: PassItem; readonly ops: number }[];
  /** The pass that failed, crashed, or left invalid IR. */
  readonly failed?: PassItem;
  /** What a crashed pass threw. */
  readonly cause?: unknown;
}

export class PassManager {
  readonly pipeline: Pipeline;
  private readonly options: PassManagerOptions;

  constructor(pipeline: Pipeline, options: PassManagerOptions = {}) {
    this.pipeline = pipeline;
    this.options = options;
  }

  /**
   * Runs the pipeline on `root`, or on the ops directly inside it that the pipeline's anchor names. Failures are
   * emitted as diagnostics of the context; nothing is thrown for a pass that fails or crashes.
   */
  run(root: Operation): PassRunResult {
    const { reproducer, verifyEach } = this.options;
    const before = reproducer?.print(root);
    const run = new Run(this.pipeline, this.options);
    const result = run.start(root);
    if (!result.succeeded && reproducer && before !== undefined) {
      const anchored = this.pipeline.anchor === root.name || this.pipeline.anchor === ANY_ANCHOR;
      const whole = anchored
        ? this.pipeline
        : { anchor: root.name, items: [{ kind: 'nested', ...this.pipeline } as const] };
      const { module, pipeline } = run.localReproducer ?? { module: before, pipeline: whole };
      const text = printPipeline({ ...pipeline, items: without(pipeline.items, new Set(this.options.ablate)) });
      reproducer.write(writeReproducer({ module, pipeline: text, verifyEach: verifyEach !== false }));
    }
    return result;
  }
}

/** The items without the passes of some names. */
function without(items: readonly PipelineItem[], ablated: ReadonlySet<string>): PipelineItem[] {
  return items
    .filter((item) => item.kind === 'nested' || !ablated.has(item.pass.name))
    .map((item) => (item.kind === 'nested' ? { ...item, items: without(item.items, ablated) } : item));
}

/** A list of the pipeline that is being run. */
interface Frame {
  readonly anchor: string;
  readonly items: readonly PipelineItem[];
  at: number;
}

/** One run of a pipeline: everything that changes while it runs. */
class Run {
  private readonly pipeline: Pipeline;
  private readonly options: PassManagerOptions;
  private readonly instrumentations: readonly Instrumentation[];
  private readonly reversed: readonly Instrumentation[];
  private readonly ablated: ReadonlySet<string>;
  private readonly analyses: AnalysisCache;
  private readonly remarks: Remark[] = [];
  private readonly statistics = new Map<PassItem, Map<string, number>>();
  private readonly skipped = new Map<PassItem, number>();
  private failed: PassItem | undefined;
  private cause: unknown;
  /** Outermost first. */
  private readonly frames: Frame[] = [];
  /** Set when a pass failed and the reproducer is to be local. */
  localReproducer: { readonly module: string; readonly pipeline: Pipeline } | undefined;

  constructor(pipeline: Pipeline, options: PassManagerOptions) {
    this.pipeline = pipeline;
    this.options = options;
    this.instrumentations = options.instrumentations ?? [];
    this.reversed = this.instrumentations.slice().reverse();
    this.ablated = new Set(options.ablate ?? []);
    this.analyses = new AnalysisCache((analysis, op, compute) => {
      for (const i of this.instrumentations) i.beforeAnalysis?.(analysis, op);
      try {
        return compute();
      } finally {
        for (const i of this.reversed) i.afterAnalysis?.(analysis, op);
      }
    });
  }

  start(root: Operation): PassRunResult {
    const { anchor, items } = this.pipeline;
    const direct = anchor === ANY_ANCHOR || anchor === root.name;
    const { context } = root;
    const outer = context.gate;
    if (this.options.debugCounters) context.gate = this.options.debugCounters;
    let succeeded: boolean;
    try {
      succeeded = direct ? this.list(anchor, items, root, [anchor]) : this.nested(anchor, items, root, [root.name]);
    } finally {
      context.gate = outer;
    }
    return {
      succeeded,
      remarks: this.remarks,
      statistics: this.statistics,
      skipped: [...this.skipped].map(([item, ops]) => ({ item, ops })),
      ...(this.failed ? { failed: this.failed } : {}),
      ...(this.cause === undefined ? {} : { cause: this.cause }),
    };
  }

  private list(anchor: string, items: readonly PipelineItem[], op: Operation, path: readonly string[]): boolean {
    const event = { anchor, items, op };
    for (const i of this.instrumentations) i.beforePipeline?.(event);
    const frame: Frame = { anchor: anchor === ANY_ANCHOR ? op.name : anchor, items, at: 0 };
    this.frames.push(frame);
    const succeeded = items.every((item, i) => {
      frame.at = i;
      if (item.kind === 'nested') return this.nested(item.anchor, item.items, op, path);
      const { pass } = item;
      if (pass.anchor === ANY_ANCHOR || pass.anchor === op.name) return this.pass(item, op, path);
      // Implicit nesting: a pass on functions that stands in a module's list runs on each function, if there is one.
      return childrenNamed(op, pass.anchor).every((child) => this.pass(item, child, [...path, pass.anchor]));
    });
    this.frames.pop();
    for (const i of this.reversed) i.afterPipeline?.(event, { failed: !succeeded });
    return succeeded;
  }

  /** The pipeline from the item that is running on. */
  private rest(): Pipeline {
    let inner: PipelineItem | undefined;
    for (let i = this.frames.length - 1; ; i--) {
      const { anchor, items, at } = this.frames[i]!;
      const left = inner ? [inner, ...items.slice(at + 1)] : items.slice(at);
      if (i === 0) return { anchor, items: left };
      inner = { kind: 'nested', anchor, items: left };
    }
  }

  private nested(anchor: string, items: readonly PipelineItem[], parent: Operation, path: readonly string[]): boolean {
    const children = childrenNamed(parent, anchor);
    if (children.length === 0 && reportNoMatch(parent, anchor, path)) return false;
    return children.every((child) => child.isErased || this.list(anchor, items, child, [...path, anchor]));
  }

  /** Returns false when the pipeline must stop. */
  private pass(item: PassItem, op: Operation, path: readonly string[]): boolean {
    const { pass } = item;
    if (op.isErased) return true;
    const { context } = op;
    const event: PassEvent = { item, op, path };
    if (this.ablated.has(pass.name)) {
      this.skipped.set(item, (this.skipped.get(item) ?? 0) + 1);
      for (const i of this.instrumentations) i.skippedPass?.(event, 'ablated');
      return true;
    }
    if (this.options.debugCounters?.shouldExecute(pass.name) === false) {
      for (const i of this.instrumentations) i.skippedPass?.(event, 'debug-counter');
      return true;
    }
    for (const i of this.instrumentations) i.beforePass?.(event);
    const { reproducer } = this.options;
    const before = reproducer?.local ? reproducer.print(outermost(op)) : undefined;
    const diagnostics: Diagnostic[] = [];
    const state: PassState = {
      failed: false,
      unchanged: false,
      preserved: [],
      remarks: [],
      diagnostics,
      statistics: new Map(),
    };
    context.diagnostics.capture(
      (d) => diagnostics.push(d),
      () => {
        try {
          for (const name of pass.dependentDialects)
            if (!context.dialect(name))
              throw new InternalError(`it needs dialect '${name}', which is not registered`, op);
          for (const analysis of pass.requires) this.analyses.get(analysis, op);
          pass.run(op, this.runOf(item, op, state));
        } catch (error) {
          if (error instanceof CompileError) diagnostics.push(...error.diagnostics);
          else if (error instanceof TargetError)
            op.emitError('pass.target', `cannot be given to pass '${pass.name}': ${error.message}`);
          else {
            this.cause = error;
            diagnostics.push(crashed(item, op, error));
          }
          state.failed = true;
        }
        if (diagnostics.some((d) => d.severity === 'error')) state.failed = true;
        else if (state.failed) op.emitError('pass.failed', `pass '${pass.name}' failed without saying why`);
        const { preserves } = pass;
        this.analyses.invalidate(
          op,
          state.unchanged || preserves === 'all' ? 'all' : [...preserves, ...state.preserved],
        );
        if (!state.failed && this.options.verifyAnalyses && !op.isErased) this.checkAnalyses(item, op, state);
        if (!state.failed && !state.unchanged && this.options.verifyEach !== false && !this.verify(op)) {
          state.failed = true;
          op.emitError(
            'pass.invalid-ir',
            `is invalid after pass '${pass.name}' in ${path.join('(')}${')'.repeat(path.length - 1)}`,
          );
        }
      },
    );
    // Only now: a handler may want to look at the IR the messages speak of.
    for (const d of diagnostics) context.diagnostics.emit(d);
    this.remarks.push(...state.remarks);
    this.count(item, state.statistics);
    if (state.failed) {
      this.failed = item;
      if (before !== undefined) this.localReproducer = { module: before, pipeline: this.rest() };
    }
    for (const i of this.reversed) i.afterPass?.(event, state);
    return !state.failed;
  }

  private verify(op: Operation): boolean {
    for (const i of this.instrumentations) i.beforeVerify?.(op);
    const valid = (this.options.verify ?? verify)(op);
    for (const i of this.reversed) i.afterVerify?.(op);
    return valid;
  }

  /** What the pass left in the cache must be what a new computation gives. */
  private checkAnalyses({ pass }: PassItem, op: Operation, state: PassState): void {
    for (const { analysis, op: of } of this.analyses.stale(op)) {
      state.failed = true;
      op.emitError(
        'pass.false-preserves',
        `pass '${pass.name}' ${state.unchanged ? 'said that it changed nothing' : `preserves analysis '${analysis.name}' in its own opinion`}, and analysis '${analysis.name}' of '${of.name}' is different after it`,
      );
    }
  }

  private count(item: PassItem, added: ReadonlyMap<string, number>): void {
    if (added.size === 0) return;
    let counts = this.statistics.get(item);
    if (!counts) {
      counts = new Map();
      this.statistics.set(item, counts);
    }
    for (const [name, n] of added) counts.set(name, (counts.get(name) ?? 0) + n);
  }

  private runOf(item: PassItem, op: Operation, state: PassState): PassRun {
    const { pass } = item;
    return {
      // The registry's definitions have forgotten their option types; definePass put them there.
      options: withDefaults(pass.options, item.options) as PassRun['options'],
      context: op.context,
      analysis: (analysis, target = op) => {
        if (target !== op && !op.isAncestorOf(target))
          throw new InternalError(`pass '${pass.name}' asked for ${analysis.name} of an op outside of its own`, target);
        return this.analyses.get(analysis, target);
      },
      statistic: (name, n = 1) => {
        if (!Object.hasOwn(pass.statistics, name))
          throw new InternalError(`pass '${pass.name}' declares no statistic '${name}'`, op);
        state.statistics.set(name, (state.statistics.get(name) ?? 0) + n);
      },
      remark: ({ kind, name, message, at, args = {} }) => {
        state.remarks.push({
          kind,
          pass: pass.name,
          name,
          message,
          location: at instanceof Operation ? at.loc : at,
          args,
        });
      },
      signalFailure: () => {
        state.failed = true;
      },
      preserve: (...analyses) => {
        state.preserved.push(...analyses);
      },
      unchanged: () => {
        state.unchanged = true;
      },
    };
  }
}

/** What one run of a pass says and does. */
interface PassState {
  failed: boolean;
  unchanged: boolean;
  readonly preserved: Analysis[];
  readonly remarks: Remark[];
  readonly diagnostics: Diagnostic[];
  readonly statistics: Map<string, number>;
}

function outermost(op: Operation): Operation {
  let top = op;
  for (let parent = top.parentOp; parent; parent = top.parentOp) top = parent;
  return top;
}

function crashed({ pass }: PassItem, op: Operation, error: unknown): Diagnostic {
  const message = error instanceof Error ? error.message : String(error);
  const diagnostic = new Diagnostic(
    'error',
    'pass.crashed',
    `'${op.name}' op pass '${pass.name}' crashed: ${message}`,
    op.loc,
    op,
  );
  diagnostic.cause = error;
  if (error instanceof InternalError && error.op && error.op !== op)
    diagnostic.note(`while it worked on '${error.op.name}'`, error.op.loc);
  return diagnostic;
}

function* childrenOf(op: Operation): Generator<Operation> {
  for (const region of op.regions)
    for (const block of region.blocks) for (let child = block.firstOp; child; child = child.next) yield child;
}

/** The ops directly inside `parent` that an anchor names, as a list: passes may erase some. */
function childrenNamed(parent: Operation, anchor: string): Operation[] {
  const list: Operation[] = [];
  for (const child of childrenOf(parent)) {
    if (anchor === ANY_ANCHOR ? child.info.hasTrait(IsolatedFromAbove) : child.name === anchor) list.push(child);
  }
  return list;
}

/** Emits `pass.anchor-matches-nothing`; false for a parent with nothing in it, on which any pipeline is trivial. */
function reportNoMatch(parent: Operation, anchor: string, path: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const child of childrenOf(parent))
    if (child.regions.length > 0) counts.set(child.name, (counts.get(child.name) ?? 0) + 1);
  if (counts.size === 0 && childrenOf(parent).next().done) return false;
  const wanted = anchor === ANY_ANCHOR ? 'isolated op' : `'${anchor}'`;
  const existing = [...counts].map(([name, n]) => `${name} (${n})`).join(', ');
  const diagnostic = parent.emitError(
    'pass.anchor-matches-nothing',
    `has no ${wanted} directly inside for the pipeline ${[...path, anchor].join('(')}${')'.repeat(path.length)}; ${
      existing === '' ? 'no op there has a region' : `anchors that exist: ${existing}`
    }`,
  );
  const deeper = findDeeper(parent, anchor);
  if (deeper)
    diagnostic.note(
      `there is one deeper: ${[...path, ...deeper].join('(')}(...)${')'.repeat(path.length + deeper.length - 1)}`,
    );
  return true;
}

/** Names of the ops that lead from `parent` to an op called `anchor`. */
function findDeeper(parent: Operation, anchor: string): string[] | undefined {
  for (const child of childrenOf(parent)) {
    if (child.name === anchor) return [anchor];
    if (child.regions.length === 0) continue;
    const found = findDeeper(child, anchor);
    if (found) return [child.name, ...found];
  }
  return undefined;
}
