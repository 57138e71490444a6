// Passes are defined once, declaratively: name, options with their schema, statistics, and the function that runs.
// A pass keeps no state between runs.
import type { Context, LocationRef, Operation } from '@budflow/ir';
import { InternalError } from '@budflow/ir';
import type { Analysis, Preserved } from './analysis.js';
import { checkOption, type OptionSchemas, type OptionsOf } from './options.js';
import type { RemarkKind } from './remark.js';

export interface RemarkSpec {
  readonly kind: RemarkKind;
  readonly name: string;
  readonly message: string;
  /** The op or the location the remark is about. */
  readonly at: Operation | LocationRef;
  readonly args?: Readonly<Record<string, string | number | boolean>>;
}

/** What a pass sees beside the op it runs on. */
export interface PassRun<O extends OptionSchemas = OptionSchemas, S extends string = string> {
  readonly options: OptionsOf<O>;
  readonly context: Context;
  /** The analysis of the op the pass runs on, or of `op` inside it; computed when it is not in the cache. */
  analysis<T>(analysis: Analysis<T>, op?: Operation): T;
  /** Adds to a declared statistic; default 1. */
  statistic(name: S, n?: number): void;
  remark(remark: RemarkSpec): void;
  /** The pass failed, and emitted a diagnostic that says why; the pipeline stops after it. */
  signalFailure(): void;
  /** These analyses are still valid after this run, beside those the pass always preserves. */
  preserve(...analyses: readonly Analysis[]): void;
  /** The pass changed nothing: every analysis stays valid, and the verifier need not run. */
  unchanged(): void;
}

export interface PassSpec<O extends OptionSchemas, S extends string> {
  /** kebab-case; the name in pipelines and on the command line. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  /** Name of the op it runs on; default 'any'. */
  readonly anchor?: string;
  readonly options?: O;
  /** Analyses it uses: computed before it runs. */
  readonly requires?: readonly Analysis[];
  /** Analyses that are still valid after it; default none. */
  readonly preserves?: Preserved;
  /** Names of dialects whose ops it creates; loaded before it runs. */
  readonly dependentDialects?: readonly string[];
  /** Descriptions by kebab-case name. */
  readonly statistics?: Readonly<Record<S, string>>;
  /** Emitting an error diagnostic fails the pass too. */
  run(op: Operation, run: PassRun<O, S>): void;
}

export interface PassDefinition<O extends OptionSchemas = OptionSchemas> {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly anchor: string;
  readonly options: O;
  readonly requires: readonly Analysis[];
  readonly preserves: Preserved;
  readonly dependentDialects: readonly string[];
  readonly statistics: Readonly<Record<string, string>>;
  run(op: Operation, run: PassRun<O>): void;
}

// biome-ignore lint/complexity/noBannedTypes: {} is the schema of no options
export function definePass<const O extends OptionSchemas = {}, const S extends string = never>(
  spec: PassSpec<O, S>,
): PassDefinition<O> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(spec.name))
    throw new InternalError(`definePass: '${spec.name}' is not a kebab-case name`);
  const options = spec.options ?? ({} as O);
  for (const [name, schema] of Object.entries(options)) {
    if (schema.default === undefined) continue;
    const problem = checkOption(schema, schema.default);
    if (problem) throw new InternalError(`definePass ${spec.name}: default of option '${name}': ${problem.message}`);
  }
  return {
    name: spec.name,
    summary: spec.summary,
    description: spec.description ?? '',
    anchor: spec.anchor ?? 'any',
    options,
    requires: spec.requires ?? [],
    preserves: spec.preserves ?? [],
    dependentDialects: spec.dependentDialects ?? [],
    statistics: spec.statistics ?? {},
    run: (op, run) => spec.run(op, run as PassRun<O, S>),
  };
}
