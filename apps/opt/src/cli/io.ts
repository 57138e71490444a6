// All a command does with the world outside, so that tests can run commands in process.

export interface Io {
  /** @throws BrokenPipe when nobody reads any more */
  stdout(data: string | Uint8Array): void;
  /** Whether standard input is a terminal, where somebody has to type. */
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  stderr(text: string): void;
  stdin(): Promise<Uint8Array>;
  /** @throws FileError */
  readFile(path: string): Uint8Array;
  /** Whether there is something at a path. */
  exists(path: string): boolean;
  /** Replaces a file at once: it has its old content or all of the new, which may come in pieces. @throws FileError */
  writeFile(path: string, data: string | Uint8Array | readonly Uint8Array[]): void;
  /** Makes a folder and those around it; one that is there stays as it is. @throws FileError */
  makeFolder(path: string): void;
  /** Names in the folder of a path; empty when it cannot be read. For suggestions. */
  neighbours(path: string): readonly string[];
}

/** What a command is: its arguments to an exit code. Throws CommandError. */
export type Main = (argv: readonly string[], io: Io) => Promise<number>;

/** A command with subfunctions that print reads best with text output gathered in one place. */
export function writeJson(io: Io, path: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (path === '-') io.stdout(text);
  else io.writeFile(path, text);
}

/** The content of a file, or of standard input for `-`. */
export async function readInput(io: Io, path: string): Promise<Uint8Array> {
  if (path !== '-') return io.readFile(path);
  if (io.stdinIsTerminal) io.stderr('reading the program from the terminal; end it with Ctrl-D\n');
  return io.stdin();
}

/** What messages call an input. */
export function inputName(path: string): string {
  return path === '-' ? '<stdin>' : path;
}
