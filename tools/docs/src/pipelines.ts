// Pipelines: their JSON schema, and those of the optimisation levels.
import type { PassDefinition, PipelineItemJson } from '@budflow/pass';
import { pipelineFor } from 'budflow';
import { anchor, code, fence, GENERATED, page, sentence, table } from './markdown.js';
import { passGroups } from './passes.js';

const TARGET = 'wasm32-simd128';
const LEVELS = [0, 1, 2, 3] as const;

export function pipelinesPage(passes: readonly PassDefinition[]): string {
  const groups = new Map(passGroups(passes).flatMap((g) => g.passes.map((p) => [p.name, g.name])));
  const link = (name: string) =>
    groups.has(name) ? `[\`${name}\`](passes/${groups.get(name)}.md#${anchor(name)})` : code(name);
  const summaries = new Map(passes.map((p) => [p.name, p.summary]));
  return page(
    GENERATED,
    '# Pipelines',
    'A pipeline is a list of passes. As text, for `--pass-pipeline`:',
    fence('text', 'builtin.module(canonicalize{max-iterations=4},func.func(cse,licm))'),
    'As JSON, for `--pipeline-config`, checked against [pipeline.schema.json](pipeline.schema.json), which also gives editors completion:',
    fence(
      'json',
      JSON.stringify(
        {
          $schema: './pipeline.schema.json',
          pipeline: [
            { pass: 'canonicalize', options: { 'max-iterations': 4 } },
            { anchor: 'func.func', pipeline: ['cse', 'licm'] },
          ],
        },
        null,
        2,
      ),
    ),
    'A name with options in braces runs a pass; a name with a list runs the list on every op of that name inside. A bare list runs on `builtin.module`. `bud-opt -O3 --print-pipeline` prints a config to start from.',
    '## Keys of a config',
    table(
      ['key', '', 'default'],
      [
        [
          code('pipeline'),
          'Passes in order: names, `{ "pass", "options" }`, or `{ "anchor", "pipeline" }`.',
          'required',
        ],
        [code('anchor'), 'Name of the op the pipeline runs on.', code('builtin.module')],
        [code('target'), 'A [target](targets.md), by name or as a file.', "the machine's best"],
        [code('numerics'), 'What is promised about rounding: `strict`, `default` or `fast`.', code('default')],
        [code('$schema'), 'Where the schema is, for editors.', ''],
      ],
    ),
    '## Default pipelines',
    `Of the levels \`-O0\` to \`-O3\`, for the target \`${TARGET}\` and \`default\` numerics; other targets differ in options.`,
    ...LEVELS.flatMap((level) => {
      const { pipeline } = pipelineFor({ level, numerics: 'default' }, TARGET);
      const same = LEVELS.find(
        (other) =>
          other < level &&
          JSON.stringify(pipelineFor({ level: other, numerics: 'default' }, TARGET).pipeline) ===
            JSON.stringify(pipeline),
      );
      return [
        `### \`-O${level}\``,
        same !== undefined
          ? `The same as \`-O${same}\`.`
          : table(
              ['pass', 'options', ''],
              flatten(pipeline).map(({ name, options, on }) => [
                `${link(name)}${on ? ` on ${code(on)}` : ''}`,
                Object.entries(options)
                  .map(([k, v]) => code(`${k}=${String(v)}`))
                  .join(' '),
                sentence(summaries.get(name) ?? ''),
              ]),
            ),
      ];
    }),
  );
}

function flatten(
  items: readonly PipelineItemJson[],
  on = '',
): { name: string; options: Readonly<Record<string, unknown>>; on: string }[] {
  return items.flatMap((item) => {
    if (typeof item === 'string') return [{ name: item, options: {}, on }];
    if ('anchor' in item) return flatten(item.pipeline, item.anchor);
    return [{ name: item.pass, options: item.options ?? {}, on }];
  });
}
