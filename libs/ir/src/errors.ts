// Failures that cross an API boundary (CONTRACTS: errors). Parsers, verifiers and passes report diagnostics instead.
import type { Diagnostic } from './diagnostic.js';
import type { Operation } from './operation.js';

/** A bug in Budflow itself: an invariant did not hold. `op` is the operation being worked on, when there was one. */
export class InternalError extends Error {
  readonly op: Operation | undefined;
  constructor(message: string, op?: Operation) {
    super(message);
    this.name = 'InternalError';
    this.op = op;
  }
}

/** Compilation failed; `diagnostics` says where and why, errors first as they were reported. */
export class CompileError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[], rendered?: string) {
    super(rendered ?? diagnostics.map((d) => d.message).join('\n'));
    this.name = 'CompileError';
    this.diagnostics = diagnostics;
  }
}
