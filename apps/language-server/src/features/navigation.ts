// Going to definitions, finding references, highlighting and renaming.
import {
  type DocumentHighlight,
  DocumentHighlightKind,
  ErrorCodes,
  type Location,
  type Range,
  ResponseError,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { MlirDocument } from '../analysis/document.js';
import { isIsolated, plainSymbol } from '../analysis/part.js';
import { type Entity, entityAt, occurrences, type Span, spanAt } from './entities.js';

export function definition(document: MlirDocument, offset: number): Location | null {
  const name = entityAt(document, offset)?.name;
  if (!name || name.definition < 0) return null;
  return { uri: document.uri, range: rangeOf(document, spanAt(document, name.definition)) };
}

export function references(document: MlirDocument, offset: number, options: { declaration: boolean }): Location[] {
  const name = entityAt(document, offset)?.name;
  if (!name) return [];
  return occurrences(document, name)
    .filter((span) => options.declaration || span.start !== name.definition)
    .map((span) => ({ uri: document.uri, range: rangeOf(document, span) }));
}

export function highlights(document: MlirDocument, offset: number): DocumentHighlight[] {
  const name = entityAt(document, offset)?.name;
  if (!name) return [];
  return occurrences(document, name).map((span) => ({
    range: rangeOf(document, span),
    kind: span.start === name.definition ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}

export function prepareRename(document: MlirDocument, offset: number): { range: Range; placeholder: string } | null {
  const entity = entityAt(document, offset);
  if (!entity || entity.name.definition < 0) return null;
  const { tokens } = document;
  const start = tokens.starts[entity.token]!;
  return {
    range: rangeOf(document, { start, end: tokens.ends[entity.token]! }),
    placeholder: tokens.slice(entity.token),
  };
}

const SUFFIX = /^(?:\d+|[A-Za-z_$.-][\w$.-]*)$/;

/** @throws ResponseError that says why a name cannot be */
export function rename(document: MlirDocument, offset: number, newName: string): WorkspaceEdit | null {
  const entity = entityAt(document, offset);
  if (!entity || entity.name.definition < 0) return null;
  const { tokens } = document;
  const bare = bareName(entity, tokens.slice(entity.token), newName);
  refuseClash(document, entity, bare);
  const edits = occurrences(document, entity.name).map((span) => ({
    range: rangeOf(document, span),
    newText: inPlace(tokens.text.slice(span.start, span.end), entity.name.kind, bare),
  }));
  return { changes: { [document.uri]: edits } };
}

/** The new name without the sigil, which may be typed or not. */
function bareName({ name }: Entity, token: string, newName: string): string {
  const sigil = name.kind === 'symbol' ? '@' : token[0]!;
  let bare = newName.trim();
  if (bare.startsWith(sigil)) bare = bare.slice(1);
  if (name.kind === 'symbol') {
    bare = plainSymbol(bare);
    if (bare === '' || /[\n\r]/.test(bare)) throw invalid(`'${newName}' is no name of a symbol`);
    return bare;
  }
  if (!SUFFIX.test(bare))
    throw invalid(`'${newName}' is no name: write digits, or letters, digits and _ $ . - that begin with no digit`);
  if (name.kind === 'alias' && bare.includes('.'))
    throw invalid(`'${newName}' is no alias: names with a '.' are those of dialects`);
  return bare;
}

function inPlace(old: string, kind: Entity['name']['kind'], bare: string): string {
  if (kind !== 'symbol') return old[0] + bare;
  const quoted = `"${bare.replace(/["\\]/g, '\\$&')}"`;
  if (old.startsWith('"')) return quoted;
  return /^[A-Za-z_][\w$.]*$/.test(bare) ? `@${bare}` : `@${quoted}`;
}

function refuseClash(document: MlirDocument, { name, part }: Entity, bare: string): void {
  const { tokens, lines } = document;
  const taken = (other: number) => {
    throw invalid(`'${bare}' is taken: line ${lines.lineOf(other) + 1} defines it`);
  };
  const same = (at: number, sigil: string) => tokens.slice(tokens.before(at)) === sigil + bare;
  if (name.kind === 'symbol') {
    for (const table of document.symbols(part).tables.values()) {
      const other = table.get(bare);
      if (table.get(name.name) === name && other && other !== name) taken(other.definition);
    }
  } else if (name.kind === 'alias') {
    const other = document.symbols(part).aliasNames.get(name.name[0] + bare);
    if (other && other !== name && other.definition >= 0) taken(other.definition);
  } else if (name.kind === 'block') {
    for (const other of part.blocks.values())
      if (
        other !== name &&
        other.definition >= 0 &&
        same(other.definition, '^') &&
        other.block.parentOp === name.block.parentOp
      )
        taken(other.definition);
  } else {
    const home = isolatedAround(document, name.definition);
    for (const [at, other] of part.values)
      if (other !== name && at === other.definition && same(at, '%') && isolatedAround(document, at) === home)
        taken(at);
  }
}

function isolatedAround(document: MlirDocument, offset: number): number {
  for (let r = document.opBefore(offset); r; r = r.parent) if (offset <= r.end && isIsolated(r)) return r.start;
  return -1;
}

function invalid(message: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidParams, message);
}

function rangeOf(document: MlirDocument, { start, end }: Span): Range {
  return document.lines.range(start, end);
}
