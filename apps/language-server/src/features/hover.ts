// What stands under the cursor: types of values, docs of ops, attributes and passes, definitions of symbols and aliases.
import type { Hover } from 'vscode-languageserver';
import type { MlirDocument } from '../analysis/document.js';
import { TokenKind } from '../text/tokens.js';
import type { Workspace } from '../workspace.js';
import { attributeMarkdown, opMarkdown, optionLine, passMarkdown } from './docs.js';
import { type Entity, entityAt } from './entities.js';
import { pipelineWordAt } from './pipelines.js';

const MAX_CODE = 400;

export function hover(document: MlirDocument, offset: number, workspace: Workspace): Hover | null {
  const { tokens, lines } = document;
  const token = tokens.at(offset);
  if (token < 0) return null;
  const shown = (value: string, start = tokens.starts[token]!, end = tokens.ends[token]!): Hover => ({
    contents: { kind: 'markdown', value },
    range: lines.range(start, end),
  });
  if (tokens.kinds[token] === TokenKind.comment) {
    const word = pipelineWordAt(document, offset, workspace.passes);
    if (!word?.pass) return null;
    const schema = word.option === undefined ? undefined : word.pass.options[word.option];
    const value = schema
      ? `option ${optionLine(word.option!, schema)}\n\nof \`${word.pass.name}\``
      : passMarkdown(word.pass);
    return shown(value, word.start, word.end);
  }
  const entity = entityAt(document, offset);
  if (entity) return shown(entityMarkdown(document, entity));
  const record = document.opBefore(offset);
  if (!record) return null;
  if (offset <= record.nameEnd && offset >= record.start)
    return shown(opMarkdown(record.info), record.start, record.nameEnd);
  const kind = tokens.kinds[token];
  if (kind === TokenKind.word) {
    for (let r: typeof record | null = record; r; r = r.parent) {
      const value = attributeMarkdown(r.info, tokens.slice(token));
      if (value && offset <= Math.max(r.end, record.end)) return shown(value);
    }
  }
  if (kind === TokenKind.hash || kind === TokenKind.bang) {
    const name = tokens.slice(token).slice(1);
    for (const dialect of workspace.dialects) {
      const found = (kind === TokenKind.bang ? dialect.types : dialect.attributes)?.find((d) => d.name === name);
      if (found) return shown(`**\`${tokens.slice(token)}\`**: ${found.summary}`);
    }
  }
  return null;
}

function entityMarkdown(document: MlirDocument, { name, token }: Entity): string {
  const { tokens } = document;
  switch (name.kind) {
    case 'value': {
      const shownName = tokens.slice(token);
      const lines = name.values.flatMap((value, i) => {
        if (!value) return [];
        const which = name.values.length > 1 ? `${shownName}#${i}` : shownName;
        return [`${which} : ${cut(String(value.type))}`];
      });
      const from = name.definition < 0 ? '\n\nnot defined' : `\n\n${origin(document, name.definition, name)}`;
      return `${code(lines.join('\n'))}${from}`;
    }
    case 'block': {
      const args = name.block.arguments.map((a) => cut(String(a.type))).join(', ');
      return code(`${tokens.slice(token)}${args ? `(${args})` : ''}`);
    }
    case 'symbol':
      return `${code(headOf(document, name.record.start))}\n\n${opSummary(name.record.info)}`;
    case 'alias':
      return name.definition < 0 ? `\`${name.name}\` is not defined` : code(lineAt(document, name.definition));
    default:
      return name satisfies never;
  }
}

function origin(
  document: MlirDocument,
  definition: number,
  name: { readonly values: readonly { readonly isBlockArgument: boolean }[] },
): string {
  const record = name.values.find((v) => v)?.isBlockArgument ? null : resultOwner(document, definition);
  return record ? `result of ${opSummary(record.info)}\n\n${code(lineAt(document, definition))}` : 'block argument';
}

function resultOwner(document: MlirDocument, definition: number) {
  const { tokens } = document;
  // The name of the op follows the `=`.
  let i = tokens.before(definition);
  while (i < tokens.count && !tokens.is(i, '=')) i++;
  return i + 1 < tokens.count ? document.opBefore(tokens.starts[i + 1]!) : null;
}

function opSummary(info: {
  readonly name: string;
  readonly definition: { readonly spec: { readonly summary: string } } | null;
}): string {
  return `\`${info.name}\`${info.definition ? `: ${info.definition.spec.summary}` : ''}`;
}

/** The text of an operation up to its region. */
function headOf(document: MlirDocument, start: number): string {
  const line = lineAt(document, start);
  return line.replace(/\s*\{\s*$/, '');
}
function lineAt(document: MlirDocument, offset: number): string {
  return cut(document.lines.lineText(document.lines.lineOf(offset)).trim());
}
function cut(text: string): string {
  return text.length > MAX_CODE ? `${text.slice(0, MAX_CODE)}...` : text;
}
function code(text: string): string {
  return `\`\`\`mlir\n${text}\n\`\`\``;
}
