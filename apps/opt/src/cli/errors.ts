// What ends a command early. Messages are for the user as they are: one line, the thing, the place, the way out.

/** Exit codes of all commands. */
export const ExitCode = {
  ok: 0,
  /** Diagnostics: something is wrong with the program, a config or an input file. */
  diagnostics: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** A check in the program failed. */
  checkFailed: 3,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The command cannot go on; exit code 1 unless said otherwise. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = ExitCode.diagnostics) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** The command line is wrong. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message, ExitCode.usage);
    this.name = 'UsageError';
  }
}

/** Diagnostics, rendered with their places: printed as they are. */
export class DiagnosticsError extends CommandError {}

/** A file could not be read or written; `code` is the operating system's. */
export class FileError extends CommandError {
  readonly path: string;
  readonly code: string;
  constructor(message: string, path: string, code: string) {
    super(message);
    this.name = 'FileError';
    this.path = path;
    this.code = code;
  }
}

/** Whoever read our output is gone (`bud-opt x | head`): no error. */
export class BrokenPipe extends Error {}

/** Reporting is done; the command ends with this code. */
export class Exit extends Error {
  readonly code: ExitCode;
  constructor(code: ExitCode) {
    super(`exit ${code}`);
    this.code = code;
  }
}
