// What a test file says about itself: RUN, REQUIRES, UNSUPPORTED and XFAIL lines.

export interface TestScript {
  /** Command lines, continued ones joined; run in order, until one fails. */
  readonly runs: readonly { readonly line: number; readonly text: string }[];
  /** Conditions that must all hold. */
  readonly requires: readonly string[];
  /** Conditions of which none may hold. */
  readonly unsupported: readonly string[];
  /** Conditions under which the test must fail. */
  readonly xfail: readonly string[];
}

/** A test that is not one. */
export class ScriptError extends Error {}

const DIRECTIVE = /(?:^|[^\w-])(RUN|REQUIRES|UNSUPPORTED|XFAIL|END)[:.](.*)$/;

/** @throws ScriptError */
export function readScript(text: string): TestScript {
  const runs: { line: number; text: string }[] = [];
  const conditions = { REQUIRES: [] as string[], UNSUPPORTED: [] as string[], XFAIL: [] as string[] };
  let continued = false;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const match = DIRECTIVE.exec(line);
    if (!match) continue;
    const [, kind, rest] = match as unknown as [string, string, string];
    if (kind === 'END') {
      if (line.includes('END.')) break;
      continue;
    }
    if (!line.includes(`${kind}:`)) continue;
    if (kind !== 'RUN') {
      conditions[kind as keyof typeof conditions].push(
        ...rest
          .split(',')
          .map((c) => c.trim())
          .filter((c) => c !== ''),
      );
      continue;
    }
    const content = rest.trim();
    const body = content.endsWith('\\') ? content.slice(0, -1).trimEnd() : content;
    const last = runs.at(-1);
    if (continued && last) last.text += ` ${body}`;
    else runs.push({ line: i + 1, text: body });
    continued = content.endsWith('\\');
  }
  if (continued) throw new ScriptError(`the last RUN line ends with a '\\' and nothing follows`);
  if (runs.length === 0) throw new ScriptError('has no RUN line');
  const empty = runs.find((run) => run.text === '');
  if (empty) throw new ScriptError(`the RUN line ${empty.line} is empty`);
  return { runs, requires: conditions.REQUIRES, unsupported: conditions.UNSUPPORTED, xfail: conditions.XFAIL };
}

/** Evaluates `a && (b || !c)`; `*` and `true` hold. @throws ScriptError */
export function holds(condition: string, features: ReadonlySet<string>): boolean {
  const tokens = condition.match(/&&|\|\||[!()]|[\w.+=-]+|\*|\S/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new ScriptError(`cannot read the condition '${condition}'`);
  };
  const primary = (): boolean => {
    const token = tokens[at++];
    if (token === '!') return !primary();
    if (token === '(') {
      const value = either();
      return tokens[at++] === ')' ? value : fail();
    }
    if (token === undefined || !/^(?:[\w.+=-]+|\*)$/.test(token)) return fail();
    return token === '*' || token === 'true' || features.has(token);
  };
  const both = (): boolean => {
    let value = primary();
    while (tokens[at] === '&&') {
      at++;
      value = primary() && value;
    }
    return value;
  };
  const either = (): boolean => {
    let value = both();
    while (tokens[at] === '||') {
      at++;
      value = both() || value;
    }
    return value;
  };
  const value = either();
  return at === tokens.length ? value : fail();
}
