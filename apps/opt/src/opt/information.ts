// The flags that print what bud-opt knows: --list-passes and --show-dialects.
import { expectation, type OptionSchema, type PassDefinition, quoteValue } from '@budflow/pass';
import { wrap } from '../cli/flags.js';
import { loadDialects } from '../compiler/dialects.js';
import { fullRegistry } from '../compiler/passes.js';
import type { Extensions } from '../compiler/plugins.js';

const WIDTH = 106;

export interface Form {
  readonly json: boolean;
}

export async function listPasses(extensions: Extensions, { json }: Form): Promise<string> {
  const registry = await fullRegistry(extensions);
  if (json) {
    const passes = registry.all.map(
      ({ name, summary, description, anchor, options, statistics, dependentDialects }) => ({
        name,
        summary,
        ...(description === '' ? {} : { description }),
        anchor,
        options,
        statistics,
        dependentDialects,
      }),
    );
    const pipelines = Object.fromEntries(registry.pipelineNames.map((name) => [name, registry.pipeline(name)]));
    return `${JSON.stringify({ passes, pipelines }, null, 2)}\n`;
  }
  const pipelines = registry.pipelineNames.map(
    (name) => `--${name}\n    a pipeline: ${JSON.stringify(registry.pipeline(name)?.pipeline)}\n`,
  );
  return [...registry.all.map(describePass), ...pipelines].join('\n');
}

function describePass({ name, summary, anchor, options, statistics }: PassDefinition): string {
  const on = anchor === 'any' ? '' : ` (on ${anchor})`;
  const entries = Object.entries(options);
  const counts = Object.entries(statistics);
  return [
    `--${name}${on}`,
    ...indented(summary, 4),
    ...(entries.length > 0 ? ['    options:'] : []),
    ...entries.flatMap(([option, schema]) => indented(describeOption(option, schema), 6)),
    ...(counts.length > 0 ? ['    statistics:'] : []),
    ...counts.flatMap(([statistic, description]) => indented(`${statistic}: ${description}`, 6)),
    '',
  ].join('\n');
}

function describeOption(name: string, schema: OptionSchema): string {
  const standard = schema.default === undefined ? '' : `, default ${quoteValue(schema.default)}`;
  return `${name} (${expectation(schema)}${standard}): ${schema.description}`;
}

function indented(text: string, by: number): string[] {
  return wrap(text, WIDTH - by).map((line, i) => ' '.repeat(i === 0 ? by : by + 2) + line);
}

export async function showDialects(extensions: Extensions, { json }: Form): Promise<string> {
  const { newContext } = await loadDialects({ all: true, extensions });
  const dialects = [...newContext().registeredDialects].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (json) {
    const list = dialects.map(({ name, summary, ops }) => ({ name, summary, ops: ops.map((op) => op.opName) }));
    return `${JSON.stringify({ dialects: list }, null, 2)}\n`;
  }
  const width = Math.max(...dialects.map((d) => d.name.length));
  return dialects
    .map((d) => `${d.name.padEnd(width)}  ${String(d.ops.length).padStart(3)} ops  ${d.summary}\n`)
    .join('');
}
