// What is wrong with a document, with "did you mean" where a name is near a valid one.
import { nearestName } from '@budflow/pass';
import { type Diagnostic, DiagnosticSeverity, type Range } from 'vscode-languageserver';
import type { MlirDocument } from '../analysis/document.js';
import type { Part, Problem } from '../analysis/part.js';
import { TokenKind } from '../text/tokens.js';
import type { Workspace } from '../workspace.js';
import { visibleValues } from './entities.js';
import { pipelineProblems } from './pipelines.js';

/** What a code action puts in the place of the range of a diagnostic. */
export interface Suggestion {
  readonly replacement: string;
  readonly range: Range;
}

const SOURCE = 'budflow';
const MAX_DIAGNOSTICS = 200;

export function diagnostics(document: MlirDocument, workspace: Workspace): Diagnostic[] {
  const list: Diagnostic[] = [];
  for (const part of document.parts)
    for (const problem of part.problems) list.push(mlirDiagnostic(document, part, problem, workspace));
  for (const problem of pipelineProblems(document, workspace.passes)) {
    const range = document.lines.range(problem.start, problem.end);
    list.push({
      severity: DiagnosticSeverity.Error,
      source: SOURCE,
      code: problem.id,
      message: problem.message,
      range,
      ...suggested(/did you mean '([^']+)'/.exec(problem.message)?.[1], range),
    });
  }
  return list.slice(0, MAX_DIAGNOSTICS);
}

function mlirDiagnostic(document: MlirDocument, part: Part, problem: Problem, workspace: Workspace): Diagnostic {
  const { diagnostic, notes } = problem;
  const range = rangeAt(document, problem.offset);
  const near = suggestion(document, part, problem, workspace);
  const related = notes.flatMap(({ message, offset }) =>
    offset === undefined ? [] : [{ location: { uri: document.uri, range: rangeAt(document, offset) }, message }],
  );
  // A note without a place is said with the message.
  const more = notes.filter((n) => n.offset === undefined).map((n) => `\n${n.message}`);
  const hint = near && !diagnostic.message.includes('did you mean') ? `; did you mean '${near.replacement}'?` : '';
  return {
    severity:
      diagnostic.severity === 'error'
        ? DiagnosticSeverity.Error
        : diagnostic.severity === 'warning'
          ? DiagnosticSeverity.Warning
          : DiagnosticSeverity.Information,
    source: SOURCE,
    code: diagnostic.id,
    message: `${diagnostic.message}${hint}${more.join('')}`,
    range,
    ...(related.length > 0 ? { relatedInformation: related } : {}),
    ...suggested(near?.replacement, near?.range ?? range),
  };
}

function suggested(replacement: string | undefined, range: Range): { data?: Suggestion } {
  return replacement === undefined ? {} : { data: { replacement, range } };
}

/** The token at an offset; at the end of the text its last one. */
function rangeAt(document: MlirDocument, offset: number): Range {
  const { tokens, lines } = document;
  const i = tokens.before(offset);
  if (i < 0) return lines.range(0, 0);
  if (offset < tokens.ends[i]!) return lines.range(tokens.starts[i]!, tokens.ends[i]!);
  return offset >= document.text.trimEnd().length
    ? lines.range(tokens.starts[i]!, tokens.ends[i]!)
    : lines.range(offset, offset + 1);
}

/** The name nearest to one that does not exist. */
function suggestion(
  document: MlirDocument,
  part: Part,
  problem: Problem,
  workspace: Workspace,
): Suggestion | undefined {
  const { tokens, lines } = document;
  const { id, message } = problem.diagnostic;
  const i = tokens.before(problem.offset);
  if (i < 0) return undefined;
  const token = tokens.slice(i);
  const at = (k: number): Range => lines.range(tokens.starts[k]!, tokens.ends[k]!);
  const nearest = (name: string, candidates: Iterable<string>, k = i): Suggestion | undefined => {
    // Of names that are equally near, the one that begins alike.
    const sorted = [...candidates].sort((a, b) => sharedPrefix(name, b) - sharedPrefix(name, a));
    const near = nearestName(name, sorted);
    return near === undefined ? undefined : { replacement: near, range: at(k) };
  };
  switch (id) {
    case 'parse.unknown-operation':
      return nearest(
        token,
        workspace.ops.map((op) => op.name),
      );
    case 'parse.unregistered-operation':
      return nearest(
        token,
        workspace.ops.map((op) => `"${op.name}"`),
      );
    case 'parse.undefined-value':
      return nearest(
        token,
        visibleValues(document, part, problem.offset).map((v) => tokens.slice(tokens.before(v.definition))),
      );
    case 'parse.undefined-block': {
      const labels = [...part.blocks.values()].filter((b) => b.definition >= 0);
      return nearest(
        token,
        labels.map((b) => tokens.slice(tokens.before(b.definition))),
      );
    }
    case 'parse.undefined-alias':
      return nearest(
        token,
        [...document.symbols(part).aliasNames.values()].filter((a) => a.definition >= 0).map((a) => a.name),
      );
  }
  const did = /did you mean '([^']+)'/.exec(message)?.[1];
  if (did !== undefined) {
    const wrong = /'([^']+)'[^']*did you mean/.exec(message)?.[1];
    const k = wrong === undefined ? -1 : findToken(document, i, wrong);
    return { replacement: did, range: at(k >= 0 ? k : i) };
  }
  // A symbol that is not there: the verifier's place is the op, the name is in the message.
  if (problem.origin !== 'verifier') return undefined;
  const index = document.symbols(part);
  for (const [, quoted, bare] of message.matchAll(/'@?([^']+)'|@([\w$.]+)/g)) {
    const symbol = quoted ?? bare!;
    const k = findToken(document, i, `@${symbol}`);
    if (k < 0 || index.symbols.has(tokens.starts[k]!)) continue;
    const names = index.visible(document.opAround(problem.offset)).map((s) => `@${s.name}`);
    return nearest(`@${symbol}`, names, k);
  }
  return undefined;
}

/** The next token with a text, within a statement's reach. */
function findToken(document: MlirDocument, from: number, text: string): number {
  const { tokens } = document;
  for (let k = from; k < Math.min(from + 200, tokens.count); k++)
    if (tokens.is(k, text) && tokens.kinds[k] !== TokenKind.comment) return k;
  return -1;
}

function sharedPrefix(a: string, b: string): number {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
}
