// The state of a reduction: the smallest program so far that is still interesting, and the one way to try a smaller one.
import { type Context, InternalError, type Operation, parseModule, printModule, verify } from '@budflow/ir';
import { costOf } from './cost.js';

/** Whether a program (as text) shows what is looked for. */
export type Oracle = (text: string) => boolean | Promise<boolean>;

export interface SessionOptions {
  readonly newContext: () => Context;
  readonly oracle: Oracle;
  /** Candidates that are tested at most. */
  readonly maxSteps?: number;
  /** Milliseconds for everything. */
  readonly timeout?: number;
  /** Called when a smaller program was found, and now and then. */
  readonly progress?: (state: Progress) => void;
}

export interface Progress {
  readonly steps: number;
  readonly accepted: number;
  readonly ops: number;
  readonly reduction: string;
}

/** Time or steps are used up. */
export class BudgetExhausted extends Error {}

export class Session {
  /** What is reduced now; for messages. */
  reduction = '';
  steps = 0;
  accepted = 0;
  private readonly options: SessionOptions;
  private readonly deadline: number;
  /** Texts that were tested. */
  private readonly seen = new Set<string>();
  private best: string;
  private bestCost: number;
  private bestModule: Operation;

  /** `text` is an interesting, valid program. @throws Error when it is not valid */
  constructor(text: string, options: SessionOptions) {
    this.options = options;
    this.deadline = performance.now() + (options.timeout ?? Number.POSITIVE_INFINITY);
    const module = this.read(text);
    if (!module) throw new Error('the program is not valid');
    this.bestModule = module;
    this.best = text;
    this.bestCost = costOf(module, text);
  }

  /** The best program; candidates are copies, so nobody may change it. */
  get module(): Operation {
    return this.bestModule;
  }
  get text(): string {
    return this.best;
  }
  get cost(): number {
    return this.bestCost;
  }

  /**
   * Tries a change to a copy of the best program; `edit` returns whether it changed anything. True when the result is
   * valid, smaller and interesting: then it is the best program.
   */
  async tryEdit(edit: (module: Operation) => boolean): Promise<boolean> {
    const { context } = this.bestModule;
    const candidate = this.bestModule.clone();
    const changed = context.diagnostics.collect(() => {
      try {
        return edit(candidate) && verify(candidate);
      } catch (error) {
        // An edit that does not fit this place.
        if (error instanceof InternalError) return false;
        throw error;
      }
    }).result;
    return changed && this.tryText(printModule(candidate));
  }

  /** The same for a text. */
  async tryText(text: string): Promise<boolean> {
    if (this.seen.has(text) || text === this.best) return false;
    this.seen.add(text);
    const module = this.read(text);
    if (!module) return false;
    const cost = costOf(module, text);
    if (cost >= this.bestCost) return false;
    const { maxSteps = Number.POSITIVE_INFINITY, oracle } = this.options;
    if (this.steps >= maxSteps || performance.now() > this.deadline) throw new BudgetExhausted();
    this.steps++;
    const interesting = await oracle(text);
    if (interesting) {
      this.accepted++;
      this.best = text;
      this.bestModule = module;
      this.bestCost = cost;
    }
    this.options.progress?.({
      steps: this.steps,
      accepted: this.accepted,
      ops: countOps(this.bestModule),
      reduction: this.reduction,
    });
    return interesting;
  }

  /** Parses and verifies; undefined when there is something to complain about. */
  private read(text: string): Operation | undefined {
    const context = this.options.newContext();
    return context.diagnostics.collect(() => {
      const module = parseModule(text, context, { file: 'candidate.mlir' });
      return module && verify(module) ? module : undefined;
    }).result;
  }
}

/** Ops besides the module itself. */
export function countOps(module: Operation): number {
  let n = -1;
  module.walk(() => {
    n++;
  });
  return n;
}
