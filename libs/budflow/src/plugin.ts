// Plug-ins for everything: dialects, passes, interfaces, machine descriptions, pipelines, and backends.
import type { Backend } from '@budflow/backend-api';
import { type Plugin as AnyPlugin, definePlugin as defineAnyPlugin, type PluginSpec } from '@budflow/pass';

export type Plugin = AnyPlugin<Backend>;

/**
 * What a compiler gets from outside, as one value. A module that `--load` reads exports it as `plugin` or as its
 * default; `compile(text, { plugins: [plugin] })` takes it as it is.
 */
export function definePlugin(spec: PluginSpec<Backend>): Plugin {
  return defineAnyPlugin<Backend>(spec);
}
