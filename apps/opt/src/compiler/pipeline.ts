// The pipeline a command line asks for: pass flags in order, a textual pipeline, a config, or an optimisation level.
import { dirname, join } from 'node:path';
import type { Diagnostic } from '@budflow/ir';
import type { NumericsMode, OptionValue, PassRegistry, Pipeline, PipelineItem } from '@budflow/pass';
import { CommandError, UsageError } from '../cli/errors.js';
import type { UnknownFlag } from '../cli/flags.js';
import type { Io } from '../cli/io.js';
import { fullRegistry, registryWith } from './passes.js';
import type { Extensions } from './plugins.js';
import { targetName } from './target.js';

export type OptimizationLevel = 0 | 1 | 2 | 3;

export interface PipelineRequest {
  /** Exactly one of these four, or none. */
  readonly passes: readonly UnknownFlag[];
  readonly text?: string | undefined;
  readonly configFile?: string | undefined;
  readonly level?: OptimizationLevel | undefined;
  /** Values of --target and --numerics. */
  readonly target?: string | undefined;
  readonly numerics?: NumericsMode | undefined;
  /** Flags of the command, for suggestions. */
  readonly flagNames: readonly string[];
  readonly extensions?: Extensions;
}

export interface ChosenPipeline {
  readonly pipeline: Pipeline;
  readonly target: string | undefined;
  readonly numerics: NumericsMode | undefined;
}

/** The pipeline; undefined when none is asked for. @throws CommandError */
export async function choosePipeline(request: PipelineRequest, io: Io): Promise<ChosenPipeline | undefined> {
  const { passes, text, configFile, level } = request;
  const ways = [
    passes.length > 0 ? passes[0]!.raw : undefined,
    text === undefined ? undefined : '--pass-pipeline',
    configFile === undefined ? undefined : '--pipeline-config',
    level === undefined ? undefined : `-O${level}`,
  ].filter((way) => way !== undefined);
  // A misspelt flag looks like a pass: say so before anything else.
  if (passes.length > 0) await checkPassNames(request);
  if (ways.length > 1)
    throw new UsageError(
      `${ways.join(' and ')} both say which passes run; put all of them into one pipeline (--print-pipeline prints one to start from)`,
    );
  const given = {
    target: request.target === undefined ? undefined : await targetName(request.target, io),
    numerics: request.numerics,
  };
  if (passes.length > 0) return fill(await pipelineOfFlags(passes, request.extensions), given, {});
  if (text !== undefined) return fill(await pipelineOfText(text, '--pass-pipeline', request.extensions), given, {});
  if (configFile !== undefined) return pipelineOfConfig(configFile, given, io, request.extensions);
  if (level !== undefined) return defaultPipelineFor(level, given, io);
  return undefined;
}

interface Machine {
  readonly target?: string | undefined;
  readonly numerics?: NumericsMode | undefined;
}

async function checkPassNames({ passes, flagNames, extensions }: PipelineRequest): Promise<void> {
  const registry = await registryWith(
    passes.map((pass) => pass.name),
    extensions,
  );
  const wrong = passes.find((pass) => !registry.get(pass.name) && !registry.pipeline(pass.name));
  if (!wrong) return;
  const { nearestName } = await import('@budflow/pass');
  const near = nearestName(wrong.name, [...flagNames, ...registry.names, ...registry.pipelineNames]);
  throw new UsageError(
    `unknown flag or pass '${wrong.raw}'${near === undefined ? '; --list-passes lists the passes' : `, did you mean '--${near}'?`}`,
  );
}

async function pipelineOfFlags(passes: readonly UnknownFlag[], extensions: Extensions): Promise<Pipeline> {
  const registry = await registryWith(
    passes.map((pass) => pass.name),
    extensions,
  );
  const items: PipelineItem[] = [];
  for (const { name, value, raw } of passes) {
    const part = await parse(value === undefined ? name : `${name}{${value}}`, registry, raw);
    items.push(...part.items);
  }
  return { anchor: 'builtin.module', items };
}

/** Reads a pipeline from text. `origin` stands in front of messages. */
export async function pipelineOfText(text: string, origin: string, extensions?: Extensions): Promise<Pipeline> {
  // Options in braces are no pass names, nor are the anchors before a parenthesis.
  const plain = text.replace(/\{(?:[^{}]|\{[^{}]*\})*\}/g, '');
  const names = [...plain.matchAll(/[A-Za-z_][\w.$-]*(?!\s*\(|[\w.$-])/g)].map((match) => match[0]);
  return parse(text, await registryWith(names, extensions), origin);
}

async function parse(text: string, registry: PassRegistry, origin: string): Promise<Pipeline> {
  const [{ parsePipeline }, { DiagnosticEngine }] = await Promise.all([import('@budflow/pass'), import('@budflow/ir')]);
  const engine = new DiagnosticEngine();
  const { result, diagnostics } = engine.collect(() =>
    parsePipeline(text, { registry, diagnostics: engine, file: origin }),
  );
  if (!result) throw new UsageError(messages(diagnostics));
  return result;
}

async function pipelineOfConfig(file: string, given: Machine, io: Io, extensions: Extensions): Promise<ChosenPipeline> {
  const text = new TextDecoder().decode(io.readFile(file));
  const [{ readPipelineConfig }, { DiagnosticEngine }, registry] = await Promise.all([
    import('@budflow/pass'),
    import('@budflow/ir'),
    fullRegistry(extensions),
  ]);
  const engine = new DiagnosticEngine();
  const config = await readPipelineConfig(text, { registry, diagnostics: engine, file });
  if (!config) throw new CommandError(messages(engine.unhandled));
  // The command line overrides what the file says for all its passes, not what it says for one pass alone.
  const { target, numerics } = config;
  const named = target === undefined ? undefined : await configTarget(target, file, io);
  return fill(
    config.pipeline,
    { target: given.target ?? named, numerics: given.numerics ?? numerics },
    { target, numerics },
  );
}

/** The name of a config's target; the path of a description starts from the config's folder. */
async function configTarget(target: string, file: string, io: Io): Promise<string> {
  try {
    return await targetName(target.endsWith('.json') ? join(dirname(file), target) : target, io);
  } catch (error) {
    if (error instanceof CommandError)
      throw new CommandError(`${file}: /target: ${error.message.replace('--target: ', '')}`);
    throw error;
  }
}

async function defaultPipelineFor(level: OptimizationLevel, given: Machine, io: Io): Promise<ChosenPipeline> {
  const [{ buildPipelineConfig }, { defaultPipeline }, registry] = await Promise.all([
    import('@budflow/pass'),
    import('@budflow/transforms/pipelines'),
    fullRegistry(),
  ]);
  const target = given.target ?? (await targetName(undefined, io));
  return buildPipelineConfig(defaultPipeline(level, target, given.numerics ?? 'default'), registry);
}

/**
 * Passes learn target and numerics mode by options. Those that were not given, or that repeat what `replacing` says,
 * become those of `machine`.
 */
function fill(pipeline: Pipeline, machine: Machine, replacing: Machine): ChosenPipeline {
  const visit = (items: readonly PipelineItem[]): PipelineItem[] =>
    items.map((item) => {
      if (item.kind === 'nested') return { ...item, items: visit(item.items) };
      const options: Record<string, OptionValue> = { ...item.options };
      for (const [name, schema] of Object.entries(item.pass.options)) {
        const isMode = name === 'mode' && schema.type === 'string' && schema.enum?.includes('strict') === true;
        const value = name === 'target' ? machine.target : isMode ? machine.numerics : undefined;
        const replaced = name === 'target' ? replacing.target : replacing.numerics;
        if (value !== undefined && (options[name] === undefined || options[name] === replaced)) options[name] = value;
      }
      return { ...item, options };
    });
  return {
    pipeline: { ...pipeline, items: visit(pipeline.items) },
    target: machine.target,
    numerics: machine.numerics,
  };
}

function messages(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((d) => d.message).join('\n');
}

/** The dialects whose ops the passes of a pipeline make. */
export async function dialectsOf(pipeline: Pipeline): Promise<string[]> {
  const { passesOf } = await import('@budflow/pass');
  return passesOf(pipeline.items).flatMap((item) => item.pass.dependentDialects);
}

const APPLY_SCHEDULE = 'apply-schedule';

/** The pipeline with the schedules of a file; a step of it that is not legal is an error. @throws CommandError */
export async function withScheduleFile(chosen: ChosenPipeline, file: string, io: Io): Promise<ChosenPipeline> {
  const { parseSchedules } = await import('@budflow/transforms/scheduling');
  const text = new TextDecoder().decode(io.readFile(file));
  const { problems } = parseSchedules(text);
  if (problems) {
    const lines = problems.map(({ path, message }) => `${file}: ${path ? `${path}: ` : ''}${message}`);
    throw new CommandError(lines.join('\n'));
  }
  let found = false;
  const visit = (items: readonly PipelineItem[]): PipelineItem[] =>
    items.map((item) => {
      if (item.kind === 'nested') return { ...item, items: visit(item.items) };
      if (item.pass.name !== APPLY_SCHEDULE) return item;
      found = true;
      return { ...item, options: { ...item.options, strict: true, schedules: text } };
    });
  const pipeline = { ...chosen.pipeline, items: visit(chosen.pipeline.items) };
  if (!found) throw new UsageError(`--schedule: the pipeline has no pass '${APPLY_SCHEDULE}'; -O2 and -O3 have it`);
  return { ...chosen, pipeline };
}

/** The passes up to the last one that applies schedules. @throws UsageError when there is none */
export function untilScheduled(pipeline: Pipeline): Pipeline {
  const last = pipeline.items.findLastIndex(
    (item) => item.kind !== 'nested' && (item.pass.name === 'default-schedule' || item.pass.name === APPLY_SCHEDULE),
  );
  if (last < 0)
    throw new UsageError(
      '--print-schedule: the pipeline applies no schedule; for example: bud-opt FILE -O3 --print-schedule',
    );
  return { ...pipeline, items: pipeline.items.slice(0, last + 1) };
}
