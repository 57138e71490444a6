// The JSON form of pipelines, and how it becomes a pipeline.
import { InternalError } from '@budflow/ir';
import type { OptionValues } from './options.js';
import type { PipelineItem } from './pipeline.js';
import type { PassRegistry } from './registry.js';
import type { NumericsMode } from './schema.js';

export type PipelineItemJson =
  | string
  | { readonly pass: string; readonly options?: OptionValues }
  | { readonly anchor: string; readonly pipeline: readonly PipelineItemJson[] };

/** The content of a config file. */
export interface PipelineJson {
  readonly $schema?: string;
  readonly anchor?: string;
  readonly pipeline: readonly PipelineItemJson[];
  readonly target?: string;
  readonly numerics?: NumericsMode;
}

/** The items of a pipeline; named pipelines are replaced by theirs. @throws InternalError for an unknown name */
export function expandPipeline(
  json: PipelineJson,
  registry: PassRegistry,
  inside: readonly string[] = [],
): PipelineItem[] {
  const build = (item: PipelineItemJson): PipelineItem[] => {
    if (typeof item === 'object' && 'anchor' in item)
      return [{ kind: 'nested', anchor: item.anchor, items: item.pipeline.flatMap(build) }];
    const name = typeof item === 'string' ? item : item.pass;
    const named = registry.pipeline(name);
    if (named) {
      if (inside.includes(name)) throw new InternalError(`pipeline '${name}' contains itself`);
      return expandPipeline(named, registry, [...inside, name]);
    }
    const pass = registry.get(name);
    if (!pass) throw new InternalError(registry.unknown(name));
    return [{ kind: 'pass', pass, options: (typeof item === 'object' && item.options) || {} }];
  };
  return json.pipeline.flatMap(build);
}
