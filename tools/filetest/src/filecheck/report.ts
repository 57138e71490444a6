// What a person reads when checks fail: the directive, where the search began, what comes close, and the input around it.
import type { Event, Failure } from './checker.js';

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export interface ReportOptions {
  /** How much of the input is shown below the messages. */
  readonly dump: 'always' | 'fail' | 'never';
  /** Matches are told too. */
  readonly verbose: boolean;
}

interface Position {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly content: string;
}

export function positionIn(text: string, offset: number): Position {
  const at = Math.min(Math.max(offset, 0), text.length);
  const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
  const next = text.indexOf('\n', at);
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < start; i = text.indexOf('\n', i + 1)) line++;
  return { line, column: at - start + 1, content: text.slice(start, next < 0 ? text.length : next) };
}

/** `file:line:column: severity: message`, the line, a caret. */
export function renderAt(
  { name, text }: NamedText,
  offset: number,
  severity: 'error' | 'note' | 'remark',
  message: string,
  length = 1,
): string {
  const { line, column, content } = positionIn(text, offset);
  const marked = Math.max(1, Math.min(length, content.length - column + 1));
  return `${name}:${line}:${column}: ${severity}: ${message}\n${content}\n${' '.repeat(column - 1)}^${'~'.repeat(marked - 1)}\n`;
}

/** The report of a run; empty when there is nothing to tell. */
export function renderReport(
  events: readonly Event[],
  checkFile: NamedText,
  input: NamedText,
  options: ReportOptions,
): string {
  const failures = events.filter((event) => event.kind === 'failure');
  let out = '';
  for (const event of events) {
    if (event.kind === 'failure') out += renderFailure(event, checkFile, input);
    else if (options.verbose) {
      out += renderAt(
        checkFile,
        event.pattern.source.offset,
        'remark',
        `${event.pattern.directive}: expected string found in input`,
      );
      out += renderAt(input, event.start, 'note', 'found here', event.end - event.start);
      for (const { what, value } of event.captured) out += `  captured ${what} = "${value}"\n`;
    }
  }
  const dumps = options.dump === 'always' || (options.dump === 'fail' && failures.length > 0);
  return dumps ? `${out}\n${dumpInput(events, input, options)}` : out;
}

function renderFailure(failure: Failure, checkFile: NamedText, input: NamedText): string {
  const { pattern, message, from, to, found, previousEnd, substituted, offset } = failure;
  const place = pattern.line === 0 ? undefined : (offset ?? pattern.source.offset);
  let out =
    place === undefined
      ? `error: ${pattern.directive}='${pattern.source.text}': ${message}\n`
      : renderAt(checkFile, place, 'error', `${pattern.directive}: ${message}`);
  if (found) out += renderAt(input, found.start, 'note', 'found here', found.end - found.start);
  else out += renderAt(input, from, 'note', 'scanning from here');
  if (previousEnd !== undefined) out += renderAt(input, previousEnd, 'note', 'previous match ended here');
  for (const { what, value } of substituted ?? [])
    out += renderAt(input, from, 'note', `with "${what}" equal to "${value}"`);
  if (!found && offset === undefined) {
    const intended = possibleMatch(expectedText(pattern.source.text, substituted ?? []), input.text.slice(from, to));
    if (intended !== undefined) out += renderAt(input, from + intended, 'note', 'possible intended match here');
  }
  return out;
}

/** A pattern as text to compare lines with: variables by their values. */
function expectedText(source: string, substituted: NonNullable<Failure['substituted']>): string {
  let next = 0;
  return source.replace(/\[\[(#?)([^\]]*)\]\]|\{\{.*?\}\}/g, (whole, _number, name) => {
    if (name === undefined || name.includes(':')) return '*';
    return substituted[next++]?.value ?? whole;
  });
}

const FUZZY_WINDOW = 16384;
const FUZZY_LENGTH = 200;

/** Offset of the line that is most like the expected text; undefined when none is near. Nearer lines win. */
function possibleMatch(expected: string, text: string): number | undefined {
  const wanted = expected.slice(0, FUZZY_LENGTH);
  let best: { offset: number; quality: number } | undefined;
  let number = 0;
  for (let at = 0; at < text.length && at < FUZZY_WINDOW; number++) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    const start = at + line.length - line.trimStart().length;
    const given = line.trim().slice(0, FUZZY_LENGTH);
    if (given !== '') {
      const quality = distance(wanted, given) + number / 100;
      if (!best || quality < best.quality) best = { offset: start, quality };
    }
    if (end < 0) break;
    at = end + 1;
  }
  // What differs in most characters is no hint.
  return best && best.quality < 0.6 * wanted.length + 1 ? best.offset : undefined;
}

/** Edit distance where the second text may be longer at its end at a small cost. */
function distance(wanted: string, given: string): number {
  let row = Array.from({ length: given.length + 1 }, (_, i) => i);
  for (let i = 1; i <= wanted.length; i++) {
    const next = [i];
    for (let j = 1; j <= given.length; j++)
      next.push(
        Math.min(
          (row[j] as number) + 1,
          (next[j - 1] as number) + 1,
          (row[j - 1] as number) + (wanted[i - 1] === given[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return Math.min(...row.map((cost, j) => cost + (given.length - j) * 0.1));
}

const CONTEXT = 5;

/** The input with marks: `check:N` for what matched, `X~~` for what failed. */
function dumpInput(events: readonly Event[], { name, text }: NamedText, options: ReportOptions): string {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const marks = new Map<number, string[]>();
  const shown = new Set<number>();
  const show = (line: number) => {
    for (let i = line - CONTEXT; i <= line + CONTEXT; i++) shown.add(i);
  };
  const mark = (offset: number, end: number, label: string, fill: string, note: string) => {
    const { line, column } = positionIn(text, offset);
    const content = lines[line - 1] ?? '';
    const width = Math.max(1, Math.min(end - offset, content.length - column + 1));
    const bar = fill === 'X' ? `X${'~'.repeat(width - 1)}` : fill.repeat(width);
    const entry = `${label.padEnd(16)}${' '.repeat(column - 1)}${bar} ${note}`.trimEnd();
    marks.set(line, [...(marks.get(line) ?? []), entry]);
    return line;
  };
  for (const event of events) {
    const label = `${event.pattern.kind === 'plain' ? 'check' : event.pattern.kind}:${event.pattern.line}`;
    if (event.kind === 'match') mark(event.start, event.end, label, '^', '');
    else if (event.found) show(mark(event.found.start, event.found.end, label, '!', `error: ${event.message}`));
    else show(mark(event.from, event.to, label, 'X', `error: ${event.message}`));
  }
  let out = `Input was (${name}):\n<<<<<<\n`;
  let skipping = false;
  lines.forEach((content, i) => {
    if (options.dump === 'fail' && !shown.has(i + 1)) {
      if (!skipping) out += `${'.'.repeat(16)}\n`;
      skipping = true;
      return;
    }
    skipping = false;
    out += `${String(i + 1).padStart(14)}: ${content}\n`;
    for (const entry of marks.get(i + 1) ?? []) out += `${entry}\n`;
  });
  // Marks at the very end of the input.
  for (const entry of marks.get(lines.length + 1) ?? []) out += `${entry}\n`;
  return `${out}>>>>>>\n`;
}
