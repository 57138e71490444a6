// Markdown about ops, passes and their parts, as hover and completion show it.
import type { OpInfo, OpSpec, ValueConstraint } from '@budflow/ir';
import { expectation, type OptionSchema, type PassDefinition, quoteValue } from '@budflow/pass';

export function opMarkdown(info: OpInfo): string {
  const spec = info.definition?.spec;
  if (!spec) return `\`${info.name}\`\n\nan operation of an unregistered dialect`;
  const lines = [`**\`${info.name}\`**: ${spec.summary}`];
  if (spec.description) lines.push('', spec.description);
  const parts = [
    ...valueLines('operand', spec.operands),
    ...Object.keys(spec.attributes ?? {}).map((name) => `- attribute ${attributeLine(spec, name)}`),
    ...Object.entries(spec.regions ?? {}).map(
      ([name, r]) => `- region \`${name}\`${r.variadic ? ' (any number)' : ''}`,
    ),
    ...valueLines('result', spec.results),
  ];
  if (parts.length > 0) lines.push('', ...parts);
  if (typeof spec.assembly === 'string') lines.push('', 'Syntax:', '```', spec.assembly.trim(), '```');
  const traits = [...(spec.traits ?? []), ...(spec.interfaces ?? [])].map((t) => t.name);
  if (traits.length > 0) lines.push('', `Traits and interfaces: ${[...new Set(traits)].join(', ')}`);
  if (spec.example) lines.push('', '```mlir', spec.example.trim(), '```');
  return lines.join('\n');
}

export function constraintText(constraint: ValueConstraint): string {
  if (constraint.kind === 'one') return constraint.description;
  return `${constraint.kind === 'variadic' ? 'any number of' : 'optional'} ${constraint.of.description}`;
}

function valueLines(what: string, values: Record<string, ValueConstraint> | undefined): string[] {
  return Object.entries(values ?? {}).map(([name, c]) => `- ${what} \`${name}\`: ${constraintText(c)}`);
}

function attributeLine(spec: OpSpec, name: string): string {
  const attribute = spec.attributes![name]!;
  const values = attribute.keywords ? ` (${attribute.keywords.map((k) => `\`${k}\``).join(', ')})` : '';
  const shown = attribute.defaultValue === undefined ? '' : plainDefault(attribute.defaultValue);
  const absent = shown !== '' ? `, default ${shown}` : attribute.optional ? ', optional' : '';
  return `\`${name}\`: ${attribute.description}${values}${absent}`;
}

function plainDefault(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `\`${value}\`` : '';
}

export function attributeMarkdown(info: OpInfo, name: string): string | undefined {
  const spec = info.definition?.spec;
  if (!spec?.attributes || !Object.hasOwn(spec.attributes, name)) return undefined;
  return `attribute ${attributeLine(spec, name)}\n\nof \`${info.name}\``;
}

export function passMarkdown(pass: PassDefinition): string {
  const lines = [`**\`${pass.name}\`**: ${pass.summary}`];
  if (pass.anchor !== 'any') lines.push('', `Runs on \`${pass.anchor}\`.`);
  if (pass.description) lines.push('', pass.description);
  const options = Object.entries(pass.options).map(([name, schema]) => `- ${optionLine(name, schema)}`);
  if (options.length > 0) lines.push('', 'Options:', ...options);
  return lines.join('\n');
}

export function optionLine(name: string, schema: OptionSchema): string {
  const standard = schema.default === undefined ? '' : `, default ${quoteValue(schema.default)}`;
  return `\`${name}\` (${expectation(schema)}${standard}): ${schema.description}`;
}
