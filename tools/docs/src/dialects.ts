// A page for each dialect: its ops, types and attributes.
import {
  type AttrSpec,
  type Context,
  type Dialect,
  MemoryEffects,
  type OpDefinitionBase,
  type Operation,
  type OpSpec,
  Pure,
  parseModule,
  type ValueConstraint,
} from '@budflow/ir';
import { anchor, cell, code, fence, GENERATED, page, sentence, table } from './markdown.js';
import { sources } from './sources.js';

export function dialectPage(dialect: Dialect, context: Context): string {
  const ops = [...dialect.ops].sort((a, b) => (a.opName < b.opName ? -1 : 1));
  return page(
    GENERATED,
    `# The \`${dialect.name}\` dialect`,
    sentence(dialect.summary),
    dialect.description,
    '## Operations',
    table(
      ['op', ''],
      ops.map((op) => [`[\`${op.opName}\`](#${anchor(op.opName)})`, sentence(op.spec.summary)]),
    ),
    ...ops.map((op) => opSection(op, context)),
    ...definitions('Types', '!', dialect.types),
    ...definitions('Attributes', '#', dialect.attributes),
  );
}

function definitions(
  title: string,
  sigil: string,
  list: readonly { readonly name: string; readonly summary: string }[] = [],
): string[] {
  if (list.length === 0) return [];
  const sorted = [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [`## ${title}`, ...sorted.flatMap((d) => [`### \`${sigil}${d.name}\``, sentence(d.summary)])];
}

function opSection(op: OpDefinitionBase, context: Context): string {
  const { spec } = op;
  const traits = (spec.traits ?? []).map((t) => t.name);
  const interfaces = (spec.interfaces ?? []).map((i) => i.name);
  const successors = spec.successors === 'variadic' ? ['any number'] : (spec.successors ?? []).map(code);
  return [
    `### \`${op.opName}\``,
    sentence(spec.summary),
    spec.description?.trim(),
    syntax(spec),
    spec.example && `Example:\n\n${fence('mlir', spec.example)}`,
    values('operand', spec.operands),
    attributes(spec.attributes),
    regions(spec),
    successors.length > 0 && `Successors: ${successors.join(', ')}`,
    values('result', spec.results),
    facts(spec, effects(op, context), traits, interfaces),
    rewrites(spec),
  ]
    .filter((block) => block !== undefined && block !== false && block !== '')
    .join('\n\n');
}

function syntax(spec: OpSpec): string {
  if (spec.assembly === undefined) return `Written in the generic form, \`"${spec.name}"(...)\`.`;
  if (typeof spec.assembly !== 'string') return '';
  const keyword = spec.assembly.trim().replace(/\s+/g, ' ');
  return `Syntax:\n\n${fence('text', `${spec.name} ${keyword}`)}`;
}

function values(what: string, list: Record<string, ValueConstraint> | undefined): string {
  const rows = Object.entries(list ?? {}).map(([name, c]) => [
    code(name),
    c.kind === 'one' ? c.description : `${c.kind === 'variadic' ? 'any number of' : 'optional'} ${c.of.description}`,
  ]);
  return rows.length === 0 ? '' : table([what, 'type'], rows);
}

function attributes(list: OpSpec['attributes']): string {
  const rows = Object.entries(list ?? {}).map(([name, spec]: [string, AttrSpec<unknown>]) => [
    code(name),
    spec.keywords ? `one of ${spec.keywords.map(code).join(', ')}` : spec.description,
    spec.defaultValue !== undefined && isPlain(spec.defaultValue)
      ? code(String(spec.defaultValue))
      : spec.form === 'unit' || /unit attribute/.test(spec.description)
        ? 'absent'
        : spec.optional
          ? 'optional'
          : 'required',
  ]);
  return rows.length === 0 ? '' : table(['attribute', 'value', 'default'], rows);
}

function isPlain(value: unknown): boolean {
  return (
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
  );
}

function regions(spec: OpSpec): string {
  const rows = Object.entries(spec.regions ?? {}).map(([name, region]) => [
    code(name),
    `${region.variadic ? 'any number of regions, ' : ''}${region.blocks === 'one' ? 'one block' : 'any number of blocks'}`,
    region.implicitTerminator
      ? `ends in ${code(region.implicitTerminator)}, which may be left out when it passes nothing`
      : '',
  ]);
  return rows.length === 0 ? '' : table(['region', 'blocks', ''], rows);
}

/** Effects of the ops in the example: what an op declares as a function of the op. */
function effects(op: OpDefinitionBase, context: Context): string {
  if (op.spec.traits?.includes(Pure)) return 'none';
  const found = new Set<string>();
  let declares = false;
  const module = context.diagnostics.collect(() => parseModule(op.spec.example ?? '', context)).result;
  module?.walk((other: Operation) => {
    if (!op.is(other)) return;
    const methods = MemoryEffects.of(other);
    if (!methods) return;
    declares = true;
    for (const effect of methods.effects(other)) found.add(VERBS[effect.kind]);
    if (methods.recursive) found.add('those of the ops inside');
  });
  if (!declares)
    return (op.spec.interfaces ?? []).some((i) => i.name === 'MemoryEffects') ? '' : 'unknown: it may do anything';
  return found.size === 0 ? 'none' : [...found].join(', ');
}
const VERBS = { read: 'reads', write: 'writes', allocate: 'allocates', free: 'frees' } as const;

function facts(spec: OpSpec, effects: string, traits: readonly string[], interfaces: readonly string[]): string {
  const list = [
    traits.length > 0 && `- Traits: ${[...new Set(traits)].map(code).join(', ')}`,
    interfaces.length > 0 && `- Interfaces: ${[...new Set(interfaces)].map(code).join(', ')}`,
    effects !== '' && `- Effects: ${effects}`,
    spec.inferTypes && '- Result types follow from the operands and attributes',
    spec.fold && '- Folds',
  ];
  return list.filter((line) => line).join('\n');
}

function rewrites(spec: OpSpec): string {
  const patterns = spec.patterns ?? [];
  if (patterns.length === 0) return '';
  return `Canonicalization:\n\n${patterns.map((p) => `- \`${p.name}\`${p.equation ? `: ${code(cell(p.equation))}` : ''}`).join('\n')}`;
}

/** Where a dialect is defined, for links. */
export function dialectSource(name: string): string | undefined {
  const pattern = new RegExp(`defineDialect\\(\\{[\\s\\S]{0,80}?name: '${name}'`);
  return sources().find((file) => pattern.test(file.text))?.path;
}
