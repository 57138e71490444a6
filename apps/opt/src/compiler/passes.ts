// The passes by name, loaded group by group. The index below only saves time: a name that is not in it is looked for in
// all groups, so a new pass works without being listed (a test says that it should be).
import type { PassDefinition, PassRegistry } from '@budflow/pass';
import type { Extensions } from './plugins.js';

interface PassGroup {
  readonly passes: readonly string[];
  readonly load: () => Promise<object>;
}

export const PASS_GROUPS: readonly PassGroup[] = [
  { passes: ['canonicalize', 'cse', 'dce'], load: () => import('@budflow/transforms/cleanup') },
  {
    passes: [
      'control-flow-sink',
      'inline',
      'int-range-optimizations',
      'print-op-stats',
      'reconcile-unrealized-casts',
      'remove-dead-values',
      'sccp',
      'split-complex',
      'strip-debuginfo',
      'symbol-dce',
      'symbol-privatize',
      'topological-sort',
      'view-op-graph',
    ],
    load: () => import('@budflow/transforms/general'),
  },
  {
    passes: [
      'accumulate-in-f32',
      'annotate-op-pattern',
      'collapse-dims',
      'convert-arith-to-array',
      'expand-packs',
      'expand-windows',
      'fft-tables',
      'tabulate-bytes',
      'fix-numerics',
      'flatten-tuples',
      'instruction-fusion',
      'interchange-while-map',
      'sibling-fusion',
      'sink-broadcasts',
    ],
    load: () => import('@budflow/transforms/array'),
  },
  {
    passes: [
      'array-to-loop',
      'chunk-kernel',
      'convert-loop-to-cf',
      'licm',
      'lift-cf-to-loop',
      'narrow-integers',
      'rotate-while-loops',
      'split-complex-memory',
    ],
    load: () => import('@budflow/transforms/loop'),
  },
  {
    passes: [
      'buffer-assignment',
      'bufferize',
      'dead-store-elimination',
      'infer-alignment',
      'inline-kernel-calls',
      'outline-small-loops',
      'scalar-replacement',
      'scratch-assignment',
      'sink-loads',
    ],
    load: () => import('@budflow/transforms/memory'),
  },
  {
    passes: [
      'divide-by-invariants',
      'expand-half-floats',
      'expand-math',
      'legalize-vectors',
      'negate-maxima',
      'slp-vectorize',
    ],
    load: () => import('@budflow/transforms/simd'),
  },
  {
    passes: ['apply-schedule', 'cache-blocking', 'default-schedule'],
    load: () => import('@budflow/transforms/scheduling'),
  },
  { passes: ['convert-stablehlo-to-array'], load: () => import('@budflow/transforms/stablehlo') },
];

/** The passes that are known without loading any. */
export const INDEXED_PASSES: readonly string[] = PASS_GROUPS.flatMap((group) => group.passes).sort();

/** A registry that holds at least the named passes, those that exist. */
export async function registryWith(names: Iterable<string>, extensions?: Extensions): Promise<PassRegistry> {
  if (extensions) return fullRegistry(extensions);
  const groups = new Set<PassGroup>();
  for (const name of names) {
    const group = PASS_GROUPS.find((g) => g.passes.includes(name));
    if (!group) return fullRegistry();
    groups.add(group);
  }
  return registryOf(groups);
}

/** A registry of all passes, those of plug-ins too. */
export async function fullRegistry(extensions?: Extensions): Promise<PassRegistry> {
  const registry = await registryOf(PASS_GROUPS);
  if (extensions) (await import('@budflow/pass')).registerPlugins(registry, extensions);
  return registry;
}

async function registryOf(groups: Iterable<PassGroup>): Promise<PassRegistry> {
  const [{ PassRegistry }, ...modules] = await Promise.all([
    import('@budflow/pass'),
    ...[...groups].map((group) => group.load()),
  ]);
  const registry = new PassRegistry();
  for (const module of modules) registry.register(...Object.values(module).filter(isPass));
  return registry;
}

/** Whether an export is a pass, as definePass returns it. */
export function isPass(value: unknown): value is PassDefinition {
  if (typeof value !== 'object' || value === null) return false;
  const pass = value as Partial<PassDefinition>;
  return (
    typeof pass.run === 'function' && typeof pass.anchor === 'string' && typeof pass.dependentDialects === 'object'
  );
}
