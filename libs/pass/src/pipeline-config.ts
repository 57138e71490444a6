// Pipelines as JSON: reading (checked by ajv against the composed schema), building, printing. ajv is loaded when the
// first config is read.
import { Diagnostic, type DiagnosticEngine } from '@budflow/ir';
import { nearestName } from './nearest.js';
import { expectation, type OptionSchema, quoteValue } from './options.js';
import { unknownOption } from './parse-pipeline.js';
import { anchorProblem, MODULE_ANCHOR, type Pipeline, type PipelineItem } from './pipeline.js';
import { expandPipeline, type PipelineItemJson, type PipelineJson } from './pipeline-json.js';
import type { PassRegistry } from './registry.js';
import { composePipelineSchema, type JsonSchema, type NumericsMode } from './schema.js';

export interface PipelineConfig {
  readonly pipeline: Pipeline;
  readonly target: string | undefined;
  readonly numerics: NumericsMode | undefined;
}

export interface ReadConfigOptions {
  readonly registry: PassRegistry;
  /** Receives `pipeline.*` errors, one for each mistake. */
  readonly diagnostics: DiagnosticEngine;
  /** Stands in front of messages; default `pipeline.json`. */
  readonly file?: string;
}

/** Reads the text of a config. Undefined when it is not valid; diagnostics say where and why. */
export async function readPipelineConfig(
  text: string,
  options: ReadConfigOptions,
): Promise<PipelineConfig | undefined> {
  const file = options.file ?? 'pipeline.json';
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const message = (error as Error).message;
    const position = /position (\d+)/.exec(message)?.[1];
    const before = position === undefined ? undefined : text.slice(0, Number(position));
    const place =
      before === undefined ? file : `${file}:${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
    options.diagnostics.emit(
      new Diagnostic('error', 'pipeline.invalid-json', `${place}: not JSON: ${message.replace(/ \(line.*$/, '')}`, 0),
    );
    return undefined;
  }
  return checkPipelineConfig(data, options);
}

/** The same for data that is parsed already. */
export async function checkPipelineConfig(
  data: unknown,
  options: ReadConfigOptions,
): Promise<PipelineConfig | undefined> {
  const file = options.file ?? 'pipeline.json';
  const problems = await validate(data, options.registry);
  if (problems.length === 0) problems.push(...anchorProblems(data as PipelineJson, options.registry));
  for (const { id, path, message } of problems)
    options.diagnostics.emit(new Diagnostic('error', id, `${file}: ${path === '' ? '' : `${path}: `}${message}`, 0));
  return problems.length === 0 ? buildPipelineConfig(data as PipelineJson, options.registry) : undefined;
}

/** Builds a config known to be valid, such as the built-in pipelines, without ajv. Throws InternalError when it is not. */
export function buildPipelineConfig(json: PipelineJson, registry: PassRegistry): PipelineConfig {
  return {
    pipeline: { anchor: json.anchor ?? MODULE_ANCHOR, items: expandPipeline(json, registry) },
    target: json.target,
    numerics: json.numerics,
  };
}

/** The JSON form of a pipeline. */
export function pipelineToJson(
  pipeline: Pipeline,
  extras: { readonly target?: string | undefined; readonly numerics?: NumericsMode | undefined } = {},
): PipelineJson {
  const item = (i: PipelineItem): PipelineItemJson => {
    if (i.kind === 'nested') return { anchor: i.anchor, pipeline: i.items.map(item) };
    return Object.keys(i.options).length === 0 ? i.pass.name : { pass: i.pass.name, options: i.options };
  };
  return {
    ...(pipeline.anchor === MODULE_ANCHOR ? {} : { anchor: pipeline.anchor }),
    pipeline: pipeline.items.map(item),
    ...(extras.target === undefined ? {} : { target: extras.target }),
    ...(extras.numerics === undefined ? {} : { numerics: extras.numerics }),
  };
}

interface Problem {
  readonly id: string;
  readonly path: string;
  readonly message: string;
}

/** The part of ajv's error objects that is used here. */
interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Record<string, unknown>;
  readonly parentSchema?: JsonSchema;
  readonly data?: unknown;
}

async function validate(data: unknown, registry: PassRegistry): Promise<Problem[]> {
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false });
  const check = ajv.compile(composePipelineSchema(registry));
  if (check(data)) return [];
  const problems = new Map<string, Problem>();
  for (const error of check.errors as SchemaError[]) {
    const problem = describe(error, data, registry);
    // One message for each place: type and range of one value are one mistake.
    if (problem && !problems.has(problem.path)) problems.set(problem.path, problem);
  }
  return [...problems.values()];
}

function describe(error: SchemaError, data: unknown, registry: PassRegistry): Problem | null {
  const { instancePath: path, keyword, params, parentSchema } = error;
  if (keyword === 'if') return null;
  if (keyword === 'additionalProperties') {
    const key = params.additionalProperty as string;
    const options = /^(.*)\/options$/.exec(path);
    const pass = options ? registry.get((at(data, options[1]!) as { pass: string }).pass) : undefined;
    const place = `${path}/${escapePointer(key)}`;
    if (pass) return { id: 'pipeline.unknown-option', path: place, message: unknownOption(pass, key) };
    const keys = Object.keys((parentSchema?.properties ?? {}) as object);
    const near = nearestName(key, keys);
    const hint = near === undefined ? `; known are ${keys.join(', ')}` : `, did you mean '${near}'?`;
    return { id: 'pipeline.unknown-key', path: place, message: `unknown key '${key}'${hint}` };
  }
  if (keyword === 'required') {
    return { id: 'pipeline.missing-key', path, message: `key '${params.missingProperty}' is missing` };
  }
  if (keyword === 'enum' && (path.endsWith('/pass') || /\/pipeline\/\d+$/.test(path)))
    return { id: 'pipeline.unknown-pass', path, message: registry.unknown(String(error.data)) };
  const isOption = /\/options\//.test(path);
  return {
    id: isOption ? 'pipeline.invalid-option' : 'pipeline.invalid-value',
    path,
    message: `expected ${isOption ? expectation(parentSchema as unknown as OptionSchema) : expected(parentSchema)}, got ${quoteValue(error.data)}`,
  };
}

function expected(schema: JsonSchema | undefined): string {
  if (Array.isArray(schema?.enum)) return `one of ${schema.enum.map((v) => JSON.stringify(v)).join(', ')}`;
  if (Array.isArray(schema?.type)) return 'the name of a pass or an object';
  return schema?.type === 'object' ? 'an object' : schema?.type === 'array' ? 'an array' : String(schema?.type);
}

function anchorProblems(json: PipelineJson, registry: PassRegistry): Problem[] {
  const problems: Problem[] = [];
  const visit = (items: readonly PipelineItemJson[], anchor: string, path: string) => {
    for (const [i, item] of items.entries()) {
      const place = `${path}/${i}`;
      if (typeof item === 'object' && 'anchor' in item) {
        visit(item.pipeline, item.anchor, `${place}/pipeline`);
        continue;
      }
      const pass = registry.get(typeof item === 'string' ? item : item.pass);
      // A named pipeline was checked when it was made.
      const message = pass && anchorProblem(pass, anchor);
      if (message) problems.push({ id: 'pipeline.wrong-anchor', path: place, message });
    }
  };
  visit(json.pipeline, json.anchor ?? MODULE_ANCHOR, '/pipeline');
  return problems;
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The value a JSON pointer names. */
function at(data: unknown, pointer: string): unknown {
  let value = data;
  for (const part of pointer.split('/').slice(1))
    value = (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  return value;
}
