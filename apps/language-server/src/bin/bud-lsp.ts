// bud-lsp: the language server on standard input and output.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { PluginSet } from '@budflow/pass';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { LSP_FLAGS, lspHelp } from '../flags.js';
import { flagSources, loadPlugins, projectSources } from '../plugins.js';
import { serve } from '../server.js';

const { version }: { readonly version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

async function main(): Promise<number | undefined> {
  const options = Object.fromEntries(
    LSP_FLAGS.map((flag) => [
      flag.name,
      {
        type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(flag.repeat ? { multiple: true } : {}),
        ...(flag.short ? { short: flag.short } : {}),
      },
    ]),
  );
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    process.stderr.write(`bud-lsp: error: ${(error as Error).message}\nrun 'bud-lsp --help' for what it takes\n`);
    return 2;
  }
  if (values.help === true) {
    process.stdout.write(lspHelp());
    return 0;
  }
  if (values.version === true) {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const workspace = { allowUnregistered: values['allow-unregistered-dialect'] === true };
  const given = flagSources((values.load ?? []) as readonly string[]);
  let plugins: PluginSet | undefined;
  try {
    plugins = await loadPlugins(given);
  } catch (error) {
    process.stderr.write(`bud-lsp: error: ${(error as Error).message}\n`);
    return 1;
  }
  const ofProject = (folder: string) => loadPlugins([...given, ...projectSources(folder)]);
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  serve(connection, {
    ...workspace,
    version,
    ...(plugins ? { plugins } : {}),
    ...(values['project-plugins'] === true ? { projectPlugins: ofProject } : {}),
  });
  connection.listen();
  return undefined;
}

process.exitCode = await main();
