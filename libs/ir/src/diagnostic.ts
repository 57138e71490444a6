// Diagnostics: what is wrong, where, and what else to look at. Every diagnostic has a stable id.

import type { Context } from './context.js';
import { CallSiteLoc, FileLineColLoc, FusedLoc, type Location, type LocationRef, NameLoc } from './location.js';
import type { Operation } from './operation.js';

export type Severity = 'error' | 'warning' | 'remark' | 'note';

export class Diagnostic {
  readonly severity: Severity;
  /** Stable kebab-case id, `area.what`, listed in the diagnostics catalogue. */
  readonly id: string;
  readonly message: string;
  readonly location: LocationRef;
  readonly op: Operation | undefined;
  readonly notes: Diagnostic[] = [];
  /** What was thrown, where an error of ours or of a hook became this diagnostic; shown with `--debug`. */
  cause: unknown = undefined;
  /** Sees every diagnostic as it is made: to say where in the compiler that was, or which ones tests cover. */
  static observer: ((made: Diagnostic) => void) | null = null;
  constructor(severity: Severity, id: string, message: string, location: LocationRef, op?: Operation) {
    this.severity = severity;
    this.id = id;
    this.message = message;
    this.location = location;
    this.op = op;
    Diagnostic.observer?.(this);
  }
  /** Adds "look here too"; returns this for chaining. */
  note(message: string, location: LocationRef = 0): this {
    this.notes.push(new Diagnostic('note', this.id, message, location));
    return this;
  }
}

export type DiagnosticHandler = (diagnostic: Diagnostic) => void;

/** Delivers diagnostics to the innermost handler; without one they collect in `unhandled`. */
export class DiagnosticEngine {
  private readonly handlers: DiagnosticHandler[] = [];
  readonly unhandled: Diagnostic[] = [];

  emit(diagnostic: Diagnostic): Diagnostic {
    const handler = this.handlers[this.handlers.length - 1];
    if (handler) handler(diagnostic);
    else this.unhandled.push(diagnostic);
    return diagnostic;
  }

  /** Runs `body` with diagnostics delivered to `handler`. */
  capture<T>(handler: DiagnosticHandler, body: () => T): T {
    this.handlers.push(handler);
    try {
      return body();
    } finally {
      this.handlers.pop();
    }
  }

  /** Runs `body`, returning its result and every diagnostic it emitted (notes may be added until this returns). */
  collect<T>(body: () => T): { result: T; diagnostics: Diagnostic[] } {
    const diagnostics: Diagnostic[] = [];
    const result = this.capture((d) => diagnostics.push(d), body);
    return { result, diagnostics };
  }
}

export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The source line, when its text is known. */
  readonly text: string | undefined;
}

/** The file position a location stands for: the innermost file location of names, fusions and call sites. */
export function positionOf(context: Context, location: LocationRef): SourcePosition | undefined {
  if (typeof location === 'number') return location === 0 ? undefined : context.sources.position(location);
  const file = fileLocation(location);
  if (!file) return undefined;
  return { file: file.file, line: file.line, column: file.column, text: context.sources.line(file.file, file.line) };
}

function fileLocation(location: Location): FileLineColLoc | undefined {
  if (location instanceof FileLineColLoc) return location;
  if (location instanceof NameLoc) return location.child ? fileLocation(location.child) : undefined;
  if (location instanceof CallSiteLoc) return fileLocation(location.callee);
  if (location instanceof FusedLoc) {
    for (const l of location.locations) {
      const found = fileLocation(l);
      if (found) return found;
    }
  }
  return undefined;
}

/** `file:line:col: error: message`, the source line with a caret, then the notes; no trailing newline. */
export function renderDiagnostic(context: Context, diagnostic: Diagnostic): string {
  const lines: string[] = [];
  const one = (d: Diagnostic) => {
    const at = positionOf(context, d.location);
    const place = at ? `${at.file}:${at.line}:${at.column}: ` : typeof d.location === 'number' ? '' : `${d.location}: `;
    lines.push(`${place}${d.severity}: ${d.message}`);
    if (at?.text !== undefined) {
      lines.push(at.text);
      lines.push(`${at.text.slice(0, at.column - 1).replace(/[^\t]/g, ' ')}^`);
    }
  };
  one(diagnostic);
  diagnostic.notes.forEach(one);
  return lines.join('\n');
}
