// The command bud-run.
import { ExitCode, UsageError } from '../cli/errors.js';
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
  const { runProgram, trapped } = await import('./run-program.js');
  const program = { file: inputName(file), source: await readInput(io, file), given, args, io, ...settings };
  const runsOne = ONE.some((name) => args.has(name) || args.isOn(name)) || given.length > 0;
  if (runsAll(args) || !runsOne) {
    const { isTestFile, runAllFunctions } = await import('./all-functions.js');
    if (runsAll(args) || (await isTestFile(program))) return runAllFunctions(program);
  }
  try {
    return await runProgram(program);
  } catch (error) {
    throw trapped(error);
  }
}

function runsAll(args: Arguments): boolean {
  return args.isOn('all-functions') || args.isOn('split-input-file');
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
  readonly threads: number | 'auto';
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
  const threads = threadsOf(args.value('threads') ?? '1');
  if (args.has('threads') && args.value('backend') === 'interp')
    throw new UsageError('--threads is for compiled programs: the interpreter has one thread');
  if (args.has('O') && args.has('pipeline-config'))
    throw new UsageError(`-O${args.value('O')} and --pipeline-config both say which passes run`);
  if (args.isOn('check-each') && given.length === 0 && random === undefined)
    return { random: 0, sizes: [], benchmarkSeconds, threads, repeatedFlags: repeated(args) };
  if (runsAll(args)) checkForAll(args, given);
  if (args.has('args') && (given.length > 0 || random !== undefined))
    throw new UsageError(`--args gives all inputs: leave ${given.length > 0 ? given.join(' ') : '--random'} out`);
  if (args.isOn('json') && args.has('format')) throw new UsageError('--json and --format: one at a time');
  return { random, sizes: sizes.map(Number), benchmarkSeconds, threads, repeatedFlags: repeated(args) };
}

function threadsOf(text: string): number | 'auto' {
  if (text === 'auto' || /^[1-9]\d*$/.test(text)) return text === 'auto' ? text : Number(text);
  throw new UsageError(`'--threads' is a whole number >= 1 or auto, got '${text}'`);
}

/** Flags about one function. */
const ONE: readonly string[] = ['entry', 'output', 'benchmark', 'dump', 'check-each', 'args', 'random'];

/** What makes no sense for several functions at once. */
function checkForAll(args: Arguments, given: readonly string[]): void {
  const one = ONE.find((name) => args.has(name) || args.isOn(name));
  if (one !== undefined) throw new UsageError(`--all-functions and --${one}: one at a time`);
  if (given.length > 0)
    throw new UsageError(`--all-functions runs functions without arguments: leave ${given.join(' ')} out`);
}

function repeated(args: Arguments): string[] {
  return ['entry', 'backend', 'target', 'numerics', 'threads'].flatMap((name) =>
    args.has(name) ? [`--${name}=${args.value(name)}`] : [],
  );
}
