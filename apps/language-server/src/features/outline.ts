// Document symbols, folding ranges, inlay hints.
import {
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  type InlayHint,
  InlayHintKind,
  SymbolKind,
} from 'vscode-languageserver';
import type { MlirDocument } from '../analysis/document.js';
import { isTable, type OpRecord } from '../analysis/part.js';
import { TokenKind } from '../text/tokens.js';
import { spanAt } from './entities.js';

/** Operations that define symbols, nested as they are. */
export function documentSymbols(document: MlirDocument): DocumentSymbol[] {
  const { lines } = document;
  const roots: DocumentSymbol[] = [];
  const byRecord = new Map<OpRecord, DocumentSymbol>();
  for (const part of document.parts) {
    const names = new Map<OpRecord, { name: string; definition: number }>();
    for (const symbol of document.symbols(part).symbols.values()) names.set(symbol.record, symbol);
    for (const record of part.ops) {
      const named = names.get(record);
      if (!named && !isTable(record)) continue;
      const start = document.statementStart(record);
      const range = lines.range(start, Math.max(record.end, record.nameEnd));
      const selection = named ? spanAt(document, named.definition) : { start: record.start, end: record.nameEnd };
      const symbol: DocumentSymbol = {
        name: named ? named.name : record.info.name,
        detail: record.info.name,
        kind: isTable(record) ? SymbolKind.Module : SymbolKind.Function,
        range,
        selectionRange: lines.range(selection.start, selection.end),
        children: [],
      };
      byRecord.set(record, symbol);
      let parent = record.parent;
      while (parent && !byRecord.has(parent)) parent = parent.parent;
      (parent ? byRecord.get(parent)!.children! : roots).push(symbol);
    }
  }
  return roots;
}

/** Brackets over several lines, runs of comments, and the parts of a divided file. */
export function foldingRanges(document: MlirDocument): FoldingRange[] {
  const { tokens, lines } = document;
  const ranges: FoldingRange[] = [];
  let comment: { first: number; last: number } | null = null;
  const endComment = () => {
    if (comment && comment.last > comment.first)
      ranges.push({ startLine: comment.first, endLine: comment.last, kind: FoldingRangeKind.Comment });
    comment = null;
  };
  let lastStart = -1;
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kinds[i] === TokenKind.comment) {
      if (!tokens.startsLine(i)) continue;
      const line = lines.lineOf(tokens.starts[i]!);
      if (tokens.text.startsWith('// -----', tokens.starts[i])) endComment();
      else if (comment && (comment as { last: number }).last === line - 1) (comment as { last: number }).last = line;
      else {
        endComment();
        comment = { first: line, last: line };
      }
      continue;
    }
    const close = tokens.matches[i]!;
    if (close <= i) continue;
    const startLine = lines.lineOf(tokens.starts[i]!);
    const endLine = lines.lineOf(tokens.starts[close]!) - 1;
    // The outermost of brackets that begin on one line.
    if (endLine <= startLine || startLine === lastStart) continue;
    lastStart = startLine;
    ranges.push({ startLine, endLine });
  }
  endComment();
  return ranges;
}

/** Types of results that the line does not show. */
export function inlayHints(document: MlirDocument, start: number, end: number): InlayHint[] {
  const { tokens, lines } = document;
  const hints: InlayHint[] = [];
  for (const part of document.parts) {
    if (part.end < start || part.start > end) continue;
    for (const [at, name] of part.values) {
      if (at !== name.definition || at < start || at > end) continue;
      const value = name.values[0];
      if (!value || value.isBlockArgument || name.values.length !== 1) continue;
      const type = String(value.type);
      const line = lines.lineText(lines.lineOf(at));
      if (type.length > 60 || line.includes(type)) continue;
      hints.push({
        position: lines.position(tokens.ends[tokens.before(at)]!),
        label: `: ${type}`,
        kind: InlayHintKind.Type,
      });
    }
  }
  return hints;
}
