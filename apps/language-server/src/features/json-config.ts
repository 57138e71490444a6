// Pipeline configs: JSON files with a "pipeline". Problems come from the schema, completion from the passes.
import { DiagnosticEngine } from '@budflow/ir';
import { NUMERICS_MODES, type OptionSchema, type PassRegistry, readPipelineConfig } from '@budflow/pass';

/** Whether a JSON text is a pipeline config, as far as can be seen. */
export function isPipelineConfig(text: string): boolean {
  return /"pipeline"\s*:/.test(text) || /"\$schema"\s*:\s*"[^"]*pipeline\.schema\.json/.test(text);
}

interface Frame {
  readonly kind: '{' | '[';
  /** Offset of the bracket. */
  readonly start: number;
  key: string | undefined;
  index: number;
}

export interface JsonPlace {
  /** Keys and indices from the root. */
  readonly path: readonly (string | number)[];
  readonly wants: 'key' | 'value';
  /** Start of the string or word that is being written, with its quote. */
  readonly start: number;
  readonly quoted: boolean;
  /** Offset of the innermost open object or array. */
  readonly container: number;
}

/** Where in a JSON text, which may be broken, an offset is. */
export function jsonPlaceAt(text: string, offset: number): JsonPlace {
  const stack: Frame[] = [];
  let start = offset;
  let quoted = false;
  let expectsValue = true;
  let i = 0;
  while (i < offset) {
    const c = text[i]!;
    const top = stack.at(-1);
    if (c === '"') {
      const end = stringEnd(text, i);
      if (end > offset || (end === offset && text[end - 1] !== '"')) {
        start = i;
        quoted = true;
        break;
      }
      const content = text.slice(i + 1, end - 1);
      if (top?.kind === '{' && !expectsValue) top.key = content;
      i = end;
      continue;
    }
    if (c === '{' || c === '[') {
      stack.push({ kind: c, start: i, key: undefined, index: 0 });
      expectsValue = c === '[';
    } else if (c === '}' || c === ']') {
      stack.pop();
      expectsValue = false;
    } else if (c === ':') expectsValue = true;
    else if (c === ',') {
      if (top?.kind === '[') {
        top.index++;
        expectsValue = true;
      } else {
        expectsValue = false;
        if (top) top.key = undefined;
      }
    } else if (/[\w.-]/.test(c)) {
      let end = i;
      while (end < text.length && /[\w.-]/.test(text[end]!)) end++;
      if (end >= offset) {
        start = i;
        break;
      }
      i = end;
      continue;
    }
    i++;
  }
  const top = stack.at(-1);
  const wants = top?.kind === '{' && !expectsValue ? 'key' : 'value';
  const path = stack.flatMap((frame, level): (string | number)[] => {
    if (frame.kind === '[') return [frame.index];
    if (level === stack.length - 1 && wants === 'key') return [];
    return frame.key === undefined ? [] : [frame.key];
  });
  return { path, wants, start, quoted, container: top?.start ?? -1 };
}

function stringEnd(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"' && text[i] !== '\n') i += text[i] === '\\' ? 2 : 1;
  return Math.min(text[i] === '"' ? i + 1 : i, text.length);
}

export interface JsonProposal {
  readonly label: string;
  /** JSON text. */
  readonly insert: string;
  readonly detail: string;
  readonly pass?: string;
}

export function jsonProposals(
  text: string,
  place: JsonPlace,
  registry: PassRegistry,
  ops: readonly string[],
): JsonProposal[] {
  const { path, wants } = place;
  const property = (name: string, detail: string): JsonProposal => ({
    label: name,
    insert: `${JSON.stringify(name)}: `,
    detail,
  });
  const string = (value: string, detail: string): JsonProposal => ({
    label: value,
    insert: JSON.stringify(value),
    detail,
  });
  const passes = () => registry.all.map((pass) => ({ ...string(pass.name, pass.summary), pass: pass.name }));
  const inPipeline = path[0] === 'pipeline';
  if (wants === 'key') {
    if (path.length === 0)
      return [
        property('$schema', 'where the schema is'),
        property('anchor', 'name of the op the pipeline runs on'),
        property('pipeline', 'passes in order'),
        property('target', 'name of a target, or path of its description'),
        property('numerics', 'what is promised about rounding'),
      ];
    if (!inPipeline) return [];
    if (path.at(-1) === 'options') {
      const pass = registry.get(siblingPass(text, place.container) ?? '');
      return Object.entries(pass?.options ?? {}).map(([name, schema]) => property(name, schema.description));
    }
    if (typeof path.at(-1) === 'number')
      return [
        property('pass', 'name of a pass'),
        property('options', 'its options'),
        property('anchor', 'passes that run on each op of this name'),
        property('pipeline', 'those passes'),
      ];
    return [];
  }
  const last = path.at(-1);
  if (path.length === 1 && last === 'numerics') return NUMERICS_MODES.map((mode) => string(mode, 'numerics'));
  if (last === 'anchor') return ops.map((name) => string(name, 'op'));
  if (!inPipeline) return [];
  if (last === 'pass') return passes();
  if (typeof last === 'number' && path.at(-2) === 'pipeline') return passes();
  const optionsAt = path.lastIndexOf('options');
  if (optionsAt > 0 && typeof path[optionsAt + 1] === 'string') {
    const object = enclosingObject(text, place.container);
    const schema = registry.get(siblingPass(text, object) ?? '')?.options[path[optionsAt + 1] as string];
    return schema
      ? optionValues(schema).map((v) => ({ label: String(v), insert: JSON.stringify(v), detail: schema.description }))
      : [];
  }
  return [];
}

export function optionValues(schema: OptionSchema): readonly (string | number | boolean)[] {
  const inner = schema.type === 'array' ? schema.items : schema;
  if ('enum' in inner && inner.enum) return inner.enum;
  if (inner.type === 'boolean') return [true, false];
  return typeof schema.default === 'object' || schema.default === undefined ? [] : [schema.default];
}

/** The object an array of option values is in, or the object itself. */
function enclosingObject(text: string, bracket: number): number {
  if (text[bracket] !== '[') return bracket;
  return jsonPlaceAt(text, bracket).container;
}

/** The name of the pass beside the object of options that begins at `options`. */
function siblingPass(text: string, options: number): string | undefined {
  const outer = jsonPlaceAt(text, options).container;
  if (outer < 0) return undefined;
  // What stands in the object itself, not deeper.
  let depth = 0;
  let flat = '';
  for (let i = outer; i < text.length; ) {
    const c = text[i]!;
    if (c === '"') {
      const end = stringEnd(text, i);
      if (depth === 1) flat += text.slice(i, end);
      i = end;
      continue;
    }
    if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') {
      if (--depth === 0) break;
    } else if (depth === 1) flat += c;
    i++;
  }
  return /"pass"\s*:\s*"([^"]*)"/.exec(flat)?.[1];
}

export interface ConfigProblem {
  readonly id: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export async function configProblems(text: string, registry: PassRegistry): Promise<ConfigProblem[]> {
  const engine = new DiagnosticEngine();
  await readPipelineConfig(text, { registry, diagnostics: engine, file: 'pipeline.json' });
  return engine.unhandled.map(({ id, message }) => {
    const plain = message.replace(/^pipeline\.json(?::\d+:\d+)?: /, '');
    const position = /^pipeline\.json:(\d+):(\d+)/.exec(message);
    if (position) {
      const start = lineOffset(text, Number(position[1])) + Number(position[2]) - 1;
      return { id, message: plain, start, end: Math.min(start + 1, text.length) };
    }
    const pointer = /^(\/\S*): /.exec(plain)?.[1] ?? '';
    return { id, message: plain, ...spanOfPointer(text, pointer) };
  });
}

function lineOffset(text: string, line: number): number {
  let at = 0;
  for (let l = 1; l < line; l++) at = text.indexOf('\n', at) + 1;
  return at;
}

/** Where the value that a JSON pointer means stands; of a property that should not be there, its key. */
function spanOfPointer(text: string, pointer: string): { start: number; end: number } {
  const wanted = pointer.split('/').slice(1);
  let best = { start: 0, end: Math.min(1, text.length) };
  let reached = 0;
  const visit = (at: number, depth: number): number => {
    const i = blanks(text, at);
    const c = text[i];
    let end: number;
    if (c === '{' || c === '[') {
      let p = blanks(text, i + 1);
      for (let index = 0; p < text.length && text[p] !== '}' && text[p] !== ']'; index++) {
        let key = String(index);
        const keyStart = p;
        let keyEnd = p;
        if (c === '{') {
          if (text[p] !== '"') return text.length;
          keyEnd = stringEnd(text, p);
          key = text.slice(p + 1, keyEnd - 1);
          p = blanks(text, keyEnd);
          if (text[p] === ':') p++;
        }
        const onPath = depth === reached && wanted[depth] === key;
        if (onPath) {
          reached = depth + 1;
          best = { start: keyStart, end: keyEnd };
        }
        const valueStart = blanks(text, p);
        p = visit(p, onPath ? depth + 1 : Number.MAX_SAFE_INTEGER);
        if (onPath && reached === depth + 1 && depth + 1 === wanted.length) best = { start: valueStart, end: p };
        if (p <= valueStart) return text.length;
        p = blanks(text, p);
        if (text[p] === ',') p = blanks(text, p + 1);
      }
      end = Math.min(p + 1, text.length);
    } else if (c === '"') end = stringEnd(text, i);
    else {
      end = i;
      while (end < text.length && /[\w.+-]/.test(text[end]!)) end++;
    }
    return end;
  };
  visit(0, 0);
  return best;
}

function blanks(text: string, at: number): number {
  let i = at;
  while (i < text.length && /\s/.test(text[i]!)) i++;
  return i;
}
