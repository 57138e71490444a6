// --target: a built-in machine description, this machine's, or a file.
import type { Target } from '@budflow/target';
import { CommandError, UsageError } from '../cli/errors.js';
import type { Io } from '../cli/io.js';

/** The description that a value of --target means; without a value, what this machine runs best. */
export async function describeTarget(value: string | undefined, io: Io): Promise<Target> {
  if (value === undefined || value === 'host') return (await import('@budflow/target/node')).wasmTargetForThisEngine();
  const { getTarget, parseTarget, TargetError } = await import('@budflow/target');
  const isFile = value.endsWith('.json') || value.includes('/');
  try {
    if (!isFile) return getTarget(value);
    return parseTarget(new TextDecoder().decode(io.readFile(value)), { file: value });
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw isFile ? new CommandError(error.message) : new UsageError(`--target: ${error.message}`);
  }
}

/** The name passes know the target by. */
export async function targetName(value: string | undefined, io: Io): Promise<string> {
  const target = await describeTarget(value, io);
  const { targetNames } = await import('@budflow/target');
  if (targetNames().includes(target.name)) return target.name;
  throw new CommandError(
    `${value}: describes '${target.name}', and programs are compiled for built-in targets only (${targetNames().join(', ')}); --print-target checks and prints a file`,
  );
}
