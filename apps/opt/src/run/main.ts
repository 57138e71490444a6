// The command bud-run.
import { CommandError, ExitCode, UsageError } from '../cli/errors.js';
import { type Arguments, integerValue, positiveValue, readArguments } from '../cli/flags.js';
import { type Io, inputName, readInput } from '../cli/io.js';
import { version } from '../cli/version.js';
import { RUN_FLAGS, runHelp } from './flags.js';

export async function runMain(argv: readonly string[], io: Io): Promise<number> {
  const args = readArguments(argv, RUN_FLAGS);
  if (args.isOn('help')) return print(io, runHelp());
  if (args.isOn('version')) return print(io, `bud-run ${version()}\n`);
  const [unknown] = args.unknown;
  if (unknown) throw await unknownFlag(unknown.name, unknown.raw);
  const [file, ...given] = args.positionals;
  if (file === undefined) throw new UsageError('no program is given: bud-run FILE.mlir [IN.npy]...');
  if (file.endsWith('.npy'))
    throw new UsageError(`the program comes first, then its inputs: bud-run FILE.mlir ${args.positionals.join(' ')}`);
  const settings = settingsOf(args, given);
  const { runProgram } = await import('./run-program.js');
  try {
    return await runProgram({ file: inputName(file), source: await readInput(io, file), given, args, io, ...settings });
  } catch (error) {
    throw trapped(error);
  }
}

function print(io: Io, text: string): number {
  io.stdout(text);
  return ExitCode.ok;
}

async function unknownFlag(name: string, raw: string): Promise<UsageError> {
  const { nearestName } = await import('@budflow/pass');
  const near = nearestName(
    name,
    RUN_FLAGS.flatMap((group) => group.flags.map((flag) => flag.name)),
  );
  const hint =
    near === undefined ? '; passes are run by bud-opt, or named in a --pipeline-config' : `, did you mean '--${near}'?`;
  return new UsageError(`unknown flag '${raw}'${hint}`);
}

export interface Settings {
  readonly random: number | undefined;
  readonly sizes: readonly number[];
  readonly benchmarkSeconds: number | undefined;
  /** Flags that a suggested command repeats. */
  readonly repeatedFlags: readonly string[];
}

function settingsOf(args: Arguments, given: readonly string[]): Settings {
  const sizes = (args.value('sizes') ?? '').split(',').filter((text) => text !== '');
  for (const text of sizes)
    if (!/^\d+$/.test(text)) throw new UsageError(`'--sizes' is a list of whole numbers, got '${args.value('sizes')}'`);
  const random = integerValue(args, 'random', 0);
  if (sizes.length > 0 && random === undefined)
    throw new UsageError("'--sizes' is for random inputs: add --random=SEED");
  const benchmarkSeconds = positiveValue(args, 'benchmark');
  if (args.isOn('check-each') && benchmarkSeconds !== undefined)
    throw new UsageError('--check-each and --benchmark: one at a time');
  if (args.has('O') && args.has('pipeline-config'))
    throw new UsageError(`-O${args.value('O')} and --pipeline-config both say which passes run`);
  if (args.isOn('check-each') && given.length === 0 && random === undefined)
    return { random: 0, sizes: [], benchmarkSeconds, repeatedFlags: repeated(args) };
  return { random, sizes: sizes.map(Number), benchmarkSeconds, repeatedFlags: repeated(args) };
}

function repeated(args: Arguments): string[] {
  return ['entry', 'backend', 'target', 'numerics'].flatMap((name) =>
    args.has(name) ? [`--${name}=${args.value(name)}`] : [],
  );
}

/** A trap of the program is no bug of ours: its message, with the place, and exit code 3 for failed checks. */
function trapped(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'RuntimeTrap') return error;
  const { kind } = error as Error & { readonly kind?: string };
  if (kind === 'CheckFailed') return new CommandError(`check failed: ${error.message}`, ExitCode.checkFailed);
  return new CommandError(error.message);
}
