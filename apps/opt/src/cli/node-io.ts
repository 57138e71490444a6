// Io on Node. Writes are synchronous: what was printed is out before the process ends, in order, and a reader that went
// away is noticed at the write.
import { existsSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { isatty } from 'node:tty';
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
      return isatty(STDIN);
    },
    get stdoutIsTerminal() {
      return isatty(STDOUT);
    },
    stdin: readStdin,
    readFile(path) {
      try {
        return readFileSync(path);
      } catch (error) {
        throw fileError('read', path, error);
      }
    },
    writeFile(path, data) {
      try {
        writeAtomically(path, data);
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

async function readStdin(): Promise<Uint8Array> {
  try {
    return readFileSync(STDIN);
  } catch (error) {
    // A pipe somebody made non-blocking: wait for it the other way.
    if (codeOf(error) !== 'EAGAIN') throw fileError('read', '<stdin>', error);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
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
      // The reader is slow, and its pipe does not block.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
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
