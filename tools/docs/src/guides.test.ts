// The guides: their programs are valid, what they quote is there, and the tutorial is built and run as a stranger's
// project would be, against the packed packages.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseModule, verify } from '@budflow/ir';
import { compile, createContext } from 'budflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './sources.js';

const DOCS = join(ROOT, 'docs');
const TUTORIAL = join(DOCS, 'tutorial');
const GUIDES = ['getting-started.md', 'write-a-pass.md', 'tutorial/README.md'];
const fenced = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((m) => m[1]!);
const plain = (text: string) => text.replace(/^\s+|;$/gm, '').trim();
const read = (path: string) => readFileSync(join(DOCS, path), 'utf8');

describe('guides', () => {
  test.each(GUIDES)('%s shows programs that are valid', (path) => {
    for (const program of fenced(read(path), 'mlir')) {
      const context = createContext();
      const { diagnostics } = context.diagnostics.collect(() => {
        const module = parseModule(program, context);
        if (module) verify(module);
      });
      expect(diagnostics.map((d) => d.message)).toEqual([]);
    }
  });

  test.each(['write-a-pass.md', 'tutorial/README.md'])('%s quotes the tutorial as it is', (path) => {
    const sources = readdirSync(join(TUTORIAL, 'src')).map((name) => readFileSync(join(TUTORIAL, 'src', name), 'utf8'));
    // The formatter indents quotes as it likes.
    const quotes = fenced(read(path), 'ts');
    expect(quotes.length).toBeGreaterThan(1);
    for (const quote of quotes)
      expect(
        sources.some((source) => plain(source).includes(plain(quote))),
        quote,
      ).toBe(true);
  });

  test('the JavaScript of getting-started runs on its program', () => {
    const text = fenced(read('getting-started.md'), 'mlir')[0]!;
    const code = fenced(read('getting-started.md'), 'js')[0]!.replace(/^import .*$/m, '');
    const printed: unknown[] = [];
    new Function('compile', 'text', 'console', code)(compile, text, {
      log: (data: Float32Array) => printed.push(Array.from(data)),
    });
    expect((printed[0] as number[]).map((x) => x / Math.exp(4))[0]).toBeCloseTo(1, 5);
  });

  test('the tutorial is a tutorial: under 300 lines, with public imports only', () => {
    let lines = 0;
    const manifest: { dependencies: Record<string, string> } = JSON.parse(
      readFileSync(join(TUTORIAL, 'package.json'), 'utf8'),
    );
    for (const name of readdirSync(join(TUTORIAL, 'src'))) {
      const text = readFileSync(join(TUTORIAL, 'src', name), 'utf8');
      lines += text.split('\n').length;
      for (const match of text.matchAll(/from '([^']+)'/g))
        expect(match[1]!.startsWith('./') || match[1]! in manifest.dependencies, match[1]).toBe(true);
    }
    expect(lines).toBeLessThan(300);
  });
});

describe("the tutorial as a stranger's project", () => {
  const folder = mkdtempSync(join(tmpdir(), 'budflow-tutorial-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(() => {
    // The packages of the workspace, packed as they would be published.
    const packed = join(folder, 'packed');
    mkdirSync(packed);
    const libraries = ['libs', 'libs/dialects', 'libs/backends'].flatMap((parent) =>
      readdirSync(join(ROOT, parent))
        .map((name) => `${parent}/${name}`)
        .filter((path) => existsSync(join(ROOT, path, 'package.json'))),
    );
    execFileSync(
      'npm',
      [
        'pack',
        '--ignore-scripts',
        '--offline',
        '--silent',
        `--pack-destination=${packed}`,
        ...libraries.map((path) => `./${path}`),
      ],
      { cwd: ROOT, stdio: 'pipe', shell: process.platform === 'win32' },
    );
    const modules = join(folder, 'project', 'node_modules');
    mkdirSync(modules, { recursive: true });
    const names = new Map<string, Record<string, string>>();
    for (const file of readdirSync(packed)) {
      const into = join(packed, file.replace(/\.tgz$/, ''));
      mkdirSync(into);
      execFileSync('tar', ['-xzf', join(packed, file), '-C', into]);
      const content = join(into, 'package');
      const { name, dependencies = {} }: { name: string; dependencies?: Record<string, string> } = JSON.parse(
        readFileSync(join(content, 'package.json'), 'utf8'),
      );
      names.set(name, dependencies);
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      cpSync(content, join(modules, name), { recursive: true });
    }
    // What they depend on beside one another comes from where it is installed.
    const others = new Set([...names.values()].flatMap((d) => Object.keys(d)).filter((name) => !names.has(name)));
    for (const name of others) {
      if (!existsSync(join(ROOT, 'node_modules', name))) continue;
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
    }
    cpSync(TUTORIAL, join(folder, 'project'), {
      recursive: true,
      filter: (path) => !/[\\/](dist|node_modules)$/.test(path),
    });
  }, 180_000);

  test('type-checks, and parses, verifies, canonicalizes, converts and runs', () => {
    const project = join(folder, 'project');
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    try {
      execFileSync(process.execPath, [tsc, '-p', project], { cwd: project, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      throw new Error(String((error as { stdout?: string }).stdout));
    }
    const out = execFileSync(process.execPath, ['dist/main.js'], { cwd: project, encoding: 'utf8' });
    expect(out).toContain("wrong.mlir:3:8: error: 'poly.eval' op requires at least one coefficient");
    const [, canonical, converted] = out.split(/^module /m);
    expect(canonical!.match(/poly\.eval/g)).toHaveLength(1);
    expect(canonical).toContain('array<f64: 1.000000e+00, 5.000000e-01, 2.000000e+00>');
    expect(converted).not.toContain('poly.');
    expect(converted!.match(/array\.mul/g)).toHaveLength(2);
    // 1 + x/2 + 2 x^2 for 0, 1, 2, 3
    expect(out.trim().split('\n').at(-1)).toBe('1 3.5 10 20.5');
  }, 120_000);

  test('is a plug-in for editors and command lines', () => {
    const script = join(folder, 'project', 'check.mjs');
    writeFileSync(
      script,
      "import { plugin } from './dist/plugin.js';\nconsole.log(plugin.name, plugin.passes.map((p) => p.name).join());\n",
    );
    expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).toBe('poly lower-poly\n');
  });
});
