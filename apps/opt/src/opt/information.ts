// The flags that print what bud-opt knows: --list-passes and --show-dialects.
import { expectation, type OptionSchema, type PassDefinition, quoteValue } from '@budflow/pass';
import { wrap } from '../cli/flags.js';
import { loadDialects } from '../compiler/dialects.js';
import { fullRegistry } from '../compiler/passes.js';

const WIDTH = 106;

export async function listPasses(): Promise<string> {
  return (await fullRegistry()).all.map(describePass).join('\n');
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

export async function showDialects(): Promise<string> {
  const { newContext } = await loadDialects({ all: true });
  const dialects = [...newContext().registeredDialects].sort((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(...dialects.map((d) => d.name.length));
  return dialects
    .map((d) => `${d.name.padEnd(width)}  ${String(d.ops.length).padStart(3)} ops  ${d.summary}\n`)
    .join('');
}
