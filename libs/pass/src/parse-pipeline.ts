// Reads pipelines written as text:
//   pipeline ::= anchor `(` list `)` | list            a bare list runs on builtin.module
//   list     ::= (item (`,` item)*)?
//   item     ::= anchor `(` list `)` | pass (`{` option* `}`)?
//   option   ::= name `=` value | name                 a bare name is `true`
//   value    ::= scalar (`,` scalar)* | `{` (scalar (`,` scalar)*)? `}`
//   scalar   ::= characters without blanks and , { } ( ) | a quoted string
import { Diagnostic, type DiagnosticEngine, InternalError } from '@budflow/ir';
import type { PassDefinition } from './define-pass.js';
import { nearestName } from './nearest.js';
import { checkOption, convertText, type OptionSchema, type OptionValue } from './options.js';
import { anchorProblem, MODULE_ANCHOR, type Pipeline, type PipelineItem } from './pipeline.js';
import { expandPipeline, type PipelineJson } from './pipeline-json.js';
import type { PassRegistry } from './registry.js';

export interface ParsePipelineOptions {
  readonly registry: PassRegistry;
  /** Receives `pipeline.*` errors. */
  readonly diagnostics: DiagnosticEngine;
  /** Stands in front of messages; default `pipeline`. */
  readonly file?: string;
}

/** Undefined when the text is no valid pipeline; diagnostics say why. Paths in messages are those of the JSON form. */
export function parsePipeline(text: string, options: ParsePipelineOptions): Pipeline | undefined {
  return new PipelineParser(text, options).parse();
}

class SyntaxProblem extends Error {}

class PipelineParser {
  private readonly text: string;
  private readonly registry: PassRegistry;
  private readonly diagnostics: DiagnosticEngine;
  private readonly file: string;
  private at = 0;
  private failed = false;

  constructor(text: string, options: ParsePipelineOptions) {
    this.text = text;
    this.registry = options.registry;
    this.diagnostics = options.diagnostics;
    this.file = options.file ?? 'pipeline';
  }

  parse(): Pipeline | undefined {
    try {
      const pipeline = this.pipeline();
      this.blanks();
      if (this.at < this.text.length) this.syntax("expected ',' or the end");
      return this.failed ? undefined : pipeline;
    } catch (error) {
      if (error instanceof SyntaxProblem) return undefined;
      throw error;
    }
  }

  private pipeline(): Pipeline {
    // `anchor(...)` around everything, or a list that runs on the module.
    const start = this.at;
    this.blanks();
    const name = this.optionalName();
    if (name !== undefined && this.peek() === '(') {
      const anchorOnly = this.matching(this.at);
      if (anchorOnly !== undefined && this.text.slice(anchorOnly + 1).trim() === '') {
        this.at++;
        const items = this.list(name, '/pipeline', { close: true });
        return { anchor: name, items };
      }
    }
    this.at = start;
    return { anchor: MODULE_ANCHOR, items: this.list(MODULE_ANCHOR, '/pipeline', { close: false }) };
  }

  /** Position of the parenthesis that closes the one at `open`; undefined when there is none. Skips quoted strings. */
  private matching(open: number): number | undefined {
    let depth = 0;
    for (let i = open; i < this.text.length; i++) {
      const c = this.text[i];
      if (c === '"' || c === "'") {
        for (i++; i < this.text.length && this.text[i] !== c; i++) if (this.text[i] === '\\') i++;
      } else if (c === '(') depth++;
      else if (c === ')' && --depth === 0) return i;
    }
    return undefined;
  }

  private list(anchor: string, path: string, { close }: { close: boolean }): PipelineItem[] {
    const items: PipelineItem[] = [];
    if (close ? this.take(')') : this.peek() === '') return items;
    do {
      items.push(...this.item(anchor, `${path}/${items.length}`));
    } while (this.take(','));
    if (close && !this.take(')')) this.syntax("expected ',' or ')'");
    return items;
  }

  /** One item, or those of a pipeline that stands for its items. */
  private item(anchor: string, path: string): PipelineItem[] {
    this.blanks();
    const name = this.optionalName();
    if (name === undefined) this.syntax('expected the name of a pass or of an op');
    if (this.take('('))
      return [{ kind: 'nested', anchor: name, items: this.list(name, `${path}/pipeline`, { close: true }) }];
    const named = this.registry.pipeline(name);
    if (named) {
      if (this.peek() === '{') this.syntax(`pipeline '${name}' has no options`);
      return this.expanded(named, path);
    }
    const pass = this.registry.get(name);
    if (!pass) this.error('pipeline.unknown-pass', path, this.registry.unknown(name));
    else {
      const problem = anchorProblem(pass, anchor);
      if (problem) this.error('pipeline.wrong-anchor', path, problem);
    }
    const options: Record<string, OptionValue> = {};
    if (this.take('{')) this.options(pass, options, `${path}/options`);
    // An unknown pass was reported: the pipeline is not used.
    return [{ kind: 'pass', pass: pass as PassDefinition, options }];
  }

  private expanded(named: PipelineJson, path: string): PipelineItem[] {
    try {
      return expandPipeline(named, this.registry);
    } catch (error) {
      if (!(error instanceof InternalError)) throw error;
      this.error('pipeline.unknown-pass', path, error.message);
      return [];
    }
  }

  private options(pass: PassDefinition | undefined, into: Record<string, OptionValue>, path: string): void {
    while (!this.take('}')) {
      const name = this.optionalName();
      if (name === undefined) this.syntax("expected the name of an option or '}'");
      const value = this.text[this.at] === '=' ? this.value() : { raw: 'true', items: ['true'], list: false };
      if (!pass) continue;
      const schema = Object.hasOwn(pass.options, name) ? pass.options[name] : undefined;
      if (!schema) {
        this.error('pipeline.unknown-option', `${path}/${name}`, unknownOption(pass, name));
        continue;
      }
      if (Object.hasOwn(into, name)) {
        this.error('pipeline.duplicate-option', `${path}/${name}`, `option '${name}' is given twice`);
        continue;
      }
      const converted = convert(schema, value);
      const problem = checkOption(schema, converted);
      if (problem) this.error('pipeline.invalid-option', `${path}/${name}${problem.pointer}`, problem.message);
      else into[name] = converted;
    }
  }

  private value(): RawValue {
    this.at++;
    const start = this.at;
    if (this.text[this.at] === '{') {
      this.at++;
      const items: string[] = [];
      if (this.take('}')) return { raw: '{}', items, list: true };
      do {
        this.blanks();
        items.push(this.scalar());
      } while (this.take(','));
      if (!this.take('}')) this.syntax("expected ',' or '}'");
      return { raw: this.text.slice(start, this.at), items, list: true };
    }
    const items = [this.scalar()];
    while (this.text[this.at] === ',') {
      this.at++;
      items.push(this.scalar());
    }
    return { raw: items.length === 1 ? items[0]! : this.text.slice(start, this.at), items, list: items.length > 1 };
  }

  private scalar(): string {
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") {
      const start = this.at++;
      while (this.at < this.text.length && this.text[this.at] !== quote) this.at += this.text[this.at] === '\\' ? 2 : 1;
      if (this.at >= this.text.length) {
        this.at = start;
        this.syntax('this string does not end');
      }
      const body = this.text.slice(start + 1, this.at++);
      if (quote === "'") return body.replace(/\\(.)/gs, '$1');
      try {
        return JSON.parse(`"${body}"`) as string;
      } catch {
        this.at = start;
        this.syntax('invalid escape in this string');
      }
    }
    const match = /[^\s,{}()]+/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text)?.[0];
    if (found === undefined) this.syntax('expected a value');
    this.at += found.length;
    return found;
  }

  private optionalName(): string | undefined {
    const match = /[A-Za-z_][\w.$-]*/y;
    match.lastIndex = this.at;
    const name = match.exec(this.text)?.[0];
    if (name !== undefined) this.at += name.length;
    return name;
  }
  private blanks(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }
  private peek(): string {
    this.blanks();
    return this.text[this.at] ?? '';
  }
  private take(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at++;
    this.blanks();
    return true;
  }

  private error(id: string, path: string, message: string): void {
    this.failed = true;
    this.diagnostics.emit(new Diagnostic('error', id, `${this.file}: ${path}: ${message}`, 0));
  }
  private syntax(message: string): never {
    const got = this.at < this.text.length ? `'${this.text[this.at]}'` : 'the end';
    const before = this.text.slice(0, this.at);
    const line = before.split('\n').length;
    const place = `${this.file}:${line}:${this.at - before.lastIndexOf('\n')}`;
    const what = message.startsWith('expected') ? `${message}, got ${got}` : message;
    this.diagnostics.emit(new Diagnostic('error', 'pipeline.syntax', `${place}: ${what}`, 0));
    throw new SyntaxProblem();
  }
}

interface RawValue {
  readonly raw: string;
  readonly items: readonly string[];
  readonly list: boolean;
}

function convert(schema: OptionSchema, value: RawValue): OptionValue {
  if (schema.type === 'array') return value.items.map((text) => convertText(schema.items, text));
  return convertText(schema, value.raw);
}

/** `unknown option 'tilesize', did you mean 'tileSize'?` */
export function unknownOption(pass: PassDefinition, name: string): string {
  const names = Object.keys(pass.options);
  const near = nearestName(name, names);
  if (near !== undefined) return `unknown option '${name}', did you mean '${near}'?`;
  return `unknown option '${name}': pass '${pass.name}' has ${names.length === 0 ? 'no options' : `the options ${names.join(', ')}`}`;
}
