// Io on Node. Writes are synchronous: what was printed is out before the process ends, in order, and a reader that went
// away is noticed at the write.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomically } from './atomic-write.js';
import { BrokenPipe, FileError } from './errors.js';
import type { Io } from './io.js';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

export function nodeIo(): Io {
  let errorsGone = false;
  return {
    stdout: (data) => write(STDOUT, data),
    stderr(text) {
      if (errorsGone) return;
      try {
        write(STDERR, text);
      } catch (error) {
        if (!(error instanceof BrokenPipe)) throw error;
        errorsGone = true;
      }
    },
    get stdinIsTerminal() {
      return isTerminal(STDIN);
    },
    get stdoutIsTerminal() {
      return isTerminal(STDOUT);
    },
    stdin: readStdin,
    readFile(path) {
      try {
        return readPadded(path) ?? readFileSync(path);
      } catch (error) {
        throw fileError('read', path, error);
      } finally {
        forgetPipe();
      }
    },
    exists: existsSync,
    writeFile(path, data) {
      try {
        writeAtomically(path, data);
      } catch (error) {
        throw fileError('write', path, error);
      }
    },
    makeFolder(path) {
      try {
        mkdirSync(path, { recursive: true });
      } catch (error) {
        throw fileError('write', path, error);
      }
    },
    neighbours(path) {
      try {
        return readdirSync(dirname(path));
      } catch {
        return [];
      }
    },
  };
}

/** Zeros behind a text that the parser need not copy, see parseModule. */
const PADDING = 32;
const LARGE = 1 << 20;

/** A large file with zeros behind it in its buffer; undefined for anything else. */
function readPadded(path: string): Uint8Array | undefined {
  // A pipe must not be opened twice.
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size < LARGE) return undefined;
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(stats.size + PADDING);
    let length = 0;
    for (let read = 1; read > 0 && length < stats.size; length += read)
      read = readSync(file, bytes, length, stats.size - length, length);
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 1 << 16;
  for (;;) {
    const chunk = new Uint8Array(size);
    try {
      const length = readSync(STDIN, chunk, 0, size, null);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
      if (length === size) size = Math.min(2 * size, 1 << 24);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EOF') break;
      if (code !== 'EAGAIN') throw fileError('read', '<stdin>', error);
      pause();
    }
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

/** Few runs ask, and the module takes a millisecond to load. */
function isTerminal(file: number): boolean {
  return process.getBuiltinModule('node:tty').isatty(file);
}

/** For a pipe that somebody made non-blocking, and whose other end is slow. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

/**
 * Node's realpath looks at the result of whichever stat came last, and gives up when that was of a pipe (readFileSync
 * of /dev/stdin makes one): modules that are loaded afterwards would not be recognised as those loaded before.
 */
function forgetPipe(): void {
  statSync(import.meta.dirname);
}

function write(file: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EPIPE') throw new BrokenPipe();
      if (code !== 'EAGAIN') throw fileError('write', file === STDOUT ? '<stdout>' : '<stderr>', error);
      pause();
    }
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | null)?.code ?? '');
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EMFILE: 'too many files are open',
  ELOOP: 'the links go in a circle',
  ENAMETOOLONG: 'the name is too long',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

function fileError(what: 'read' | 'write', path: string, error: unknown): FileError {
  const code = codeOf(error);
  let reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  if (what === 'write') {
    if (code === 'ENOENT' && !existsSync(dirname(path))) reason = `there is no directory '${dirname(path)}'`;
    else if (code === 'ENOENT') reason = `a file of this name cannot be made there`;
    else if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      reason += `; choose a path in a directory that can be written`;
  }
  return new FileError(`cannot ${what} '${path}': ${reason}`, path, code);
}
