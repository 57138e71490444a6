// The page of machine descriptions.
import { BUILT_IN_TARGETS, type Schema, TARGET_SCHEMA, type Target } from '@budflow/target';
import { code, GENERATED, page, sentence, table } from './markdown.js';

export function targetsPage(): string {
  const targets: readonly Target[] = Object.values(BUILT_IN_TARGETS);
  return page(
    GENERATED,
    '# Targets',
    'A target is a machine description: plain JSON that cost models, blocking and vectorization read. `--target=NAME` picks a built-in one, `--target=FILE.json` reads one, and `bud-opt --print-target --target=NAME` prints one to start from.',
    '## Built in',
    table(
      ['', ...targets.map((t) => code(t.name))],
      [
        row('vector bits', targets, (t) => String(t.vectorBits)),
        row('vector registers', targets, (t) => String(t.vectorRegisters)),
        row('fma', targets, (t) => t.fma),
        row('caches', targets, (t) => t.caches.map((c) => bytes(c.bytes)).join(', ')),
        row('features', targets, (t) => t.features.join(' ') || '-'),
        row('streams prefetched', targets, (t) => String(t.maxPrefetchStreams)),
        row('dispatch, ns', targets, (t) => String(t.dispatchCostNs)),
        row('engine', targets, (t) => t.engine?.name ?? '-'),
      ],
    ),
    '## Fields',
    table(['field', 'value', 'required', ''], fields(TARGET_SCHEMA, '')),
  );
}

function row(name: string, targets: readonly Target[], value: (target: Target) => string): string[] {
  return [name, ...targets.map(value)];
}

function bytes(n: number): string {
  return n % 2 ** 20 === 0 ? `${n / 2 ** 20} MiB` : n % 2 ** 10 === 0 ? `${n / 2 ** 10} KiB` : `${n} B`;
}

function fields(schema: Schema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const required = schema.required?.includes(name) ? 'yes' : '';
    const own = [code(path), kind(field), required, sentence(field.description ?? '')];
    const inner = field.items?.properties
      ? fields(field.items, `${path}[].`)
      : field.properties
        ? fields(field, `${path}.`)
        : [];
    return [own, ...inner];
  });
}

function kind(schema: Schema): string {
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (schema.type === 'array') return `list of ${schema.items ? kind(schema.items) : 'values'}`;
  const low =
    schema.minimum !== undefined
      ? ` >= ${schema.minimum}`
      : schema.exclusiveMinimum !== undefined
        ? ` > ${schema.exclusiveMinimum}`
        : '';
  return `${schema.type}${low}`;
}
