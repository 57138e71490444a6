// Which plug-ins there are to load: `budflow.plugins` in the nearest package.json above the input. Imports little: every
// run looks.
import { dirname, join, resolve } from 'node:path';
import { CommandError } from '../cli/errors.js';
import type { Flag } from '../cli/flags.js';
import type { Io } from '../cli/io.js';

export const PLUGIN_FLAG: Flag = {
  name: 'load',
  value: 'PLUGIN.js',
  repeat: true,
  help: 'Load a plug-in, a module that exports what definePlugin returns: dialects, passes, interfaces, backends, targets, pipelines. May be repeated; those in `budflow.plugins` of the package.json of the input are loaded too.',
};

/** Where a plug-in is, and what messages call it. */
export interface PluginSource {
  readonly specifier: string;
  /** Folder that a relative path or a package name starts from. */
  readonly from: string;
  readonly origin: string;
}

/** Whether the project of an input names plug-ins. @throws CommandError */
export function namesPlugins(input: string, io: Io): boolean {
  return projectPlugins(input, io).length > 0;
}

/** The plug-ins a project names for the programs in it. @throws CommandError when its package.json is wrong about them */
export function projectPlugins(input: string, io: Io): PluginSource[] {
  for (let folder = dirname(resolve(input === '-' ? 'x' : input)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (io.exists(file)) return pluginsOfManifest(new TextDecoder().decode(io.readFile(file)), folder, file);
    if (folder === dirname(folder)) return [];
  }
}

function pluginsOfManifest(text: string, folder: string, file: string): PluginSource[] {
  // Most have nothing to do with us, whatever they hold.
  if (!text.includes('"budflow"')) return [];
  let manifest: { readonly budflow?: { readonly plugins?: unknown } };
  try {
    manifest = JSON.parse(text) as typeof manifest;
  } catch (error) {
    throw new CommandError(`${file}: not JSON: ${(error as Error).message}`);
  }
  const list = manifest.budflow?.plugins;
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.some((one) => typeof one !== 'string'))
    throw new CommandError(`${file}: /budflow/plugins: expected an array of module names, got ${JSON.stringify(list)}`);
  return (list as string[]).map((specifier, i) => ({
    specifier,
    from: folder,
    origin: `${file}: /budflow/plugins/${i}`,
  }));
}
