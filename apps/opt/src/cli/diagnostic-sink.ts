// Prints diagnostics of a context on standard error. A diagnostic may get notes after it was emitted, so each is printed
// when the next thing is: `flush` before other output and at the end of each stage.
import { type Context, type Diagnostic, printOperationToString, renderDiagnostic } from '@budflow/ir';
import type { Io } from './io.js';

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
      const { cause, stack } = diagnostic;
      if (this.options.causes && cause instanceof Error) this.io.stderr(`${cause.stack}\n`);
      if (this.options.stacks && stack !== undefined) this.io.stderr(`${stack.replace(/^Error: /, '')}\n`);
    }
  }
}
