// The command line of bud-lsp.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hover } from 'vscode-languageserver';
import { Client, ensureBuilt, SERVER } from '../testing/client.js';

const folder = mkdtempSync(join(tmpdir(), 'bud-lsp-'));
beforeAll(() => ensureBuilt(), 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SERVER, ...args], (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

describe('bud-lsp', () => {
  test('--help lists every flag', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const flag of ['--stdio', '--load=MODULE', '--allow-unregistered-dialect', '-h, --help', '--version'])
      expect(out).toContain(flag);
  });
  test('--version is that of the package', async () => {
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
  test('a flag it does not have is a usage error', async () => {
    const { code, err } = await run('--tcp');
    expect(code).toBe(2);
    expect(err).toMatch(/^bud-lsp: error: .*--tcp[\s\S]*run 'bud-lsp --help'/);
  });
  test('a plug-in that is not there, or is none, is an error that says so', async () => {
    expect(await run('--load=./none.js')).toMatchObject({
      code: 1,
      err: 'bud-lsp: error: --load=./none.js: no such file or package\n',
    });
    const file = join(folder, 'none.mjs');
    writeFileSync(file, 'export const plugin = 3;\n');
    const { code, err } = await run(`--load=${file}`);
    expect(code).toBe(1);
    expect(err).toMatch(/is not what definePlugin/);
  });
  test('knows the dialects of a plug-in', async () => {
    const root = join(import.meta.dirname, '..', '..', '..', '..', 'libs');
    const from = (path: string) => JSON.stringify(pathToFileURL(join(root, path, 'dist', 'index.js')).href);
    const file = join(folder, 'plugin.mjs');
    writeFileSync(
      file,
      `import { defineOp, defineDialect, AnyType } from ${from('ir')};
import { definePlugin } from ${from('pass')};
const Same = defineOp({ name: 'mine.same', summary: 'What it was.', operands: { a: AnyType }, results: { r: AnyType }, assembly: '$a attr-dict \`:\` type($a) \`->\` type($r)' });
export const plugin = definePlugin({ name: 'mine', dialects: [defineDialect({ name: 'mine', summary: 'Mine.', ops: [Same] })] });
`,
    );
    const client = new Client([`--load=${file}`]);
    await client.initialize();
    const uri = 'file:///p.mlir';
    client.open(uri, 'func.func @f(%a: i32) -> i32 {\n  %b = mine.same %a : i32 -> i32\n  return %b : i32\n}\n');
    expect(await client.diagnostics(uri)).toEqual([]);
    const hover = await client.request<Hover>('textDocument/hover', {
      textDocument: { uri },
      position: { line: 1, character: 9 },
    });
    expect((hover.contents as { value: string }).value).toContain('What it was.');
    expect(await client.stop()).toBe(0);
  });

  test('loads plug-ins that a project names only when it is told to', async () => {
    writeFileSync(join(folder, 'package.json'), '{ "budflow": { "plugins": ["./plugin.mjs"] } }');
    const root = pathToFileURL(folder).href;
    const text = 'func.func @f(%a: i32) -> i32 {\n  %b = mine.same %a : i32 -> i32\n  return %b : i32\n}\n';
    const uri = 'file:///p.mlir';
    for (const [args, problems] of [
      [['--stdio'], 1],
      [['--stdio', '--project-plugins'], 0],
    ] as const) {
      const client = new Client(args);
      await client.initialize(undefined, root);
      client.open(uri, text);
      expect((await client.diagnostics(uri)).length).toBe(problems);
      expect(await client.stop()).toBe(0);
    }
  });
});
