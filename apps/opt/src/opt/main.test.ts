// bud-opt run in process: flags, passes, output, messages.
import { getTarget } from '@budflow/target';
import { describe, expect, it } from 'vitest';
import { fullRegistry, INDEXED_PASSES, isPass, PASS_GROUPS } from '../compiler/passes.js';
import { type FakeOptions, runInProcess } from '../testing/fake-io.js';
import { optMain } from './main.js';

const F = `func.func @main(%x: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %0 = arith.addi %x, %c0 : i32
  %1 = arith.muli %0, %0 : i32
  %2 = arith.muli %0, %0 : i32
  %3 = arith.addi %1, %2 : i32
  return %3 : i32
}
`;
const TIDY = `module {
  func.func @main(%x: i32) -> i32 {
    %0 = arith.muli %x, %x : i32
    %1 = arith.addi %0, %0 : i32
    return %1 : i32
  }
}
`;
const opt = (argv: readonly string[], options: FakeOptions = { files: { 'f.mlir': F } }) =>
  runInProcess('bud-opt', optMain, argv, options);

/** Value names are the printer's business. */
const names = (text: string) => text.replace(/%arg0/g, '%x');

describe('reading and printing', () => {
  it('prints a program it reads from a file, and from standard input', async () => {
    const file = await opt(['f.mlir']);
    expect(file).toMatchObject({ code: 0, err: '' });
    expect(file.out).toContain('arith.muli');
    for (const argv of [[], ['-']]) expect((await opt(argv, { stdin: F })).out).toBe(file.out);
  });

  it('prints text that it reads again', async () => {
    const once = await opt(['f.mlir']);
    expect((await opt(['-'], { stdin: once.out })).out).toBe(once.out);
  });

  it('reads an empty program', async () => {
    expect(await opt([], { stdin: '' })).toMatchObject({ code: 0, out: 'module {\n}\n', err: '' });
  });

  it('prints the generic form and locations when asked to', async () => {
    expect((await opt(['f.mlir', '--mlir-print-op-generic'])).out).toContain('"arith.muli"(');
    expect((await opt(['f.mlir', '--mlir-print-debuginfo'])).out).toContain('loc("f.mlir":4:8)');
  });

  it('shows where a program is wrong, with a caret, and writes nothing', async () => {
    const { code, out, err, world } = await opt(['-o', 'g.mlir', 'f.mlir'], {
      files: { 'f.mlir': 'func.func @f() {\n  %0 = arith.constant 1 : f3x\n  return\n}\n' },
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^f\.mlir:2:\d+: error: .*\n {2}%0 = arith\.constant 1 : f3x\n +\^\n$/);
    expect(world.files.has('g.mlir')).toBe(false);
  });

  it('reports what the verifier finds', async () => {
    const { code, err } = await opt([], { stdin: 'func.func @f() -> i32 {\n  return\n}\n' });
    expect(code).toBe(1);
    expect(err).toContain('<stdin>:2:3: error: ');
  });

  it('accepts unknown dialects only when told to', async () => {
    const program = { stdin: '"foo.bar"() : () -> ()\n' };
    expect((await opt([], program)).code).toBe(1);
    expect(await opt(['--allow-unregistered-dialect'], program)).toMatchObject({ code: 0, err: '' });
  });

  it('writes to a file when asked to', async () => {
    const { code, out, world } = await opt(['f.mlir', '--canonicalize', '--cse', '-o', 'g.mlir']);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(names(new TextDecoder().decode(world.files.get('g.mlir')))).toBe(TIDY);
  });

  it('says in one line that a file cannot be read or written', async () => {
    expect(await opt(['g.mlir'])).toMatchObject({
      code: 1,
      err: "bud-opt: error: cannot read 'g.mlir': no such file; did you mean 'f.mlir'?\n",
    });
    expect(await opt(['f.mlir', '-o', 'readonly/x'])).toMatchObject({
      code: 1,
      err: "bud-opt: error: cannot write 'readonly/x': permission denied\n",
    });
  });

  it('says that it waits for somebody to type', async () => {
    expect((await opt([], { stdin: F, terminal: true })).err).toContain('Ctrl-D');
  });
});

describe('pipelines', () => {
  it('runs pass flags in their order', async () => {
    const { code, out } = await opt(['f.mlir', '--canonicalize', '--cse']);
    expect(code).toBe(0);
    expect(names(out)).toBe(TIDY);
    const json = async (...flags: string[]) => JSON.parse((await opt([...flags, '--print-pipeline'])).out).pipeline;
    expect(await json('--cse', '--canonicalize')).toEqual(['cse', 'canonicalize']);
    expect(await json('--canonicalize', '--cse')).toEqual(['canonicalize', 'cse']);
  });

  it('gives a pass its options', async () => {
    const { out } = await opt(['--canonicalize=max-iterations=3 check-changes', '--print-pipeline']);
    expect(JSON.parse(out).pipeline).toEqual([
      { pass: 'canonicalize', options: { 'max-iterations': 3, 'check-changes': true } },
    ]);
  });

  it('runs a textual pipeline', async () => {
    const { out } = await opt(['f.mlir', '--pass-pipeline=builtin.module(canonicalize,func.func(cse))']);
    expect(names(out)).toBe(TIDY);
    const { code, err } = await opt(['f.mlir', '--pass-pipeline=builtin.module(canonicalize,cze)']);
    expect(code).toBe(2);
    expect(err).toContain("--pass-pipeline: /pipeline/1: unknown pass 'cze', did you mean 'cse'?");
  });

  it('runs a JSON pipeline, and names the place of each mistake in one', async () => {
    const run = (config: string) =>
      opt(['f.mlir', '--pipeline-config=p.json'], { files: { 'f.mlir': F, 'p.json': config } });
    expect(
      names((await run('{ "pipeline": ["canonicalize", { "anchor": "func.func", "pipeline": ["cse"] }] }')).out),
    ).toBe(TIDY);
    const wrong = await run(
      '{ "pipeline": ["canonicalize", { "pass": "canonicalize", "options": { "max-iterations": "64" } }] }',
    );
    expect(wrong).toMatchObject({
      code: 1,
      err: 'bud-opt: error: p.json: /pipeline/1/options/max-iterations: expected integer >= 1, got "64"\n',
    });
    expect((await run('{ "pipeline": [')).err).toMatch(/^bud-opt: error: p\.json.*: not JSON: /);
  });

  it('prints a default pipeline that runs as a config', async () => {
    for (const level of ['0', '1', '2', '3']) {
      const printed = await opt([`-O${level}`, '--target=wasm32-simd128', '--numerics=strict', '--print-pipeline']);
      expect(printed).toMatchObject({ code: 0, err: '' });
      const json = JSON.parse(printed.out);
      expect(json).toMatchObject({ target: 'wasm32-simd128', numerics: 'strict' });
      const again = await opt(['--pipeline-config=p.json', '--print-pipeline'], { files: { 'p.json': printed.out } });
      expect(again.err).toBe('');
      expect(JSON.parse(again.out)).toEqual(json);
    }
  });

  it('takes a target from a file that the config names, from where the config is', async () => {
    const target = { ...getTarget('wasm32-simd128'), name: 'config-wasm' };
    const files = {
      'in/p.json': JSON.stringify({ target: 'mine.json', pipeline: ['fix-numerics'] }),
      'in/mine.json': JSON.stringify(target),
    };
    const { out, err } = await opt(['--pipeline-config=in/p.json', '--print-pipeline'], { files });
    expect(err).toBe('');
    expect(JSON.parse(out)).toEqual({
      pipeline: [{ pass: 'fix-numerics', options: { target: 'config-wasm' } }],
      target: 'config-wasm',
    });
    const wrong = { ...files, 'in/mine.json': '{}' };
    expect((await opt(['--pipeline-config=in/p.json', '--print-pipeline'], { files: wrong })).err).toContain(
      'in/p.json: /target: in/mine.json: ',
    );
  });

  it('takes target and numerics from the command line before those of the config', async () => {
    const config = JSON.stringify({
      target: 'wasm32-relaxed-simd',
      pipeline: [
        { pass: 'fix-numerics', options: { target: 'wasm32-relaxed-simd' } },
        { pass: 'fix-numerics', options: { target: 'x86-64-v3' } },
        'fix-numerics',
      ],
    });
    const { out } = await opt(
      ['--pipeline-config=p.json', '--target=wasm32-simd128', '--numerics=fast', '--print-pipeline'],
      {
        files: { 'p.json': config },
      },
    );
    const targets = JSON.parse(out).pipeline.map((item: { options: object }) => item.options);
    expect(targets).toEqual([
      { target: 'wasm32-simd128', mode: 'fast' },
      { target: 'x86-64-v3', mode: 'fast' },
      { target: 'wasm32-simd128', mode: 'fast' },
    ]);
  });

  it('leaves out what --ablate names, and says so', async () => {
    const { out, err } = await opt(['f.mlir', '--canonicalize', '--cse', '--ablate=cse']);
    expect(out.match(/muli/g)).toHaveLength(2);
    expect(err).toBe('left out: cse, on 1 op\n');
    const wrong = await opt(['f.mlir', '--canonicalize', '--ablate=canonicalise']);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain(
      "--ablate=canonicalise: the pipeline has no pass 'canonicalise', did you mean 'canonicalize'?",
    );
  });

  it('stops at the pass that fails', async () => {
    const { code, out, err } = await opt([
      'f.mlir',
      '--fix-numerics=target=z80 mode=default',
      '--mlir-print-ir-after-failure',
    ]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/error: .*unknown target "z80"/);
    expect(err).toContain('IR Dump After fix-numerics Failed');
  });

  it('writes a reproducer when a pass fails, which runs again', async () => {
    const first = await opt([
      'f.mlir',
      '--cse',
      '--fix-numerics=target=z80',
      '--mlir-pass-pipeline-crash-reproducer=r.mlir',
    ]);
    expect(first.code).toBe(1);
    expect(first.err).toContain('reproducer written to r.mlir');
    const reproducer = new TextDecoder().decode(first.world.files.get('r.mlir'));
    const again = await opt(['r.mlir', '--run-reproducer'], { files: { 'r.mlir': reproducer } });
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/unknown target "z80"/);
    expect((await opt(['f.mlir', '--run-reproducer'])).err).toContain('the input is no reproducer');
  });
});

describe('looking into a run', () => {
  it('prints IR around passes', async () => {
    const { err } = await opt([
      'f.mlir',
      '--canonicalize',
      '--cse',
      '--mlir-print-ir-before=canonicalize',
      '--mlir-print-ir-after=cse',
    ]);
    const headings = err.match(/IR Dump .*? \(/g);
    expect(headings).toEqual(['IR Dump Before canonicalize (', 'IR Dump After cse (']);
  });

  it('prints IR only where it changed', async () => {
    const { err } = await opt(['f.mlir', '--canonicalize', '--canonicalize', '--cse', '--mlir-print-ir-after-change']);
    expect(err.match(/IR Dump After \w+/g)).toEqual(['IR Dump After canonicalize', 'IR Dump After cse']);
    const all = await opt(['f.mlir', '--canonicalize', '--canonicalize', '--cse', '--mlir-print-ir-after-all']);
    expect(all.err.match(/IR Dump After \w+/g)).toHaveLength(3);
  });

  it('reports times and statistics on standard error', async () => {
    const { out, err } = await opt(['f.mlir', '--canonicalize', '--mlir-timing', '--mlir-pass-statistics']);
    expect(err).toContain('Execution time report');
    expect(err).toMatch(/\d \( *[\d.]+%\) {2}Parser/);
    expect(err).toContain('Pass statistics report');
    expect(err).toMatch(/\(S\) +1 num-folded/);
    expect(out).toContain('module {');
  });

  it('writes remarks and the fusion report as JSON', async () => {
    const program = `func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = array.add %x, %x : tensor<8xf32>
  %1 = array.mul %0, %x : tensor<8xf32>
  return %1 : tensor<8xf32>
}
`;
    const { code, world } = await opt(
      ['f.mlir', '--instruction-fusion', '--fusion-report=fusion.json', '--remarks=remarks.json', '-o', 'out.mlir'],
      {
        files: { 'f.mlir': program },
      },
    );
    expect(code).toBe(0);
    const json = (path: string) => JSON.parse(new TextDecoder().decode(world.files.get(path)));
    expect(json('fusion.json').decisions).toMatchObject([{ verdict: 'fused', location: 'f.mlir:2:8' }]);
    expect(json('remarks.json')[0]).toMatchObject({ pass: 'instruction-fusion', kind: 'applied' });
  });

  it('annotates ops with their fusion category', async () => {
    const { out } = await opt(['-', '--annotate-op-pattern'], {
      stdin: `func.func @main(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %0 = array.add %x, %x : tensor<2x3xf32>
  %1 = array.transpose %0 perm = [1, 0] : tensor<2x3xf32> to tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}
`,
    });
    expect(out).toMatch(/array\.add .*\{budflow\.op_pattern = "elementwise"\}/);
    expect(out).toMatch(/array\.transpose .*\{budflow\.op_pattern = "injective"\}/);
  });
});

describe('the command line', () => {
  it.each([
    [['--canonicalise'], "unknown flag or pass '--canonicalise', did you mean '--canonicalize'?"],
    [
      ['--mlir-print-op-generik'],
      "unknown flag or pass '--mlir-print-op-generik', did you mean '--mlir-print-op-generic'?",
    ],
    [['-cse'], "unknown flag '-cse'; long names take two dashes: '--cse'"],
    [['--xyzzy'], "unknown flag or pass '--xyzzy'; --list-passes lists the passes"],
    [['--target'], "'--target' needs a value: --target=NAME"],
    [['-o'], "'-o' needs a value: -o PATH"],
    [['--target', '--cse'], "'--target' needs a value, and '--cse' looks like the next flag"],
    [['--target=z80', '-O1'], '--target: unknown target "z80"'],
    [['--emit=wasn'], "'--emit' is one of mlir, wat, wasm; got 'wasn'"],
    [['-O7'], "'-O' is one of 0, 1, 2, 3; got '7'"],
    [['--verify-each=maybe'], "'--verify-each' is on or off: expected 1 or 0, got 'maybe'"],
    [['-o', 'a', '-o', 'b'], "'-o' is given twice"],
    [['a.mlir', 'b.mlir'], "bud-opt reads one file, got 'a.mlir', 'b.mlir'"],
    [['--cse', '-O2'], '--cse and -O2 both say which passes run'],
    [
      ['--canonicalize=max-iteration=3'],
      "--canonicalize: /pipeline/0/options/max-iteration: unknown option 'max-iteration', did you mean 'max-iterations'?",
    ],
    [['--mlir-print-ir-after=cse'], "--mlir-print-ir-after=cse: the pipeline has no pass 'cse': no passes run"],
    [['--mlir-elide-elementsattrs-if-larger=x'], "is a whole number >= 0, got 'x'"],
    [['--print-pipeline'], 'no pipeline is given'],
  ])('says what is wrong with %j', async (argv, message) => {
    const { code, out, err } = await opt([...argv]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`bud-opt: error: `);
    expect(err).toContain(message);
    expect(err).toMatch(/\nrun 'bud-opt --help' for what it takes\n$/);
    expect(err).not.toMatch(/\n {4}at /);
  });

  it('prints help that names every flag and every known pass', async () => {
    for (const flag of ['--help', '-h']) {
      const { code, out } = await opt([flag]);
      expect(code).toBe(0);
      for (const word of [
        '--pass-pipeline=TEXT',
        '-o PATH, --output=PATH',
        '-O0..3',
        '--verify-diagnostics',
        'Examples:',
        ...INDEXED_PASSES,
      ])
        expect(out).toContain(word);
    }
  });

  it('prints its version', async () => {
    expect((await opt(['--version'])).out).toMatch(/^bud-opt \d+\.\d+\.\d+\n$/);
  });

  it('lists passes with options, and dialects', async () => {
    const passes = (await opt(['--list-passes'])).out;
    expect(passes).toContain('--canonicalize\n    fold, apply');
    expect(passes).toContain('max-iterations (integer >= 1, default 64): Sweeps');
    const dialects = (await opt(['--show-dialects'])).out;
    for (const name of ['arith', 'array', 'builtin', 'cf', 'func', 'loop', 'math', 'memory', 'rt', 'simd'])
      expect(dialects).toMatch(new RegExp(`^${name} +\\d+ ops`, 'm'));
  });

  it('prints targets', async () => {
    expect(JSON.parse((await opt(['--print-target', '--target=x86-64-v3'])).out)).toMatchObject({
      name: 'x86-64-v3',
      vectorBits: 256,
    });
    expect(JSON.parse((await opt(['--print-target'])).out).name).toMatch(/^wasm32-/);
    const wrong = await opt(['--print-target', '--target=t.json'], { files: { 't.json': '{ "name": 3 }' } });
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('t.json: /name: ');
  });

  it('calls a bug of ours by its name, with a stack trace only when asked for', async () => {
    const broken = async () => {
      throw new TypeError('x is undefined');
    };
    const short = await runInProcess('bud-opt', broken, []);
    expect(short).toMatchObject({
      code: 1,
      err: 'bud-opt: internal error: x is undefined (this is a bug of bud-opt; --debug shows where)\n',
    });
    expect((await runInProcess('bud-opt', broken, ['--debug'])).err).toMatch(/\n {4}at /);
  });
});

describe('the index of passes', () => {
  it('lists every pass, each in the group that exports it', async () => {
    const unlisted = (await fullRegistry()).names.filter((name) => !INDEXED_PASSES.includes(name));
    expect(unlisted, 'add these to PASS_GROUPS in apps/opt/src/compiler/passes.ts').toEqual([]);
    for (const { passes, load } of PASS_GROUPS) {
      const found = new Set(
        Object.values(await load())
          .filter(isPass)
          .map((pass) => pass.name),
      );
      expect(passes.filter((name) => !found.has(name))).toEqual([]);
    }
  });
});
