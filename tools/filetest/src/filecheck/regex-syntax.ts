// POSIX extended regular expressions, as FileCheck patterns have them, as trees.
// A backslash makes the next character ordinary (`\d` is the letter d), there are no classes by letter, brackets hold
// `[:alpha:]`, and neither `.` nor `[^x]` crosses a line.

/** What is wrong with a regular expression; `offset` is 0-based in its text. */
export class RegexError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'RegexError';
    this.offset = offset;
  }
}

export type RegexNode =
  /** Characters one after another. */
  | { readonly kind: 'text'; readonly text: string }
  /** Any character but a line end. */
  | { readonly kind: 'any' }
  /** One character of some; a negated set has no line end. */
  | { readonly kind: 'set'; readonly ranges: readonly (readonly [number, number])[]; readonly negated: boolean }
  | { readonly kind: 'line-start' | 'line-end' }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly item: RegexNode; readonly least: number; readonly most: number }
  /** Captures. Groups are numbered from 1 in the order they open, over a whole pattern. */
  | { readonly kind: 'group'; readonly item: RegexNode }
  /** What a group captured. */
  | { readonly kind: 'reference'; readonly group: number };

export interface ParsedRegex {
  readonly node: RegexNode;
  /** Number of capturing groups in it. */
  readonly groups: number;
}

/** @throws RegexError */
export function parseRegex(text: string): ParsedRegex {
  return new RegexParser(text).parse();
}

const range = (from: string, to: string): readonly [number, number] => [from.charCodeAt(0), to.charCodeAt(0)];
const only = (c: string) => range(c, c);
const LOWER = range('a', 'z');
const UPPER = range('A', 'Z');
const DIGIT = range('0', '9');
const CLASSES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  alnum: [UPPER, LOWER, DIGIT],
  alpha: [UPPER, LOWER],
  blank: [only(' '), only('\t')],
  cntrl: [range('\x00', '\x1f'), only('\x7f')],
  digit: [DIGIT],
  graph: [range('!', '~')],
  lower: [LOWER],
  print: [range(' ', '~')],
  punct: [range('!', '/'), range(':', '@'), range('[', '`'), range('{', '~')],
  space: [only(' '), range('\t', '\r')],
  upper: [UPPER],
  xdigit: [DIGIT, range('A', 'F'), range('a', 'f')],
};
const MAX_REPEAT = 255;

class RegexParser {
  private readonly text: string;
  private at = 0;
  private groups = 0;

  constructor(text: string) {
    this.text = text;
  }

  parse(): ParsedRegex {
    if (this.text === '') this.fail('empty (sub)expression');
    const node = this.alternatives({ closed: false });
    return { node, groups: this.groups };
  }

  private fail(message: string): never {
    throw new RegexError(message, this.at);
  }

  private alternatives({ closed }: { readonly closed: boolean }): RegexNode {
    const options: RegexNode[] = [];
    for (;;) {
      const items: RegexNode[] = [];
      while (this.at < this.text.length && this.text[this.at] !== '|' && !(closed && this.text[this.at] === ')'))
        items.push(this.atom());
      if (items.length === 0) this.fail('empty (sub)expression');
      options.push(items.length === 1 ? (items[0] as RegexNode) : { kind: 'sequence', items });
      if (this.text[this.at] !== '|') break;
      this.at++;
    }
    return options.length === 1 ? (options[0] as RegexNode) : { kind: 'choice', options };
  }

  private atom(): RegexNode {
    const c = this.text[this.at++] as string;
    switch (c) {
      case '(':
        return this.repeated(this.group());
      case '^':
        if (this.atRepetition()) this.fail('repetition-operator operand invalid');
        return { kind: 'line-start' };
      case '$':
        return this.repeated({ kind: 'line-end' });
      case '.':
        return this.repeated({ kind: 'any' });
      case '[':
        return this.repeated(this.bracket());
      case '\\':
        return this.repeated(this.escaped());
      case ')':
        this.at--;
        return this.fail('parentheses not balanced');
      case '*':
      case '+':
      case '?':
        this.at--;
        return this.fail('repetition-operator operand invalid');
      case '{':
        if (/\d/.test(this.text[this.at] ?? '')) this.fail('repetition-operator operand invalid');
        return this.repeated({ kind: 'text', text: c });
      default:
        return this.repeated({ kind: 'text', text: c });
    }
  }

  private group(): RegexNode {
    this.groups++;
    const item: RegexNode =
      this.text[this.at] === ')' ? { kind: 'sequence', items: [] } : this.alternatives({ closed: true });
    if (this.text[this.at] !== ')') this.fail('parentheses not balanced');
    this.at++;
    return { kind: 'group', item };
  }

  private escaped(): RegexNode {
    const c = this.text[this.at];
    if (c === undefined) this.fail('trailing backslash (\\)');
    this.at++;
    if (!/[1-9]/.test(c)) return { kind: 'text', text: c };
    if (Number(c) > this.groups) this.fail('invalid backreference number');
    return { kind: 'reference', group: Number(c) };
  }

  private atRepetition(): boolean {
    const c = this.text[this.at];
    return c === '*' || c === '+' || c === '?' || (c === '{' && /\d/.test(this.text[this.at + 1] ?? ''));
  }

  private repeated(item: RegexNode): RegexNode {
    if (!this.atRepetition()) return item;
    const c = this.text[this.at++] as string;
    const most = Number.POSITIVE_INFINITY;
    const bounds =
      c === '*'
        ? { least: 0, most }
        : c === '+'
          ? { least: 1, most }
          : c === '?'
            ? { least: 0, most: 1 }
            : this.bounds();
    if (this.atRepetition()) this.fail('repetition-operator operand invalid');
    return { kind: 'repeat', item, ...bounds };
  }

  private bounds(): { readonly least: number; readonly most: number } {
    const match = /(\d+)(,(\d*))?\}/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text);
    if (!found) this.fail(this.text.includes('}', this.at) ? 'invalid repetition count(s)' : 'braces not balanced');
    const [whole, first, comma, second] = found as unknown as [string, string, string?, string?];
    const least = Number(first);
    const most = comma === undefined ? least : second ? Number(second) : Number.POSITIVE_INFINITY;
    if (least > MAX_REPEAT || (Number.isFinite(most) && most > MAX_REPEAT) || least > most)
      this.fail('invalid repetition count(s)');
    this.at += whole.length;
    return { least, most };
  }

  /** After `[`: backslashes are ordinary, a `]` right after the opening is too. */
  private bracket(): RegexNode {
    const negated = this.text[this.at] === '^';
    if (negated) this.at++;
    const ranges: (readonly [number, number])[] = [];
    for (let first = true; first || this.text[this.at] !== ']'; first = false) {
      if (this.at >= this.text.length) this.fail('brackets ([ ]) not balanced');
      const named = /\[:(\w*):\]/y;
      named.lastIndex = this.at;
      const name = named.exec(this.text);
      if (name) {
        const characters = CLASSES[name[1] as string];
        if (characters === undefined) this.fail('invalid character class');
        ranges.push(...characters);
        this.at += name[0].length;
        continue;
      }
      if (this.text.startsWith('[:', this.at)) this.fail('invalid character class');
      const low = this.bracketCharacter();
      let high = low;
      if (this.text[this.at] === '-' && this.text[this.at + 1] !== ']' && this.at + 1 < this.text.length) {
        this.at++;
        high = this.bracketCharacter();
        if (low > high) this.fail('invalid character range');
      }
      ranges.push(range(low, high));
    }
    this.at++;
    return { kind: 'set', ranges, negated };
  }

  private bracketCharacter(): string {
    const special = /\[([.=])(.)\1\]/y;
    special.lastIndex = this.at;
    const found = special.exec(this.text);
    if (found) {
      this.at += found[0].length;
      return found[2] as string;
    }
    const c = this.text[this.at++];
    if (c === undefined) this.fail('brackets ([ ]) not balanced');
    if (c === '[' && /[.=]/.test(this.text[this.at] ?? '')) this.fail('invalid collating element');
    return c;
  }
}
