// --target: a built-in machine description, this machine's, or a file.
import type { Target } from '@budflow/target';
import { CommandError, UsageError } from '../cli/errors.js';
import type { Io } from '../cli/io.js';

function isFile(value: string): boolean {
  return value.endsWith('.json') || value.includes('/');
}

/** The description that a value of --target means; without a value, what this machine runs best. */
export async function describeTarget(value: string | undefined, io: Io): Promise<Target> {
  if (value === undefined || value === 'host') return (await import('@budflow/target/node')).wasmTargetForThisEngine();
  const { getTarget, parseTarget, TargetError } = await import('@budflow/target');
  try {
    if (!isFile(value)) return getTarget(value);
    return parseTarget(new TextDecoder().decode(io.readFile(value)), { file: value });
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw isFile(value) ? new CommandError(error.message) : new UsageError(`--target: ${error.message}`);
  }
}

/** The name passes know the target by; a description from a file is registered under its own. */
export async function targetName(value: string | undefined, io: Io): Promise<string> {
  const target = await describeTarget(value, io);
  // What this machine was found to be keeps the name of the built-in target it goes by.
  if (value === undefined || !isFile(value)) return target.name;
  const { registerTarget, TargetError } = await import('@budflow/target');
  try {
    registerTarget(target);
  } catch (error) {
    if (error instanceof TargetError) throw new CommandError(`${value}: /name: ${error.message}`);
    throw error;
  }
  return target.name;
}
