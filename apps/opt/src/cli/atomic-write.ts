// Replaces a file at once: the new content goes to a file beside it, which is then renamed. Whoever reads the path, and
// whoever stops the command half-way, finds the old content or all of the new.
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Data in pieces is never put together. @throws the operating system's error */
export function writeAtomically(path: string, data: string | Uint8Array | readonly Uint8Array[]): void {
  const pieces = typeof data === 'string' ? [Buffer.from(data)] : data instanceof Uint8Array ? [data] : data;
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing && !existing.isFile()) {
    // A device, a pipe: something to write to, never to replace. A folder fails here as it should.
    const device = openSync(path, 'w');
    try {
      for (const piece of pieces) writeAll(device, piece);
    } finally {
      closeSync(device);
    }
    return;
  }
  // A link stays a link, and a file that is write-protected stays what it is.
  const target = existing ? realpathSync(path) : path;
  if (existing) accessSync(target, constants.W_OK);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  deferSignals();
  try {
    const file = openSync(temporary, 'wx', existing ? existing.mode & 0o777 : 0o666);
    try {
      for (const piece of pieces) writeAll(file, piece);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // The mode asked for is cut by the umask when the file is made.
    if (existing) chmodSync(temporary, existing.mode & 0o777);
    renameSync(temporary, target);
  } catch (error) {
    unlinkQuietly(temporary);
    throw error;
  }
}

let signalsAreDeferred = false;

/** Ctrl-C while files are written takes effect right after, so that no temporary file is left behind. */
function deferSignals(): void {
  if (signalsAreDeferred) return;
  signalsAreDeferred = true;
  setImmediate(() => {
    signalsAreDeferred = false;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const again = () => process.kill(process.pid, signal);
    process.once(signal, again);
    setImmediate(() => process.off(signal, again));
  }
}

function writeAll(file: number, data: Uint8Array): void {
  for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
}

function unlinkQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made, or is gone.
  }
}
