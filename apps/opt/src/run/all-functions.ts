// --all-functions: every public function that takes no arguments is run, as the tests of StableHLO are written: functions
// of any name, expectations in them, in files of several parts. Each is compiled with what it calls, so that what cannot be
// run in one of them is no matter of the others.
import { type Operation, symbolName, symbolVisibility } from '@budflow/ir';
import { CommandError, ExitCode } from '../cli/errors.js';
import { runCli } from '../cli/run-cli.js';
import { mentionsStablehlo } from '../compiler/dialects.js';
import { atItsLine, splitInput } from '../opt/split.js';
import { type Program, readSource, runProgram, trapped } from './run-program.js';

/** Runs the functions one by one; what goes wrong in one is reported, and the others run. Returns the worst exit code. */
export async function runAllFunctions(program: Program): Promise<number> {
  const { args, io, source } = program;
  const parts = splitInput(source).map(atItsLine);
  const counts = { fine: 0, failed: 0, broken: 0 };
  const attempt = async (run: () => Promise<number>): Promise<number> => {
    const code = await runCli('bud-run', run, args.isOn('debug') ? ['--debug'] : [], io);
    if (code === ExitCode.ok) counts.fine++;
    else if (code === ExitCode.checkFailed) counts.failed++;
    else counts.broken++;
    return code;
  };
  for (const part of parts) {
    let names: readonly string[] = [];
    await runCli(
      'bud-run',
      async () => {
        names = entriesOf(await readSource({ ...program, source: part }));
        return ExitCode.ok;
      },
      args.isOn('debug') ? ['--debug'] : [],
      io,
    ).then((code) => {
      if (code !== ExitCode.ok) counts.broken++;
    });
    for (const entry of names) {
      const code = await attempt(() =>
        runProgram({ ...program, source: part, entry }).catch((error) => {
          throw trapped(error);
        }),
      );
      if (!args.isOn('json')) io.stdout(`@${entry}: ${code === ExitCode.ok ? 'fine' : 'failed'}\n`);
    }
  }
  const { fine, failed, broken } = counts;
  if (fine + failed + broken === 0)
    throw new CommandError(`${program.file}: has no public function without arguments to run`);
  if (!args.isOn('json')) io.stdout(`${fine} fine, ${failed + broken} failed\n`);
  if (broken > 0) return ExitCode.diagnostics;
  return failed > 0 ? ExitCode.checkFailed : ExitCode.ok;
}

/**
 * Whether a file is one of tests, which run without a flag: StableHLO in several parts, or without a @main and with several
 * functions, all public ones without arguments. What cannot be read is none: its error is reported where it is run.
 */
export async function isTestFile(program: Program): Promise<boolean> {
  const { source } = program;
  if (!mentionsStablehlo(source)) return false;
  if (splitInput(source).length > 1) return true;
  if (Buffer.from(source.buffer, source.byteOffset, source.byteLength).includes('@main(')) return false;
  const module = await readSource(program).catch(() => undefined);
  const functions = module?.region(0).entry.ops.filter(isPublic) ?? [];
  return functions.length > 1 && functions.every((op) => op.region(0).entry.arguments.length === 0);
}

function isPublic(op: Operation): boolean {
  return op.name === 'func.func' && !op.region(0).isEmpty && symbolVisibility(op) === 'public';
}

function entriesOf(module: Operation): string[] {
  return module
    .region(0)
    .entry.ops.filter(isPublic)
    .filter((op) => op.region(0).entry.arguments.length === 0)
    .map((op) => symbolName(op)!);
}
