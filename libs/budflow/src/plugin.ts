// Plug-ins for everything: dialects, passes, interfaces, machine descriptions, pipelines, backends, and custom calls.
import type { Backend } from '@budflow/backend-api';
import type { CustomCall } from '@budflow/interpreter';
import { type Plugin as AnyPlugin, definePlugin as defineAnyPlugin, type PluginSpec } from '@budflow/pass';

/** Its custom calls run compiled programs, on resident arrays, and interpreted ones. */
export type Plugin = AnyPlugin<Backend, CustomCall>;

/**
 * What a compiler gets from outside, as one value. A module that `--load` reads exports it as `plugin` or as its
 * default; `compile(text, { plugins: [plugin] })` takes it as it is.
 */
export function definePlugin(spec: PluginSpec<Backend, CustomCall>): Plugin {
  return defineAnyPlugin<Backend, CustomCall>(spec);
}
