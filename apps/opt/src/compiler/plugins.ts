// Plug-ins: the modules that --load names, and those of `budflow.plugins` in the nearest package.json above the input.
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PluginSet } from '@budflow/pass';
import type { Plugin } from 'budflow';
import { CommandError } from '../cli/errors.js';
import type { Arguments } from '../cli/flags.js';
import type { Io } from '../cli/io.js';
import { type PluginSource, projectPlugins } from './project.js';

/** What plug-ins add to the compiler; undefined when there are none. */
export type Extensions = PluginSet<Plugin['backends'][number], Plugin['customCalls'][string]> | undefined;

/** Loads all plug-ins for a command whose input is `input` (`-`: standard input). @throws CommandError */
export async function loadPlugins(args: Arguments, input: string, io: Io): Promise<Extensions> {
  const sources = [
    ...args.values('load').map((specifier) => ({ specifier, from: process.cwd(), origin: `--load=${specifier}` })),
    ...projectPlugins(input, io),
  ];
  if (sources.length === 0) return undefined;
  const [
    { CompileError },
    { combinePlugins, checkPlugin, pluginOfModule },
    { DIALECT_NAMES },
    { fullRegistry },
    target,
  ] = await Promise.all([
    import('@budflow/ir'),
    import('@budflow/pass'),
    import('./dialects.js'),
    import('./passes.js'),
    import('@budflow/target'),
  ]);
  try {
    const plugins: Plugin[] = [];
    for (const source of sources)
      plugins.push(checkPlugin(pluginOfModule(await importPlugin(source)), source.origin) as Plugin);
    const set = combinePlugins(plugins, {
      dialects: DIALECT_NAMES,
      passes: (await fullRegistry()).names,
      backends: ['wasm', 'interp'],
      targets: target.targetNames(),
    });
    for (const description of set.targets)
      target.registerTarget(target.parseTarget(description, { file: `target '${description.name}'` }));
    // What is wrong with its pipelines is wrong with the plug-in, whichever command runs.
    await fullRegistry(set);
    return set;
  } catch (error) {
    if (error instanceof CompileError || error instanceof target.TargetError) throw new CommandError(error.message);
    throw error;
  }
}

async function importPlugin({ specifier, from, origin }: PluginSource): Promise<object> {
  const path = locate(specifier, from);
  if (path === undefined) throw new CommandError(`${origin}: no such file or package, looked for from '${from}'`);
  try {
    return (await import(pathToFileURL(path).href)) as object;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${path}'`) && !message.includes(`imported from ${path}`))
      throw new CommandError(`${origin}: no such file: '${path}'`);
    const failure = new CommandError(
      `${origin}: the plug-in cannot be loaded: ${String(message ?? error).split('\n')[0]}`,
    );
    failure.stack = (error as Error | undefined)?.stack ?? failure.stack ?? '';
    throw failure;
  }
}

/** Path of a module; undefined for a package that is not installed. */
function locate(specifier: string, from: string): string | undefined {
  const isPath = /^\.{0,2}\//.test(specifier) || isAbsolute(specifier) || /\.[cm]?[jt]s$/.test(specifier);
  if (isPath) return resolve(from, specifier);
  try {
    return createRequire(join(from, 'package.json')).resolve(specifier);
  } catch {
    return undefined;
  }
}
