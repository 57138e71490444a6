// Broken documents: whatever is typed or lost, every request is answered, and the server stays up. Big documents: it
// stays responsive.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext } from 'budflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CodeAction, CompletionList, TextEdit } from 'vscode-languageserver';
import { applyEdits, Client, ensureBuilt } from './testing/client.js';

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'docs', 'examples');
const MUTATIONS = 500;

let client: Client;
beforeAll(async () => {
  ensureBuilt();
  client = new Client();
  await client.initialize();
}, 180_000);
afterAll(async () => {
  expect(await client.stop()).toBe(0);
  expect(client.stderr).toBe('');
});

/** Texts of every kind: examples of every op, files of the repository, generic form, comments, pipelines. */
function seeds(examplesTogether = 6): string[] {
  const context = createContext();
  const examples = context.registeredDialects.flatMap((d) => d.ops.map((op) => op.spec.example ?? ''));
  const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mlir'))
    .sort()
    .map((name) => readFileSync(join(EXAMPLES, name), 'utf8').slice(0, 8000));
  const extra = [
    '// RUN: bud-opt --pass-pipeline=\'builtin.module(canonicalize{max-iterations=4},func.func(cse))\' %s\nmodule @m {\n  func.func @f(%a: i32) -> i32 {\n    %0:2 = "x.y"(%a) : (i32) -> (i32, i32)\n    return %0#1 : i32\n  }\n}\n// -----\n#m = affine_map<(d0) -> (d0)>\n!t = tensor<4xf32>\nfunc.func private @g(!t) attributes {a = #m}\n',
    'func.func @f(%c: i1) {\n  // größe 𝒳\n  cf.cond_br %c, ^a, ^b(%c : i1)\n^a:\n  return\n^b(%x: i1):\n  cf.br ^a\n}\n',
  ];
  return [...extra, ...files, ...chunks(examples, examplesTogether).map((list) => list.join('\n'))];
}
function chunks<T>(list: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let i = 0; i < list.length; i += size) result.push(list.slice(i, i + size));
  return result;
}

/** Numbers in [0, n) that are the same on every run. */
function random(seed: number): (n: number) => number {
  let state = seed * 2654435761 + 1;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const SPLICES = [
  '{',
  '}',
  '(',
  ')',
  '<',
  '>',
  '"',
  '%',
  '^',
  '@',
  '#',
  '!',
  ':',
  '->',
  '//',
  '\n',
  '\0',
  '\u{1d4b3}',
  '\ud800',
  '0x',
  '= ',
  '// -----\n',
  'func.func @f(',
  '%0 = ',
  'loc(',
  'dense<',
  'affine_map<(',
  '{-#',
];

function mutated(text: string, next: (n: number) => number): { text: string; at: number } {
  let result = text;
  let at = 0;
  for (let i = 0; i <= next(2); i++) {
    at = next(result.length + 1);
    const length = next(4) === 0 ? next(200) : next(5);
    const kind = next(4);
    if (kind === 0) result = result.slice(0, at);
    else if (kind === 1) result = result.slice(0, at) + result.slice(at + length);
    else if (kind === 2) result = result.slice(0, at) + SPLICES[next(SPLICES.length)]! + result.slice(at);
    else result = result.slice(0, at) + result.slice(at, at + length) + result.slice(at);
  }
  return { text: result, at: Math.min(at, result.length) };
}

function positionOf(text: string, offset: number) {
  const before = text.slice(0, offset);
  const line = before.split('\n').length - 1;
  return { line, character: before.length - before.lastIndexOf('\n') - 1 };
}

const AT_PLACE = ['hover', 'definition', 'documentHighlight', 'completion', 'prepareRename'];
const IN_ALL = ['documentSymbol', 'foldingRange', 'formatting'];

describe('robustness', () => {
  test(`${MUTATIONS} broken documents go through every request`, async () => {
    const texts = seeds();
    const uri = 'file:///broken.mlir';
    client.open(uri, '');
    let refused = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const next = random(i + 1);
      const { text, at } = mutated(texts[i % texts.length]!, next);
      client.change(uri, text);
      const textDocument = { uri };
      const position = positionOf(text, at);
      const start = { line: 0, character: 0 };
      const range = { start, end: positionOf(text, text.length) };
      const answers = await Promise.all([
        ...AT_PLACE.map((m) => client.request(`textDocument/${m}`, { textDocument, position })),
        ...IN_ALL.map((m) => client.request(`textDocument/${m}`, { textDocument, options: {} })),
        client.request('textDocument/references', { textDocument, position, context: { includeDeclaration: true } }),
        client.request('textDocument/inlayHint', { textDocument, range }),
        client.request('textDocument/rangeFormatting', { textDocument, range, options: {} }),
        client.request('textDocument/codeAction', { textDocument, range, context: { diagnostics: [] } }),
        // A name may be refused, as an answer with a reason.
        client.request('textDocument/rename', { textDocument, position, newName: 'renamed' }).catch((error) => {
          expect(error.message).toMatch(/is taken|is no /);
          refused++;
        }),
      ]);
      expect(answers.length).toBe(13);
    }
    const diagnostics = await client.diagnostics(uri);
    expect(Array.isArray(diagnostics)).toBe(true);
    expect(refused).toBeLessThan(MUTATIONS);
  }, 240_000);

  test('documents cut off anywhere have diagnostics inside of them', async () => {
    const text = seeds()[0]!;
    const uri = 'file:///cut.mlir';
    client.open(uri, text);
    for (let i = 0; i < text.length; i += 11) {
      const cut = text.slice(0, i);
      client.change(uri, cut);
      for (const { range } of await client.diagnostics(uri)) {
        const end = positionOf(cut, cut.length);
        expect(range.end.line).toBeLessThanOrEqual(end.line);
        expect(range.start.line).toBeLessThanOrEqual(range.end.line);
      }
    }
  }, 120_000);

  test('formatting never changes a token, and what is formatted stays as it is', async () => {
    const tokens = (text: string) =>
      text.match(/"(?:[^"\\\n]|\\.)*"|\/\/.*|[\w$.%@^#!-]+|\S/g)?.map((t) => t.trimEnd());
    let i = 0;
    for (const text of seeds()) {
      const uri = `file:///format${i++}.mlir`;
      const textDocument = { uri };
      // Bad layout: no indentation, several blanks.
      const ugly = text.replace(/^ +/gm, '').replace(/ = /g, '  =   ');
      client.open(uri, ugly);
      const once = applyEdits(
        ugly,
        await client.request<TextEdit[]>('textDocument/formatting', { textDocument, options: {} }),
      );
      expect(tokens(once)).toEqual(tokens(ugly));
      client.change(uri, once);
      expect(await client.request<TextEdit[]>('textDocument/formatting', { textDocument, options: {} })).toEqual([]);
      client.close(uri);
    }
  });

  test('what the printer prints is formatted already; a range gives the same lines as the whole', async () => {
    const uri = 'file:///printed.mlir';
    client.open(uri, '');
    const textDocument = { uri };
    let printedTexts = 0;
    for (const text of seeds(1).slice(2)) {
      client.change(uri, text.replace(/\s*\/\/.*/g, ''));
      const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
      const [action] = await client.request<CodeAction[]>('textDocument/codeAction', {
        textDocument,
        range,
        context: { diagnostics: [], only: ['refactor'] },
      });
      const printed = action?.edit?.changes?.[uri]?.[0]?.newText;
      // StableHLO's printer sets regions apart in its own way.
      if (printed === undefined || / reducer\(|\n +(cond|do) \{| {2}\{$/m.test(printed)) continue;
      printedTexts++;
      client.change(uri, printed);
      const edits = await client.request<TextEdit[]>('textDocument/formatting', { textDocument, options: {} });
      expect(edits.map((e) => [printed.split('\n')[e.range.start.line], e.newText])).toEqual([]);
      const ugly = printed.replace(/^ +/gm, '      ');
      client.change(uri, ugly);
      const lines = ugly.split('\n').length;
      let byRanges = ugly;
      for (let line = 0; line < lines; line += 3) {
        const end = { line: Math.min(line + 3, lines), character: 0 };
        const part = await client.request<TextEdit[]>('textDocument/rangeFormatting', {
          textDocument,
          range: { start: { line, character: 0 }, end },
          options: {},
        });
        byRanges = applyEdits(byRanges, part);
      }
      expect(byRanges).toBe(printed);
    }
    expect(printedTexts).toBeGreaterThan(100);
  });

  test('a megabyte is answered while it is typed in', async () => {
    const lines: string[] = [];
    for (let f = 0; lines.length * 45 < 1_000_000; f++) {
      lines.push(`func.func private @f${f}(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {`);
      lines.push('  %v0 = array.add %a, %b : tensor<?xf32>');
      for (let i = 1; i < 200; i++)
        lines.push(`  %v${i} = array.mul %v${i - 1}, %${i % 2 ? 'a' : 'b'} : tensor<?xf32>`);
      lines.push('  return %v199 : tensor<?xf32>', '}');
    }
    const text = lines.join('\n');
    expect(text.length).toBeGreaterThan(900_000);
    const uri = 'file:///big.mlir';
    client.open(uri, text);
    expect(await client.diagnostics(uri)).toEqual([]);
    const middle = { line: Math.floor(lines.length / 2), character: 9 };
    const times: Record<string, number> = {};
    const timed = async (name: string, body: () => Promise<unknown>) => {
      const start = performance.now();
      await body();
      times[name] = Math.round(performance.now() - start);
    };
    for (let i = 0; i < 3; i++) {
      const range = { start: { line: middle.line, character: 2 }, end: { line: middle.line, character: 2 } };
      client.change(uri, 'x', range);
      await timed('completion in broken text', () =>
        client.request<CompletionList>('textDocument/completion', { textDocument: { uri }, position: middle }),
      );
      await timed('hover', () => client.request('textDocument/hover', { textDocument: { uri }, position: middle }));
      await timed('diagnostics', () => client.diagnostics(uri));
      await timed('formatting', () =>
        client.request('textDocument/formatting', { textDocument: { uri }, options: {} }),
      );
      await timed('symbols', () => client.request('textDocument/documentSymbol', { textDocument: { uri } }));
    }
    if (process.env.BUDFLOW_SHOW_TIMES) console.log(times);
    // Ten times what it takes on a slow machine: this is about hanging, not about speed.
    for (const [what, milliseconds] of Object.entries(times))
      expect([what, milliseconds < 10_000]).toEqual([what, true]);
  }, 120_000);
});
