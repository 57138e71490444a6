// The real process, as an editor uses it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  CodeAction,
  CompletionItem,
  CompletionList,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { applyEdits, Client, ensureBuilt, marked, RpcError, textAt } from './testing/client.js';

let client: Client;
let count = 0;

beforeAll(async () => {
  ensureBuilt();
  client = new Client();
  await client.initialize();
}, 180_000);
afterAll(async () => {
  expect(await client.stop()).toBe(0);
  expect(client.stderr).toBe('');
});

function open(text: string, languageId = 'mlir'): string {
  const uri = `file:///t${count++}.${languageId === 'json' ? 'json' : 'mlir'}`;
  client.open(uri, text, languageId);
  return uri;
}
/** Opens a text with a cursor `|` and asks something there. */
async function ask<T>(
  method: string,
  textWithCursor: string,
  more: object = {},
  languageId = 'mlir',
): Promise<{ answer: T; text: string; uri: string }> {
  const { text, position } = marked(textWithCursor);
  const uri = open(text, languageId);
  const answer = await client.request<T>(`textDocument/${method}`, { textDocument: { uri }, position, ...more });
  return { answer, text, uri };
}
async function complete(
  textWithCursor: string,
  languageId = 'mlir',
): Promise<{ items: CompletionItem[]; text: string; labels: string[] }> {
  const { answer, text } = await ask<CompletionList>('completion', textWithCursor, {}, languageId);
  return { items: answer.items, text, labels: answer.items.map((i) => i.label) };
}
const accept = (text: string, item: CompletionItem | undefined) => applyEdits(text, [item!.textEdit as TextEdit]);
const hoverText = (hover: Hover | null) => (hover?.contents as { value: string } | undefined)?.value;

const PROGRAM = `// Two functions.
func.func @main(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %product = array.mul %a, %b : tensor<?xf32>
  %sum = array.add %product, %a : tensor<?xf32>
  return %sum : tensor<?xf32>
}
func.func private @helper(%x: f32, %n: i32) -> f32 {
  %y = arith.addf %x, %x : f32
  %z = func.call @helper(%y, %n) : (f32, i32) -> f32
  return %z : f32
}
`;

describe('diagnostics', () => {
  test('a correct document has none', async () => {
    expect(await client.diagnostics(open(PROGRAM))).toEqual([]);
  });

  test('an error in each of several functions is reported, with what the verifier says of the others', async () => {
    const text = PROGRAM.replace('array.mul', 'array.mull')
      .replace('%y = arith.addf %x, %x : f32', '%y = arith.addf %x, %n : f32')
      .concat('func.func @third(%i: i32) -> f32 {\n  return %i : i32\n}\n');
    const list = await client.diagnostics(open(text));
    expect(list.map((d) => [d.code, d.range.start.line])).toEqual([
      ['parse.unknown-operation', 2],
      ['parse.type-mismatch', 7],
      [expect.stringMatching(/^(verify|func)\./), 12],
    ]);
    expect(textAt(text, list[0]!.range)).toBe('array.mull');
  });

  test('notes become related information', async () => {
    const text = PROGRAM.replace('%sum = array.add', '%product = array.add');
    const [problem] = await client.diagnostics(open(text));
    expect(problem!.code).toBe('parse.redefinition');
    const [note] = problem!.relatedInformation!;
    expect(note!.message).toBe('previously defined here');
    expect(note!.location.range.start).toEqual({ line: 2, character: 2 });
  });

  test('a broken document is diagnosed again while it is edited, and is fine in the end', async () => {
    const uri = open(PROGRAM);
    expect(await client.diagnostics(uri)).toEqual([]);
    client.change(uri, 'oops ', { start: { line: 2, character: 2 }, end: { line: 2, character: 2 } });
    expect((await client.diagnostics(uri)).length).toBe(1);
    client.change(uri, '', { start: { line: 2, character: 2 }, end: { line: 2, character: 7 } });
    expect(await client.diagnostics(uri)).toEqual([]);
  });

  test('a burst of changes is diagnosed once', async () => {
    const uri = open(PROGRAM);
    await client.diagnostics(uri);
    const before = client.publications.get(uri)!;
    for (let i = 0; i < 20; i++)
      client.change(uri, `${i}`, { start: { line: 0, character: 3 }, end: { line: 0, character: 3 } });
    await client.diagnostics(uri);
    expect(client.publications.get(uri)! - before).toBe(1);
  });

  test('positions count UTF-16 units, whatever stands before them', async () => {
    const text = `// größe 𝒳 →\n${PROGRAM.replace('%sum = ', '/*é*/ ').replace('/*é*/ ', '%s = "ü𝒳"')}`;
    const [problem] = await client.diagnostics(open(text));
    expect(problem!.range.start).toEqual({ line: 4, character: 7 });
  });

  test('parts of a divided file are modules of their own', async () => {
    const text = `${PROGRAM}\n// -----\n${PROGRAM}\n// -----\nfunc.func @x() { oops }\n`;
    const list = await client.diagnostics(open(text));
    expect(list.length).toBe(1);
    expect(textAt(text, list[0]!.range)).toBe('oops');
  });

  test('unregistered dialects are accepted where a RUN line says so', async () => {
    const text = '"x.y"() : () -> ()\n';
    expect((await client.diagnostics(open(text))).map((d) => d.code)).toEqual(['parse.unregistered-operation']);
    expect(await client.diagnostics(open(`// RUN: bud-opt --allow-unregistered-dialect %s\n${text}`))).toEqual([]);
  });

  test('pipelines in RUN lines are checked', async () => {
    const text = "// RUN: bud-opt %s --pass-pipeline='builtin.module(cze,canonicalize{max-iteration=4})'\n";
    const list = await client.diagnostics(open(text));
    expect(list.map((d) => [d.code, textAt(text, d.range)])).toEqual([
      ['pipeline.unknown-pass', 'cze'],
      ['pipeline.unknown-option', 'max-iteration'],
    ]);
    const quoted =
      '// RUN: bud-opt %s "--pass-pipeline=fix-numerics{mode=strict target=wasm32-simd128},cze" | filecheck %s\n';
    expect((await client.diagnostics(open(quoted))).map((d) => textAt(quoted, d.range))).toEqual(['cze']);
  });

  test('pipeline configs are checked against the schema, other JSON is left alone', async () => {
    const text =
      '{\n  "pipeline": ["cse", { "pass": "canonicalize", "options": { "max-iterations": "4" } }, "cze"]\n}\n';
    const list = await client.diagnostics(open(text, 'json'));
    expect(list.map((d) => textAt(text, d.range)).sort()).toEqual(['"4"', '"cze"']);
    expect(await client.diagnostics(open('{ "name": 1, }', 'json'))).toEqual([]);
    const [syntax] = await client.diagnostics(open('{ "pipeline": [,] }', 'json'));
    expect(syntax!.code).toBe('pipeline.invalid-json');
  });
});

describe('fixes', () => {
  async function fixed(text: string): Promise<string> {
    const uri = open(text);
    const diagnostics = await client.diagnostics(uri);
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostics[0]!.range,
      context: { diagnostics, only: ['quickfix'] },
    });
    expect(actions.length).toBeGreaterThan(0);
    return applyEdits(text, actions[0]!.edit!.changes![uri]!);
  }

  test.each([
    ['an op', 'array.mul', 'array.mull'],
    ['a value', 'array.add %product', 'array.add %prodct'],
    ['a symbol', 'func.call @helper', 'func.call @helpr'],
    ['an alias', '', ''],
  ])('the name of %s that was probably meant', async (_, right, wrong) => {
    const good = right === '' ? `!vec = tensor<?xf32>\n${PROGRAM.replace('%a: tensor<?xf32>', '%a: !vec')}` : PROGRAM;
    expect(await fixed(right === '' ? good.replace('%a: !vec', '%a: !vex') : good.replace(right, wrong))).toBe(good);
  });

  test('a block, and a pass of a RUN line', async () => {
    const blocks = 'func.func @f() {\n  cf.br ^exit\n^exit:\n  return\n}\n';
    expect(await fixed(blocks.replace('br ^exit', 'br ^exitt'))).toBe(blocks);
    const run = "// RUN: bud-opt --pass-pipeline='builtin.module(cse)'\n";
    expect(await fixed(run.replace('cse', 'cze'))).toBe(run);
  });

  test('rewriting in canonical form is refused where comments would be lost', async () => {
    const get = async (text: string) => {
      const uri = open(text);
      const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
      const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range,
        context: { diagnostics: [], only: ['refactor'] },
      });
      return { action: actions[0], uri };
    };
    expect((await get(PROGRAM)).action!.disabled?.reason).toBe('the comments would be lost');
    const { action, uri } = await get(PROGRAM.replace('// Two functions.\n', ''));
    expect(action!.edit!.changes![uri]![0]!.newText).toContain('%0 = array.mul %arg0, %arg1');
  });
});

describe('hover', () => {
  const at = async (text: string) => hoverText((await ask<Hover | null>('hover', text)).answer);

  test('shows types of values, at definitions and uses, and where they come from', async () => {
    expect(await at(PROGRAM.replace('%product,', '%prod|uct,'))).toMatch(/%product : tensor<\?xf32>[\s\S]*array\.mul/);
    expect(await at(PROGRAM.replace('%n: i32', '%n|: i32'))).toMatch(/%n : i32[\s\S]*block argument/);
  });
  test('shows the types of each value of a name that stands for several', async () => {
    const text =
      '// --allow-unregistered-dialect\n%p:2 = "a.pair"() : () -> (i32, f32)\n"a.use"(%p#1|) : (f32) -> ()\n';
    expect(await at(text)).toMatch(/%p#0 : i32\n%p#1 : f32/);
  });
  test('shows the documentation of ops, full names and short ones', async () => {
    expect(await at(PROGRAM.replace('arith.addf', 'arith.a|ddf'))).toMatch(
      /`arith\.addf`\*\*: Float addition[\s\S]*operand `lhs`/,
    );
    expect(await at(PROGRAM.replace('return %sum', 'ret|urn %sum'))).toMatch(/`func\.return`/);
  });
  test('shows the documentation of attributes', async () => {
    const text =
      'func.func @f(%a: f32) -> f32 {\n  %0 = arith.addf %a, %a fast|math<fast> : f32\n  return %0 : f32\n}\n';
    expect(await at(text)).toMatch(/attribute `fastmath`[\s\S]*of `arith.addf`/);
  });
  test('shows the head of a function where it is called', async () => {
    expect(await at(PROGRAM.replace('call @helper', 'call @hel|per'))).toContain(
      'func.func private @helper(%x: f32, %n: i32) -> f32',
    );
  });
  test('shows what passes of RUN lines do, and their options', async () => {
    const run = "// RUN: bud-opt --pass-pipeline='builtin.module(canonicalize{max-iterations=4})'\n";
    expect(await at(run.replace('canon', 'can|on'))).toMatch(/`canonicalize`/);
    expect(await at(run.replace('max-it', 'max-|it'))).toMatch(/option `max-iterations` \(integer/);
  });
  test('shows nothing on white space and in comments', async () => {
    expect(await at(`|\n${PROGRAM}`)).toBeUndefined();
    expect(await at(PROGRAM.replace('Two', 'T|wo'))).toBeUndefined();
  });
  test('works in a function that does not parse, behind the error as well', async () => {
    const broken = PROGRAM.replace('%sum = array.add %product, %a', '%sum = array.add %product, oops');
    expect(await at(broken.replace('%product, oops', '%prod|uct, oops'))).toMatch(/tensor<\?xf32>/);
    expect(await at(broken.replace('array.add', 'array.|add'))).toMatch(/`array\.add`/);
  });
});

describe('navigation', () => {
  const BLOCKS = `func.func @f(%c: i1, %v: i32) -> i32 {
  cf.cond_br %c, ^one(%v : i32), ^two
^one(%w: i32):
  return %w : i32
^two:
  cf.br ^one(%v : i32)
}
`;
  test.each([
    ['a value', PROGRAM.replace('array.add %pro', 'array.add %p|ro'), '%product', 2],
    ['an argument', PROGRAM.replace('%product, %a', '%product, %|a'), '%a', 1],
    ['a symbol', PROGRAM.replace('call @hel', 'call @h|el'), '@helper', 6],
    ['a block', BLOCKS.replace('br ^one', 'br ^o|ne'), '^one', 2],
    ['a block before its label', BLOCKS.replace(', ^two', ', ^tw|o'), '^two', 4],
    ['a type alias', '!t = f32\nfunc.func private @f(!|t)\n', '!t', 0],
    ['an attribute alias', '#m = affine_map<(d0) -> (d0)>\nfunc.func private @f() attributes {a.b = #|m}\n', '#m', 0],
  ])('goes to the definition of %s', async (_, text, name, line) => {
    const { answer, text: plain } = await ask<Location | null>('definition', text);
    expect(answer!.range.start.line).toBe(line);
    expect(textAt(plain, answer!.range)).toBe(name);
  });

  test('finds references of values, symbols in generic form, and aliases', async () => {
    const lines = (list: Location[]) => list.map((l) => l.range.start.line);
    const context = { includeDeclaration: true };
    const values = await ask<Location[]>('references', PROGRAM.replace('%a: t', '%|a: t'), { context });
    expect(lines(values.answer)).toEqual([1, 2, 3]);
    const uses = await ask<Location[]>('references', PROGRAM.replace('%a: t', '%|a: t'), {
      context: { includeDeclaration: false },
    });
    expect(lines(uses.answer)).toEqual([2, 3]);
    const generic = `"builtin.module"() ({
  "func.func"() <{function_type = () -> (), sym_name = "f", sym_visibility = "private"}> ({
  }) : () -> ()
  "func.func"() <{function_type = () -> (), sym_name = "g"}> ({
    "func.call"() <{callee = @|f}> : () -> ()
    "func.return"() : () -> ()
  }) : () -> ()
}) : () -> ()
`;
    const symbols = await ask<Location[]>('references', generic, { context });
    expect(lines(symbols.answer)).toEqual([1, 4]);
    expect(textAt(symbols.text, symbols.answer[0]!.range)).toBe('"f"');
  });

  test('highlights what is written and what is read', async () => {
    const { answer } = await ask<{ kind: number; range: Location['range'] }[]>(
      'documentHighlight',
      PROGRAM.replace('%sum :', '%|sum :'),
    );
    expect(answer.map((h) => [h.kind, h.range.start.line])).toEqual([
      [3, 3],
      [2, 4],
    ]);
  });

  test('names of other functions are other names', async () => {
    const text =
      'func.func @f(%a: f32) -> f32 {\n  return %a : f32\n}\nfunc.func @g(%a: i32) -> i32 {\n  return %|a : i32\n}\n';
    const { answer } = await ask<Location[]>('references', text, { context: { includeDeclaration: true } });
    expect(answer.map((l) => l.range.start.line)).toEqual([3, 4]);
  });
});

describe('renaming', () => {
  async function renamed(textWithCursor: string, newName: string): Promise<string> {
    const { answer, text, uri } = await ask<WorkspaceEdit>('rename', textWithCursor, { newName });
    return applyEdits(text, answer.changes![uri]!);
  }

  test('a value, everywhere it is used, with and without its sigil', async () => {
    const expected = PROGRAM.replaceAll('%product', '%p');
    expect(await renamed(PROGRAM.replace('%product,', '%prod|uct,'), '%p')).toBe(expected);
    expect(await renamed(PROGRAM.replace('%product =', '%prod|uct ='), 'p')).toBe(expected);
  });
  test('a value that is used before its definition, and one of a group', async () => {
    const text =
      '// --allow-unregistered-dialect\n"a.use"(%p#1) : (f32) -> ()\n%p:2 = "a.pair"(%p#0|) : (i32) -> (i32, f32)\n';
    expect(await renamed(text, 'q')).toBe(text.replace('|', '').replaceAll('%p', '%q'));
  });
  test('a symbol, quoted where it must be', async () => {
    expect(await renamed(PROGRAM.replace('@helper(%y', '@help|er(%y'), 'a b')).toBe(
      PROGRAM.replaceAll('@helper', '@"a b"'),
    );
    expect(await renamed(PROGRAM.replace('@helper(%y', '@help|er(%y'), '@other')).toBe(
      PROGRAM.replaceAll('@helper', '@other'),
    );
  });
  test('what would clash or is no name is refused with the reason', async () => {
    await expect(renamed(PROGRAM.replace('%sum =', '%s|um ='), 'product')).rejects.toThrow(
      /'product' is taken: line 3/,
    );
    await expect(renamed(PROGRAM.replace('@main', '@m|ain'), 'helper')).rejects.toThrow(/'helper' is taken: line 7/);
    await expect(renamed(PROGRAM.replace('%sum =', '%s|um ='), 'a b')).rejects.toThrow(/is no name/);
  });
  test('only names can be renamed', async () => {
    expect((await ask('prepareRename', PROGRAM.replace('array.mul', 'array.|mul'))).answer).toBeNull();
    const { answer } = await ask<{ placeholder: string }>('prepareRename', PROGRAM.replace('%sum =', '%s|um ='));
    expect(answer.placeholder).toBe('%sum');
  });
});

describe('completion', () => {
  test('of ops, at the start of a statement and behind =, with documentation', async () => {
    const { items, text } = await complete(PROGRAM.replace('array.mul', 'array.mu|'));
    const item = items.find((i) => i.label === 'array.mul');
    expect(accept(text, item)).toContain('%product = array.mul %a, %b');
    const resolved = await client.request<CompletionItem>('completionItem/resolve', item);
    expect((resolved.documentation as { value: string }).value).toContain('`array.mul`');
    const statement = await complete(PROGRAM.replace('  return %sum', '  ar|\n  return %sum'));
    expect(statement.labels).toContain('arith.constant');
    expect(statement.labels).toContain('return');
  });
  test('of values that can be seen, the nearest first, in text that does not parse', async () => {
    const { items, labels, text } = await complete(
      PROGRAM.replace('array.add %product, %a : tensor<?xf32>', 'array.add %|'),
    );
    expect(labels.sort()).toEqual(['%a', '%b', '%product']);
    expect([...items].sort((a, b) => (a.sortText! < b.sortText! ? -1 : 1))[0]!.label).toBe('%product');
    expect(
      accept(
        text,
        items.find((i) => i.label === '%b'),
      ),
    ).toContain('array.add %b\n');
    expect(items.find((i) => i.label === '%b')!.detail).toBe('tensor<?xf32>');
  });
  test('not of values in regions that ended', async () => {
    const text = `func.func @f(%n: index) {
  loop.for %i = 0 to 4 {
    %inner = arith.constant 1.0 : f32
  }
  %outer = arith.addi %|
  return
}
`;
    expect((await complete(text)).labels).toEqual(['%n']);
  });
  test('of symbols, blocks and aliases', async () => {
    expect((await complete(PROGRAM.replace('call @helper', 'call @h|'))).labels.sort()).toEqual(['@helper', '@main']);
    const blocks = 'func.func @f() {\n  cf.br ^|\n^exit:\n  return\n}\n';
    const { labels } = await complete(blocks.replace('^|', '^ex|it'));
    expect(labels).toEqual(['^exit']);
    const aliases = await complete('!vec = tensor<4xf32>\nfunc.func private @f(!v|ec)\n');
    expect(aliases.labels).toContain('!vec');
  });
  test('of types behind a colon', async () => {
    const { labels, items, text } = await complete(PROGRAM.replace('%n: i32', '%n: i|'));
    expect(labels).toContain('index');
    expect(
      accept(
        text,
        items.find((i) => i.label === 'index'),
      ),
    ).toContain('%n: index)');
  });
  test('of attribute names in a dictionary', async () => {
    const text = 'func.func @f(%a: f32) -> f32 {\n  %0 = math.fma %a, %a, %a {re|} : f32\n  return %0 : f32\n}\n';
    const { labels } = await complete(text);
    expect(labels).toContain('relaxed');
  });
  test('of the words of an enumeration', async () => {
    const text = 'func.func @f(%a: i32) {\n  %0 = arith.cmpi s|\n  return\n}\n';
    expect((await complete(text)).labels).toEqual(expect.arrayContaining(['slt', 'eq', 'uge']));
  });
  test('of passes, options and values in RUN lines', async () => {
    const passes = await complete("// RUN: bud-opt --pass-pipeline='builtin.module(canonicalize,c|)'\n");
    expect(passes.labels).toContain('cse');
    expect(
      accept(
        passes.text,
        passes.items.find((i) => i.label === 'cse'),
      ),
    ).toContain('(canonicalize,cse)');
    expect((await complete("// RUN: bud-opt --pass-pipeline='builtin.module(canonicalize{m|")).labels).toContain(
      'max-iterations',
    );
    expect((await complete('// RUN: bud-opt %s --c|\n')).labels).toContain('cse');
    expect((await complete('// see --c|\n')).labels).toEqual([]);
  });
  test('of passes and options in pipeline configs', async () => {
    const passes = await complete('{ "pipeline": ["c|"] }', 'json');
    expect(
      accept(
        passes.text,
        passes.items.find((i) => i.label === 'cse'),
      ),
    ).toBe('{ "pipeline": ["cse"] }');
    const options = await complete('{ "pipeline": [{ "pass": "canonicalize", "options": { "|" } }] }', 'json');
    expect(options.labels).toContain('max-iterations');
    expect(
      accept(
        options.text,
        options.items.find((i) => i.label === 'max-iterations'),
      ),
    ).toContain('{ "max-iterations":  }');
    const keys = await complete('{ "pipeline": [], "nu|" }', 'json');
    expect(keys.labels).toContain('numerics');
    const modes = await complete('{ "pipeline": [], "numerics": "|" }', 'json');
    expect(modes.labels).toEqual(['strict', 'default', 'fast']);
  });
});

describe('outline', () => {
  test('document symbols are nested, and there in broken documents', async () => {
    const text = `module @outer {\n${PROGRAM.replace('array.mul', 'oops').replace(/^/gm, '  ').trimEnd()}\n}\n`;
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', {
      textDocument: { uri: open(text) },
    });
    expect(symbols.map((s) => [s.name, s.children!.map((c) => c.name)])).toEqual([['outer', ['main', 'helper']]]);
    expect(symbols[0]!.children![1]!.range.end.line).toBe(11);
  });
  test('folding ranges are those of regions and of runs of comments', async () => {
    const text = `// a\n// b\n${PROGRAM}`;
    const ranges = await client.request<FoldingRange[]>('textDocument/foldingRange', {
      textDocument: { uri: open(text) },
    });
    expect(ranges.sort((a, b) => a.startLine - b.startLine)).toEqual([
      { startLine: 0, endLine: 2, kind: 'comment' },
      { startLine: 3, endLine: 6 },
      { startLine: 8, endLine: 11 },
    ]);
  });
  test('inlay hints give types that the line does not show', async () => {
    const text = 'func.func @f(%a: i32) -> i1 {\n  %0 = arith.cmpi eq, %a, %a : i32\n  return %0 : i1\n}\n';
    const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    const hints = await client.request<InlayHint[]>('textDocument/inlayHint', {
      textDocument: { uri: open(text) },
      range,
    });
    expect(hints.map((h) => [h.label, h.position])).toEqual([[': i1', { line: 1, character: 4 }]]);
  });
});

describe('the process', () => {
  test('a cancelled request is answered as cancelled', async () => {
    const uri = open(PROGRAM);
    const request = client.request('textDocument/hover', {
      textDocument: { uri },
      position: { line: 2, character: 4 },
    });
    client.notify('$/cancelRequest', { id: request.id });
    await expect(request).rejects.toThrow(RpcError);
  });
  test('questions about documents that are not open, or places outside, have empty answers', async () => {
    const nowhere = { textDocument: { uri: 'file:///none.mlir' }, position: { line: 0, character: 0 } };
    expect(await client.request('textDocument/hover', nowhere)).toBeNull();
    const uri = open(PROGRAM);
    expect(
      await client.request('textDocument/hover', { textDocument: { uri }, position: { line: 999, character: 999 } }),
    ).toBeNull();
    expect(
      await client.request('textDocument/completion', {
        textDocument: { uri: open('') },
        position: { line: 0, character: 0 },
      }),
    ).toBeTruthy();
  });
});
