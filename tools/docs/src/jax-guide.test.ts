// docs/jax.md: its commands and its programs run as they are written, from the root of a copy of what they name.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './sources.js';

const PYTHON = process.env.BUDFLOW_PYTHON;
const text = readFileSync(join(ROOT, 'docs', 'jax.md'), 'utf8');
const fenced = (language: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]!);

describe.skipIf(process.platform === 'win32')('docs/jax.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'budflow-jax-'));
  const bin = join(folder, 'bin');
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(() => {
    for (const path of ['docs/examples/jax', 'docs/examples/data', 'tools/jax-export'])
      cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(bin);
    const command = (name: string, line: string) =>
      writeFileSync(join(bin, name), `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
    for (const name of ['bud-opt', 'bud-run'])
      command(name, `"${process.execPath}" "${join(ROOT, 'apps/opt/bin', `${name}.js`)}"`);
    if (PYTHON) command('python', `"${PYTHON}"`);
  });

  test('its commands print what it says', () => {
    let now = folder;
    const commands = fenced('console').flatMap((block) => block.split(/^\$ /m).slice(1));
    expect(commands.length).toBeGreaterThan(6);
    for (const command of commands) {
      const [line, ...output] = command.split('\n') as [string, ...string[]];
      if (line.startsWith('cd ')) {
        now = join(now, line.slice(3));
        continue;
      }
      // What it writes is in the repository.
      if (line.startsWith('python ') && !PYTHON) continue;
      const ran = spawnSync('sh', ['-c', line], {
        cwd: now,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
      });
      expect([line, ran.stderr, ran.status]).toEqual([line, '', 0]);
      expect([line, ran.stdout]).toEqual([line, output.join('\n')]);
    }
  }, 120_000);

  test('it quotes the example as it is', () => {
    const source = readFileSync(join(ROOT, 'docs/examples/jax/mlp-training/mlp-training.py'), 'utf8');
    for (const quote of fenced('py')) expect(source).toContain(quote);
    expect(fenced('py')).toHaveLength(1);
  });

  test('its program for Node trains the net', () => {
    writeFileSync(join(folder, 'train.mjs'), fenced('js')[0]!);
    const out = execFileSync(process.execPath, ['train.mjs'], { cwd: folder, encoding: 'utf8' });
    const losses = out
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ')[1]));
    expect(losses).toHaveLength(6);
    for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThan(losses[i - 1]!);
  });

  test('its program for browsers runs with fetch alone', () => {
    const code = fenced('js')[1]!;
    expect(code).not.toContain('node:');
    const files = join(folder, 'docs/examples/jax/rnn/');
    const fetch = `import { readFileSync } from 'node:fs';
globalThis.fetch = async (file) => new Response(readFileSync(${JSON.stringify(files)} + file));\n`;
    writeFileSync(join(folder, 'fetch.mjs'), fetch);
    writeFileSync(join(folder, 'page.mjs'), code);
    const out = execFileSync(process.execPath, ['--import', './fetch.mjs', 'page.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      // Numbers are coloured where a runner forces it.
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    expect(out).toBe('[ 4, 24 ] [ 20, 4 ]\n');
  });
});
