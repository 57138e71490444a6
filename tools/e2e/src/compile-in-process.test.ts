// Compiling within the process: text to callable, without a second compiler in the process.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from 'budflow';
import { build, loadConfigFromFile } from 'vite';
import { expect, test } from 'vitest';

const OPS = ['mul', 'add', 'sub', 'max', 'min', 'mul', 'add', 'sub', 'max', 'min'];
const CHAIN = [
  'func.func @main(%x: tensor<?xf32>, %y: tensor<?xf32>) -> (tensor<?xf32>) {',
  ...OPS.map((op, i) => `  %${i} = array.${op} ${i === 0 ? '%x' : `%${i - 1}`}, %y : tensor<?xf32>`),
  `  return %${OPS.length - 1} : tensor<?xf32>`,
  '}',
].join('\n');

test('a chain of ten ops from text to callable', () => {
  const once = () => {
    const start = performance.now();
    const module = compile(CHAIN);
    const elapsed = performance.now() - start;
    module.dispose();
    return elapsed;
  };
  for (let i = 0; i < 40; i++) once();
  const times = Array.from({ length: 31 }, once).sort((a, b) => a - b);
  console.log(`text to callable, 10 ops: median ${times[15]!.toFixed(2)} ms, fastest ${times[0]!.toFixed(2)} ms`);
  const module = compile(CHAIN);
  expect(module.report.kernels).toBe(1);
  const [x, y] = [Float32Array.of(3, -2, 0.5), Float32Array.of(2, 5, -1)];
  const expected = x.map((a, i) => {
    const f: Record<string, (p: number, q: number) => number> = {
      mul: (p, q) => p * q,
      add: (p, q) => p + q,
      sub: (p, q) => p - q,
      max: Math.max,
      min: Math.min,
    };
    return OPS.reduce((acc, op) => Math.fround(f[op]!(acc, y[i]!)), a);
  });
  expect(module.main(x, y).data).toEqual(expected);
  module.dispose();
});

/** Hooks that write down every module a process resolves, before it is loaded: they run in a thread of their own. */
const HOOKS = `import { appendFileSync } from 'node:fs';
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  appendFileSync(new URL('loaded.txt', import.meta.url), 'loaded ' + found.url + '\\n');
  return found;
}`;

test('a process that compiles and calls a program loads no module of binaryen', { timeout: 120_000 }, async () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const folder = mkdtempSync(join(tmpdir(), 'budflow-e2e-'));
  try {
    const loaded = await loadConfigFromFile(
      { command: 'build', mode: 'production' },
      join(root, 'vitest.config.ts'),
      root,
      'silent',
    );
    // The library as one file; what is not of this house stays an import, which the hook then sees.
    await build({
      configFile: false,
      root,
      logLevel: 'error',
      resolve: loaded!.config.resolve,
      ssr: { noExternal: [/^@?budflow/], external: ['binaryen'] },
      build: {
        ssr: join(root, 'libs/budflow/src/index.ts'),
        outDir: folder,
        emptyOutDir: true,
        minify: false,
        target: 'node20',
      },
    });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'hooks.mjs'), HOOKS);
    writeFileSync(
      join(folder, 'main.mjs'),
      `import { register } from 'node:module';
register('./hooks.mjs', import.meta.url);
const { compile } = await import('./index.js');
const module = compile(${JSON.stringify(CHAIN)});
const result = module.main(Float32Array.of(1, 2), Float32Array.of(3, 4));
// Loading happens in another thread, which a module that exists proves to be watched.
const other = await import('node:os');
console.log('result ' + result.data.join() + (other ? '' : '!'));`,
    );
    const output = execFileSync(process.execPath, [join(folder, 'main.mjs')], { encoding: 'utf8' });
    expect(output).toContain('result ');
    const log = readFileSync(join(folder, 'loaded.txt'), 'utf8');
    expect(log).toContain(`loaded ${pathToFileURL(join(folder, 'index.js')).href}`);
    expect(log).toContain('loaded node:os');
    expect(log).not.toMatch(/binaryen/i);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
