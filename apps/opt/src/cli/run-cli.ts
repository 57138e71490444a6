// The frame around every command: whatever is thrown becomes one clear line and an exit code. A stack trace is shown
// only with --debug.
import { BrokenPipe, CommandError, DiagnosticsError, Exit, ExitCode, FileError, UsageError } from './errors.js';
import type { Io, Main } from './io.js';

/** Runs a command and returns its exit code. Never throws. */
export async function runCli(name: string, main: Main, argv: readonly string[], io: Io): Promise<number> {
  try {
    return await main(argv, io);
  } catch (error) {
    if (error instanceof BrokenPipe) return ExitCode.ok;
    if (error instanceof Exit) return error.code;
    const debug = argv.includes('--debug');
    if (error instanceof CommandError) {
      const head = error instanceof DiagnosticsError ? '' : `${name}: error: `;
      io.stderr(`${head}${error.message}${await fileHint(error, io)}\n`);
      if (error instanceof UsageError) io.stderr(`run '${name} --help' for what it takes\n`);
      if (debug) io.stderr(`${error.stack}\n`);
      return error.exitCode;
    }
    const message = error instanceof Error ? error.message : String(error);
    const way = debug ? '' : '; --debug shows where';
    io.stderr(`${name}: internal error: ${message.split('\n')[0]} (this is a bug of ${name}${way})\n`);
    if (debug && error instanceof Error) io.stderr(`${error.stack}\n`);
    return ExitCode.diagnostics;
  }
}

/** `, did you mean 'b.mlir'?` for a file that is not there. */
async function fileHint(error: CommandError, io: Io): Promise<string> {
  if (!(error instanceof FileError) || error.code !== 'ENOENT' || !error.message.startsWith('cannot read')) return '';
  const { nearestName } = await import('@budflow/pass');
  const slash = error.path.lastIndexOf('/') + 1;
  const near = nearestName(error.path.slice(slash), io.neighbours(error.path));
  return near === undefined ? '' : `; did you mean '${error.path.slice(0, slash)}${near}'?`;
}
