// The part of the shell's language that RUN lines need: words and quotes, pipes, redirections, `&&`, `||`, `;`.

export type Redirection =
  | { readonly kind: 'input'; readonly path: string }
  | { readonly kind: 'output'; readonly from: 1 | 2 | 'both'; readonly path: string; readonly append: boolean }
  /** `2>&1`, `1>&2` */
  | { readonly kind: 'merge'; readonly from: 1 | 2; readonly to: 1 | 2 };

export interface Command {
  readonly words: readonly string[];
  readonly redirections: readonly Redirection[];
}

export interface Pipeline {
  readonly commands: readonly Command[];
  /** When it runs: first, or after the one before it. */
  readonly after: 'always' | 'success' | 'failure';
}

export class ShellError extends Error {}

type Token = { readonly kind: 'word'; readonly text: string } | { readonly kind: 'operator'; readonly text: string };

const OPERATORS = ['2>&1', '1>&2', '&>>', '2>>', '&&', '||', '>>', '&>', '2>', '>&', '|', ';', '<', '>', '(', ')', '&'];

/** @throws ShellError */
export function parseCommandLine(line: string): Pipeline[] {
  const tokens = tokenize(line);
  const pipelines: Pipeline[] = [];
  let at = 0;
  let after: Pipeline['after'] = 'always';
  while (at < tokens.length) {
    const commands: Command[] = [];
    for (;;) {
      const words: string[] = [];
      const redirections: Redirection[] = [];
      for (; at < tokens.length; at++) {
        const token = tokens[at] as Token;
        if (token.kind === 'word') words.push(token.text);
        else if (/^(?:\||;|&&|\|\|)$/.test(token.text)) break;
        else if (token.text === '2>&1') redirections.push({ kind: 'merge', from: 2, to: 1 });
        else if (token.text === '1>&2') redirections.push({ kind: 'merge', from: 1, to: 2 });
        else if (/^[()&]$/.test(token.text)) throw new ShellError(`'${token.text}' is not understood in RUN lines`);
        else {
          const target = tokens[++at];
          if (target?.kind !== 'word') throw new ShellError(`'${token.text}' needs a file`);
          redirections.push(redirection(token.text, target.text));
        }
      }
      if (words.length === 0) throw new ShellError('a command is missing');
      commands.push({ words, redirections });
      const next = tokens[at];
      if (next?.text !== '|') break;
      at++;
    }
    pipelines.push({ commands, after });
    const separator = tokens[at++]?.text;
    after = separator === '&&' ? 'success' : separator === '||' ? 'failure' : 'always';
    if (separator !== undefined && separator !== ';' && at >= tokens.length)
      throw new ShellError(`a command is missing after '${separator}'`);
  }
  if (pipelines.length === 0) throw new ShellError('a command is missing');
  return pipelines;
}

function redirection(operator: string, path: string): Redirection {
  if (operator === '<') return { kind: 'input', path };
  const from = operator.startsWith('2') ? 2 : operator.includes('&') ? ('both' as const) : 1;
  return { kind: 'output', from, path, append: operator.includes('>>') };
}

function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < line.length; ) {
    if (/\s/.test(line[at] as string)) {
      at++;
      continue;
    }
    const operator = OPERATORS.find((o) => line.startsWith(o, at));
    if (operator) {
      tokens.push({ kind: 'operator', text: operator });
      at += operator.length;
      continue;
    }
    const { text, end } = word(line, at);
    tokens.push({ kind: 'word', text });
    at = end;
  }
  return tokens;
}

function word(line: string, start: number): { readonly text: string; readonly end: number } {
  let text = '';
  let at = start;
  while (at < line.length && !/[\s|<>;&()]/.test(line[at] as string)) {
    const c = line[at++] as string;
    if (c === '\\') text += line[at++] ?? '';
    else if (c === "'" || c === '"') {
      const quoteStart = at;
      for (; line[at] !== c; at++) {
        if (at >= line.length)
          throw new ShellError(`the quote at '${line.slice(quoteStart - 1, quoteStart + 20)}' does not end`);
        if (c === '"' && line[at] === '\\' && /["\\$`]/.test(line[at + 1] ?? '')) at++;
        text += line[at];
      }
      at++;
    } else text += c;
  }
  return { text, end: at };
}
