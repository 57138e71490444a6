// The world outside for commands run in a test: files in a map, output in strings.
import { FileError } from '../cli/errors.js';
import type { Io, Main } from '../cli/io.js';
import { runCli } from '../cli/run-cli.js';

export interface FakeWorld {
  /** Files by path; written ones appear here. */
  readonly files: Map<string, Uint8Array>;
  readonly io: Io;
  readonly outBytes: () => Uint8Array;
  out(): string;
  err(): string;
}

export interface FakeOptions {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly stdin?: string;
  readonly terminal?: boolean;
}

const encode = (data: string | Uint8Array) =>
  typeof data === 'string' ? new TextEncoder().encode(data) : data.slice();

export function fakeWorld({ files = {}, stdin = '', terminal = false }: FakeOptions = {}): FakeWorld {
  const map = new Map(Object.entries(files).map(([path, data]) => [path, encode(data)]));
  const out: Uint8Array[] = [];
  let err = '';
  const outBytes = () => new Uint8Array(Buffer.concat(out));
  return {
    files: map,
    outBytes,
    out: () => new TextDecoder().decode(outBytes()),
    err: () => err,
    io: {
      stdout: (data) => void out.push(encode(data)),
      stderr: (text) => {
        err += text;
      },
      stdinIsTerminal: terminal,
      stdoutIsTerminal: terminal,
      stdin: async () => encode(stdin),
      readFile(path) {
        const found = map.get(path);
        if (!found) throw new FileError(`cannot read '${path}': no such file`, path, 'ENOENT');
        return found;
      },
      exists: (path) => map.has(path),
      writeFile(path, data) {
        if (path.startsWith('readonly/'))
          throw new FileError(`cannot write '${path}': permission denied`, path, 'EACCES');
        map.set(path, typeof data === 'string' || data instanceof Uint8Array ? encode(data) : Buffer.concat(data));
      },
      makeFolder() {},
      neighbours: () => [...map.keys()],
    },
  };
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly world: FakeWorld;
}

/** Runs a command in process. */
export async function runInProcess(
  name: string,
  main: Main,
  argv: readonly string[],
  options: FakeOptions = {},
): Promise<Ran> {
  const world = fakeWorld(options);
  const code = await runCli(name, main, argv, world.io);
  return { code, out: world.out(), err: world.err(), world };
}
