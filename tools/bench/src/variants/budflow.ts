// Budflow itself as a variant, and without one pass. The package is loaded when first used, so that the rest of the
// runner works in a tree where it is not built.

import type { CompiledModule, CompileOptions, NdArray, TypedArray } from 'budflow';
import { elementCount } from '../programs/graph.js';
import type { Instance } from '../programs/program.js';
import { type Data, makeData } from '../programs/reference.js';
import { messageOf, type Prepared, type Skipped, type Variant } from './variant.js';

/** The pass that every program needs: without decisions it makes each op a kernel. */
const FUSION = 'instruction-fusion';

type Budflow = typeof import('budflow');

let loading: Promise<Budflow | Skipped> | null = null;

function load(): Promise<Budflow | Skipped> {
  loading ??= import('budflow').then(
    (library): Budflow | Skipped =>
      typeof library.compile === 'function'
        ? library
        : { skipped: "package 'budflow' has no compile function: build it" },
    (error: unknown): Skipped => ({ skipped: `package 'budflow' cannot be loaded: ${messageOf(error)}` }),
  );
  return loading;
}

/** How the programs are compiled. */
export interface BudflowOptions {
  readonly name?: string;
  readonly numerics?: 'strict' | 'default' | 'fast';
  readonly target?: string;
  /** Optimisation level, 3 if not given. */
  readonly level?: 0 | 1 | 2 | 3;
  /** Threads to run on (default 1). */
  readonly threads?: number | 'auto';
  /** A pass to leave out. */
  readonly ablate?: string;
}

function prepared(module: CompiledModule, { outputs, inputs: types }: Instance, inputs: readonly Data[]): Prepared {
  const inArrays: NdArray[] = [];
  const outArrays: NdArray[] = [];
  inputs.forEach((data, i) => {
    inArrays.push(module.array(data as TypedArray, types[i].shape, types[i].dtype));
  });
  for (const type of outputs) {
    outArrays.push(module.array(makeData(type.dtype, elementCount(type.shape)) as TypedArray, type.shape, type.dtype));
  }
  const main = module.functions.main.compiled;
  const options = { out: outArrays };
  return {
    call: () => main.call(inArrays, options),
    read: () => outArrays.map((array) => array.data as Data),
    dispose: () => {
      for (const array of [...inArrays, ...outArrays]) array.dispose();
      module.dispose();
    },
    compileMs: module.report.compileMs,
  };
}

/** A variant that compiles each program with these options. A program that does not compile is a failure, not a skip. */
export function budflowVariant(options: BudflowOptions = {}): Variant {
  return {
    name: options.name ?? 'budflow',
    role: options.threads !== undefined ? 'threads' : options.ablate === undefined ? 'ours' : 'ablation',
    async prepare(instance, inputs) {
      const library = await load();
      if ('skipped' in library) return library;
      const compileOptions: CompileOptions = {
        file: `${instance.program.name}.mlir`,
        numerics: options.numerics,
        target: options.target,
        level: options.level,
        threads: options.threads ?? 1,
        // Grouping into kernels cannot be skipped, only told to group nothing.
        fuse: options.ablate !== FUSION,
        ablate: options.ablate === undefined || options.ablate === FUSION ? [] : [options.ablate],
      };
      const module = library.compile(instance.text, compileOptions);
      const { threadsNote } = module.report;
      if (threadsNote !== undefined) return { skipped: threadsNote };
      await module.ready();
      return prepared(module, instance, inputs);
    },
  };
}

/** Names of the passes of the pipeline that these options give, in order. */
export async function pipelinePasses(options: BudflowOptions = {}): Promise<string[] | Skipped> {
  const library = await load();
  if ('skipped' in library) return library;
  const { pipeline } = library.pipelineFor(
    { numerics: options.numerics, level: options.level },
    options.target ?? library.defaultTarget(),
  );
  const names = (items: typeof pipeline): string[] =>
    items.flatMap((item) =>
      typeof item === 'string' ? [item] : 'anchor' in item ? names(item.pipeline) : [item.pass],
    );
  return names(pipeline);
}
