// Remarks: what an optimisation did, could not do, or found out. Data, collected by the pass manager.
import { type Context, Diagnostic, type LocationRef, positionOf } from '@budflow/ir';

export type RemarkKind = 'applied' | 'missed' | 'analysis';

export interface Remark {
  readonly kind: RemarkKind;
  /** Name of the pass. */
  readonly pass: string;
  /** kebab-case, stable: what happened (`unrolled`) or why it did not (`operand-limit`). */
  readonly name: string;
  readonly message: string;
  readonly location: LocationRef;
  /** Figures for tools. */
  readonly args: Readonly<Record<string, string | number | boolean>>;
}

/** Remarks as plain JSON data: `{ kind, pass, name, message, location?: { file, line, column }, args }`. */
export function remarksToJson(context: Context, remarks: readonly Remark[]): object[] {
  return remarks.map(({ kind, pass, name, message, location, args }) => {
    const at = positionOf(context, location);
    return {
      kind,
      pass,
      name,
      message,
      ...(at ? { location: { file: at.file, line: at.line, column: at.column } } : {}),
      args,
    };
  });
}

/** Emits the remarks whose `kind:pass:name` matches as diagnostics of severity `remark`, which render with their places. */
export function emitRemarks(context: Context, remarks: readonly Remark[], filter: RegExp): void {
  for (const { kind, pass, name, message, location } of remarks) {
    const title = `${kind}:${pass}:${name}`;
    if (filter.test(title))
      context.diagnostics.emit(new Diagnostic('remark', 'pass.remark', `${message} [${title}]`, location));
  }
}
