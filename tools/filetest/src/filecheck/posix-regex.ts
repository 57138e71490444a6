// POSIX extended regular expressions, as FileCheck patterns have them, on top of JavaScript's.
// Two things differ. Syntax: a backslash makes the next character ordinary (`\d` is the letter d), there are no classes by
// letter, brackets hold `[:alpha:]`, and neither `.` nor `[^x]` crosses a line. Choice: of all matches at the leftmost
// place POSIX takes the longest, where JavaScript takes the first alternative that fits.

/** What is wrong with a regular expression; `offset` is 0-based in its text. */
export class RegexError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'RegexError';
    this.offset = offset;
  }
}

export interface TranslatedRegex {
  /** JavaScript source. */
  readonly source: string;
  /** Number of capturing groups in it. */
  readonly groups: number;
}

/** Line ends are those of `\n`; the ends of the text count too. */
export const LINE_START = '(?<![^\\n])';
export const LINE_END = '(?![^\\n])';

/** Text as a regular expression that matches just it. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** @throws RegexError */
export function translateRegex(text: string): TranslatedRegex {
  return new Translator(text).translate();
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: ' \\t\\n\\v\\f\\r',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};
const MAX_REPEAT = 255;

class Translator {
  private readonly text: string;
  private at = 0;
  private groups = 0;
  private out = '';

  constructor(text: string) {
    this.text = text;
  }

  translate(): TranslatedRegex {
    if (this.text === '') this.fail('empty (sub)expression');
    this.alternatives({ closed: false });
    return { source: this.out, groups: this.groups };
  }

  private fail(message: string): never {
    throw new RegexError(message, this.at);
  }

  private alternatives({ closed }: { readonly closed: boolean }): void {
    for (;;) {
      const start = this.at;
      while (this.at < this.text.length && this.text[this.at] !== '|' && !(closed && this.text[this.at] === ')'))
        this.atom();
      if (this.at === start) this.fail('empty (sub)expression');
      if (this.text[this.at] !== '|') return;
      this.at++;
      this.out += '|';
    }
  }

  private atom(): void {
    const start = this.out.length;
    const c = this.text[this.at++] as string;
    let isAnchor = false;
    switch (c) {
      case '(':
        this.group();
        break;
      case ')':
        this.at--;
        this.fail('parentheses not balanced');
        break;
      case '^':
        this.out += LINE_START;
        isAnchor = true;
        break;
      case '$':
        this.out += LINE_END;
        break;
      case '*':
      case '+':
      case '?':
        this.at--;
        this.fail('repetition-operator operand invalid');
        break;
      case '.':
        this.out += '[^\\n]';
        break;
      case '[':
        this.bracket();
        break;
      case '\\':
        this.escaped();
        break;
      case '{':
        if (/\d/.test(this.text[this.at] ?? '')) this.fail('repetition-operator operand invalid');
        this.out += '\\{';
        break;
      default:
        this.out += escapeRegex(c);
    }
    this.repetition(start, { isAnchor });
  }

  private group(): void {
    this.groups++;
    this.out += '(';
    if (this.text[this.at] !== ')') this.alternatives({ closed: true });
    if (this.text[this.at] !== ')') this.fail('parentheses not balanced');
    this.at++;
    this.out += ')';
  }

  private escaped(): void {
    const c = this.text[this.at];
    if (c === undefined) this.fail('trailing backslash (\\)');
    this.at++;
    if (/[1-9]/.test(c)) {
      if (Number(c) > this.groups) this.fail('invalid backreference number');
      this.out += `(?:\\${c})`;
    } else this.out += escapeRegex(c);
  }

  private atRepetition(): boolean {
    const c = this.text[this.at];
    return c === '*' || c === '+' || c === '?' || (c === '{' && /\d/.test(this.text[this.at + 1] ?? ''));
  }

  private repetition(start: number, { isAnchor }: { readonly isAnchor: boolean }): void {
    if (!this.atRepetition()) return;
    if (isAnchor) this.fail('repetition-operator operand invalid');
    const c = this.text[this.at++] as string;
    // What is repeated stands alone in JavaScript too, but for the look-around of `$`.
    if (this.out.slice(start) === LINE_END) this.out = `${this.out.slice(0, start)}(?:${LINE_END})`;
    this.out += c === '{' ? this.bounds() : c;
    if (this.atRepetition()) this.fail('repetition-operator operand invalid');
  }

  private bounds(): string {
    const match = /(\d+)(,(\d*))?\}/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text);
    if (!found) this.fail(this.text.includes('}', this.at) ? 'invalid repetition count(s)' : 'braces not balanced');
    const [whole, least, comma, most] = found as unknown as [string, string, string?, string?];
    const upper = comma === undefined ? least : most;
    if (Number(least) > MAX_REPEAT || (upper && (Number(upper) > MAX_REPEAT || Number(least) > Number(upper))))
      this.fail('invalid repetition count(s)');
    this.at += whole.length;
    return `{${whole}`;
  }

  /** After `[`: backslashes are ordinary, a `]` right after the opening is too. */
  private bracket(): void {
    const negated = this.text[this.at] === '^';
    if (negated) this.at++;
    let set = '';
    for (let first = true; first || this.text[this.at] !== ']'; first = false) {
      if (this.at >= this.text.length) this.fail('brackets ([ ]) not balanced');
      const named = /\[:(\w*):\]/y;
      named.lastIndex = this.at;
      const name = named.exec(this.text);
      if (name) {
        const characters = CLASSES[name[1] as string];
        if (characters === undefined) this.fail('invalid character class');
        set += characters;
        this.at += name[0].length;
        continue;
      }
      if (this.text.startsWith('[:', this.at)) this.fail('invalid character class');
      const low = this.bracketCharacter();
      if (this.text[this.at] !== '-' || this.text[this.at + 1] === ']' || this.at + 1 >= this.text.length) {
        set += escapeInSet(low);
        continue;
      }
      this.at++;
      const high = this.bracketCharacter();
      if (low > high) this.fail('invalid character range');
      set += `${escapeInSet(low)}-${escapeInSet(high)}`;
    }
    this.at++;
    this.out += negated ? `[^${set}\\n]` : `[${set}]`;
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

function escapeInSet(c: string): string {
  return /[\\\]^[-]/.test(c) ? `\\${c}` : c;
}

/** Finds the leftmost match, and the longest there. `source` is JavaScript as `translateRegex` makes it. */
export class LongestMatcher {
  private readonly source: string;
  private readonly flags: string;
  private readonly first: RegExp;
  /** Whether JavaScript's choice may be shorter than another. */
  private readonly isAmbiguous: boolean;

  constructor(source: string, { ignoreCase = false }: { readonly ignoreCase?: boolean } = {}) {
    this.source = source;
    this.flags = ignoreCase ? 'i' : '';
    this.first = new RegExp(source, this.flags);
    this.isAmbiguous = /[|?*+}]/.test(source.replaceAll(/\\./g, '').replaceAll(/\(\?(?:[:=!]|<[!=])/g, ''));
  }

  exec(text: string): RegExpExecArray | null {
    const first = this.first.exec(text);
    if (!first || !this.isAmbiguous) return first;
    let found: RegExpExecArray = first;
    const start = first.index;
    // The look-behind holds only after more characters than were matched so far. One character of context stays in front.
    const context = Math.min(start, 1);
    const rest = text.slice(start - context);
    for (;;) {
      const least: number = context + found[0].length + 1;
      if (least > rest.length) break;
      const longer = new RegExp(`(?:${this.source})(?<=[^]{${least}})`, `${this.flags}y`);
      longer.lastIndex = context;
      const next: RegExpExecArray | null = longer.exec(rest);
      if (!next) break;
      next.index = start;
      found = next;
    }
    return found;
  }
}
