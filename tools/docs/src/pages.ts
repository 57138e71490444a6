// All pages of docs/reference, in memory.
import { registerStablehloDialects } from '@budflow/dialect-stablehlo';
import { composePipelineSchema } from '@budflow/pass';
import { createContext, createPassRegistry } from 'budflow';
import { commandPage, commands, helpOf } from './commands.js';
import { coveragePage } from './coverage.js';
import { catalogue, diagnosticsPage } from './diagnostics.js';
import { dialectPage } from './dialects.js';
import { cell, GENERATED, page, sentence } from './markdown.js';
import { groupTitle, passGroups, passPage } from './passes.js';
import { pipelinesPage } from './pipelines.js';
import { targetsPage } from './targets.js';

export interface Reference {
  /** Text by path below docs/reference. */
  readonly pages: ReadonlyMap<string, string>;
  /** Commands without a page, because they are not built. */
  readonly missing: readonly string[];
}

export function reference(): Reference {
  const pages = new Map<string, string>();
  const context = createContext();
  registerStablehloDialects(context);
  const passes = createPassRegistry().all;
  const dialects = [...context.registeredDialects].sort((a, b) => (a.name < b.name ? -1 : 1));
  const groups = passGroups(passes);
  const names = new Set(dialects.map((d) => d.name));
  for (const dialect of dialects) pages.set(`dialects/${dialect.name}.md`, dialectPage(dialect, context));
  for (const group of groups) pages.set(`passes/${group.name}.md`, passPage(group, { dialects: names }));
  pages.set('pipelines.md', pipelinesPage(passes));
  pages.set('pipeline.schema.json', `${JSON.stringify(composePipelineSchema(createPassRegistry()), null, 2)}\n`);
  pages.set('diagnostics.md', diagnosticsPage(catalogue()));
  pages.set('targets.md', targetsPage());
  pages.set('coverage.md', coveragePage());
  const missing: string[] = [];
  const built = commands().flatMap((command) => {
    const help = helpOf(command);
    if (help === undefined) {
      missing.push(command.name);
      return [];
    }
    pages.set(`commands/${command.name}.md`, commandPage(command, help));
    return [command];
  });
  const list = (items: readonly (readonly [string, string, string])[]) =>
    items.map(([name, path, summary]) => `- [${name}](${path}): ${cell(summary)}`).join('\n');
  pages.set(
    'README.md',
    page(
      GENERATED,
      '# Reference',
      'Written from the definitions in the code by `npm run docs`; the tests fail when a page is stale.',
      '## Dialects',
      list(dialects.map((d) => [`\`${d.name}\``, `dialects/${d.name}.md`, sentence(d.summary)])),
      '## Passes',
      list(
        groups.map((g) => [groupTitle(g.name), `passes/${g.name}.md`, g.passes.map((p) => `\`${p.name}\``).join(', ')]),
      ),
      '## Pipelines, targets, diagnostics',
      list([
        ['Pipelines', 'pipelines.md', 'as text and as JSON, and those of `-O0` to `-O3`.'],
        ['Schema of pipelines', 'pipeline.schema.json', 'for `"$schema"` in a config.'],
        ['Targets', 'targets.md', 'machine descriptions.'],
        ['Ops and element types', 'coverage.md', 'what is tested with which types.'],
        ['Diagnostics', 'diagnostics.md', 'every id and its messages.'],
      ]),
      '## Command lines',
      list(built.map((c) => [`\`${c.name}\``, `commands/${c.name}.md`, sentence(c.description)])),
    ),
  );
  return { pages, missing };
}
