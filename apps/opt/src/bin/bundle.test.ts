// The commands from the bundle and from the modules: the same to a user; which of them runs; damaged and missing caches.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { optMain } from '../opt/main.js';
import { runMain } from '../run/main.js';
import { commandPath, ensureBuilt } from '../testing/build.js';
import { runInProcess } from '../testing/fake-io.js';
import { TRAINING_FILES, TRAINING_RUNS } from './training.js';

const BUILD = join(import.meta.dirname, '..', '..', '..', '..', 'tools', 'bundle', 'build.mjs');

let folder: string;
let bundle: string;
interface BuiltFrom {
  readonly file: string;
  readonly modified: number;
  readonly size: number;
}
/** What the bundle says about the packages it was made of. */
let builtFrom: readonly BuiltFrom[];
const editManifest = (of: string, edit: (manifest: { builtFrom: readonly BuiltFrom[] }) => void) => {
  const file = join(of, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  edit(manifest);
  writeFileSync(file, JSON.stringify(manifest));
};
beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'bud-bundle-'));
  bundle = join(folder, 'bundle');
  execFileSync(process.execPath, [BUILD, `--out=${bundle}`], { stdio: 'pipe' });
  // Somebody may build while this runs; whether that is noticed has a test of its own.
  editManifest(bundle, (manifest) => {
    builtFrom = manifest.builtFrom;
    manifest.builtFrom = [];
  });
  for (const [name, text] of Object.entries(TRAINING_FILES)) writeFileSync(join(folder, name), text);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Command = 'bud-opt' | 'bud-run';
interface Options {
  readonly from?: string;
  readonly input?: string;
  readonly cwd?: string;
}
const run = (command: Command, argv: readonly string[], { from = bundle, input = '', cwd = folder }: Options = {}) => {
  const env = { ...process.env, BUDFLOW_BUNDLE: from };
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandPath(command), ...argv], {
    cwd,
    env,
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
/** How many modules of the packages a run of bud-opt loads: none from the bundle. */
const modulesLoaded = (argv: readonly string[], { from = bundle, cwd = folder }: Options = {}): number => {
  const { stderr } = spawnSync(process.execPath, [commandPath('bud-opt'), ...argv], {
    cwd,
    env: { ...process.env, BUDFLOW_BUNDLE: from, NODE_DEBUG: 'esm' },
    input: '',
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return new Set([...stderr.matchAll(/Storing (file:\S*?\/dist\/[^\s,]+)/g)].map((match) => match[1])).size;
};
const caches = (of = bundle) =>
  readdirSync(of)
    .filter((name) => name.endsWith('.cache'))
    .map((name) => join(of, name));
/** A copy of the bundle to damage. */
const copyOfBundle = (name: string): string => {
  const copy = join(folder, name);
  mkdirSync(copy);
  for (const file of readdirSync(bundle)) copyFileSync(join(bundle, file), join(copy, file));
  return copy;
};

describe('the bundle', () => {
  it.each<[Command, readonly string[], number]>([
    ['bud-opt', ['empty.mlir'], 0],
    ['bud-opt', ['scalars.mlir', '--canonicalize', '--cse'], 0],
    ['bud-opt', ['arrays.mlir', '-O3', '--target=wasm32-simd128'], 0],
    ['bud-opt', ['arrays.mlir', '-O3', '--target=wasm32-simd128', '--emit=wat'], 0],
    ['bud-opt', ['--help'], 0],
    ['bud-opt', ['--version'], 0],
    ['bud-opt', ['--list-passes'], 0],
    ['bud-opt', ['wrong.mlir'], 1],
    ['bud-opt', ['wrong.mli'], 1],
    ['bud-opt', ['--canonicalise'], 2],
    ['bud-run', ['arrays.mlir', '--random=1'], 0],
    ['bud-run', ['--help'], 0],
    ['bud-run', ['arrays.mlir', '--randum=1'], 2],
  ])('%s %j is what it is without', (command, argv, status) => {
    const bundled = run(command, argv);
    expect(bundled).toEqual(run(command, argv, { from: 'off' }));
    expect(bundled.status).toBe(status);
  });

  it('reads standard input', () => {
    const input = TRAINING_FILES['arrays.mlir'] as string;
    expect(run('bud-opt', ['--cse'], { input })).toEqual(run('bud-opt', ['--cse'], { input, from: 'off' }));
  });

  it('takes the place of the modules', () => {
    expect(modulesLoaded(['empty.mlir'])).toBe(0);
    expect(modulesLoaded(['empty.mlir'], { from: 'off' })).toBeGreaterThan(50);
  });

  it('is left alone when a package was built after it, and when there is none', () => {
    const stale = copyOfBundle('stale');
    const now = builtFrom.map(({ file }) => {
      const { mtimeMs, size } = statSync(join(import.meta.dirname, '..', '..', file));
      return { file, modified: mtimeMs, size };
    });
    expect(now.length).toBeGreaterThan(10);
    editManifest(stale, (manifest) => {
      manifest.builtFrom = now;
    });
    expect(modulesLoaded(['empty.mlir'], { from: stale })).toBe(0);
    editManifest(stale, (manifest) => {
      manifest.builtFrom = now.map((one, i) => (i === now.length - 1 ? { ...one, modified: one.modified - 1 } : one));
    });
    expect(modulesLoaded(['empty.mlir'], { from: stale })).toBeGreaterThan(50);
    expect(run('bud-opt', ['empty.mlir'], { from: join(folder, 'none') })).toMatchObject({ status: 0, stderr: '' });
  });

  it('is all that an installed package needs, which nobody builds again', () => {
    const app = join(import.meta.dirname, '..', '..');
    const installed = join(folder, 'installed');
    cpSync(join(app, 'bin'), join(installed, 'bin'), { recursive: true });
    copyFileSync(join(app, 'package.json'), join(installed, 'package.json'));
    mkdirSync(join(installed, 'dist', 'bin'), { recursive: true });
    const inside = copyOfBundle(join('installed', 'dist', 'bundle'));
    editManifest(inside, (manifest) => {
      manifest.builtFrom = [{ file: 'none.tsbuildinfo', modified: 0, size: 0 }];
    });
    const env = { ...process.env, BUDFLOW_BUNDLE: '' };
    for (const argv of [['--version'], ['arrays.mlir', '-O3', '--target=wasm32-simd128']]) {
      const { status, stdout } = spawnSync(process.execPath, [join(installed, 'bin', 'bud-opt.js'), ...argv], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
      expect({ status, stdout }).toEqual({ status: 0, stdout: run('bud-opt', argv).stdout });
    }
  });

  it('is left alone when its code is cut off', () => {
    const cut = copyOfBundle('cut');
    const core = join(cut, JSON.parse(readFileSync(join(cut, 'manifest.json'), 'utf8')).entry);
    writeFileSync(core, readFileSync(core).subarray(0, -100));
    expect(run('bud-opt', ['empty.mlir'], { from: cut })).toEqual(run('bud-opt', ['empty.mlir']));
    expect(modulesLoaded(['empty.mlir'], { from: cut })).toBeGreaterThan(50);
  });

  it('is left alone when plug-ins may be loaded, which import the packages', () => {
    const project = join(folder, 'project', 'programs');
    mkdirSync(project, { recursive: true });
    copyFileSync(join(folder, 'empty.mlir'), join(project, 'empty.mlir'));
    const inside = join(project, 'empty.mlir');
    expect(modulesLoaded([inside])).toBe(0);
    expect(modulesLoaded([inside, '--load=./plug-in.js'])).toBeGreaterThan(0);
    writeFileSync(join(project, '..', 'package.json'), '{ "budflow": { "plugins": ["./plug-in.js"] } }');
    expect(modulesLoaded([inside])).toBeGreaterThan(0);
    expect(modulesLoaded([], { cwd: project })).toBeGreaterThan(0);
    expect(modulesLoaded(['empty.mlir'])).toBe(0);
  });
});

describe('the code cache', () => {
  it('is made with the bundle, for both of its chunks, and is believed', () => {
    expect(caches().length).toBe(2);
    const times = () => caches().map((file) => statSync(file).mtimeMs);
    const before = times();
    // V8 refuses a cache that was made under other flags; a cache that is refused would be written again.
    run('bud-opt', ['empty.mlir']);
    run('bud-opt', ['scalars.mlir', '--canonicalize', '--cse']);
    run('bud-opt', ['arrays.mlir', '-O3', '--target=wasm32-simd128']);
    run('bud-opt', ['-O3'], { input: TRAINING_FILES['arrays.mlir'] as string });
    run('bud-run', ['arrays.mlir', '--random=1']);
    expect(times()).toEqual(before);
  });

  it.each<[string, (file: string, bytes: Buffer) => void]>([
    ['is missing', (file) => rmSync(file)],
    ['is empty', (file) => writeFileSync(file, '')],
    ['is cut off', (file, bytes) => writeFileSync(file, bytes.subarray(0, bytes.length >> 1))],
    ['is damaged', (file, bytes) => writeFileSync(file, bytes.fill(0x5a, bytes.length >> 1, (bytes.length >> 1) + 64))],
    ['has another head', (file, bytes) => writeFileSync(file, bytes.fill(0, 0, 4))],
  ])('that %s is no harm, and is written anew', (how, damage) => {
    const copy = copyOfBundle(how.replaceAll(' ', '-'));
    const files = caches(copy);
    for (const file of files) damage(file, readFileSync(file));
    const damaged = files.map((file) => (existsSync(file) ? readFileSync(file) : Buffer.alloc(0)));
    const argv = ['scalars.mlir', '--canonicalize', '--cse'];
    expect(run('bud-opt', argv, { from: copy })).toEqual(run('bud-opt', argv));
    expect(caches(copy)).toEqual(files);
    expect(files.map((file, i) => readFileSync(file).equals(damaged[i] as Buffer))).toEqual([false, false]);
    const times = () => caches(copy).map((file) => statSync(file).mtimeMs);
    const before = times();
    expect(run('bud-opt', argv, { from: copy })).toEqual(run('bud-opt', argv));
    expect(times()).toEqual(before);
    expect(readdirSync(copy).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('of the usual flags is not that of others', () => {
    const copy = copyOfBundle('flags');
    const env = { ...process.env, BUDFLOW_BUNDLE: copy, NODE_OPTIONS: '--max-old-space-size=1000' };
    const before = caches(copy).map((file) => statSync(file).mtimeMs);
    for (let i = 0; i < 2; i++)
      expect(
        spawnSync(process.execPath, [commandPath('bud-opt'), 'empty.mlir'], { cwd: folder, env, encoding: 'utf8' }),
      ).toMatchObject({ status: 0, stderr: '' });
    expect(caches(copy).length).toBe(4);
    expect(
      caches(copy)
        .map((file) => statSync(file).mtimeMs)
        .filter((time) => before.includes(time)).length,
    ).toBe(2);
  });
});

describe('the training programs', () => {
  it.each(TRAINING_RUNS)('%s %j does what it is there for', async (command, argv) => {
    const main = command === 'bud-opt' ? optMain : runMain;
    const { code } = await runInProcess(command, main, argv, { files: TRAINING_FILES });
    expect(code).toBe(argv.includes('wrong.mlir') ? 1 : 0);
  });
});
