// Prints diagnostics of a context on standard error. A diagnostic may get notes after it was emitted, so each is printed
// when the next thing is: `flush` before other output and at the end of each stage.
import {
  type Context,
  type Diagnostic,
  Diagnostic as Made,
  printOperationToString,
  renderDiagnostic,
} from '@budflow/ir';
import type { Io } from './io.js';

/** Where diagnostics were made, once somebody wants to know. */
let stacks: WeakMap<Diagnostic, string> | undefined;

function recordStacks(): void {
  if (stacks) return;
  const known = new WeakMap<Diagnostic, string>();
  stacks = known;
  const outer = Made.observer;
  Made.observer = (diagnostic) => {
    outer?.(diagnostic);
    // Without the line of the constructor, and without that of this function.
    const lines = new Error().stack?.split('\n').slice(3) ?? [];
    known.set(diagnostic, ['made here', ...lines].join('\n'));
  };
}

export interface SinkOptions {
  /** Print the stack of what was thrown, where a diagnostic has such a cause. */
  readonly causes?: boolean;
  /** Print where in the compiler diagnostics were made, when they know. */
  readonly stacks?: boolean;
  /** Print the op of an error, as it is then. */
  readonly ops?: boolean;
}

export class DiagnosticSink {
  private readonly context: Context;
  private readonly io: Io;
  private readonly options: SinkOptions;
  private pending: Diagnostic[] = [];
  errors = 0;

  constructor(context: Context, io: Io, options: SinkOptions = {}) {
    this.context = context;
    this.io = io;
    this.options = options;
    if (options.stacks) recordStacks();
  }
  readonly add = (diagnostic: Diagnostic): void => {
    if (diagnostic.severity === 'error') this.errors++;
    const { op } = diagnostic;
    if (this.options.ops && op && !op.isErased)
      diagnostic.note(`see current operation: ${printOperationToString(op, { generic: true })}`, op.loc);
    this.pending.push(diagnostic);
  };
  flush(): void {
    const { pending } = this;
    this.pending = [];
    for (const diagnostic of pending) {
      this.io.stderr(`${renderDiagnostic(this.context, diagnostic)}\n`);
      const { cause } = diagnostic;
      const stack = stacks?.get(diagnostic);
      if (this.options.causes && cause instanceof Error) this.io.stderr(`${cause.stack}\n`);
      if (this.options.stacks && stack !== undefined) this.io.stderr(`${stack}\n`);
    }
  }
}
