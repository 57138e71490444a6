// Debug counters: of all applications of a transformation (a pattern, a fold, a pass) only those with numbers `skip` to
// `skip + count - 1` happen. Halving `count` finds the one application that breaks a program. Follows LLVM's
// -debug-counter, except that applications are counted and not attempts.
import type { Operation, TransformationGate } from '@budflow/ir';

export interface DebugCounterSpec {
  /** Name of a pattern or pass, `fold`, or a name a pass counts by, such as `cse-hit`. */
  readonly name: string;
  /** So many applications are refused first. */
  readonly skip: number;
  /** So many happen then; all later ones are refused. Without it all happen. */
  readonly count?: number | undefined;
}

export interface DebugCounterSummary {
  readonly name: string;
  /** Applications that happened or were refused. */
  readonly seen: number;
  readonly executed: number;
  readonly skip: number;
  readonly count: number | undefined;
}

interface Counter {
  readonly spec: DebugCounterSpec;
  seen: number;
  executed: number;
  /** Ops that an application was refused to: they are not counted again when a driver comes back to them. */
  readonly refused: WeakSet<Operation>;
}

/** The counters of one run. `PassManagerOptions.debugCounters` takes one; it is not reused for another run. */
export class DebugCounters implements TransformationGate {
  private readonly counters = new Map<string, Counter>();
  private readonly given: ReadonlySet<string>;
  private readonly countsAll: boolean;

  /** `countAll`: count what has no spec too, for the summary. */
  constructor(specs: readonly DebugCounterSpec[] = [], options: { readonly countAll?: boolean } = {}) {
    for (const spec of specs) this.add(spec);
    this.given = new Set(specs.map((spec) => spec.name));
    this.countsAll = options.countAll === true;
  }
  private add(spec: DebugCounterSpec): Counter {
    const counter: Counter = { spec, seen: 0, executed: 0, refused: new WeakSet() };
    this.counters.set(spec.name, counter);
    return counter;
  }

  allows(name: string, op?: Operation): boolean {
    const counter = this.counters.get(name);
    return counter === undefined || (inRange(counter) && !(op && counter.refused.has(op)));
  }

  shouldExecute(name: string, op?: Operation): boolean {
    const counter = this.counters.get(name) ?? (this.countsAll ? this.add({ name, skip: 0 }) : undefined);
    if (counter === undefined) return true;
    if (op && counter.refused.has(op)) return false;
    const allowed = inRange(counter);
    counter.seen++;
    if (allowed) counter.executed++;
    else if (op) counter.refused.add(op);
    return allowed;
  }

  /** By name. */
  get summary(): readonly DebugCounterSummary[] {
    return [...this.counters.values()]
      .map(({ spec, seen, executed }) => ({ name: spec.name, seen, executed, skip: spec.skip, count: spec.count }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Names with a spec that nothing counted by. */
  get unseen(): readonly string[] {
    return this.summary.filter(({ name, seen }) => seen === 0 && this.given.has(name)).map(({ name }) => name);
  }
}

function inRange({ spec: { skip, count }, seen }: Counter): boolean {
  return seen >= skip && (count === undefined || seen < skip + count);
}

/** Reads `NAME:skip` or `NAME:skip:count`; a message when it is neither. */
export function parseDebugCounter(text: string): DebugCounterSpec | string {
  const match = /^([^:]+):(\d+)(?::(\d+))?$/.exec(text);
  const [, name, skip, count] = match ?? [];
  if (name === undefined || skip === undefined)
    return `expected NAME:skip:count (count: how many happen after so many were skipped), got '${text}'`;
  return { name, skip: Number(skip), count: count === undefined ? undefined : Number(count) };
}

/** The report of --print-debug-counters. */
export function printDebugCounters({ summary }: DebugCounters): string {
  if (summary.length === 0) return 'debug counters: nothing was counted\n';
  const width = Math.max(...summary.map(({ name }) => name.length));
  const rows = summary.map(({ name, seen, executed, skip, count }) => {
    const limits =
      skip === 0 && count === undefined ? '' : `  (skip ${skip}${count === undefined ? '' : `, count ${count}`})`;
    return `  ${name.padEnd(width)}  ${executed} of ${seen}${limits}\n`;
  });
  return `debug counters (applications that happened, of all):\n${rows.join('')}`;
}
