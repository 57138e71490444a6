// Finds the leftmost longest match of a pattern in a text: line by line where the pattern stays on a line, after a look at
// the fixed texts that it needs; with the automaton, or with JavaScript's engine where there are back-references.
import { Automaton, countGroups, type RegexMatch } from './regex-automaton.js';
import type { RegexNode } from './regex-syntax.js';

export type { RegexMatch } from './regex-automaton.js';

const NEWLINE = 10;

export class RegexMatcher {
  private readonly find: (text: string, from: number, to: number) => RegexMatch | undefined;
  private readonly staysOnLine: boolean;
  /** Texts that a match has, in this order. */
  private readonly needed: readonly string[];
  private readonly ignoreCase: boolean;

  constructor(node: RegexNode, { ignoreCase = false }: { readonly ignoreCase?: boolean } = {}) {
    this.ignoreCase = ignoreCase;
    this.staysOnLine = !crossesLines(node);
    this.needed = neededTexts(node).map((text) => (ignoreCase ? text.toLowerCase() : text));
    if (hasReference(node)) {
      const backtracking = new BacktrackingMatcher(node, { ignoreCase });
      this.find = (text, from, to) => backtracking.exec(text, from, to);
    } else {
      const automaton = new Automaton(node, { ignoreCase });
      this.find = (text, from, to) => automaton.exec(text, from, to);
    }
  }

  exec(text: string): RegexMatch | undefined {
    const compared = this.ignoreCase ? text.toLowerCase() : text;
    if (!this.staysOnLine) return this.find(text, 0, text.length);
    for (let from = 0; ; ) {
      // Lines without the first of the needed texts are passed over at once.
      const first = this.needed[0];
      if (first !== undefined) {
        const found = compared.indexOf(first, from);
        if (found < 0) return undefined;
        from = Math.max(from, compared.lastIndexOf('\n', found - 1) + 1);
        if (found === 0) from = 0;
      }
      const end = compared.indexOf('\n', from);
      const to = end < 0 ? text.length : end;
      if (this.hasNeeded(compared, from, to)) {
        const found = this.find(text, from, to);
        if (found) return found;
      }
      if (end < 0) return undefined;
      from = end + 1;
    }
  }

  private hasNeeded(text: string, from: number, to: number): boolean {
    let at = from;
    for (const needed of this.needed) {
      at = text.indexOf(needed, at);
      if (at < 0 || at + needed.length > to) return false;
      at += needed.length;
    }
    return true;
  }
}

function hasReference(node: RegexNode): boolean {
  switch (node.kind) {
    case 'reference':
      return true;
    case 'group':
    case 'repeat':
      return hasReference(node.item);
    case 'sequence':
      return node.items.some(hasReference);
    case 'choice':
      return node.options.some(hasReference);
    default:
      return false;
  }
}

function crossesLines(node: RegexNode): boolean {
  switch (node.kind) {
    case 'text':
      return node.text.includes('\n');
    case 'set':
      return !node.negated && node.ranges.some(([low, high]) => low <= NEWLINE && NEWLINE <= high);
    case 'group':
    case 'repeat':
      return crossesLines(node.item);
    case 'sequence':
      return node.items.some(crossesLines);
    case 'choice':
      return node.options.some(crossesLines);
    default:
      return false;
  }
}

/** The fixed texts of a sequence; neighbours are one text. */
function neededTexts(node: RegexNode): string[] {
  if (node.kind === 'text') return [node.text];
  if (node.kind === 'group') return neededTexts(node.item);
  if (node.kind !== 'sequence') return [];
  const texts: string[] = [];
  let joins = false;
  for (const item of node.items) {
    const inner = item.kind === 'text' ? [item.text] : item.kind === 'sequence' ? neededTexts(item) : [];
    if (item.kind === 'text' && joins) texts.push((texts.pop() ?? '') + item.text);
    else texts.push(...inner);
    joins = item.kind === 'text';
  }
  return texts.filter((text) => text !== '');
}

const LINE_START = '(?<![^\\n])';
const LINE_END = '(?![^\\n])';

/** JavaScript's engine, made to look for the longest match. */
class BacktrackingMatcher {
  private readonly source: string;
  private readonly flags: string;
  private readonly groups: number;

  constructor(node: RegexNode, { ignoreCase }: { readonly ignoreCase: boolean }) {
    this.source = javaScriptSource(node);
    this.flags = ignoreCase ? 'i' : '';
    this.groups = countGroups(node);
  }

  exec(text: string, from: number, to: number): RegexMatch | undefined {
    // A character of context in front, for what looks at the start of a line.
    const context = Math.min(from, 1);
    const part = text.slice(from - context, to);
    let found: RegExpExecArray | null = null;
    const first = new RegExp(this.source, `${this.flags}g`);
    first.lastIndex = context;
    found = first.exec(part);
    while (found) {
      // The look-behind holds only after more characters than were matched so far.
      const least: number = found.index + found[0].length + 1;
      if (least > part.length) break;
      const longer = new RegExp(`(?:${this.source})(?<=^[^]{${least},})`, `${this.flags}y`);
      longer.lastIndex = found.index;
      const next: RegExpExecArray | null = longer.exec(part);
      if (!next) break;
      found = next;
    }
    if (!found) return undefined;
    const start = from - context + found.index;
    return { start, end: start + found[0].length, groups: [undefined, ...found.slice(1, 1 + this.groups)] };
  }
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function javaScriptSource(node: RegexNode): string {
  switch (node.kind) {
    case 'text':
      return escapeText(node.text);
    case 'any':
      return '[^\\n]';
    case 'set': {
      const hex = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`;
      const set = node.ranges.map(([low, high]) => `${hex(low)}-${hex(high)}`).join('');
      return node.negated ? `[^${set}\\n]` : `[${set}]`;
    }
    case 'line-start':
      return LINE_START;
    case 'line-end':
      return LINE_END;
    case 'sequence':
      return node.items.map(javaScriptSource).join('');
    case 'choice':
      return `(?:${node.options.map(javaScriptSource).join('|')})`;
    case 'repeat': {
      const most = node.most === Number.POSITIVE_INFINITY ? '' : node.most;
      return `(?:${javaScriptSource(node.item)}){${node.least},${most}}`;
    }
    case 'group':
      return `(${javaScriptSource(node.item)})`;
    case 'reference':
      return `(?:\\${node.group})`;
  }
}
