// Prints diagnostics of a context on standard error. A diagnostic may get notes after it was emitted, so each is printed
// when the next thing is: `flush` before other output and at the end of each stage.
import { type Context, type Diagnostic, renderDiagnostic } from '@budflow/ir';
import type { Io } from './io.js';

export class DiagnosticSink {
  private readonly context: Context;
  private readonly io: Io;
  private pending: Diagnostic[] = [];
  errors = 0;

  constructor(context: Context, io: Io) {
    this.context = context;
    this.io = io;
  }
  readonly add = (diagnostic: Diagnostic): void => {
    if (diagnostic.severity === 'error') this.errors++;
    this.pending.push(diagnostic);
  };
  flush(): void {
    const { pending } = this;
    this.pending = [];
    for (const diagnostic of pending) this.io.stderr(`${renderDiagnostic(this.context, diagnostic)}\n`);
  }
}
