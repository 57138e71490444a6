// The command bud-reduce.
import { CommandError, DiagnosticsError, ExitCode, UsageError } from '../cli/errors.js';
import { type Arguments, integerValue, positiveValue, readArguments } from '../cli/flags.js';
import { type Io, inputName, readInput } from '../cli/io.js';
import { version } from '../cli/version.js';
import type { OptimizationLevel } from '../compiler/pipeline.js';
import type { Extensions } from '../compiler/plugins.js';
import { namesPlugins } from '../compiler/project.js';
import { REDUCE_FLAGS, reduceHelp } from './flags.js';
import type { Expectation, FailureTest } from './pipeline-failure.js';
import type { Reduced } from './reduce.js';
import type { Oracle, Progress } from './session.js';

const DEFAULT_TEST_SECONDS = 60;

export async function reduceMain(argv: readonly string[], io: Io): Promise<number> {
  const args = readArguments(argv, REDUCE_FLAGS);
  if (args.isOn('help') || args.isOn('version')) {
    io.stdout(args.isOn('help') ? reduceHelp() : `bud-reduce ${version()}\n`);
    return ExitCode.ok;
  }
  await checkCommandLine(args);
  const path = args.positionals[0] ?? '-';
  const expect = expectationOf(args);
  const extensions =
    args.has('load') || namesPlugins(path, io)
      ? await (await import('../compiler/plugins.js')).loadPlugins(args, path, io)
      : undefined;
  const pipeline = await pipelineOf(args, io, extensions);
  const bytes = await readInput(io, path);
  const { loadDialects } = await import('../compiler/dialects.js');
  const loaded = await loadDialects({ all: true, extensions });
  const newContext = () => {
    const context = loaded.newContext();
    context.allowUnregistered = args.isOn('allow-unregistered-dialect');
    return context;
  };
  const text = await validProgram(bytes, path, newContext);
  const sizes = args.value('sizes')?.split(',').map(Number);
  if (sizes?.some((size) => !Number.isInteger(size) || size < 0))
    throw new UsageError(`'--sizes' is a list of whole numbers >= 0, got '${args.value('sizes')}'`);
  const test: FailureTest | undefined = pipeline && {
    newContext,
    pipeline,
    expect,
    entry: args.value('entry'),
    ...(sizes ? { sizes } : {}),
  };
  if (test && (args.isOn('bisect-passes') || args.isOn('bisect-patterns'))) return bisect(args, text, path, test, io);
  const { oracle, close } = await oracleOf(args, text, path, test);
  try {
    const reduced = await run(args, text, { newContext, oracle }, io);
    finish(args, reduced, io);
    return ExitCode.ok;
  } finally {
    close();
  }
}

async function checkCommandLine(args: Arguments): Promise<void> {
  const [unknown] = args.unknown;
  if (unknown) {
    const { nearestName } = await import('@budflow/pass');
    const near = nearestName(
      unknown.name,
      REDUCE_FLAGS.flatMap((group) => group.flags.map((flag) => flag.name)),
    );
    throw new UsageError(`unknown flag '${unknown.raw}'${near === undefined ? '' : `, did you mean '--${near}'?`}`);
  }
  if (args.positionals.length > 1)
    throw new UsageError(`bud-reduce reads one file, got ${args.positionals.map((p) => `'${p}'`).join(', ')}`);
  const ways = ['test', 'test-pipeline', 'O']
    .filter((flag) => args.has(flag))
    .map((f) => (f === 'O' ? '-O' : `--${f}`));
  if (ways.length === 0)
    throw new UsageError('what is interesting? Give --test=PROGRAM, --test-pipeline=TEXT or a level, -O0 to -O3');
  if (ways.length > 1) throw new UsageError(`${ways.join(' and ')} both say what is interesting; give one of them`);
  if (!args.has('test')) return;
  for (const flag of ['expect', 'bisect-passes', 'bisect-patterns', 'entry', 'sizes'])
    if (args.has(flag)) throw new UsageError(`--${flag} goes with a pipeline, not with --test`);
}

function expectationOf(args: Arguments): Expectation {
  const text = args.value('expect') ?? 'crash';
  if (text === 'crash' || text === 'miscompile') return { kind: text };
  const pattern = /^diagnostic=(.+)$/s.exec(text)?.[1];
  if (pattern === undefined)
    throw new UsageError(`'--expect' is one of crash, diagnostic=REGEX, miscompile; got '${text}'`);
  try {
    return { kind: 'diagnostic', pattern: new RegExp(pattern) };
  } catch (error) {
    throw new UsageError(`--expect=${text}: ${(error as Error).message}`);
  }
}

async function pipelineOf(args: Arguments, io: Io, extensions: Extensions) {
  const text = args.value('test-pipeline');
  const level = args.value('O');
  if (text === undefined && level === undefined) return undefined;
  const { choosePipeline } = await import('../compiler/pipeline.js');
  const chosen = await choosePipeline(
    {
      passes: [],
      text,
      level: level === undefined ? undefined : (Number(level) as OptimizationLevel),
      target: args.value('target'),
      numerics: args.value('numerics') as 'strict' | 'default' | 'fast' | undefined,
      flagNames: [],
      extensions,
    },
    io,
  );
  return chosen?.pipeline;
}

/** The text, as the printer writes it. @throws DiagnosticsError when it is not valid */
async function validProgram(
  bytes: Uint8Array,
  path: string,
  newContext: () => import('@budflow/ir').Context,
): Promise<string> {
  const { parseModule, printModule, renderDiagnostic, verify } = await import('@budflow/ir');
  const context = newContext();
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(bytes, context, { file: inputName(path) });
    return module && verify(module) ? module : undefined;
  });
  if (!result) throw new DiagnosticsError(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
  return printModule(result);
}

/** @throws CommandError when the program is not interesting to begin with */
async function oracleOf(
  args: Arguments,
  text: string,
  path: string,
  test: FailureTest | undefined,
): Promise<{ readonly oracle: Oracle; readonly close: () => void }> {
  if (!test) {
    const { scriptTest } = await import('./script.js');
    const command = args.value('test') as string;
    const script = scriptTest(command, 1000 * (positiveValue(args, 'test-timeout') ?? DEFAULT_TEST_SECONDS));
    try {
      if (await script.run(text)) return { oracle: (candidate) => script.run(candidate), close: script.close };
      throw new CommandError(
        `${inputName(path)}: not interesting: '${command}' has to end with exit code 0 for it (as for every program that shows the failure)`,
      );
    } catch (error) {
      script.close();
      throw error;
    }
  }
  const { findFailure } = await import('./pipeline-failure.js');
  const first = findFailure(text, test);
  if (!first) throw notInteresting(path, test);
  return { oracle: (candidate) => findFailure(candidate, test)?.signature === first.signature, close: () => undefined };
}

function notInteresting(path: string, { expect }: FailureTest): CommandError {
  const what = {
    crash: 'no pass throws or leaves invalid IR; --expect=diagnostic=REGEX looks for a message of a pass',
    diagnostic: 'no diagnostic matches',
    miscompile:
      'the interpreter gets the same results before and after the pipeline, or cannot run the program (bud-run --backend=interp --random=1 says why)',
  }[expect.kind];
  return new CommandError(`${inputName(path)}: not interesting: ${what}`);
}

async function bisect(args: Arguments, text: string, path: string, test: FailureTest, io: Io): Promise<number> {
  const { findFailure } = await import('./pipeline-failure.js');
  const failure = findFailure(text, test);
  if (!failure) throw notInteresting(path, test);
  const { bisectPasses, bisectPatterns, describeCounters, describePasses } = await import('./bisect.js');
  io.stdout(`failure: ${failure.message}\n`);
  if (args.isOn('bisect-passes')) io.stdout(describePasses(bisectPasses(text, test)));
  if (args.isOn('bisect-patterns')) io.stdout(describeCounters(bisectPatterns(text, test)));
  return ExitCode.ok;
}

async function run(
  args: Arguments,
  text: string,
  how: { readonly newContext: () => import('@budflow/ir').Context; readonly oracle: Oracle },
  io: Io,
): Promise<Reduced> {
  const { reduceProgram } = await import('./reduce.js');
  const maxSteps = integerValue(args, 'max-steps', 1);
  const seconds = positiveValue(args, 'timeout');
  let last = 0;
  const progress = ({ steps, accepted, ops, reduction }: Progress) => {
    // A line every so often; each step would be too many.
    if (args.isOn('quiet') || accepted === last) return;
    last = accepted;
    io.stderr(`${String(steps).padStart(6)} tested, ${String(ops).padStart(5)} ops left: ${reduction}\n`);
  };
  return reduceProgram(text, {
    ...how,
    progress,
    ...(maxSteps === undefined ? {} : { maxSteps }),
    ...(seconds === undefined ? {} : { timeout: 1000 * seconds }),
  });
}

function finish(args: Arguments, { text, ops, steps, exhausted }: Reduced, io: Io): void {
  const output = args.value('output') ?? '-';
  if (output === '-') io.stdout(text);
  else io.writeFile(output, text);
  if (!args.isOn('quiet'))
    io.stderr(`${ops} ops after ${steps} tests${exhausted ? ' (a limit ended the search: it may get smaller)' : ''}\n`);
}
