// Formatting keeps every token, so names, aliases and comments stay as they are: it sets indentation, blanks between
// tokens and blank lines as the printer does. What the printer prints is left as it is. A range is formatted line by
// line with the depth its first line has, and gives the same lines as formatting all of the text.
import type { Range, TextEdit } from 'vscode-languageserver';
import type { MlirDocument } from '../analysis/document.js';
import { TokenKind, type Tokens } from '../text/tokens.js';

const INDENT = '  ';

export function formatting(document: MlirDocument, range?: Range): TextEdit[] {
  const { lines, tokens } = document;
  const first = range?.start.line ?? 0;
  // A range that ends at the start of a line does not mean that line.
  const last = range
    ? range.end.character === 0 && range.end.line > range.start.line
      ? range.end.line - 1
      : range.end.line
    : lines.count - 1;
  const edits: TextEdit[] = [];
  const formatter = new Formatter(tokens);
  let token = tokens.before(lines.lineStart(first) - 1) + 1;
  let blank = first > 0 && lines.lineText(first - 1).trim() === '';
  for (let line = first; line <= Math.min(last, lines.count - 1); line++) {
    const start = lines.lineStart(line);
    const end = lines.lineEnd(line);
    const from = token;
    while (token < tokens.count && tokens.starts[token]! < end) token++;
    const text = token === from ? '' : formatter.line(from, token);
    const isBlank = text === '';
    // At most one blank line, none at the ends of the text.
    const isEnd = isBlank && token >= tokens.count;
    if (isBlank && (blank || line === 0 || isEnd) && line + 1 < lines.count) {
      edits.push({ range: { start: { line, character: 0 }, end: { line: line + 1, character: 0 } }, newText: '' });
      continue;
    }
    blank = isBlank;
    const old = document.text.slice(start, end);
    if (old !== text) edits.push({ range: lines.range(start, end), newText: text });
  }
  if (!range && document.text !== '' && !/\n[ \t]*$/.test(document.text) && tokens.count > 0) {
    const at = lines.position(document.text.length);
    edits.push({ range: { start: at, end: at }, newText: '\n' });
  }
  return edits;
}

class Formatter {
  private readonly tokens: Tokens;
  /** How many parentheses and square brackets are open at a token, since the innermost brace; only those that close. */
  private readonly groups: Uint16Array;

  constructor(tokens: Tokens) {
    this.tokens = tokens;
    this.groups = new Uint16Array(tokens.count);
    const outer: number[] = [];
    let open = 0;
    for (let i = 0; i < tokens.count; i++) {
      const match = tokens.matches[i]!;
      const isBrace = match >= 0 && (tokens.is(i, '{') || tokens.is(i, '}'));
      if (match >= 0 && match < i && isBrace) open = outer.pop() ?? 0;
      this.groups[i] = open;
      if (match < 0) continue;
      if (isBrace) {
        if (match > i) {
          outer.push(open);
          open = 0;
        }
      } else if (match > i) open++;
      else open = Math.max(0, open - 1);
    }
  }

  /** The text of a line that consists of the tokens [from, to). */
  line(from: number, to: number): string {
    const { tokens } = this;
    let text = INDENT.repeat(this.depth(from)) + tokens.slice(from);
    for (let i = from + 1; i < to; i++) text += this.gap(i - 1, i) + tokens.slice(i);
    return text.trimEnd();
  }

  /** Levels of indentation: regions, and two for what continues a statement on the next line. */
  private depth(i: number): number {
    const { tokens } = this;
    let depth = 0;
    for (let b = tokens.braces[i]!; b !== -1; b = tokens.braces[b]!) depth++;
    const first = tokens.text[tokens.starts[i]!]!;
    if (first === '}') return tokens.matches[i] === -1 ? Math.max(0, depth) : depth;
    // Labels stand with the brace that opens their region.
    if (tokens.kinds[i] === TokenKind.block && this.beginsBlock(i)) return Math.max(0, depth - 1);
    return depth + this.continuation(i);
  }

  private beginsBlock(i: number): boolean {
    const { tokens } = this;
    let next = tokens.next(i);
    if (tokens.is(next, '(') && tokens.matches[next]! > next) next = tokens.next(tokens.matches[next]!);
    return tokens.is(next, ':');
  }

  /** Levels for what continues a statement: inside of parentheses that an earlier line opened, or behind a comma. */
  private continuation(i: number): number {
    const { tokens } = this;
    const open = this.groups[i]!;
    if (open > 0) {
      const c = tokens.text[tokens.starts[i]!];
      return c === ')' || c === ']' ? open - 1 : open;
    }
    if (tokens.kinds[i] === TokenKind.comment) return 0;
    const previous = tokens.previous(i);
    if (previous <= tokens.braces[i]!) return 0;
    const first = tokens.slice(i);
    const last = tokens.slice(previous);
    // Entries of a dictionary stand below each other.
    if (last === ',' && this.isDictionary(tokens.braces[i]!)) return 0;
    const continues = first === ':' || first === '->' || first === ',' || first === '=';
    return continues || last === ',' || last === '=' || last === '->' ? 2 : 0;
  }

  /** Whether what a brace opens begins with `name =` or `"name" =`. */
  private isDictionary(brace: number): boolean {
    const { tokens } = this;
    if (brace < 0) return false;
    const first = tokens.next(brace);
    const kind = tokens.kinds[first];
    return (kind === TokenKind.word || kind === TokenKind.string) && tokens.is(tokens.next(first), '=');
  }

  /** What stands between two tokens of a line. */
  private gap(a: number, b: number): string {
    const { tokens } = this;
    const had = tokens.starts[b]! > tokens.ends[a]!;
    // Comments behind statements stand where they were put.
    if (tokens.kinds[b] === TokenKind.comment) return tokens.text.slice(tokens.ends[a], tokens.starts[b]) || ' ';
    const right = tokens.text[tokens.starts[b]!]!;
    const left = tokens.slice(a);
    if (right === ',' && tokens.kinds[b] === TokenKind.punctuation) return '';
    if (left === ',' && tokens.kinds[a] === TokenKind.punctuation) return ' ';
    // The arrow of a convolution's dimensions, `[b, f]x[i, o]->[b, f]`, stands as it was put.
    const amongDims = (tokens.is(b, '->') && left === ']') || (left === '->' && right === '[');
    if (!amongDims && (tokens.is(b, '->') || left === '->')) return ' ';
    if (tokens.is(b, ')') || tokens.is(b, ']') || left === '(' || left === '[') return '';
    const isType = tokens.kinds[b] === TokenKind.word || tokens.kinds[b] === TokenKind.bang;
    if (left === ':' && isType && this.isTyping(a)) return ' ';
    return had ? ' ' : '';
  }
  /** A colon before a type, not the one of `%a:2`, `"file":1:2` or `!quant.uniform<i8:f32, ..>`. */
  private isTyping(colon: number): boolean {
    const before = this.tokens.previous(colon);
    if (before > 0 && this.tokens.is(this.tokens.previous(before), '<')) return false;
    const kind = this.tokens.kinds[before];
    return kind !== TokenKind.string && kind !== TokenKind.punctuation
      ? true
      : this.tokens.is(this.tokens.previous(colon), ')');
  }
}
