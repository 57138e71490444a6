import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeIo } from '@budflow/opt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holds, readScript } from './directives.js';
import { execute } from './execute.js';
import { filetestMain } from './main.js';
import { runTest } from './run-test.js';
import { parseCommandLine } from './shell.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'filetest test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = (features: string[] = []) => ({
  features,
  scratch: join(folder, 'scratch'),
  path: [],
  substitutions: { greeting: 'hello' },
});
const F = 'func.func @f(%x: i32) -> i32 {\n  %0 = arith.muli %x, %x : i32\n  return %x : i32\n}\n';

function run(text: string, features?: string[]) {
  const file = join(folder, 'a test.mlir');
  writeFileSync(file, text);
  return runTest(file, settings(features));
}

describe('RUN lines', () => {
  it('pipe bud-opt into bud-filecheck in this process', async () => {
    const passes = await run(
      `// RUN: bud-opt %s --canonicalize | bud-filecheck %s\n// CHECK-NOT: muli\n// CHECK: return\n${F}`,
    );
    expect(passes).toMatchObject({ outcome: 'pass', output: '' });
    const fails = await run(`// RUN: bud-opt %s | bud-filecheck %s\n// CHECK-NOT: muli\n// CHECK: return\n${F}`);
    expect(fails.outcome).toBe('fail');
    expect(fails.output).toContain('excluded string found in input');
    expect(fails.output).toMatch(/RUN line 1: bud-opt .*a\\ test\.mlir/);
  });

  it('run one after another until one fails, each with what the ones before wrote', async () => {
    const { outcome } = await run(
      '// RUN: echo one > %t\n// RUN: echo two >> %t\n// RUN: cat %t | count 2\n// RUN: cat < %t \\\n// RUN:   | bud-filecheck %s\n// CHECK: one\n// CHECK-NEXT: two\n',
    );
    expect(outcome).toBe('pass');
    const failing = await run('// RUN: true\n// RUN: false\n// RUN: not true\n');
    expect(failing).toMatchObject({ outcome: 'fail' });
    expect(failing.output).toContain('RUN line 2: false');
  });

  it('put errors into the pipe with 2>&1', async () => {
    const { outcome, output } = await run(
      "// RUN: not bud-opt %s 2>&1 | bud-filecheck %s\n// CHECK: [[@LINE+1]]:1: error: custom operation 'foo.bar'\nfoo.bar\n",
    );
    expect(output).toBe('');
    expect(outcome).toBe('pass');
  });

  it('fail when any command of a pipe fails', async () => {
    expect((await run('// RUN: false | true\n')).outcome).toBe('fail');
    expect((await run('// RUN: not false | true\n')).outcome).toBe('pass');
    expect((await run('// RUN: false || true && echo x | count 1 ; true\n')).outcome).toBe('pass');
  });

  it('substitute names, and say which they do not know', async () => {
    expect((await run('// RUN: echo %{greeting} 100%% | bud-filecheck %s\n// CHECK: hello 100%\n')).outcome).toBe(
      'pass',
    );
    expect(await run('// RUN: echo %{nothing}\n')).toMatchObject({
      outcome: 'unresolved',
      output: "unknown substitution '%{nothing}'",
    });
  });

  it('start other programs as processes, and say when there are none', async () => {
    const { outcome } = await run(
      `// RUN: '${process.execPath}' -e 'console.log(6 * 7)' | bud-filecheck %s\n// CHECK: 42\n`,
    );
    expect(outcome).toBe('pass');
    expect((await run('// RUN: no-such-program-here\n')).output).toContain('command not found');
    expect((await run(`// RUN: not --crash '${process.execPath}' -e 'process.abort()'\n`)).outcome).toBe('pass');
    expect((await run(`// RUN: not '${process.execPath}' -e 'process.abort()'\n`)).outcome).toBe('fail');
  });

  it('that are not there or not readable are reported', async () => {
    expect(await run('func.func private @f()\n')).toMatchObject({ outcome: 'unresolved', output: 'has no RUN line' });
    expect((await run("// RUN: echo 'x\n")).output).toContain('does not end');
    expect((await run('// RUN: echo x |\n')).output).toContain('a command is missing');
    expect((await run('// RUN: echo x \\\n')).output).toContain("ends with a '\\'");
  });
});

describe('conditions', () => {
  it('decide whether a test runs and what must come out', async () => {
    expect((await run('// RUN: true\n// REQUIRES: a, b || c\n', ['a'])).outcome).toBe('unsupported');
    expect((await run('// RUN: true\n// REQUIRES: a, b || c\n', ['a', 'c'])).outcome).toBe('pass');
    expect((await run('// RUN: true\n// UNSUPPORTED: a && !b\n', ['a'])).outcome).toBe('unsupported');
    expect((await run('// RUN: false\n// XFAIL: *\n')).outcome).toBe('expected-failure');
    expect((await run('// RUN: true\n// XFAIL: *\n')).outcome).toBe('unexpected-pass');
    expect((await run('// RUN: false\n// XFAIL: a\n')).outcome).toBe('fail');
  });

  it('are boolean expressions', () => {
    const features = new Set(['a', 'b-1.2']);
    expect(holds('a && b-1.2', features)).toBe(true);
    expect(holds('!(a && b-1.2) || c', features)).toBe(false);
    expect(() => holds('a &&', features)).toThrow(/cannot read/);
    expect(() => holds('(a', features)).toThrow(/cannot read/);
  });
});

describe('the shell', () => {
  it('reads words, quotes and redirections', () => {
    expect(parseCommandLine(`a 'b c' "d\\"e"f\\ g <in 2>&1 >>out | h`)).toEqual([
      {
        after: 'always',
        commands: [
          {
            words: ['a', 'b c', 'd"ef g'],
            redirections: [
              { kind: 'input', path: 'in' },
              { kind: 'merge', from: 2, to: 1 },
              { kind: 'output', from: 1, path: 'out', append: true },
            ],
          },
          { words: ['h'], redirections: [] },
        ],
      },
    ]);
  });

  it('compares files with diff', async () => {
    mkdirSync(join(folder, 'd'), { recursive: true });
    const ran = await execute('echo a > x && echo b > y && diff x y', { folder: join(folder, 'd'), path: [] });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('-a\n+b');
  });

  it('ends a script at END.', () => {
    expect(readScript('// RUN: a\n// END.\n// RUN: b\n').runs).toHaveLength(1);
  });
});

describe('the command', () => {
  async function filetest(...argv: string[]) {
    let [out, err] = ['', ''];
    const io = {
      ...nodeIo(),
      stdoutIsTerminal: false,
      stdout: (data: string | Uint8Array) => {
        out += data;
      },
      stderr: (text: string) => {
        err += text;
      },
    };
    const code = await filetestMain([...argv, '--jobs=1', '--timeout=Infinity'], io);
    return { code, out, err };
  }

  it('runs folders, filters, and tells what failed', async () => {
    const tests = join(folder, 'tests');
    mkdirSync(join(tests, 'Inputs'), { recursive: true });
    writeFileSync(join(tests, 'good.mlir'), '// RUN: true\n');
    writeFileSync(join(tests, 'bad.mlir'), '// RUN: false\n');
    writeFileSync(join(tests, 'Inputs', 'none.mlir'), '// RUN: false\n');
    const all = await filetest(tests, '--time-tests');
    expect(all.code).toBe(1);
    expect(all.out).toMatch(/FAIL: .*bad\.mlir \(\d of 2\)[\s\S]*Slowest[\s\S]*Failed:\n.*bad\.mlir\n1 fail, 1 pass\n/);
    expect(await filetest(tests, '--filter=good')).toMatchObject({ code: 0, out: '1 pass\n' });
    const json = await filetest(tests, '--json');
    expect(JSON.parse(json.out)).toMatchObject({ counts: { fail: 1, pass: 1 } });
    expect((await filetest(tests, '--max-failures=1')).out).toContain('1 fail, 1 not run');
  });

  it('says what is wrong with its command line', async () => {
    expect(await filetest('nowhere')).toMatchObject({ code: 2, err: expect.stringContaining("there is no 'nowhere'") });
    expect(await filetest('--filter=(')).toMatchObject({ code: 2, err: expect.stringContaining("'--filter'") });
    expect(await filetest('--wrong')).toMatchObject({ code: 2, err: expect.stringContaining('--wrong') });
    expect(await filetest(folder, '--filter=zzz')).toMatchObject({ code: 2, err: expect.stringContaining('no test') });
  });

  it('writes the checks of a new test, which then passes and notices changes', async () => {
    const file = join(folder, 'new.mlir');
    const source =
      '// RUN: bud-opt %s --cse | bud-filecheck %s\n\n// Twice the same.\nfunc.func @f(%x: i32) -> i32 {\n  %0 = arith.muli %x, %x : i32\n  %1 = arith.muli %x, %x : i32\n  %2 = arith.addi %0, %1 : i32\n  return %2 : i32\n}\n';
    writeFileSync(file, source);
    expect(await filetest(file, '--update')).toMatchObject({ code: 0, out: expect.stringContaining(': updated') });
    const written = readFileSync(file, 'utf8');
    expect(written).toContain(
      [
        '// Twice the same.',
        '// CHECK-LABEL: func.func @f(',
        '// CHECK-SAME:  %[[ARG0:.*]]: i32) -> i32 {',
        '// CHECK-NEXT:    %[[VAL_0:.*]] = arith.muli %[[ARG0]], %[[ARG0]] : i32',
        '// CHECK-NEXT:    %[[VAL_1:.*]] = arith.addi %[[VAL_0]], %[[VAL_0]] : i32',
        '// CHECK-NEXT:    return %[[VAL_1]] : i32',
        'func.func @f(%x: i32) -> i32 {',
      ].join('\n'),
    );
    expect((await filetest(file)).code).toBe(0);
    expect(await filetest(file, '--update')).toMatchObject({ out: expect.stringContaining(': unchanged') });
    writeFileSync(file, written.replace('--cse', '--verify-each'));
    expect((await filetest(file)).code).toBe(1);
  });
});
