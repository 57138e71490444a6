// bud-reduce as a command: what it prints, writes and refuses.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { optMain } from '../opt/main.js';
import { runInProcess } from '../testing/fake-io.js';
import { reduceMain } from './main.js';
import { PROGRAM } from './testing/seeded-bugs.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bud-reduce-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const reduce = (argv: readonly string[], text = PROGRAM) =>
  runInProcess('bud-reduce', reduceMain, argv, { files: { 'f.mlir': text, 'old.mlir': 'old' } });

function script(body: string): string {
  const path = join(folder, `test-${Math.abs(hash(body))}.mjs`);
  writeFileSync(path, `#!${process.execPath}\n${body}`);
  chmodSync(path, 0o755);
  return path;
}
function hash(text: string): number {
  let h = 0;
  for (const c of text) h = (Math.imul(h, 31) + c.charCodeAt(0)) | 0;
  return h;
}
const CONTAINS_XOR = `import { readFileSync } from 'node:fs';\nprocess.exit(readFileSync(process.argv[2], 'utf8').includes('xori') ? 0 : 1);\n`;

// A pass that reports: array-to-loop and others have errors for what they cannot lower.
const REPORTED = `func.func private @declared(tensor<4xf32>) -> tensor<4xf32>
func.func @main(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = array.add %x, %y : tensor<4xf32>
  %1 = array.mul %0, %y : tensor<4xf32>
  %2 = array.neg %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}
`;

describe('bud-reduce', () => {
  it('shrinks with a program that tests candidates, and writes the file at once', async () => {
    const { code, out, err, world } = await reduce(['f.mlir', `--test=${script(CONTAINS_XOR)}`, '-o', 'old.mlir']);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    const written = new TextDecoder().decode(world.files.get('old.mlir'));
    expect(written).toMatch(/arith\.xori/);
    expect(written.split('\n').length).toBeLessThan(10);
    expect(err).toMatch(/\d+ tested, +\d+ ops left: delete ops\n[\s\S]*\d+ ops after \d+ tests\n$/);
    const checked = await runInProcess('bud-opt', optMain, ['r.mlir'], { files: { 'r.mlir': written } });
    expect(checked).toMatchObject({ code: 0, err: '' });
  });

  it('shrinks a program for which a pass reports something', async () => {
    const flags = ['--test-pipeline=bufferize', '--expect=diagnostic=has no body; only functions', '-q'];
    const { code, out, err } = await reduce(['f.mlir', ...flags], REPORTED);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/func\.func private @declared/);
    expect(out).not.toContain('@main');
  });

  it('stops at limits, with what it has', async () => {
    const { code, out, err } = await reduce(['f.mlir', `--test=${script(CONTAINS_XOR)}`, '--max-steps=2']);
    expect(code).toBe(0);
    expect(out).toContain('arith.xori');
    expect(err).toContain('after 2 tests (a limit ended the search');
    expect((await reduce(['f.mlir', `--test=${script(CONTAINS_XOR)}`, '--timeout=0.001'])).out).toContain('@main');
  });

  it('ends tests that take too long', async () => {
    // Never ends for what has no @main.
    const slow = script(
      `import { readFileSync } from 'node:fs';\nif (!readFileSync(process.argv[2], 'utf8').includes('@main')) setInterval(() => {}, 1000);\n`,
    );
    const { code, out, err } = await reduce(['f.mlir', `--test=${slow}`, '--test-timeout=1', '--max-steps=2']);
    expect(err).toMatch(/a limit ended the search/);
    expect(out).toContain('@main');
    expect(code).toBe(0);
  });

  it('takes a default pipeline', async () => {
    const flags = ['-O0', '--target=wasm32-simd128', '--expect=diagnostic=has no body; only functions', '-q'];
    expect((await reduce(['f.mlir', ...flags], REPORTED)).out).toMatch(/^module \{\n.*@declared.*\n\}\n$/);
    const right = await reduce(['f.mlir', '-O3', '--expect=miscompile'], REPORTED.split('\n').slice(1).join('\n'));
    expect(right).toMatchObject({ code: 1, err: expect.stringContaining('the same results before and after') });
  });

  it('bisects passes and patterns instead', async () => {
    const flags = ['--test-pipeline=canonicalize,bufferize,cse', '--expect=diagnostic=has no body', '--bisect-passes'];
    const { code, out } = await reduce(['f.mlir', ...flags, '--bisect-patterns'], REPORTED);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        "failure: 'func.func' op takes or returns tensors but has no body; only functions with a body can be compiled",
        'introduced by pass 2: bufferize',
        'needs: builtin.module(bufferize)',
        'introduced by application 1 of 1 of bufferize: it shows with --debug-counter=bufferize:0:1',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [['f.mlir'], 2, 'what is interesting? Give --test=PROGRAM, --test-pipeline=TEXT or a level'],
    [['f.mlir', '--test=x', '--test-pipeline=cse'], 2, 'both say what is interesting'],
    [['f.mlir', '--test=x', '--expect=crash'], 2, '--expect goes with a pipeline'],
    [['f.mlir', '-O3', '--test-pipeline=cse'], 2, '--test-pipeline and -O both say what is interesting'],
    [['f.mlir', '-O4'], 2, "'-O' is one of 0, 1, 2, 3"],
    [['f.mlir', '--test-pipeline=csee'], 2, 'cse'],
    [['f.mlir', '--test-pipeline=cse', '--expect=wrong'], 2, "one of crash, diagnostic=REGEX, miscompile; got 'wrong'"],
    [['f.mlir', '--test-pipeline=cse', '--expect=diagnostic=('], 2, '--expect=diagnostic=('],
    [['f.mlir', '--test-pipeline=cse', '--sizes=a'], 2, "'--sizes' is a list"],
    [['f.mlir', '--test-pipelin=cse'], 2, "did you mean '--test-pipeline'?"],
    [['f.mlir', 'g.mlir', '--test=x'], 2, 'reads one file'],
    [['f.mlir', '--test=./no-such-program'], 2, '--test=./no-such-program: no such program'],
    [['g.mlir', '--test-pipeline=cse'], 1, "did you mean 'f.mlir'?"],
    [['f.mlir', '--test-pipeline=cse'], 1, 'f.mlir: not interesting: no pass throws or leaves invalid IR'],
    [
      ['f.mlir', '--test-pipeline=cse', '--expect=miscompile'],
      1,
      'f.mlir: not interesting: the interpreter gets the same',
    ],
    [['f.mlir', '--test-pipeline=cse', '--expect=diagnostic=x'], 1, 'f.mlir: not interesting: no diagnostic matches'],
  ])('%j is refused with %i: %s', async (argv, code, message) => {
    const ran = await reduce(argv);
    expect(ran.err).toContain(message);
    expect(ran).toMatchObject({ code, out: '' });
  });

  it('shows what is wrong with a program that is not valid', async () => {
    const ran = await reduce(['f.mlir', '--test-pipeline=cse'], 'func.func @f() -> i32 {\n  return\n}');
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/^f\.mlir:2:3: error: 'func\.return' op has 0 operands/);
  });
});
