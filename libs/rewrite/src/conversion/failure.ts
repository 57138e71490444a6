// Why an op was not legalised: every pattern tried with its reason, and what those that applied led to.
import { Diagnostic, type LocationRef, type Operation } from '@budflow/ir';
import type { CastRecord } from './casts.js';

export interface FailedAttempt {
  /** Name of the pattern, or `fold`. */
  readonly pattern: string;
  readonly reason: string;
  /** The op the pattern made that could not be legalised. */
  readonly inner?: IllegalOp;
}

export interface IllegalOp {
  readonly op: Operation;
  readonly name: string;
  readonly loc: LocationRef;
  /** What the target says; undefined when it says nothing about the op. */
  readonly reason: string | undefined;
  readonly attempts: readonly FailedAttempt[];
}

/** Emits `conversion.illegal-op` or `conversion.unknown-op` with a note for each pattern. */
export function reportIllegalOp(failure: IllegalOp): Diagnostic {
  const { op, name, loc, reason } = failure;
  const diagnostic =
    reason === undefined
      ? new Diagnostic(
          'error',
          'conversion.unknown-op',
          `'${name}' op was not converted: the target says nothing about it, and everything must become legal`,
          loc,
          op,
        )
      : new Diagnostic('error', 'conversion.illegal-op', `'${name}' op could not be legalized: ${reason}`, loc, op);
  noteAttempts(diagnostic, failure, '');
  return op.context.diagnostics.emit(diagnostic);
}

function noteAttempts(diagnostic: Diagnostic, failure: IllegalOp, indent: string): void {
  if (failure.attempts.length === 0) diagnostic.note(`${indent}no pattern starts from '${failure.name}'`, failure.loc);
  for (const { pattern, reason, inner } of failure.attempts) {
    diagnostic.note(`${indent}pattern '${pattern}': ${reason}`, failure.loc);
    if (inner) noteAttempts(diagnostic, inner, `${indent}  `);
  }
}

const WANTED = {
  source: 'users were not converted and need the old type',
  argument: 'users were not converted and need the old type',
  target: 'its definition was not converted, and a pattern needs the new type',
} as const;

/** Emits `conversion.unresolved-cast` on the op that has the cast's old value, with who made it and who needs it. */
export function reportCast(record: CastRecord, root: Operation): Diagnostic {
  const { op, kind, pattern, subject, converter } = record;
  const types = (values: readonly { readonly type: unknown }[]) =>
    values.length === 0 ? 'nothing' : values.map((v) => String(v.type)).join(', ');
  const from = types(op.operands);
  const to = types(op.results);
  const diagnostic = root.context.diagnostics.emit(
    new Diagnostic(
      'error',
      'conversion.unresolved-cast',
      `${subject} is ${from} where ${to} is needed: ${WANTED[kind]}`,
      op.loc,
      root,
    ),
  );
  diagnostic.note(
    kind === 'target' ? `pattern '${pattern}' needs ${to}` : `pattern '${pattern}' made ${from} of it`,
    op.loc,
  );
  const users = new Set<Operation>();
  for (const result of op.results) for (const user of result.users()) users.add(user);
  for (const user of users) diagnostic.note(`used by '${user.name}' as ${to}`, user.loc);
  const definition = op.operandCount > 0 ? op.operand(0).definingOp : null;
  if (definition !== null) diagnostic.note(`defined by '${definition.name}' as ${from}`, definition.loc);
  diagnostic.note(
    converter === null
      ? 'the pattern has no type converter that could bridge the types'
      : `no ${kind} materialization of the type converter answers for ${from} to ${to}`,
  );
  return diagnostic;
}
