// The built commands as processes: pipes, signals, exit codes, start-up.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandPath, ensureBuilt } from '../testing/build.js';

const OPT = commandPath('bud-opt');
const RUN = commandPath('bud-run');
const F =
  'func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %0 = array.add %x, %x : tensor<4xf32>\n  return %0 : tensor<4xf32>\n}\n';

let folder: string;
beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'bud-processes-'));
  writeFileSync(join(folder, 'f.mlir'), F);
  const body = Array.from({ length: 50_000 }, (_, i) => `  %${i + 1} = arith.addi %${i}, %${i} : i32\n`).join('');
  writeFileSync(join(folder, 'big.mlir'), `func.func @f(%0: i32) -> i32 {\n${body}  return %50000 : i32\n}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (script: string, args: readonly string[], input = '') =>
  spawnSync(process.execPath, [script, ...args], { cwd: folder, input, encoding: 'utf8' });
const shell = (line: string) =>
  spawnSync('bash', ['-c', `set -o pipefail; ${line}`], { cwd: folder, encoding: 'utf8' });

describe('bud-opt', () => {
  it('reads, runs passes, prints', () => {
    const file = node(OPT, ['f.mlir', '--canonicalize']);
    expect(file).toMatchObject({ status: 0, stderr: '' });
    expect(file.stdout).toContain('array.add');
    expect(node(OPT, ['-', '--canonicalize'], F).stdout).toBe(file.stdout);
  });

  it('loads each module once, wherever its input comes from', () => {
    const env = { ...process.env, NODE_DEBUG: 'esm', BUDFLOW_BUNDLE: 'off' };
    for (const line of [
      `cat f.mlir | '${process.execPath}' '${OPT}' --cse`,
      `cat f.mlir | '${process.execPath}' '${OPT}' /dev/stdin --cse`,
    ]) {
      const { stdout, stderr } = spawnSync('bash', ['-c', line], {
        cwd: folder,
        encoding: 'utf8',
        env,
        maxBuffer: 2 ** 28,
      });
      expect(stdout).toContain('array.add');
      // Each module under one address; how often an engine says so differs.
      const addresses = new Map<string, Set<string>>();
      for (const [, address, file] of stderr.matchAll(/Storing (file:\S*?([\w-]+\/dist\/[^\s,]+))/g)) {
        addresses.set(file!, (addresses.get(file!) ?? new Set()).add(address!));
      }
      expect(addresses.size).toBeGreaterThan(50);
      expect([...addresses].filter(([, seen]) => seen.size > 1)).toEqual([]);
    }
  });

  it('has exit codes for diagnostics and for a wrong command line', () => {
    expect(node(OPT, [], 'foo').status).toBe(1);
    expect(node(OPT, ['--canonicalise']).status).toBe(2);
    expect(node(OPT, ['none.mlir'])).toMatchObject({ status: 1, stdout: '' });
  });

  it('ends quietly when nobody reads on', () => {
    for (const line of [
      `'${process.execPath}' '${OPT}' big.mlir | head -c 10`,
      `'${process.execPath}' '${OPT}' --list-passes | true`,
    ])
      expect(shell(line)).toMatchObject({ status: 0, stderr: '' });
    const full = shell(`'${process.execPath}' '${OPT}' big.mlir > /dev/full`);
    expect(full).toMatchObject({
      status: 1,
      stderr: "bud-opt: error: cannot write '<stdout>': no space is left on the device\n",
    });
  });

  it('prints all of a large module into a pipe', () => {
    const { stdout, status } = shell(`'${process.execPath}' '${OPT}' big.mlir | tail -n 3`);
    expect(status).toBe(0);
    expect(stdout).toContain('return %');
    expect(stdout.endsWith('}\n')).toBe(true);
  });

  it('writes a file at once, and none when something is wrong', () => {
    expect(node(OPT, ['f.mlir', '-o', 'g.mlir'])).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(node(OPT, ['g.mlir', '-o', 'g.mlir', '--cse']).status).toBe(0);
    expect(node(OPT, ['-', '-o', 'bad.mlir'], 'foo').status).toBe(1);
    const wrong = node(OPT, ['f.mlir', '-o', 'none/g.mlir']);
    expect(wrong).toMatchObject({
      status: 1,
      stderr: "bud-opt: error: cannot write 'none/g.mlir': there is no directory 'none'\n",
    });
    expect(readdirSync(folder).sort()).toEqual(['big.mlir', 'f.mlir', 'g.mlir']);
  });
});

describe('bud-run', () => {
  it('compiles and runs', () => {
    const ran = node(RUN, ['f.mlir', '--random=1']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toBe(node(RUN, ['f.mlir', '--random=1', '--backend=interp']).stdout);
  });

  it('runs on worker threads and ends with them', () => {
    writeFileSync(
      join(folder, 'g.mlir'),
      'func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {\n  %0 = array.exp %x : tensor<?xf32>\n  return %0 : tensor<?xf32>\n}\n',
    );
    const on = (threads: number) => node(RUN, ['g.mlir', '--random=1', '--sizes=300000', `--threads=${threads}`]);
    const ran = on(3);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toBe(on(1).stdout);
  });

  it('uses the best target of this engine, whatever Node needs for that', () => {
    expect(node(RUN, ['f.mlir', '--random=1', '--target=wasm32-relaxed-simd']).status).toBe(0);
  });
});

describe('Ctrl-C', () => {
  it.each([
    ['bud-opt that waits for input', OPT, []],
    ['bud-run in a benchmark', RUN, ['f.mlir', '--random=1', '--benchmark=60']],
  ])('ends %s without a word', async (_, script, args) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const exit = new Promise((done) => child.on('exit', (_code, by) => done(by)));
    await new Promise((done) => setTimeout(done, 1500));
    child.kill('SIGINT');
    const signal = await exit;
    expect({ signal, stderr }).toEqual({ signal: 'SIGINT', stderr: '' });
  });
});

describe('start-up', () => {
  /** The packages whose modules a command loads. */
  const loaded = (args: readonly string[]): string[] => {
    const env = { ...process.env, NODE_DEBUG: 'esm', BUDFLOW_BUNDLE: 'off' };
    const { stderr } = spawnSync(process.execPath, [OPT, ...args], {
      cwd: folder,
      encoding: 'utf8',
      input: '',
      env,
      maxBuffer: 2 ** 28,
    });
    const modules = stderr.matchAll(/Storing file:\S*?\/(?:libs|apps)\/([\w/-]+)\/dist\//g);
    return [...new Set([...modules].map((match) => match[1] as string))];
  };

  it('loads no dialect and no pass that is not needed', () => {
    expect(loaded(['--version'])).toEqual(['opt']);
    expect(loaded([]).sort()).toEqual(['dialects/core', 'interpreter', 'ir', 'numerics', 'opt']);
    expect(loaded(['--cse'])).not.toContain('dialects/array');
    expect(loaded(['f.mlir'])).toContain('dialects/array');
  });
});
