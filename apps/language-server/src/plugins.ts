// Plug-ins that --load names: files and installed packages.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkPlugin, combinePlugins, type Plugin, type PluginSet, pluginOfModule } from '@budflow/pass';
import { createContext, createPassRegistry } from 'budflow';

/** Undefined when there are none. @throws Error with a message for the user */
export async function loadPlugins(specifiers: readonly string[]): Promise<PluginSet | undefined> {
  if (specifiers.length === 0) return undefined;
  const plugins: Plugin[] = [];
  for (const specifier of specifiers) {
    const origin = `--load=${specifier}`;
    const path = locate(specifier);
    if (path === undefined) throw new Error(`${origin}: no such file or package`);
    let module: object;
    try {
      module = (await import(pathToFileURL(path).href)) as object;
    } catch (error) {
      throw new Error(
        `${origin}: the plug-in cannot be loaded: ${String((error as Error).message ?? error).split('\n')[0]}`,
      );
    }
    plugins.push(checkPlugin(pluginOfModule(module), origin));
  }
  return combinePlugins(plugins, {
    dialects: createContext().registeredDialects.map((dialect) => dialect.name),
    passes: createPassRegistry().names,
  });
}

function locate(specifier: string): string | undefined {
  if (/^\.{0,2}\//.test(specifier) || isAbsolute(specifier) || /\.[cm]?[jt]s$/.test(specifier)) {
    const path = resolve(specifier);
    return existsSync(path) ? path : undefined;
  }
  try {
    return createRequire(join(process.cwd(), 'package.json')).resolve(specifier);
  } catch {
    return undefined;
  }
}
