// A client of the real process: JSON-RPC over its standard input and output.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic, Position } from 'vscode-languageserver';

const APP = join(import.meta.dirname, '..', '..');
const ROOT = join(APP, '..', '..');
export const SERVER = join(APP, 'bin', 'bud-lsp.js');

/** Builds when a source is newer than what was built of it. */
export function ensureBuilt(): void {
  const isStale = readdirSync(join(APP, 'src'), { recursive: true, withFileTypes: true }).some((e) => {
    if (!e.isFile() || !e.name.endsWith('.ts') || e.name.endsWith('.test.ts') || e.parentPath.includes('testing'))
      return false;
    const source = join(e.parentPath, e.name);
    const built = source.replace(join(APP, 'src'), join(APP, 'dist')).replace(/\.ts$/, '.js');
    return (statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0) < statSync(source).mtimeMs;
  });
  if (!isStale) return;
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', APP], {
      stdio: 'pipe',
    });
  } catch (error) {
    // Type errors elsewhere do not keep these files from being written.
    if (!statSync(join(APP, 'dist', 'bin', 'bud-lsp.js'), { throwIfNoEntry: false })) throw error;
  }
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export class RpcError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export class Client {
  private readonly process: ChildProcess;
  private readonly answers = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private buffer = Buffer.alloc(0);
  private nextId = 1;
  private versions = new Map<string, number>();
  private readonly published = new Map<string, { version: number | undefined; diagnostics: Diagnostic[] }>();
  private readonly waiting: { uri: string; version: number; resolve(list: Diagnostic[]): void }[] = [];
  stderr = '';
  readonly exit: Promise<number | null>;
  /** How often diagnostics came for a document. */
  readonly publications = new Map<string, number>();

  constructor(args: readonly string[] = ['--stdio']) {
    this.process = spawn(process.execPath, [SERVER, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stdout!.on('data', (data: Buffer) => this.read(data));
    this.process.stderr!.on('data', (data: Buffer) => {
      this.stderr += data.toString();
    });
    this.exit = new Promise((resolve) =>
      this.process.on('exit', (code) => {
        for (const { reject } of this.answers.values())
          reject(new Error(`the server ended with ${code}: ${this.stderr}`));
        resolve(code);
      }),
    );
  }

  private read(data: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (;;) {
      const head = this.buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.buffer.subarray(0, head).toString())![1]);
      if (this.buffer.length < head + 4 + length) return;
      const message: Message = JSON.parse(this.buffer.subarray(head + 4, head + 4 + length).toString());
      this.buffer = this.buffer.subarray(head + 4 + length);
      this.receive(message);
    }
  }

  private receive(message: Message): void {
    if (message.method === 'textDocument/publishDiagnostics') {
      const { uri, version, diagnostics } = message.params as {
        uri: string;
        version?: number;
        diagnostics: Diagnostic[];
      };
      this.published.set(uri, { version, diagnostics });
      this.publications.set(uri, (this.publications.get(uri) ?? 0) + 1);
      for (let i = this.waiting.length - 1; i >= 0; i--) {
        const wait = this.waiting[i]!;
        if (wait.uri !== uri || (version ?? 0) < wait.version) continue;
        this.waiting.splice(i, 1);
        wait.resolve(diagnostics);
      }
      return;
    }
    const waiting = message.id === undefined ? undefined : this.answers.get(message.id);
    if (!waiting) return;
    this.answers.delete(message.id!);
    if (message.error) waiting.reject(new RpcError(message.error.code, message.error.message));
    else waiting.resolve(message.result);
  }

  private send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.process.stdin!.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }
  notify(method: string, params?: unknown): void {
    this.send({ method, params });
  }
  request<T>(method: string, params?: unknown): Promise<T> & { readonly id: number } {
    const id = this.nextId++;
    const promise = new Promise<T>((resolve, reject) => {
      this.answers.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.send({ id, method, params });
    });
    return Object.assign(promise, { id });
  }

  async initialize(
    initializationOptions?: unknown,
    rootUri: string | null = null,
  ): Promise<{ capabilities: Record<string, unknown> }> {
    const result = await this.request<{ capabilities: Record<string, unknown> }>('initialize', {
      processId: null,
      rootUri,
      capabilities: {},
      initializationOptions,
    });
    this.notify('initialized', {});
    return result;
  }
  /** Ends the server as an editor does; its exit code. */
  async stop(): Promise<number | null> {
    await this.request('shutdown');
    this.notify('exit');
    return this.exit;
  }

  open(uri: string, text: string, languageId = 'mlir'): void {
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version, text } });
  }
  close(uri: string): void {
    this.notify('textDocument/didClose', { textDocument: { uri } });
  }
  /** Replaces a range, or all of the text. */
  change(uri: string, text: string, range?: { start: Position; end: Position }): void {
    const version = this.versions.get(uri)! + 1;
    this.versions.set(uri, version);
    this.notify('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [range ? { range, text } : { text }],
    });
  }
  /** The diagnostics of the newest version. */
  diagnostics(uri: string): Promise<Diagnostic[]> {
    const version = this.versions.get(uri)!;
    const known = this.published.get(uri);
    if (known && (known.version ?? -1) >= version) return Promise.resolve(known.diagnostics);
    return new Promise((resolve) => this.waiting.push({ uri, version, resolve }));
  }
}

/** Text with `|` at the cursor: without it, and the position. */
export function marked(text: string): { text: string; position: Position; offset: number } {
  const offset = text.indexOf('|');
  const before = text.slice(0, offset);
  return {
    text: before + text.slice(offset + 1),
    offset,
    position: { line: before.split('\n').length - 1, character: offset - before.lastIndexOf('\n') - 1 },
  };
}

export function textAt(text: string, range: { start: Position; end: Position }): string {
  const lines = text.split('\n');
  const offset = (p: Position) => lines.slice(0, p.line).reduce((n, l) => n + l.length + 1, 0) + p.character;
  return text.slice(offset(range.start), offset(range.end));
}

/** Applies edits that do not overlap. */
export function applyEdits(
  text: string,
  edits: readonly { range: { start: Position; end: Position }; newText: string }[],
): string {
  const lines = text.split('\n');
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  const offset = (p: Position) => (p.line < starts.length ? starts[p.line]! + p.character : text.length);
  const sorted = [...edits].sort((a, b) => offset(b.range.start) - offset(a.range.start));
  let result = text;
  for (const { range, newText } of sorted)
    result = result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end));
  return result;
}
