// Runs command lines: commands we know in this process, others as child processes.
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { type Io, nodeIo } from '@budflow/opt';
import { COMMANDS } from './commands.js';
import { type Command, type Pipeline, parseCommandLine, type Redirection } from './shell.js';

export interface Place {
  /** Where relative paths start. */
  readonly folder: string;
  /** Further folders to look for programs in. */
  readonly path: readonly string[];
  /** Milliseconds that another program may take. */
  readonly timeout?: number;
}

export interface Executed {
  /** Exit code of the last pipeline: that of its last command that failed. */
  readonly code: number;
  /** What was written and not redirected. */
  readonly stdout: string;
  readonly stderr: string;
  /** The command that failed, as words. */
  readonly failed: string | undefined;
}

interface Output {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** @throws ShellError */
export async function execute(line: string, place: Place): Promise<Executed> {
  let code = 0;
  let failed: string | undefined;
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  for (const pipeline of parseCommandLine(line)) {
    if ((pipeline.after === 'success' && code !== 0) || (pipeline.after === 'failure' && code === 0)) continue;
    const ran = await runPipeline(pipeline, place);
    code = ran.code;
    failed = ran.failed;
    stdout.push(ran.stdout);
    stderr.push(ran.stderr);
  }
  const text = (parts: Buffer[]) => Buffer.concat(parts).toString();
  return { code, failed, stdout: text(stdout), stderr: text(stderr) };
}

async function runPipeline({ commands }: Pipeline, place: Place): Promise<Output & { failed: string | undefined }> {
  let input: Buffer = Buffer.alloc(0);
  let code = 0;
  let failed: string | undefined;
  const stderr: Buffer[] = [];
  for (const command of commands) {
    const output = await runCommand(command, input, place);
    if (output.code !== 0) {
      code = output.code;
      failed = command.words.join(' ');
    }
    input = output.stdout;
    stderr.push(output.stderr);
  }
  return { code, failed, stdout: input, stderr: Buffer.concat(stderr) };
}

async function runCommand({ words, redirections }: Command, piped: Buffer, place: Place): Promise<Output> {
  let input = piped;
  for (const r of redirections) if (r.kind === 'input') input = readFileSync(resolve(place.folder, r.path));
  const streams = new Streams(redirections, place.folder);
  const code = await runWords(words, input, streams, place);
  return { code, ...streams.finish() };
}

/** Where the two outputs of a command go. */
class Streams {
  private readonly sinks: { 1: Sink; 2: Sink };
  private readonly out = new Sink();
  private readonly err = new Sink();
  private readonly files = new Set<{ readonly path: string; readonly append: boolean; readonly sink: Sink }>();

  constructor(redirections: readonly Redirection[], folder: string) {
    this.sinks = { 1: this.out, 2: this.err };
    for (const r of redirections) {
      if (r.kind === 'merge') this.sinks[r.from] = this.sinks[r.to];
      if (r.kind !== 'output') continue;
      const sink = new Sink();
      if (r.path !== '/dev/null') this.files.add({ path: resolve(folder, r.path), append: r.append, sink });
      if (r.from !== 2) this.sinks[1] = sink;
      if (r.from !== 1) this.sinks[2] = sink;
    }
  }
  write(stream: 1 | 2, data: string | Uint8Array): void {
    // Writers reuse their buffers.
    this.sinks[stream].parts.push(typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.slice()));
  }
  finish(): { stdout: Buffer; stderr: Buffer } {
    for (const { path, append, sink } of this.files) {
      if (append) appendFileSync(path, Buffer.concat(sink.parts));
      else writeFileSync(path, Buffer.concat(sink.parts));
    }
    return { stdout: Buffer.concat(this.out.parts), stderr: Buffer.concat(this.err.parts) };
  }
}

class Sink {
  readonly parts: Buffer[] = [];
}

const SIGNALLED = 128;
const NOT_FOUND = 127;

async function runWords(words: readonly string[], input: Buffer, streams: Streams, place: Place): Promise<number> {
  const [name, ...argv] = words as [string, ...string[]];
  if (name === 'not') {
    const crash = argv[0] === '--crash';
    const inner = crash ? argv.slice(1) : argv;
    if (inner.length === 0) {
      streams.write(2, 'not: which command?\n');
      return 1;
    }
    const code = await runWords(inner, input, streams, place);
    const crashed = code >= SIGNALLED;
    return crash ? (crashed ? 0 : 1) : code === 0 || crashed ? 1 : 0;
  }
  const known = COMMANDS.get(name);
  if (known) return known(argv, ioFor(input, streams, place.folder));
  return runProcess(name, argv, input, streams, place);
}

function ioFor(input: Buffer, streams: Streams, folder: string): Io {
  const at = (path: string) => (isAbsolute(path) ? path : join(folder, path));
  const files = nodeIo();
  return {
    stdout: (data) => streams.write(1, data),
    stderr: (text) => streams.write(2, text),
    stdinIsTerminal: false,
    stdoutIsTerminal: false,
    stdin: async () => input,
    readFile: (path) => (path === '/dev/stdin' ? input : files.readFile(at(path))),
    writeFile: (path, data) => files.writeFile(at(path), data),
    exists: (path) => files.exists(at(path)),
    makeFolder: (path) => files.makeFolder(at(path)),
    neighbours: (path) => files.neighbours(at(path)),
  };
}

function runProcess(
  name: string,
  argv: readonly string[],
  input: Buffer,
  streams: Streams,
  { folder, path, timeout = Number.POSITIVE_INFINITY }: Place,
): Promise<number> {
  return new Promise((done) => {
    const env = { ...process.env, PATH: [...path, process.env.PATH ?? ''].join(delimiter) };
    const hasGroups = process.platform !== 'win32';
    // In a group of its own, so that what it starts ends with it.
    const child = spawn(name, argv, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'], detached: hasGroups });
    let isLate = false;
    const stop = () => {
      isLate = true;
      if (hasGroups && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      else child.kill('SIGKILL');
    };
    const timer = Number.isFinite(timeout) ? setTimeout(stop, timeout) : undefined;
    const end = (code: number) => {
      clearTimeout(timer);
      if (isLate) streams.write(2, `${name}: took longer than ${timeout / 1000} s\n`);
      done(code);
    };
    child.stdout.on('data', (data: Buffer) => streams.write(1, data));
    child.stderr.on('data', (data: Buffer) => streams.write(2, data));
    // A child may end without reading.
    child.stdin.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) => {
      streams.write(2, `${name}: ${error.code === 'ENOENT' ? 'command not found' : error.message}\n`);
      end(NOT_FOUND);
    });
    child.on('close', (code, signal) => end(code ?? (signal ? SIGNALLED + 1 : 1)));
    child.stdin.end(input);
  });
}
