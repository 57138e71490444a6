// What a place in the text names: a value, a block, a symbol or an alias; with every place that names the same.
import type { MlirDocument } from '../analysis/document.js';
import { type BlockName, isIsolated, type Part, type ValueName } from '../analysis/part.js';
import type { AliasName, SymbolName } from '../analysis/symbols.js';
import { TokenKind } from '../text/tokens.js';

export interface Entity {
  readonly name: ValueName | BlockName | SymbolName | AliasName;
  readonly part: Part;
  /** The token under the cursor. */
  readonly token: number;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The name under the cursor; undefined on other tokens, and on names that mean nothing. */
export function entityAt(document: MlirDocument, offset: number): Entity | undefined {
  const { tokens } = document;
  let token = tokens.at(offset);
  if (token < 0) return undefined;
  // On the number of `%a#1`.
  if (tokens.kinds[token] === TokenKind.hash && tokens.starts[token] === tokens.ends[token - 1]) token--;
  const at = tokens.starts[token]!;
  const part = document.partAt(at);
  const kind = tokens.kinds[token];
  let name: Entity['name'] | undefined;
  if (kind === TokenKind.value) name = part.values.get(at) ?? valueByName(document, part, token);
  else if (kind === TokenKind.block) name = part.blocks.get(at);
  else if (kind === TokenKind.symbol || kind === TokenKind.string) name = document.symbols(part).symbols.get(at);
  else if (kind === TokenKind.hash || kind === TokenKind.bang) name = document.symbols(part).aliases.get(at);
  return name && { name, part, token };
}

/** Where text does not parse the parser has resolved no operands: the name defined last before it is meant. */
function valueByName(document: MlirDocument, part: Part, token: number): ValueName | undefined {
  const { tokens } = document;
  const text = tokens.slice(token);
  let found: ValueName | undefined;
  for (const name of visibleValues(document, part, tokens.starts[token]!))
    if (tokens.slice(tokens.before(name.definition)) === text) found = name;
  return found;
}

/** The values that can be used at a place, as far as the text tells. In the order of their definitions. */
export function visibleValues(document: MlirDocument, part: Part, offset: number): ValueName[] {
  const { tokens } = document;
  const brace = tokens.braceAround(offset);
  const isolated = isolatedStart(document, offset);
  const list: ValueName[] = [];
  for (const [at, name] of part.values) {
    if (at !== name.definition || at >= offset) continue;
    if (isolatedStart(document, at) !== isolated) continue;
    const owner = name.values.find((v) => v)?.parentBlock?.parentOp ?? null;
    const token = tokens.before(at);
    const region = tokens.braces[token]!;
    if (!tokens.encloses(region, brace)) continue;
    // An argument in front of a region is not seen behind it.
    if (owner && name.values[0]?.isBlockArgument) {
      const record = document.opBefore(at);
      if (record?.op === owner && offset > record.end) continue;
    }
    list.push(name);
  }
  return list.sort((a, b) => a.definition - b.definition);
}

function isolatedStart(document: MlirDocument, offset: number): number {
  for (let r = document.opBefore(offset); r; r = r.parent) if (offset <= r.end && isIsolated(r)) return r.start;
  return -1;
}

/** The token at an offset. */
export function spanAt(document: MlirDocument, offset: number): Span {
  const { tokens } = document;
  const token = tokens.before(offset);
  return { start: offset, end: Math.max(offset, tokens.ends[token] ?? offset) };
}

/** Every place that names it, the definition first. */
export function occurrences(document: MlirDocument, name: Entity['name']): Span[] {
  const spans = name.definition >= 0 ? [spanAt(document, name.definition)] : [];
  return [...spans, ...[...name.uses].sort((a, b) => a - b).map((use) => spanAt(document, use))];
}
