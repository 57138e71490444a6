// CHECK lines for printed IR, with variables in place of names of values and blocks.

/** The lines for one symbol (or for what stands outside of all of them). */
export interface CheckBlock {
  /** `f` for `func.func @f`; undefined for lines outside. */
  readonly symbol: string | undefined;
  readonly lines: readonly string[];
}

const FUNCTION = /^\s*(?:[\w.]+\s+)(?:private\s+|public\s+|nested\s+)?@("[^"]*"|[\w$.-]+)\s*[({]/;

/** @param output what bud-opt prints; each function begins with a -LABEL */
export function generateChecks(output: string, prefix: string): CheckBlock[] {
  const blocks: { symbol: string | undefined; lines: string[] }[] = [];
  let names = new Names();
  // The pattern of the next line finds its place after the one before: `-NEXT` only where nothing was left out.
  let adjacent = false;
  const functionIndent = /^( *)(?:[\w.]+\s+)(?:private\s+|public\s+|nested\s+)?@/m.exec(output)?.[1] ?? '';
  for (const line of output.split('\n')) {
    const text = line.trim();
    const start = FUNCTION.exec(line);
    if (start && !line.startsWith(`${functionIndent} `)) {
      names = new Names();
      blocks.push({ symbol: (start[1] as string).replaceAll('"', ''), lines: functionHead(text, prefix, names) });
      adjacent = true;
      continue;
    }
    // Brackets that only close, empty lines, and the module around all say nothing.
    if (text === '' || /^[}\])]+$/.test(text) || /^module\b.*\{$/.test(text) || text.startsWith('// -----')) {
      if (!/^\}+$/.test(text)) adjacent = false;
      else if (line === `${functionIndent}}`) adjacent = false;
      else if (adjacent) blocks.at(-1)?.lines.push(`// ${prefix}-NEXT:  ${indentOf(line, functionIndent)}${text}`);
      continue;
    }
    let block = blocks.at(-1);
    if (!block) {
      block = { symbol: undefined, lines: [] };
      blocks.push(block);
    }
    const directive = `// ${prefix}${adjacent ? '-NEXT:' : ':     '}  `;
    block.lines.push(`${directive}${indentOf(line, functionIndent)}${withVariables(text, names)}`);
    adjacent = true;
  }
  return blocks;
}

function indentOf(line: string, base: string): string {
  return ' '.repeat(Math.max(0, (/^ */.exec(line)?.[0].length ?? 0) - base.length));
}

/** A label up to the parenthesis; the arguments get variables on the lines after it. */
function functionHead(text: string, prefix: string, names: Names): string[] {
  const open = text.indexOf('(');
  if (open < 0 || !text.slice(open).includes('%')) return [`// ${prefix}-LABEL: ${escapeFixed(text)}`];
  return [
    `// ${prefix}-LABEL: ${escapeFixed(text.slice(0, open + 1))}`,
    `// ${prefix}-SAME:  ${withVariables(text.slice(open + 1), names)}`,
  ];
}

/** Names of variables by the names of values. */
class Names {
  private readonly known = new Map<string, string>();
  private values = 0;

  /** The pattern at this place: a definition the first time, and where the name is defined once more (another scope). */
  pattern(sigil: string, name: string, { defines }: { readonly defines: boolean }): string {
    const known = this.known.get(sigil + name);
    if (known !== undefined) return `${sigil}[[${known}${defines ? ':.*' : ''}]]`;
    const argument = /^arg(\d+)$/.exec(name);
    const fresh = sigil === '^' ? name.toUpperCase() : argument ? `ARG${argument[1]}` : this.variable(name);
    this.known.set(sigil + name, fresh);
    return `${sigil}[[${fresh}:.*]]`;
  }
  private variable(name: string): string {
    if (/^\d+$/.test(name)) return `VAL_${this.values++}`;
    const base = name.toUpperCase().replaceAll(/\W/g, '_');
    const free = /^[A-Z_]/.test(base) ? base : `V_${base}`;
    return [...this.known.values()].includes(free) ? `${free}_${this.values++}` : free;
  }
}

const NAME = /([%^])([a-zA-Z0-9_]+)((?::\d+)? = )?|"(?:[^"\\]|\\.)*"|\{\{|\[\[/g;

function withVariables(text: string, names: Names): string {
  return text.replace(NAME, (whole, sigil?: string, name?: string, assigned = '') =>
    sigil !== undefined && name !== undefined
      ? names.pattern(sigil, name, { defines: assigned !== '' }) + assigned
      : escapeFixed(whole),
  );
}

/** `{{` and `[[` mean themselves. */
function escapeFixed(text: string): string {
  return text.replaceAll('{{', '{{[{][{]}}').replaceAll('[[', '{{\\[\\[}}');
}
