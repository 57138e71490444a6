// The TextMate grammar, as editors run it.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createContext } from 'budflow';
import { beforeAll, describe, expect, test } from 'vitest';
import type { IGrammar } from 'vscode-textmate';

const APP = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

let grammar: IGrammar;

beforeAll(async () => {
  const oniguruma = require('vscode-oniguruma') as typeof import('vscode-oniguruma');
  const textmate = require('vscode-textmate') as typeof import('vscode-textmate');
  const wasm = readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer);
  const path = join(APP, 'syntaxes', 'mlir.tmLanguage.json');
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
      createOnigString: (s: string) => new oniguruma.OnigString(s),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(path, 'utf8'), path),
  });
  grammar = (await registry.loadGrammar('source.mlir'))!;
});

interface Scoped {
  readonly text: string;
  readonly line: number;
  readonly scope: string;
}

/** Tokens with their innermost scopes, without white space. */
function scopes(text: string): Scoped[] {
  const { INITIAL } = require('vscode-textmate') as typeof import('vscode-textmate');
  let stack = INITIAL;
  return text.split('\n').flatMap((line, n) => {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    return result.tokens.flatMap((token) => {
      const shown = line.slice(token.startIndex, token.endIndex);
      return shown.trim() === ''
        ? []
        : [{ text: shown.trim(), line: n, scope: token.scopes.at(-1)!.replace(/\.mlir$/, '') }];
    });
  });
}
const scopeOf = (text: string, token: string) => scopes(text).find((s) => s.text === token)?.scope;

describe('the TextMate grammar', () => {
  test('gives the parts of a function their scopes', () => {
    const text = `// A comment.
#map = affine_map<(d0) -> (d0)>
func.func private @main(%a: tensor<4x?xf32>) -> i1 attributes {x.y = 1 : i32} {
  %0:2 = array.add %a, %a : tensor<4x?xf32>
  %c = arith.constant -1.5e3 : f32
  "x.generic"(%0#1)[^bb1] {flag = true, m = #map} : (!x.t<3>) -> ()
^bb1:
  return %c : f32
}`;
    const wanted: [string, string][] = [
      ['A comment.', 'comment.line.double-slash'],
      ['#map', 'entity.name.type.alias'],
      ['affine_map', 'support.function.attribute'],
      ['func.func', 'keyword.control.operation'],
      ['private', 'storage.modifier'],
      ['@main', 'entity.name.function.symbol'],
      ['a', 'variable.other.value'],
      ['tensor', 'storage.type'],
      ['4', 'constant.numeric.dimension'],
      ['f32', 'storage.type'],
      ['->', 'keyword.operator.arrow'],
      ['attributes', 'keyword.other'],
      ['x.y', 'entity.other.attribute-name'],
      [':2', 'constant.numeric.result'],
      ['array.add', 'entity.name.function.operation'],
      ['-1.5e3', 'constant.numeric.float'],
      ['"x.generic"', 'entity.name.function.operation.generic'],
      ['#1', 'constant.numeric.result'],
      ['bb1', 'entity.name.label'],
      ['flag', 'entity.other.attribute-name'],
      ['true', 'constant.language'],
      ['!x.t', 'storage.type.dialect'],
      ['return', 'keyword.control.operation'],
    ];
    for (const [token, scope] of wanted) expect([token, scopeOf(text, token)]).toEqual([token, scope]);
  });

  test('marks what test tools read in comments', () => {
    const text = '// RUN: bud-opt %s --cse\n// CHECK-NEXT: add\n// expected-error@+1 {{no}}';
    expect(scopeOf(text, 'RUN')).toBe('keyword.other.test');
    expect(scopeOf(text, '--cse')).toBe('entity.other.attribute-name.flag');
    expect(scopeOf(text, 'CHECK-NEXT')).toBe('keyword.other.test');
    expect(scopeOf(text, 'expected-error')).toBe('keyword.other.test');
  });

  test('a string that is not closed ends with its line', () => {
    const text = '%0 = "a.b"() {s = "no end\n%1 = arith.addi %0, %0 : i32';
    expect(scopeOf(text, 'arith.addi')).toBe('entity.name.function.operation');
    expect(scopeOf('{s = "a\\qb"}', '\\q')).toBe('invalid.illegal.escape');
  });

  test('names every operation in the examples of all dialects and in the files of the repository', () => {
    const context = createContext();
    const texts = context.registeredDialects.flatMap((d) => d.ops.map((op) => op.spec.example ?? ''));
    const folder = join(APP, '..', '..', 'docs', 'examples');
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.mlir')) texts.push(readFileSync(join(folder, name), 'utf8'));
    let operations = 0;
    for (const text of texts) {
      const tokens = scopes(text);
      text.split('\n').forEach((line, n) => {
        // What a line without brackets before it begins with, behind the names of results.
        const name = /^\s*(?:%[\w, %:.-]+ = )?((?:[a-z_]\w*)\.[\w.]+)(?=[\s({<])/.exec(line)?.[1];
        if (!name || !context.opInfo(name).isRegistered) return;
        operations++;
        const scope = tokens.find((t) => t.line === n && t.text === name)?.scope;
        expect(scope, `${name} in '${line}'`).toMatch(/operation/);
      });
      for (const { text: token, scope } of tokens) {
        if (/^[%]/.test(token)) expect(scope, token).toMatch(/variable|comment/);
        expect(scope).not.toMatch(/^invalid/);
      }
    }
    expect(operations).toBeGreaterThan(300);
  });

  test('the language configuration is JSON with the comment of MLIR', () => {
    const read = (path: string) => JSON.parse(readFileSync(join(APP, path), 'utf8'));
    expect(read('language-configuration.json').comments.lineComment).toBe('//');
    const manifest = read('vscode/package.json');
    expect(manifest.contributes.grammars[0].scopeName).toBe('source.mlir');
    expect(manifest.contributes.languages[0].extensions).toEqual(['.mlir']);
  });
});

describe('the VS Code extension', () => {
  test('starts the server that the settings name, with their arguments', async () => {
    const source = readFileSync(join(APP, 'vscode', 'extension.cjs'), 'utf8');
    const started: { run: { command: string; args: string[] } }[] = [];
    let stopped = 0;
    const modules: Record<string, unknown> = {
      vscode: {
        workspace: {
          getConfiguration: () => ({
            get: (key: string) => (key === 'server' ? '/opt/bud-lsp.js' : ['--load=./mine.js']),
          }),
        },
      },
      'vscode-languageclient/node': {
        LanguageClient: class {
          constructor(_id: string, _name: string, options: { run: { command: string; args: string[] } }) {
            started.push(options);
          }
          start() {}
          stop() {
            stopped++;
          }
        },
      },
    };
    const exports: { activate?(): void; deactivate?(): void } = {};
    new Function('require', 'exports', source)((id: string) => modules[id], exports);
    exports.activate!();
    expect(started[0]!.run.command).toBe(process.execPath);
    expect(started[0]!.run.args).toEqual(['/opt/bud-lsp.js', '--stdio', '--load=./mine.js']);
    exports.deactivate!();
    expect(stopped).toBe(1);
  });
});
