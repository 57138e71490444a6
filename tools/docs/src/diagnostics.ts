// The catalogue of diagnostics: every id with its messages, found where they are emitted.
import { code, escapeTable, GENERATED, page, table } from './markdown.js';
import { sources } from './sources.js';

export interface CatalogueEntry {
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'remark';
  /** Message patterns; `...` stands for what differs. */
  readonly messages: readonly string[];
  /** Files, from the root. */
  readonly files: readonly string[];
}

/** Functions that emit or make a diagnostic with an id and a message. */
const EMITTERS =
  /(?:\b(emitError|emitWarning|emitRemark|fail|failWithNote|failure|error|problem|refuse|report|warning|remark)|new (Diagnostic))\(/g;
const ID = /^'([a-z][a-z0-9]*(?:-[a-z0-9]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*)'$/;

export function catalogue(): CatalogueEntry[] {
  const found = new Map<string, { severity: CatalogueEntry['severity']; messages: Set<string>; files: Set<string> }>();
  const add = (id: string, severity: CatalogueEntry['severity'], messages: readonly string[], file: string) => {
    let entry = found.get(id);
    if (!entry) {
      entry = { severity, messages: new Set(), files: new Set() };
      found.set(id, entry);
    }
    for (const message of messages) entry.messages.add(message);
    entry.files.add(file);
  };
  const helpers = handedOn();
  for (const { path, text } of sources()) {
    for (const match of text.matchAll(EMITTERS)) {
      const args = splitArguments(text, match.index + match[0].length);
      const at = args.findIndex((arg, i) => i < 3 && idsOf(arg).length > 0);
      if (at < 0 || at + 1 >= args.length) continue;
      const name = match[1] ?? match[2]!;
      const severity =
        /warning/i.test(name) || args[0] === "'warning'"
          ? 'warning'
          : /remark/i.test(name) || args[0] === "'remark'"
            ? 'remark'
            : 'error';
      for (const id of idsOf(args[at]!)) add(id, severity, messagesAt(args[at + 1]!, text.slice(0, match.index)), path);
    }
    // `{ id: 'area.what', path, message: ... }`
    for (const match of text.matchAll(/\{\s*(?=[^{}]*\bmessage\b)[^{}]*?\bid: ([^,\n]+),/g)) {
      const message = /\bmessage: ([\s\S]*)/.exec(text.slice(match.index, match.index + 600))?.[1];
      const messages = message === undefined ? [] : messagesAt(splitArguments(message, 0)[0] ?? '', '');
      for (const id of idsOf(match[1]!)) add(id, 'error', messages, path);
    }
    // `verifyYield(op, region, types, 'area.what')`
    for (const [name, messages] of helpers)
      for (const match of text.matchAll(new RegExp(`\\b${name}\\(`, 'g')))
        for (const arg of splitArguments(text, match.index + match[0].length))
          for (const id of idsOf(arg)) add(id, 'error', messages, path);
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, e]) => ({ id, severity: e.severity, messages: [...e.messages].sort(), files: [...e.files].sort() }));
}

/** The ids of an expression: a literal, or one of two. */
function idsOf(expression: string): string[] {
  const choice = /\? ('[^']+') : ('[^']+')$/.exec(expression);
  return (choice ? [choice[1]!, choice[2]!] : [expression]).flatMap((literal) => ID.exec(literal)?.[1] ?? []);
}

/** Functions that are given the id of what they emit: their messages by name. */
function handedOn(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { text } of sources())
    for (const match of text.matchAll(/function (\w+)\([^)]*\bid: string[^)]*\)[^{]*\{/g)) {
      const body = splitBody(text, match.index + match[0].length);
      const messages = [...body.matchAll(/\bemit(?:Error|Warning)\(/g)].flatMap((call) => {
        const args = splitArguments(body, call.index + call[0].length);
        return args[0] === 'id' && args[1] ? messagesOf(args[1]) : [];
      });
      if (messages.length > 0) found.set(match[1]!, [...new Set([...(found.get(match[1]!) ?? []), ...messages])]);
    }
  return found;
}

/** The arguments of a call as source text, from behind its parenthesis; also ends at a closing brace. */
function splitArguments(text: string, start: number): string[] {
  const args: string[] = [];
  let depth = 0;
  let from = start;
  let i = start;
  for (; i < text.length; i++) {
    const c = text[i]!;
    if (c === "'" || c === '"' || c === '`') {
      i = stringEnd(text, i) - 1;
      continue;
    }
    if (c === '/' && text[i + 1] === '/') {
      i = text.indexOf('\n', i);
      if (i < 0) break;
      continue;
    }
    if (c === '(' || c === '[' || c === '{') depth++;
    else if (c === ')' || c === ']' || c === '}') {
      if (depth-- === 0) break;
    } else if (c === ',' && depth === 0) {
      args.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  const last = text.slice(from, i).trim();
  if (last !== '') args.push(last);
  return args;
}

/** Position behind a string or template literal that begins at `start`. */
function stringEnd(text: string, start: number): number {
  const quote = text[start];
  for (let i = start + 1; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') i++;
    else if (c === quote) return i + 1;
    else if (quote === '`' && c === '$' && text[i + 1] === '{') {
      let depth = 1;
      for (i += 2; i < text.length && depth > 0; i++) {
        const d = text[i]!;
        if (d === "'" || d === '"' || d === '`') i = stringEnd(text, i) - 1;
        else if (d === '{') depth++;
        else if (d === '}') depth--;
      }
      i--;
    }
  }
  return text.length;
}

/** Messages of an expression: of its literals, or of what it calls or names, where that is found. */
function messagesAt(expression: string, before: string): string[] {
  const direct = messagesOf(expression);
  if (direct[0] !== '...') return direct;
  const called = /([A-Za-z]+)\((?:[^()]|\([^()]*\))*\)$/.exec(expression)?.[1];
  if (called !== undefined) return returnedBy(called);
  const name = /(?:^|\.)([A-Za-z]+)$/.exec(expression)?.[1];
  if (name === undefined) return direct;
  // The nearest variable of this name above.
  const declared = before.lastIndexOf(`const ${name} = `);
  if (declared < 0) return direct;
  const value = splitArguments(before.slice(declared).replace(/;[\s\S]*/, ''), `const ${name} = `.length)[0] ?? '';
  return value === expression ? direct : messagesAt(value, before.slice(0, declared));
}

/** Literals that a function of this name returns. */
function returnedBy(name: string): string[] {
  const start = new RegExp(`(?:function |^  )${name}\\([^\\n]*\\): (?:string|[\\w<> |]*string[\\w<> |]*) \\{`, 'm');
  for (const { text } of sources()) {
    const at = start.exec(text);
    if (!at) continue;
    const body = splitBody(text, at.index + at[0].length);
    return messagesOf([...body.matchAll(/return ([\s\S]*?);\n/g)].map((m) => m[1]).join('\n'));
  }
  return ['...'];
}

/** The text from behind a `{` to its `}`. */
function splitBody(text: string, start: number): string {
  let depth = 1;
  let i = start;
  for (; i < text.length && depth > 0; i++) {
    const c = text[i]!;
    if (c === "'" || c === '"' || c === '`') i = stringEnd(text, i) - 1;
    else if (c === '{') depth++;
    else if (c === '}') depth--;
  }
  return text.slice(start, i - 1);
}

/** The literals of an expression that makes a message; what is computed in them becomes `...`. */
function messagesOf(expression: string): string[] {
  const messages: string[] = [];
  for (let i = 0; i < expression.length; i++) {
    const c = expression[i]!;
    if (c !== "'" && c !== '"' && c !== '`') continue;
    const end = stringEnd(expression, i);
    const pattern = readable(expression.slice(i + 1, end - 1), { template: c === '`' });
    // Not the keys and operators of an expression.
    if (/\S\s+\S/.test(pattern)) messages.push(pattern);
    i = end - 1;
  }
  return messages.length > 0 ? messages : ['...'];
}

function readable(body: string, { template }: { readonly template: boolean }): string {
  let out = '';
  for (let i = 0; i < body.length; i++) {
    if (body[i] === '\\') {
      const next = body[++i]!;
      out += next === 'n' ? ' ' : next;
    } else if (template && body[i] === '$' && body[i + 1] === '{') {
      let depth = 1;
      let k = i + 2;
      for (; k < body.length && depth > 0; k++) {
        const d = body[k]!;
        if (d === "'" || d === '"' || d === '`') k = stringEnd(body, k) - 1;
        else if (d === '{') depth++;
        else if (d === '}') depth--;
      }
      out += '...';
      i = k - 1;
    } else out += body[i];
  }
  return out.replace(/\s+/g, ' ').trim();
}

const AREAS: Readonly<Record<string, string>> = {
  parse: 'Reading MLIR text',
  verify: 'The verifier of the IR core',
  pipeline: 'Pipelines and their options',
  pass: 'The pass manager',
  plugin: 'Plug-ins',
};

export function diagnosticsPage(entries: readonly CatalogueEntry[]): string {
  const areas = new Map<string, CatalogueEntry[]>();
  for (const entry of entries) {
    const area = entry.id.slice(0, entry.id.indexOf('.'));
    areas.set(area, [...(areas.get(area) ?? []), entry]);
  }
  return page(
    GENERATED,
    '# Diagnostics',
    `Every diagnostic has an id, \`area.what\`, that stays when its words change. ${entries.length} ids; \`...\` stands for what differs from one message to the next.`,
    ...[...areas].flatMap(([area, list]) => [
      `## \`${area}\``,
      AREAS[area] === undefined ? undefined : `${AREAS[area]}.`,
      table(
        ['id', 'message', 'emitted in'],
        list.map((e) => [
          `${code(e.id)}${e.severity === 'error' ? '' : ` (${e.severity})`}`,
          e.messages.map(escapeTable).join('<br>'),
          e.files.map((f) => `[${/([^/]+)\.ts$/.exec(f)![1]}](../../${f})`).join(', '),
        ]),
      ),
    ]),
  );
}
