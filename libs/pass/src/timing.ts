// Where the time went: a tree of named timers, printed as --mlir-timing prints it. Times are wall time in seconds.
import type { Instrumentation } from './instrumentation.js';

export class Timer {
  readonly name: string;
  readonly children = new Map<string, Timer>();
  seconds = 0;
  constructor(name: string) {
    this.name = name;
  }
  child(name: string): Timer {
    let timer = this.children.get(name);
    if (!timer) {
      timer = new Timer(name);
      this.children.set(name, timer);
    }
    return timer;
  }
}

export class Timing implements Instrumentation {
  readonly root = new Timer('Total');
  private readonly clock: () => number;
  private readonly stack: { timer: Timer; start: number }[] = [];

  /** `clock` gives milliseconds. */
  constructor(clock: () => number = () => performance.now()) {
    this.clock = clock;
    this.stack.push({ timer: this.root, start: clock() });
  }

  /** Times what happens until the matching `stop`; timers of one name in one place add up. */
  start(name: string): void {
    this.stack.push({ timer: this.stack[this.stack.length - 1]!.timer.child(name), start: this.clock() });
  }
  stop(): void {
    if (this.stack.length < 2) return;
    const { timer, start } = this.stack.pop()!;
    timer.seconds += (this.clock() - start) / 1000;
  }
  measure<T>(name: string, body: () => T): T {
    this.start(name);
    try {
      return body();
    } finally {
      this.stop();
    }
  }

  beforePipeline({ anchor }: { readonly anchor: string }): void {
    this.start(`'${anchor}' Pipeline`);
  }
  afterPipeline(): void {
    this.stop();
  }
  beforePass({ item }: { readonly item: { readonly pass: { readonly name: string } } }): void {
    this.start(item.pass.name);
  }
  afterPass(): void {
    this.stop();
  }
  beforeAnalysis(analysis: { readonly name: string }): void {
    this.start(`(A) ${analysis.name}`);
  }
  afterAnalysis(): void {
    this.stop();
  }
  beforeVerify(): void {
    this.start('(V) verify');
  }
  afterVerify(): void {
    this.stop();
  }

  /** Seconds by name, without those of the timers inside, longest first. */
  private ownTimes(): [string, number][] {
    const times = new Map<string, number>();
    const visit = (timer: Timer) => {
      for (const child of timer.children.values()) {
        let inside = 0;
        for (const inner of child.children.values()) inside += inner.seconds;
        times.set(child.name, (times.get(child.name) ?? 0) + Math.max(0, child.seconds - inside));
        visit(child);
      }
    };
    visit(this.root);
    return [...times].sort((a, b) => b[1] - a[1]);
  }

  /**
   * The report; the time since construction is the total. As a list, timers of one name add up without what is timed
   * inside them, the longest first.
   */
  toString(display: 'tree' | 'list' = 'tree'): string {
    const total = (this.clock() - this.stack[0]!.start) / 1000;
    const lines: string[] = [];
    const line = (seconds: number, name: string) => {
      const share = total > 0 ? (100 * seconds) / total : 0;
      lines.push(`  ${seconds.toFixed(4).padStart(8)} (${share.toFixed(1).padStart(5)}%)  ${name}`);
    };
    const visit = (timer: Timer, indent: string) => {
      for (const child of timer.children.values()) {
        line(child.seconds, indent + child.name);
        visit(child, `${indent}  `);
      }
    };
    if (display === 'tree') visit(this.root, '');
    else for (const [name, seconds] of this.ownTimes()) line(seconds, name);
    let known = 0;
    for (const child of this.root.children.values()) known += child.seconds;
    line(Math.max(0, total - known), 'Rest');
    line(total, 'Total');
    return [
      banner('Execution time report'),
      `  Total Execution Time: ${total.toFixed(4)} seconds`,
      '',
      '  ----Wall Time----  ----Name----',
      ...lines,
      '',
    ].join('\n');
  }
}

/** The heading of MLIR's reports. */
export function banner(title: string): string {
  const rule = `===${'-'.repeat(73)}===`;
  const text = `... ${title} ...`;
  return `${rule}\n${' '.repeat(Math.floor((rule.length - text.length) / 2))}${text}\n${rule}`;
}
