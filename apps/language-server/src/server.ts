// The server: documents in, answers out. Analysis is done once for a version and only when somebody asks; diagnostics
// wait until typing pauses. Before each answer the server looks at what has come in meanwhile, so that cancelled and
// outdated work is dropped.
import { fileURLToPath } from 'node:url';
import type { PluginSet } from '@budflow/pass';
import {
  type CancellationToken,
  type CodeAction,
  type CompletionItem,
  type Connection,
  type Diagnostic,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { MlirDocument } from './analysis/document.js';
import { fixes, printed } from './features/code-actions.js';
import { completion, jsonCompletion } from './features/completion.js';
import { diagnostics } from './features/diagnostics.js';
import { opMarkdown, passMarkdown } from './features/docs.js';
import { formatting } from './features/formatting.js';
import { hover } from './features/hover.js';
import { configProblems, isPipelineConfig } from './features/json-config.js';
import { definition, highlights, prepareRename, references, rename } from './features/navigation.js';
import { documentSymbols, foldingRanges, inlayHints } from './features/outline.js';
import { Workspace, type WorkspaceOptions } from './workspace.js';

export interface ServerOptions extends WorkspaceOptions {
  readonly version: string;
  /** Milliseconds without a change before diagnostics are made (default 150). */
  readonly delay?: number;
  /** All plug-ins for the workspace in a folder; instead of `plugins` when the client names one. */
  readonly projectPlugins?: (folder: string) => Promise<PluginSet | undefined>;
}

const DELAY = 150;

/** Answers on a connection; call `listen` on it afterwards. */
export function serve(connection: Connection, options: ServerOptions): void {
  const documents = new TextDocuments(TextDocument);
  let workspace: Workspace | undefined;
  let allowUnregistered = options.allowUnregistered;
  let plugins = options.plugins;
  const house = (): Workspace => {
    workspace ??= new Workspace({ allowUnregistered, ...(plugins ? { plugins } : {}) });
    return workspace;
  };
  const cache = new Map<string, MlirDocument>();
  const timers = new Map<string, NodeJS.Timeout>();

  const mlir = (uri: string): MlirDocument | undefined => {
    const open = documents.get(uri);
    if (!open || isJson(open)) return undefined;
    let document = cache.get(uri);
    if (document?.version !== open.version) {
      const environment = { newContext: house().newContext.bind(house()), allowUnregistered };
      document = new MlirDocument(uri, open.version, open.getText(), environment);
      cache.set(uri, document);
    }
    return document;
  };

  /** Answers from a document unless the question is void by then. */
  const answer = <P extends { textDocument: { uri: string } }, R>(
    body: (document: MlirDocument, params: P) => R | Promise<R>,
    empty: R,
  ) => {
    return async (params: P, token: CancellationToken): Promise<R> => {
      await pause();
      if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
      const document = mlir(params.textDocument.uri);
      return document ? body(document, params) : empty;
    };
  };
  const at = (document: MlirDocument, position: { line: number; character: number }) => document.lines.offset(position);

  connection.onInitialize(async (params: InitializeParams): Promise<InitializeResult> => {
    const given = params.initializationOptions as { allowUnregisteredDialect?: boolean } | undefined;
    if (given?.allowUnregisteredDialect === true) allowUnregistered = true;
    const root = params.workspaceFolders?.[0]?.uri ?? params.rootUri;
    if (options.projectPlugins && root?.startsWith('file:')) {
      try {
        plugins = await options.projectPlugins(fileURLToPath(root));
      } catch (error) {
        // The rest works without them.
        connection.window.showErrorMessage(`bud-lsp: ${(error as Error).message}`);
      }
    }
    return {
      serverInfo: { name: 'bud-lsp', version: options.version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        hoverProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        documentHighlightProvider: true,
        documentSymbolProvider: true,
        completionProvider: {
          triggerCharacters: ['%', '^', '@', '#', '!', '.', '"', ',', '{', '-'],
          resolveProvider: true,
        },
        documentFormattingProvider: true,
        documentRangeFormattingProvider: true,
        renameProvider: { prepareProvider: true },
        foldingRangeProvider: true,
        inlayHintProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix', 'refactor.rewrite'] },
      },
    };
  });

  // Diagnostics, when typing pauses.
  const check = async (uri: string): Promise<void> => {
    timers.delete(uri);
    const open = documents.get(uri);
    if (!open) return;
    const { version } = open;
    let list: Diagnostic[];
    if (isJson(open)) {
      const text = open.getText();
      list = isPipelineConfig(text)
        ? (await configProblems(text, house().passes)).map((p) => {
            const range = { start: open.positionAt(p.start), end: open.positionAt(p.end) };
            const near = /did you mean '([^']+)'/.exec(p.message)?.[1];
            return {
              severity: 1,
              source: 'budflow',
              code: p.id,
              message: p.message,
              range,
              ...(near === undefined ? {} : { data: { replacement: JSON.stringify(near), range } }),
            };
          })
        : [];
    } else list = diagnostics(mlir(uri)!, house());
    // Somebody may have typed on while ajv was loading.
    if (documents.get(uri)?.version === version) await connection.sendDiagnostics({ uri, version, diagnostics: list });
  };
  const schedule = (uri: string, delay: number) => {
    clearTimeout(timers.get(uri));
    timers.set(
      uri,
      setTimeout(() => {
        check(uri).catch((error) =>
          connection.console.error(`${uri}: ${error instanceof Error ? error.stack : error}`),
        );
      }, delay),
    );
  };
  const opened = new Set<string>();
  documents.onDidChangeContent(({ document: { uri } }) => {
    schedule(uri, opened.has(uri) ? (options.delay ?? DELAY) : 0);
    opened.add(uri);
  });
  documents.onDidClose(({ document: { uri } }) => {
    clearTimeout(timers.get(uri));
    timers.delete(uri);
    opened.delete(uri);
    cache.delete(uri);
    connection.sendDiagnostics({ uri, diagnostics: [] });
  });

  connection.onHover(answer((document, { position }) => hover(document, at(document, position), house()), null));
  connection.onDefinition(answer((document, { position }) => definition(document, at(document, position)), null));
  connection.onReferences(
    answer(
      (document, { position, context }) =>
        references(document, at(document, position), { declaration: context.includeDeclaration }),
      [],
    ),
  );
  connection.onDocumentHighlight(answer((document, { position }) => highlights(document, at(document, position)), []));
  connection.onDocumentSymbol(answer((document) => documentSymbols(document), []));
  connection.onPrepareRename(answer((document, { position }) => prepareRename(document, at(document, position)), null));
  connection.onRenameRequest(
    answer((document, { position, newName }) => rename(document, at(document, position), newName), null),
  );
  connection.onFoldingRanges(answer((document) => foldingRanges(document), []));
  connection.languages.inlayHint.on(
    answer((document, { range }) => inlayHints(document, at(document, range.start), at(document, range.end)), []),
  );
  connection.onDocumentFormatting(answer((document) => formatting(document), []));
  connection.onDocumentRangeFormatting(answer((document, { range }) => formatting(document, range), []));
  connection.onCodeAction(async ({ textDocument: { uri }, context }, token): Promise<CodeAction[]> => {
    await pause();
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
    const wants = (kind: string) => !context.only || context.only.some((k) => kind === k || kind.startsWith(`${k}.`));
    const document = mlir(uri);
    return [
      ...(wants('quickfix') ? fixes(uri, context.diagnostics) : []),
      ...(document && wants('refactor.rewrite') ? printed(document) : []),
    ];
  });
  connection.onCompletion(async ({ textDocument: { uri }, position }, token) => {
    await pause();
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
    const open = documents.get(uri);
    if (open && isJson(open)) {
      const rangeOf = (start: number, end: number) => ({ start: open.positionAt(start), end: open.positionAt(end) });
      return jsonCompletion(open.getText(), open.offsetAt(position), rangeOf, house());
    }
    const document = mlir(uri);
    return document ? completion(document, at(document, position), house()) : null;
  });
  connection.onCompletionResolve((item): CompletionItem => {
    const data = item.data as { kind?: string; name?: string } | undefined;
    const op = data?.kind === 'op' ? house().ops.find((o) => o.name === data.name) : undefined;
    const pass = data?.kind === 'pass' ? house().passes.get(data.name ?? '') : undefined;
    const value = op ? opMarkdown(op) : pass ? passMarkdown(pass) : undefined;
    return value === undefined ? item : { ...item, documentation: { kind: 'markdown', value } };
  });

  documents.listen(connection);
}

function isJson(document: TextDocument): boolean {
  return document.languageId.startsWith('json') || /\.jsonc?$/.test(document.uri);
}

/** Lets the messages that have arrived be read: cancellations and newer versions. */
function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
