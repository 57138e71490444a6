// Pipelines as text, in RUN lines: `--pass-pipeline='builtin.module(cse,canonicalize{max-iterations=4})'`, and passes as
// flags, `--cse`.
import { DiagnosticEngine } from '@budflow/ir';
import { type PassDefinition, type PassRegistry, parsePipeline } from '@budflow/pass';
import type { MlirDocument } from '../analysis/document.js';
import { TokenKind } from '../text/tokens.js';

export interface PipelineText {
  readonly start: number;
  readonly text: string;
}

/** The quotes of a shell stand around the pipeline, or around the flag as a whole. */
const FLAG =
  /'--?pass-pipeline=([^']*)'?|"--?pass-pipeline=([^"]*)"?|--?pass-pipeline(?:=|\s+)(?:'([^']*)'?|"([^"]*)"?|([^\s'"]\S*))/dg;

/** The pipelines in a comment that begins at `start`. */
function pipelinesIn(comment: string, start: number): PipelineText[] {
  return [...comment.matchAll(FLAG)].flatMap((match) => {
    const group = match.findIndex((text, i) => i > 0 && text !== undefined);
    if (group < 0) return [];
    return [{ start: start + match.indices![group]![0], text: match[group]! }];
  });
}

/** All pipelines of a document. */
export function pipelineTexts(document: MlirDocument): PipelineText[] {
  const { tokens, text } = document;
  if (!text.includes('pass-pipeline')) return [];
  const list: PipelineText[] = [];
  for (let i = 0; i < tokens.count; i++)
    if (tokens.kinds[i] === TokenKind.comment) list.push(...pipelinesIn(tokens.slice(i), tokens.starts[i]!));
  return list;
}

export interface PipelineProblem {
  readonly id: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** What is wrong with the pipelines of a document. */
export function pipelineProblems(document: MlirDocument, registry: PassRegistry): PipelineProblem[] {
  const problems: PipelineProblem[] = [];
  for (const { start, text } of pipelineTexts(document)) {
    // Macros of a test runner are not filled in here.
    if (/%[{\w]/.test(text)) continue;
    const engine = new DiagnosticEngine();
    const { diagnostics } = engine.collect(() => parsePipeline(text, { registry, diagnostics: engine }));
    for (const { id, message } of diagnostics) {
      const name = /(?:unknown pass|unknown option|option|pass) '([^']+)'/.exec(message)?.[1];
      const at = name === undefined ? -1 : wordIndex(text, name);
      problems.push({
        id,
        message,
        start: start + Math.max(at, 0),
        end: start + (at >= 0 ? at + name!.length : text.length),
      });
    }
  }
  return problems;
}

function wordIndex(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!/[\w.-]/.test(text[at - 1] ?? '') && !/[\w.-]/.test(text[at + word.length] ?? '')) return at;
  return -1;
}

export interface PipelinePlace {
  /** What can stand here. */
  readonly wants: 'pass' | 'option' | 'value';
  /** The pass whose options are given here. */
  readonly pass?: string;
  readonly option?: string;
  /** Start of the word that is being written. */
  readonly start: number;
}

/** What a pipeline can go on with at `offset` in it. */
export function placeInPipeline(text: string, offset: number): PipelinePlace {
  let start = 0;
  let name = '';
  let pass: string | undefined;
  let option: string | undefined;
  let depth = 0;
  for (let i = 0; i < offset; i++) {
    const c = text[i]!;
    if (/[\w.$-]/.test(c)) continue;
    const word = text.slice(start, i);
    if (word !== '') name = word;
    start = i + 1;
    if (c === '{') {
      if (depth++ === 0) pass = name;
    } else if (c === '}') {
      if (depth > 0 && --depth === 0) pass = undefined;
      option = undefined;
    } else if (c === '=') option = name;
    else if (/\s/.test(c) && depth === 1) option = undefined;
  }
  if (pass === undefined) return { wants: 'pass', start };
  return option === undefined ? { wants: 'option', pass, start } : { wants: 'value', pass, option, start };
}

/** The place in a pipeline, or behind the `--` of a flag, that the cursor is at. */
export function pipelinePlaceAt(document: MlirDocument, offset: number): PipelinePlace | undefined {
  const { tokens } = document;
  const token = tokens.before(offset - 1);
  if (token < 0 || tokens.kinds[token] !== TokenKind.comment) return undefined;
  const comment = tokens.slice(token);
  const begin = tokens.starts[token]!;
  for (const { start, text } of pipelinesIn(comment, begin))
    if (offset >= start && offset <= start + text.length) {
      const place = placeInPipeline(text, offset - start);
      return { ...place, start: start + place.start };
    }
  const flag = /(?:^|\s)--([\w-]*)$/.exec(comment.slice(0, offset - begin));
  if (!flag || !/\bRUN\s*:/.test(comment)) return undefined;
  return { wants: 'pass', start: offset - flag[1]!.length };
}

export interface PipelineWord {
  readonly pass: PassDefinition | undefined;
  readonly option?: string;
  readonly start: number;
  readonly end: number;
}

/** The pass or option under the cursor. */
export function pipelineWordAt(
  document: MlirDocument,
  offset: number,
  registry: PassRegistry,
): PipelineWord | undefined {
  let end = offset;
  while (/[\w.$-]/.test(document.text[end] ?? '')) end++;
  const place = pipelinePlaceAt(document, end);
  if (!place || place.start > offset) return undefined;
  const word = document.text.slice(place.start, end);
  const span = { start: place.start, end };
  if (place.wants === 'option') return { pass: registry.get(place.pass!), option: word, ...span };
  return place.wants === 'pass' ? { pass: registry.get(word), ...span } : undefined;
}
