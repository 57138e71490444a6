// Plug-ins: the files and packages that --load names, and those of `budflow.plugins` in the package.json of a workspace.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkPlugin, combinePlugins, type Plugin, type PluginSet, pluginOfModule } from '@budflow/pass';
import { createContext, createPassRegistry } from 'budflow';

/** A module, where its path starts from, and what messages call it. */
export interface PluginSource {
  readonly specifier: string;
  readonly from: string;
  readonly origin: string;
}

export function flagSources(specifiers: readonly string[]): PluginSource[] {
  return specifiers.map((specifier) => ({ specifier, from: process.cwd(), origin: `--load=${specifier}` }));
}

/** What the package.json of a folder names. @throws Error with a message for the user */
export function projectSources(folder: string): PluginSource[] {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return [];
  let list: unknown;
  try {
    list = (JSON.parse(readFileSync(file, 'utf8')) as { budflow?: { plugins?: unknown } }).budflow?.plugins;
  } catch (error) {
    throw new Error(`${file}: not JSON: ${(error as Error).message}`);
  }
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.some((one) => typeof one !== 'string'))
    throw new Error(`${file}: /budflow/plugins: expected an array of module names, got ${JSON.stringify(list)}`);
  return (list as string[]).map((specifier, i) => ({
    specifier,
    from: folder,
    origin: `${file}: /budflow/plugins/${i}`,
  }));
}

/** Undefined when there are none. @throws Error with a message for the user */
export async function loadPlugins(sources: readonly PluginSource[]): Promise<PluginSet | undefined> {
  if (sources.length === 0) return undefined;
  const plugins: Plugin[] = [];
  for (const { specifier, from, origin } of sources) {
    const path = locate(specifier, from);
    if (path === undefined) throw new Error(`${origin}: no such file or package`);
    let module: object;
    try {
      module = (await import(pathToFileURL(path).href)) as object;
    } catch (error) {
      const message = String((error as Error).message ?? error).split('\n')[0];
      throw new Error(`${origin}: the plug-in cannot be loaded: ${message}`);
    }
    plugins.push(checkPlugin(pluginOfModule(module), origin));
  }
  const set = combinePlugins(plugins, {
    dialects: createContext().registeredDialects.map((dialect) => dialect.name),
    passes: createPassRegistry().names,
  });
  // What they attach is tried now, not at the first document.
  set.extend(createContext());
  return set;
}

function locate(specifier: string, from: string): string | undefined {
  if (/^\.{0,2}\//.test(specifier) || isAbsolute(specifier) || /\.[cm]?[jt]s$/.test(specifier)) {
    const path = resolve(from, specifier);
    return existsSync(path) ? path : undefined;
  }
  try {
    return createRequire(join(from, 'package.json')).resolve(specifier);
  } catch {
    return undefined;
  }
}
