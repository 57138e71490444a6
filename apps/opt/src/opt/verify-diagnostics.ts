// --verify-diagnostics, as MLIR's: comments announce the diagnostics of a file, and those that come must be those.
//   // expected-error {{part of the message}}          on this line
//   // expected-note @+1 {{..}} @-2 {{..}}              so many lines below or above
//   // expected-warning @above {{..}} @below {{..}}     the nearest line without such a comment
//   // expected-remark @unknown {{..}}                 without a place
//   // expected-error-re {{shape {{[0-9]+}} of}}       regular expressions between the inner braces
import { type Context, type Diagnostic, positionOf, type Severity } from '@budflow/ir';

interface Expectation {
  readonly severity: Severity;
  readonly text: string;
  readonly matches: (message: string) => boolean;
  /** 1-based line of the comment. */
  readonly comment: number;
  /** 1-based line the diagnostic must be on; 0: it has no place. */
  line: number;
  met: boolean;
}

const ANNOUNCEMENT = /expected-(error|note|remark|warning)(-re)? *(@[+-]\d+|@above|@below|@unknown)? *\{\{(.*)\}\}\s*$/;

/** What is wrong, as messages with 1-based lines of the file; 0 for no line. */
export interface Mismatch {
  readonly line: number;
  readonly message: string;
}

export interface Announced {
  readonly expectations: readonly Expectation[];
  /** Announcements that are none, e.g. a regular expression that is not valid. */
  readonly problems: readonly Mismatch[];
}

/** The announcements in the comments of a text; `firstLine` is the file's line of its first one. */
export function announcedDiagnostics(text: string, firstLine: number): Announced {
  const expectations: Expectation[] = [];
  const problems: Mismatch[] = [];
  let lastPlain = firstLine;
  let forNextPlain: Expectation[] = [];
  text.split('\n').forEach((content, i) => {
    const line = firstLine + i;
    const match = content.includes('expected-') ? ANNOUNCEMENT.exec(content) : null;
    if (!match) {
      for (const expectation of forNextPlain) expectation.line = line;
      forNextPlain = [];
      lastPlain = line;
      return;
    }
    const [, severity, regular, place, body] = match as unknown as [string, Severity, string?, string?, string?];
    const matches = matcher(body!, regular !== undefined);
    if (typeof matches === 'string') {
      problems.push({ line, message: matches });
      return;
    }
    const expectation: Expectation = { severity, text: body!, matches, comment: line, line, met: false };
    if (place === '@above') expectation.line = lastPlain;
    else if (place === '@below') forNextPlain.push(expectation);
    else if (place === '@unknown') expectation.line = 0;
    else if (place !== undefined) expectation.line += Number(place.slice(1));
    expectations.push(expectation);
  });
  return { expectations, problems };
}

/** A test of messages, or what is wrong with the pattern. */
function matcher(body: string, regular: boolean): ((message: string) => boolean) | string {
  if (!regular) return (message) => message.includes(body);
  const pattern = body
    .split(/(\{\{.*?\}\})/)
    .map((part) => (part.startsWith('{{') ? `(?:${part.slice(2, -2)})` : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
    .join('');
  try {
    const compiled = new RegExp(pattern);
    return (message) => compiled.test(message);
  } catch (error) {
    return `invalid regular expression in this announcement: ${(error as Error).message}`;
  }
}

/** Compares what was announced with what came. */
export function compareDiagnostics(
  context: Context,
  { expectations, problems }: Announced,
  diagnostics: readonly Diagnostic[],
): Mismatch[] {
  const mismatches: Mismatch[] = [...problems];
  for (const diagnostic of diagnostics.flatMap((d) => [d, ...d.notes])) {
    const line = positionOf(context, diagnostic.location)?.line ?? 0;
    const candidates = expectations.filter((e) => !e.met && e.line === line && e.matches(diagnostic.message));
    const exact = candidates.find((e) => e.severity === diagnostic.severity);
    if (exact) {
      exact.met = true;
      continue;
    }
    mismatches.push({ line, message: `unexpected ${diagnostic.severity}: ${diagnostic.message}` });
  }
  for (const { met, severity, text, comment } of expectations)
    if (!met) mismatches.push({ line: comment, message: `expected ${severity} "${text}" was not produced` });
  return mismatches.sort((a, b) => a.line - b.line);
}
