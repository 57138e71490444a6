// The commands by name. Each is loaded when it is the one: of what all share, only the frame is here.
import type { Main } from '../cli/io.js';
import { nodeIo } from '../cli/node-io.js';
import { runCli } from '../cli/run-cli.js';

const COMMANDS: ReadonlyMap<string, () => Promise<Main>> = new Map([
  ['bud-opt', async () => (await import('../opt/main.js')).optMain],
  ['bud-run', async () => (await import('../run/main.js')).runMain],
]);

/** The others are modules of their own in this folder, and are not in the bundle. */
export const COMMAND_NAMES: readonly string[] = [...COMMANDS.keys()];

/** Runs a command on this process's files and streams; returns its exit code. Never throws for what the user did. */
export async function runCommand(name: string, argv: readonly string[]): Promise<number> {
  const load = COMMANDS.get(name);
  if (!load) throw new Error(`there is no command '${name}'`);
  return runCli(name, await load(), argv, nodeIo());
}

export async function train(): Promise<void> {
  await (await import('./training.js')).train(COMMANDS);
}
