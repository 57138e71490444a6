// What could be written at the cursor: names of ops, values, blocks, symbols, aliases, attributes, types, passes.
import { type CompletionItem, CompletionItemKind, type CompletionList, type Range } from 'vscode-languageserver';
import type { MlirDocument } from '../analysis/document.js';
import type { OpRecord } from '../analysis/part.js';
import { TokenKind } from '../text/tokens.js';
import type { Workspace } from '../workspace.js';
import { attributeMarkdown } from './docs.js';
import { visibleValues } from './entities.js';
import { isPipelineConfig, jsonPlaceAt, jsonProposals, optionValues } from './json-config.js';
import { pipelinePlaceAt } from './pipelines.js';

const BUILTIN_TYPES = [
  'i1',
  'i8',
  'i16',
  'i32',
  'i64',
  'index',
  'f16',
  'bf16',
  'f32',
  'f64',
  'none',
  'tensor<',
  'vector<',
  'memref<',
  'complex<',
  'tuple<',
];

export function completion(document: MlirDocument, offset: number, workspace: Workspace): CompletionList {
  const { tokens, text, lines } = document;
  let start = offset;
  while (start > 0 && /[\w$.-]/.test(text[start - 1]!)) start--;
  const sigil = text[start - 1] ?? '';
  let end = offset;
  while (/[\w$.]/.test(text[end] ?? '')) end++;
  const inside = tokens.before(offset - 1);
  if (inside >= 0 && tokens.kinds[inside] === TokenKind.comment && offset <= tokens.ends[inside]!)
    return list(passItems(document, offset, workspace));
  if (inside >= 0 && tokens.kinds[inside] === TokenKind.string && offset < tokens.ends[inside]!) return list([]);
  if ('%^@#!'.includes(sigil) && sigil !== '')
    return list(sigilItems(document, offset, sigil, lines.range(start - 1, end), workspace));
  // A word of a shape, `4xf32`, or a number is not being completed as a name.
  while (start < offset && /[\d-]/.test(text[start]!)) start++;
  const before = tokens.before(start - 1);
  const range = lines.range(start, end);
  const wants = placeOf(document, before, start);
  const record = document.opBefore(start);
  switch (wants) {
    case 'operation':
      return list(opItems(range, record, workspace));
    case 'type':
      return list([...typeItems(document, offset, range, workspace)]);
    case 'attribute':
      return list(record ? attributeItems(record, range) : []);
    default:
      return list(record ? keywordItems(record, range) : []);
  }
}

function list(items: CompletionItem[]): CompletionList {
  return { isIncomplete: false, items };
}

type Place = 'operation' | 'type' | 'attribute' | 'other';

/** What is expected behind the token `before`, when a word begins at `start`. */
function placeOf(document: MlirDocument, before: number, start: number): Place {
  const { tokens } = document;
  if (before < 0) return 'operation';
  if (tokens.kinds[before] === TokenKind.comment) return placeOf(document, tokens.previous(before), start);
  const isNewLine = document.lines.lineOf(tokens.starts[before]!) < document.lines.lineOf(start);
  const brace = tokens.braceAround(start);
  const inDictionary = brace >= 0 && isDictionary(document, brace);
  if (inDictionary) {
    if (tokens.is(before, '{') || tokens.is(before, ',')) return 'attribute';
    return tokens.is(before, '=') || tokens.is(before, ':') ? 'type' : 'other';
  }
  if (tokens.is(before, '=') && isAssignment(document, before)) return 'operation';
  if (tokens.is(before, '{')) return 'operation';
  if (tokens.is(before, ':')) {
    // Behind `^block:` an operation begins.
    const previous = tokens.previous(before);
    const isLabel =
      isNewLine &&
      (tokens.kinds[previous] === TokenKind.block ||
        (tokens.is(previous, ')') && tokens.kinds[tokens.matches[previous]! - 1] === TokenKind.block));
    return isLabel ? 'operation' : 'type';
  }
  if (tokens.is(before, '->') || tokens.is(before, '<') || tokens.is(before, 'to') || tokens.is(before, 'into'))
    return 'type';
  if (tokens.is(before, 'x') && !isNewLine) return 'type';
  if ((tokens.is(before, ',') || tokens.is(before, '(')) && inTypeList(document, before)) return 'type';
  return isNewLine ? 'operation' : 'other';
}

/** `%a = `, `%a, %b:2 = `: not the `=` of an attribute. */
function isAssignment(document: MlirDocument, equals: number): boolean {
  const { tokens } = document;
  const kind = tokens.kinds[equals - 1];
  return kind === TokenKind.value || (kind === TokenKind.number && tokens.is(equals - 2, ':'));
}

/** Whether a brace opens attributes and not a region: `name =`, `name,`, `name }` or nothing follows it on its line. */
function isDictionary(document: MlirDocument, brace: number): boolean {
  const { tokens } = document;
  const previous = tokens.previous(brace);
  if (tokens.is(previous, 'attributes') || tokens.is(previous, '<')) return true;
  // Of a type before it: `%a: f32 {name = ...}`.
  const next = tokens.next(brace);
  if (next >= tokens.count) return !endsLine(document, brace);
  if (tokens.is(next, '}')) return !endsLine(document, brace);
  const kind = tokens.kinds[next];
  if (kind !== TokenKind.word && kind !== TokenKind.string) return false;
  if (document.lines.lineOf(tokens.starts[next]!) > document.lines.lineOf(tokens.starts[brace]!)) return false;
  const after = tokens.next(next);
  return tokens.is(after, '=') || tokens.is(after, ',') || tokens.is(after, '}');
}

function endsLine(document: MlirDocument, token: number): boolean {
  const { tokens, lines } = document;
  const end = tokens.ends[token]!;
  return document.text.slice(end, lines.lineEnd(lines.lineOf(end))).trim() === '';
}

/** Whether a comma or parenthesis continues types: a `:` or `->` comes before it with nothing but types in between. */
function inTypeList(document: MlirDocument, token: number): boolean {
  const { tokens } = document;
  for (let i = token - 1, steps = 0; i >= 0 && steps < 200; i--, steps++) {
    const kind = tokens.kinds[i];
    if (tokens.is(i, ':') || tokens.is(i, '->')) return true;
    if (kind === TokenKind.value || kind === TokenKind.block || kind === TokenKind.symbol || kind === TokenKind.string)
      return false;
    if (tokens.is(i, '{') || tokens.is(i, '}') || tokens.is(i, '=')) return false;
  }
  return false;
}

function opItems(range: Range, record: OpRecord | null, workspace: Workspace): CompletionItem[] {
  // Ops of `func` may be written without their dialect inside of one, as its text does.
  return workspace.ops.map((info) => {
    const spec = info.definition!.spec;
    const isShort = record !== null && (info.name === 'func.return' || info.name === 'builtin.module');
    const name = info.name === 'builtin.module' ? 'module' : isShort ? info.name.slice(5) : info.name;
    return {
      label: name,
      kind: CompletionItemKind.Function,
      detail: spec.summary,
      filterText: name,
      textEdit: { range, newText: spec.assembly === undefined ? `"${name}"` : name },
      data: { kind: 'op', name: info.name },
    };
  });
}

function* typeItems(
  document: MlirDocument,
  offset: number,
  range: Range,
  workspace: Workspace,
): Generator<CompletionItem> {
  for (const name of BUILTIN_TYPES)
    yield { label: name, kind: CompletionItemKind.Struct, textEdit: { range, newText: name } };
  for (const dialect of workspace.dialects)
    for (const type of dialect.types ?? [])
      yield {
        label: `!${type.name}`,
        kind: CompletionItemKind.Struct,
        detail: type.summary,
        textEdit: { range, newText: `!${type.name}` },
      };
  for (const alias of document.symbols(document.partAt(offset)).aliasNames.values())
    if (alias.name.startsWith('!') && alias.definition >= 0)
      yield { label: alias.name, kind: CompletionItemKind.Struct, textEdit: { range, newText: alias.name } };
}

function attributeItems(record: OpRecord, range: Range): CompletionItem[] {
  return Object.entries(record.info.definition?.spec.attributes ?? {}).map(([name, spec]) => ({
    label: name,
    kind: CompletionItemKind.Property,
    detail: spec.description,
    documentation: { kind: 'markdown', value: attributeMarkdown(record.info, name) ?? '' },
    textEdit: { range, newText: name },
  }));
}

/** Words of enumerations that the syntax of the op holds: `arith.cmpi slt`. */
function keywordItems(record: OpRecord, range: Range): CompletionItem[] {
  return Object.entries(record.info.definition?.spec.attributes ?? {}).flatMap(([name, spec]) =>
    (spec.keywords ?? []).map((keyword) => ({
      label: keyword,
      kind: CompletionItemKind.EnumMember,
      detail: `${name}: ${spec.description}`,
      textEdit: { range, newText: keyword },
    })),
  );
}

function sigilItems(
  document: MlirDocument,
  offset: number,
  sigil: string,
  range: Range,
  workspace: Workspace,
): CompletionItem[] {
  const { tokens } = document;
  const part = document.partAt(offset);
  const item = (label: string, kind: CompletionItemKind, detail: string): CompletionItem => ({
    label,
    kind,
    detail,
    filterText: label,
    textEdit: { range, newText: label },
  });
  switch (sigil) {
    case '%':
      return visibleValues(document, part, offset - 1)
        .map((name, i) => ({
          ...item(
            tokens.slice(tokens.before(name.definition)),
            CompletionItemKind.Variable,
            name.values.map((v) => String(v?.type)).join(', '),
          ),
          // The nearest first.
          sortText: String(1_000_000 - i).padStart(7, '0'),
        }))
        .filter((entry) => entry.label !== '%');
    case '^': {
      const names = new Set([...part.blocks.values()].filter((b) => b.definition >= 0));
      const own = document.opAround(offset)?.parent ?? null;
      return [...names]
        .filter(
          (b) =>
            own?.op == null ||
            b.block.parentOp === null ||
            b.block.parentOp === own.op ||
            b.block.parentOp === document.opAround(offset)?.op,
        )
        .map((b) =>
          item(
            tokens.slice(tokens.before(b.definition)),
            CompletionItemKind.Reference,
            b.block.arguments.map((a) => String(a.type)).join(', '),
          ),
        );
    }
    case '@':
      return document
        .symbols(part)
        .visible(document.opAround(offset))
        .map((s) => {
          const line = document.lines.lineText(document.lines.lineOf(s.definition)).trim();
          const quoted = /^[A-Za-z_][\w$.]*$/.test(s.name) ? s.name : JSON.stringify(s.name);
          return item(`@${quoted}`, CompletionItemKind.Function, line.slice(0, 200));
        });
    default: {
      const isType = sigil === '!';
      const aliases = [...document.symbols(part).aliasNames.values()].filter(
        (a) => a.name[0] === sigil && a.definition >= 0,
      );
      const definitions = workspace.dialects.flatMap((d) => (isType ? d.types : d.attributes) ?? []);
      return [
        ...aliases.map((a) => item(a.name, CompletionItemKind.Constant, 'alias')),
        ...definitions.map((d) => item(`${sigil}${d.name}`, CompletionItemKind.Struct, d.summary)),
      ];
    }
  }
}

function passItems(document: MlirDocument, offset: number, workspace: Workspace): CompletionItem[] {
  const place = pipelinePlaceAt(document, offset);
  if (!place) return [];
  const range = document.lines.range(place.start, offset);
  const item = (label: string, kind: CompletionItemKind, detail: string, newText = label): CompletionItem => ({
    label,
    kind,
    detail,
    textEdit: { range, newText },
  });
  const pass = workspace.passes.get(place.pass ?? '');
  if (place.wants === 'pass')
    return workspace.passes.all.map((p) => ({
      ...item(p.name, CompletionItemKind.Function, p.summary),
      data: { kind: 'pass', name: p.name },
    }));
  if (place.wants === 'option')
    return Object.entries(pass?.options ?? {}).map(([name, schema]) =>
      item(name, CompletionItemKind.Property, schema.description, `${name}=`),
    );
  const schema = pass?.options[place.option ?? ''];
  return schema ? optionValues(schema).map((v) => item(String(v), CompletionItemKind.Value, schema.description)) : [];
}

export function jsonCompletion(
  text: string,
  offset: number,
  rangeOf: (start: number, end: number) => Range,
  workspace: Workspace,
): CompletionList {
  if (!isPipelineConfig(text)) return list([]);
  const place = jsonPlaceAt(text, offset);
  let end = offset;
  if (place.quoted) {
    while (/[\w.$-]/.test(text[end] ?? '')) end++;
    if (text[end] === '"') end++;
  }
  const after = /^\s*:/.test(text.slice(end));
  return list(
    jsonProposals(
      text,
      place,
      workspace.passes,
      workspace.ops.map((o) => o.name),
    ).map((proposal) => ({
      label: proposal.label,
      kind: place.wants === 'key' ? CompletionItemKind.Property : CompletionItemKind.Value,
      detail: proposal.detail,
      filterText: place.quoted ? `"${proposal.label}` : proposal.label,
      textEdit: {
        range: rangeOf(place.start, end),
        newText: after ? proposal.insert.replace(/: $/, '') : proposal.insert,
      },
      ...(proposal.pass === undefined ? {} : { data: { kind: 'pass', name: proposal.pass } }),
    })),
  );
}
