// Pages of passes, one for each folder they live in, with what the head comments of their files say.
import { expectation, type OptionSchema, type PassDefinition, quoteValue } from '@budflow/pass';
import { anchor, code, GENERATED, page, sentence, table } from './markdown.js';
import { commentMarkdown, headComment, type SourceFile, sources } from './sources.js';

export interface PassGroup {
  readonly name: string;
  readonly passes: readonly PassDefinition[];
}

let files: ReadonlyMap<string, SourceFile> | undefined;

/** The file a pass is defined in. */
export function passFile(name: string): SourceFile | undefined {
  if (!files) {
    const map = new Map<string, SourceFile>();
    for (const file of sources()) {
      if (!file.text.includes('definePass(')) continue;
      for (const match of file.text.matchAll(/definePass(?:<[^(]*>)?\(\{\s*name: '([^']+)'/g)) map.set(match[1]!, file);
    }
    for (const file of sources()) {
      const base = /([^/]+)\.ts$/.exec(file.path)![1]!;
      if (file.text.includes('definePass') && !map.has(base)) map.set(base, file);
    }
    files = map;
  }
  return files.get(name);
}

const TITLES: Readonly<Record<string, string>> = {
  general: 'General passes',
  array: 'Array passes',
  loop: 'Lowering to loops, and loops',
  memory: 'Memory passes',
  scheduling: 'Scheduling passes',
  simd: 'Vector passes',
};

export function groupTitle(name: string): string {
  return TITLES[name] ?? `${name[0]!.toUpperCase()}${name.slice(1)} passes`;
}

/** Passes by the folder of `libs/transforms/src` they live in; others by their lib. */
export function passGroups(passes: readonly PassDefinition[]): PassGroup[] {
  const groups = new Map<string, PassDefinition[]>();
  for (const pass of passes) {
    const path = passFile(pass.name)?.path ?? '';
    const name =
      /^libs\/transforms\/src\/([\w-]+)\//.exec(path)?.[1] ??
      /^libs\/(?:dialects\/|backends\/)?([\w-]+)\//.exec(path)?.[1] ??
      'other';
    groups.set(name, [...(groups.get(name) ?? []), pass]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, list]) => ({ name, passes: list }));
}

export function passPage(group: PassGroup, context: { readonly dialects: ReadonlySet<string> }): string {
  return page(
    GENERATED,
    `# ${groupTitle(group.name)}`,
    table(
      ['pass', ''],
      group.passes.map((p) => [`[\`${p.name}\`](#${anchor(p.name)})`, sentence(p.summary)]),
    ),
    ...group.passes.map((p) => passSection(p, context)),
  );
}

function passSection(pass: PassDefinition, { dialects }: { readonly dialects: ReadonlySet<string> }): string {
  const file = passFile(pass.name);
  const names = Object.entries(pass.options);
  const made = pass.dependentDialects.map((d) => (dialects.has(d) ? `[\`${d}\`](../dialects/${d}.md)` : code(d)));
  return [
    `## \`${pass.name}\``,
    sentence(pass.summary),
    pass.description.trim(),
    file && about(file, pass.name),
    [
      `- Runs on: ${pass.anchor === 'any' ? 'any op' : code(pass.anchor)}`,
      `- Requires: ${pass.requires.length === 0 ? 'no analysis' : pass.requires.map((a) => code(a.name)).join(', ')}`,
      `- Preserves: ${pass.preserves === 'all' ? 'every analysis' : pass.preserves.length === 0 ? 'nothing, when it changes something' : pass.preserves.map((a) => code(a.name)).join(', ')}`,
      made.length > 0 && `- Makes ops of: ${made.join(', ')}`,
      file && `- Source: [\`${file.path}\`](../../../${file.path})`,
    ]
      .filter((line) => line)
      .join('\n'),
    names.length > 0 &&
      table(
        ['option', 'value', 'default', ''],
        names.map(([name, schema]) => optionRow(name, schema)),
      ),
    Object.keys(pass.statistics).length > 0 &&
      table(
        ['statistic', ''],
        Object.entries(pass.statistics).map(([name, text]) => [code(name), sentence(text)]),
      ),
  ]
    .filter((block) => block)
    .join('\n\n');
}

function optionRow(name: string, schema: OptionSchema): string[] {
  return [
    code(name),
    expectation(schema),
    schema.default === undefined ? '' : code(quoteValue(schema.default)),
    sentence(schema.description),
  ];
}

/** The head comment without the `name:` it begins with. */
function about(file: SourceFile, name: string): string {
  const comment = headComment(file.text).replace(new RegExp(`^${name}(?:\\.ts)?: `), '');
  return commentMarkdown(comment[0] === undefined ? '' : comment[0].toUpperCase() + comment.slice(1));
}
