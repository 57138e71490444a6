// bud-run in process: inputs, outputs, messages, both backends.
import type { Trace } from '@budflow/pass';
import { decodeNpy, encodeNpy, type NpyArray } from '@budflow/runtime';
import { getTarget } from '@budflow/target';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../testing/fake-io.js';
import { runMain } from './main.js';

const SCALE = `func.func @main(%x: tensor<?x4xf32>, %w: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = array.mul %x, %w : tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
`;
const npy = (dtype: NpyArray['dtype'], shape: number[], data: NpyArray['data']) => encodeNpy({ dtype, shape, data });
const X = npy('f32', [2, 4], Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
const W = npy('f32', [2, 4], new Float32Array(8).fill(2));
const PRODUCT = 'result: f32 [2, 4]\n[[ 0.  2.  4.  6.]\n [ 8. 10. 12. 14.]]\n';

type Files = Readonly<Record<string, string | Uint8Array>>;
const run = (argv: readonly string[], files: Files = {}) =>
  runInProcess('bud-run', runMain, argv, { files: { 'f.mlir': SCALE, 'x.npy': X, 'w.npy': W, ...files } });

describe('results', () => {
  it.each([
    [[]],
    [['--backend=interp']],
    [['--backend=interp', '-O3']],
    [['-O0']],
    [['-O1']],
    [['-O2', '--numerics=strict']],
    [['--target=wasm32-simd128']],
  ])('are printed as NumPy prints them, with %j', async (flags) => {
    expect(await run(['f.mlir', 'x.npy', 'w.npy', ...flags])).toMatchObject({ code: 0, out: PRODUCT, err: '' });
  });

  it('are written to files', async () => {
    const { code, out, world } = await run(['f.mlir', 'x.npy', 'w.npy', '--output=y.npy']);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    const y = decodeNpy(world.files.get('y.npy')!);
    expect(y).toMatchObject({ dtype: 'f32', shape: [2, 4] });
    expect([...y.data]).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
  });

  it('come as JSON', async () => {
    const { out } = await run(['f.mlir', 'x.npy', 'w.npy', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      entry: 'main',
      backend: 'wasm',
      threads: 1,
      results: [{ dtype: 'f32', shape: [2, 4], data: [0, 2, 4, 6, 8, 10, 12, 14] }],
    });
    expect(out.match(/\n/g)).toHaveLength(1);
    const written = await run(['f.mlir', 'x.npy', 'w.npy', '--json', '-o', 'y.npy']);
    expect(JSON.parse(written.out).results).toEqual([{ dtype: 'f32', shape: [2, 4], file: 'y.npy' }]);
  });

  it('are the same on several threads', async () => {
    const two = await run(['f.mlir', 'x.npy', 'w.npy', '--threads=2']);
    expect(two).toMatchObject({ code: 0, out: PRODUCT, err: '' });
    const { out } = await run(['f.mlir', 'x.npy', 'w.npy', '--threads=2', '--benchmark=0.02', '--json']);
    expect(JSON.parse(out)).toMatchObject({ threads: 2 });
    const many = await run(['f.mlir', 'x.npy', 'w.npy', '--threads=99']);
    expect(many).toMatchObject({ code: 1, out: '' });
    expect(many.err).toContain("threads: expected a whole number from 1 to 64, or 'auto', got 99");
  });

  it('of several results are named', async () => {
    const two =
      'func.func @f(%a: tensor<2xi32>) -> (tensor<2xi32>, tensor<2xi32>) { return %a, %a : tensor<2xi32>, tensor<2xi32> }';
    const a = npy('i32', [2], Int32Array.of(-1, 10));
    const { out } = await run(['two.mlir', 'a.npy'], { 'two.mlir': two, 'a.npy': a });
    expect(out).toBe('result 0: i32 [2]\n[-1 10]\nresult 1: i32 [2]\n[-1 10]\n');
  });

  it('of bf16 go to files as f32, which take them back', async () => {
    const program =
      'func.func @f(%a: tensor<2xbf16>) -> tensor<2xbf16> {\n  %0 = array.add %a, %a : tensor<2xbf16>\n  return %0 : tensor<2xbf16>\n}';
    const a = npy('f32', [2], Float32Array.of(1.5, -2));
    const { code, err, world } = await run(['b.mlir', 'a.npy', '-o', 'y.npy', '--backend=interp'], {
      'b.mlir': program,
      'a.npy': a,
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect([...decodeNpy(world.files.get('y.npy')!).data]).toEqual([3, -4]);
  });
});

describe('inputs', () => {
  it('may be in Fortran order, big-endian, empty, or of rank 0', async () => {
    const fortran = X.slice();
    const header = Buffer.from(fortran.subarray(0, 128))
      .toString('latin1')
      .replace("'fortran_order': False", "'fortran_order': True ");
    fortran.set(Buffer.from(header, 'latin1'));
    const f = await run(['f.mlir', 'xf.npy', 'w.npy'], { 'xf.npy': fortran });
    expect(f.out).toBe('result: f32 [2, 4]\n[[ 0.  4.  8. 12.]\n [ 2.  6. 10. 14.]]\n');

    const big = X.slice();
    big.set(Buffer.from(Buffer.from(big.subarray(0, 128)).toString('latin1').replace('<f4', '>f4'), 'latin1'));
    for (let i = 128; i < big.length; i += 4) big.subarray(i, i + 4).reverse();
    expect((await run(['f.mlir', 'xb.npy', 'w.npy'], { 'xb.npy': big })).out).toBe(PRODUCT);

    const empty = npy('f32', [0, 4], new Float32Array(0));
    expect((await run(['f.mlir', 'e.npy', 'e.npy'], { 'e.npy': empty })).out).toBe('result: f32 [0, 4]\n[]\n');

    const square =
      'func.func @main(%x: tensor<f32>) -> tensor<f32> {\n  %0 = array.mul %x, %x : tensor<f32>\n  return %0 : tensor<f32>\n}';
    const three = npy('f32', [], Float32Array.of(3));
    for (const input of ['three.npy', '3', '3.0'])
      expect((await run(['s.mlir', input], { 's.mlir': square, 'three.npy': three })).out).toBe(
        'result: f32 []\n9.0\n',
      );
  });

  it('are random when asked for, the same for a seed whatever is given', async () => {
    const one = await run(['f.mlir', '--random=1', '--sizes=2']);
    expect(one).toMatchObject({ code: 0, err: '' });
    expect(one.out).toMatch(/^result: f32 \[2, 4\]\n/);
    expect((await run(['f.mlir', '--random=1', '--sizes=2'])).out).toBe(one.out);
    expect((await run(['f.mlir', '--random=2', '--sizes=2'])).out).not.toBe(one.out);
    // The size of a dynamic dimension follows what is given.
    expect((await run(['f.mlir', 'x.npy', '--random=1'])).out).toMatch(/^result: f32 \[2, 4\]\n/);
  });

  it('that are missing are explained by the signature and commands that work', async () => {
    const { code, out, err } = await run(['f.mlir']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('@main takes 2 inputs, got 0\n');
    expect(err).toContain('@main(%x: tensor<?x4xf32>, %w: tensor<?x4xf32>) -> tensor<?x4xf32>\n');
    expect(err).toContain("np.save('x.npy', np.ones((16, 4), np.float32))");
    expect(err).toContain('  bud-run f.mlir x.npy w.npy\n');
    const command = /^ {2}bud-run (.*--random=1)$/m.exec(err)?.[1]?.split(' ');
    expect((await run(command!)).code).toBe(0);
    const half = await run(['f.mlir', 'x.npy', '--backend=interp']);
    const second = /^ {2}bud-run (.*--random=1)$/m.exec(half.err)?.[1]?.split(' ');
    expect(second).toEqual(['f.mlir', '--backend=interp', 'x.npy', '--random=1']);
    expect((await run(second!)).code).toBe(0);
  });

  it.each<[string, string[], Files, string]>([
    [
      'another shape',
      ['x.npy', 'bad.npy'],
      { 'bad.npy': npy('f32', [2, 3], new Float32Array(6)) },
      'bad.npy: input 1 (%w): expected f32 [?, 4], got f32 [2, 3]',
    ],
    [
      'another rank',
      ['bad.npy', 'w.npy'],
      { 'bad.npy': npy('f32', [8], new Float32Array(8)) },
      "np.load('bad.npy').reshape(-1, 4)",
    ],
    [
      'another element type',
      ['x.npy', 'bad.npy'],
      { 'bad.npy': npy('f64', [2, 4], new Float64Array(8)) },
      "got f64 [2, 4]; convert it: python3 -c \"import numpy as np; np.save('bad.converted.npy', np.load('bad.npy').astype(np.float32))\"",
    ],
    [
      'a truncated file',
      ['bad.npy', 'w.npy'],
      { 'bad.npy': X.slice(0, 150) },
      'bad.npy: truncated: shape (2, 4) of <f4 takes 32 bytes, 22 are left',
    ],
    ['no .npy file', ['f.mlir', 'w.npy'], {}, 'f.mlir: not a .npy file'],
    ['a file that is not there', ['y.npy', 'w.npy'], {}, "cannot read 'y.npy': no such file"],
    [
      'a number for an array',
      ['x.npy', '3'],
      {},
      'input 1 (%w): expected f32 [?, 4], got the number 3; give a .npy file',
    ],
    [
      'sizes that differ',
      ['x.npy', 'bad.npy'],
      { 'bad.npy': npy('f32', [3, 4], new Float32Array(12)) },
      "needed by 'array.mul' at f.mlir:2:8",
    ],
  ])('of %s are refused, with what to do', async (_, inputs, files, message) => {
    const { code, out, err } = await run(['f.mlir', ...inputs], files);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n {4}at /);
  });

  it('for numbers are checked against their types', async () => {
    const program = 'func.func @main(%n: i8, %x: f32, %b: i1) -> (i8, f32, i1) { return %n, %x, %b : i8, f32, i1 }';
    const call = (...inputs: string[]) => run(['n.mlir', '--backend=interp', '--', ...inputs], { 'n.mlir': program });
    expect((await call('-7', '0.1', 'true')).out).toBe('result 0: i8\n-7\nresult 1: f32\n0.1\nresult 2: i1\nTrue\n');
    expect((await call('200', '1', '0')).err).toContain('input 0 (%n): 200 does not fit i8');
    expect((await call('1.5', '1', '0')).err).toContain("input 0 (%n): '1.5' is no number of type i8");
    const zero = await run(['n.mlir', '--backend=interp', 'n.npy', '1', '1'], {
      'n.mlir': program,
      'n.npy': npy('i8', [], Int8Array.of(5)),
    });
    expect(zero.out).toContain('result 0: i8\n5\n');
  });
});

describe('the entry', () => {
  const several = `func.func @first() -> tensor<i32> { %0 = array.constant dense<1> : tensor<i32> return %0 : tensor<i32> }
func.func @second() -> tensor<i32> { %0 = array.constant dense<2> : tensor<i32> return %0 : tensor<i32> }
func.func private @hidden() -> tensor<i32> { %0 = array.constant dense<3> : tensor<i32> return %0 : tensor<i32> }
`;
  const entry = (...argv: string[]) => run(['s.mlir', '--backend=interp', ...argv], { 's.mlir': several });

  it('is main, the only public function, or the one that is named', async () => {
    expect((await entry('--entry=second')).out).toContain('\n2\n');
    expect((await entry('--entry=@hidden')).out).toContain('\n3\n');
    expect((await entry()).err).toContain('which function? Add --entry=NAME: there is @first, @second');
    expect((await entry('--entry=frist')).err).toContain('no function @frist with a body, did you mean --entry=first?');
    expect((await entry('--entry=xyzzyx')).err).toContain('there is @first, @second');
    expect((await run(['e.mlir'], { 'e.mlir': '' })).err).toContain('has no public function with a body to run');
  });
});

describe('failures', () => {
  it('show where a program is wrong', async () => {
    const { code, err } = await run(['bad.mlir'], { 'bad.mlir': 'func.func @main() {\n  foo\n}\n' });
    expect(code).toBe(1);
    expect(err).toMatch(/^bad\.mlir:2:3: error: .*\n {2}foo\n {2}\^\n$/);
  });

  it('of checks in the program have an exit code of their own', async () => {
    const program = 'func.func @main(%ok: i1) {\n  cf.assert %ok, "not ok"\n  return\n}\n';
    const check = (value: string) => run(['c.mlir', '--backend=interp', value], { 'c.mlir': program });
    expect((await check('1')).code).toBe(0);
    expect(await check('0')).toMatchObject({ code: 3, out: '' });
    expect((await check('0')).err).toContain('check failed: c.mlir:2:3');
  });

  it('of the running program name the place', async () => {
    const program = 'func.func @main(%n: i32) -> i32 {\n  %0 = arith.divsi %n, %n : i32\n  return %0 : i32\n}\n';
    const { code, err } = await run(['d.mlir', '--backend=interp', '0'], { 'd.mlir': program });
    expect({ code, err }).toEqual({
      code: 1,
      err: "bud-run: error: d.mlir:2:8: 'arith.divsi': integer division by zero\n",
    });
  });

  it.each([
    [[], 'no program is given'],
    [['x.npy', 'f.mlir'], 'the program comes first, then its inputs: bud-run FILE.mlir x.npy f.mlir'],
    [['f.mlir', '--randm=1'], "unknown flag '--randm', did you mean '--random'?"],
    [['f.mlir', '--canonicalize'], "unknown flag '--canonicalize'; passes are run by bud-opt"],
    [['f.mlir', '--random=x'], "'--random' is a whole number >= 0, got 'x'"],
    [['f.mlir', '--sizes=2'], "'--sizes' is for random inputs: add --random=SEED"],
    [['f.mlir', '--benchmark=-1'], "'--benchmark' is a number above 0, got '-1'"],
    [['f.mlir', '--threads=two'], "'--threads' is a whole number >= 1 or auto, got 'two'"],
    [['f.mlir', '--threads=2', '--backend=interp'], '--threads is for compiled programs'],
    [['f.mlir', '--backend=llvm'], "'--backend' is one of wasm, interp; got 'llvm'"],
    [['f.mlir', 'x.npy', 'w.npy', 'x.npy'], '@main takes 2 inputs, got 3: x.npy is too many'],
    [['f.mlir', 'x.npy', 'w.npy', '-o', 'a', '-o', 'b'], '@main returns 1 result, and --output names 2'],
    [['f.mlir', 'x.npy', 'w.npy', '--ablate=lcim'], "the pipeline has no pass 'lcim', did you mean 'licm'?"],
    [['f.mlir', '-O1', '--pipeline-config=p.json'], '-O1 and --pipeline-config both say which passes run'],
  ])('of the command line are explained: %j', async (argv, message) => {
    const { code, out, err } = await run(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`bud-run: error: `);
    expect(err).toContain(message);
  });
});

describe('--benchmark', () => {
  it('reports the times of calls with inputs in place', async () => {
    const { code, out } = await run(['f.mlir', 'x.npy', 'w.npy', '--benchmark=0.02', '--json', '--output=y.npy']);
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(Object.keys(report)).toEqual([
      'entry',
      'backend',
      'threads',
      'compile_ms',
      'first_ms',
      'median_ms',
      'min_ms',
      'runs',
    ]);
    expect(report.runs).toBeGreaterThan(3);
    expect(report.min_ms).toBeLessThanOrEqual(report.median_ms);
    expect(report.compile_ms).toBeGreaterThan(report.min_ms);
    expect((await run(['f.mlir', 'x.npy', 'w.npy', '--benchmark=0.02'])).out).toMatch(
      /^@main, wasm: median [\d.]+ [mun]s, fastest [\d.]+ [mun]s, \d+ calls; compiled in [\d.]+ [mu]s, first call [\d.]+ [mu]s\n$/,
    );
  });
});

it('prints help and version', async () => {
  expect((await run(['--help'])).out).toContain('--check-each');
  expect((await run(['--version'])).out).toMatch(/^bud-run \d+\.\d+\.\d+\n$/);
});

describe('--ablate', () => {
  it('leaves out one pass, and says which and how often', async () => {
    const { code, out, err } = await run(['f.mlir', 'x.npy', 'w.npy', '--ablate=licm']);
    expect([code, out]).toEqual([0, PRODUCT]);
    expect(err).toMatch(/^left out: licm, 2 of \d+ passes\n$/);
  });
});

describe('looking into the passes', () => {
  it('writes a trace of them, for both backends', async () => {
    for (const backend of ['wasm', 'interp']) {
      const { code, world, out } = await run([
        'f.mlir',
        'x.npy',
        'w.npy',
        '-O1',
        `--backend=${backend}`,
        '--dump=t.json',
      ]);
      expect([code, out]).toEqual([0, PRODUCT]);
      const trace = JSON.parse(new TextDecoder().decode(world.files.get('t.json'))) as Trace;
      expect(trace).toMatchObject({ producer: { name: 'bud-run' }, file: 'f.mlir' });
      expect(trace.snapshots.length).toBeGreaterThan(3);
      expect(trace.snapshots[0]!.text).toContain('array.mul');
      expect(trace.pipeline).toContain('array-to-loop');
    }
    expect((await run(['f.mlir', 'x.npy', 'w.npy', '--backend=interp', '--dump=t.json'])).err).toContain(
      '--dump: no passes run',
    );
  });

  it('counts what passes do, and holds it back', async () => {
    const flags = ['f.mlir', 'x.npy', 'w.npy', '-O1'];
    const counted = await run([...flags, '--print-debug-counters']);
    expect(counted).toMatchObject({ code: 0, out: PRODUCT });
    expect(counted.err).toMatch(/ {2}bufferize +1 of 1\n/);
    const held = await run([...flags, '--debug-counter=licm:0:0', '--print-debug-counters']);
    expect(held).toMatchObject({ code: 0, out: PRODUCT });
    expect(held.err).toMatch(/ {2}licm +0 of \d+ {2}\(skip 0, count 0\)/);
  });
});

describe('--target=FILE.json', () => {
  const description = (more: object) => JSON.stringify({ ...getTarget('wasm32-simd128'), ...more });
  const withFile = (text: string, ...flags: string[]) =>
    run(['f.mlir', 'x.npy', 'w.npy', '--target=mine.json', ...flags], { 'mine.json': text });

  it('compiles for the machine that is described', async () => {
    for (const flags of [[], ['--check-each']])
      expect(await withFile(description({ name: 'my-wasm' }), ...flags)).toMatchObject({ code: 0, err: '' });
    const { out } = await withFile(description({ name: 'my-wasm' }));
    expect(out).toBe(PRODUCT);
    const { world } = await withFile(description({ name: 'my-wasm' }), '--dump=t.json');
    const trace = JSON.parse(new TextDecoder().decode(world.files.get('t.json'))) as Trace;
    expect(trace.target).toBe('my-wasm');
    expect(JSON.stringify(trace.steps)).toContain('"target":"my-wasm"');
  });

  it('refuses a description that takes the name of a built-in target, or that WebAssembly cannot be', async () => {
    expect(await withFile(description({ vectorRegisters: 5 }))).toMatchObject({
      code: 1,
      err: 'bud-run: error: mine.json: /name: the name "wasm32-simd128" is that of a built-in target, and this description is another; give it a name of its own\n',
    });
    const native = JSON.stringify({ ...getTarget('x86-64-v3'), name: 'my-pc' });
    expect((await withFile(native)).err).toContain("target 'my-pc' is not one of the wasm backend's");
  });
});

describe('StableHLO', () => {
  const SUM = `func.func @main(%x: tensor<4xf32>) -> tuple<tensor<4xf32>, tensor<i32>> {
  %c = stablehlo.constant dense<7> : tensor<i32>
  %0 = stablehlo.add %x, %x : tensor<4xf32>
  %1 = stablehlo.tuple %0, %c : tuple<tensor<4xf32>, tensor<i32>>
  return %1 : tuple<tensor<4xf32>, tensor<i32>>
}
`;
  it.each([[[]], [['--backend=interp']], [['-O0']], [['--check-each']]])(
    'runs with %j, tuples in parts',
    async (flags) => {
      const { code, out, err } = await run(['s.mlir', 'v.npy', ...flags], {
        's.mlir': SUM,
        'v.npy': npy('f32', [4], Float32Array.of(1, 2, 3, 4)),
      });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      if (flags[0] !== '--check-each') expect(out).toBe('result 0: f32 [4]\n[2. 4. 6. 8.]\nresult 1: i32 []\n7\n');
    },
  );

  const TESTS = `func.func @fine() {
  %x = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  check.expect_eq_const %x, dense<[1, 2]> : tensor<2xi32>
  func.return
}
func.func private @helper() { func.return }
func.func @takes(%x: tensor<2xi32>) { func.return }
// -----
func.func @fails() {
  %x = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  check.expect_eq_const %x, dense<[1, 3]> : tensor<2xi32>
  func.return
}
`;
  it.each([['wasm'], ['interp']])('has expectations that fail with exit code 3, by %s', async (backend) => {
    const { code, out, err } = await run(['t.mlir', '--all-functions', '--split-input-file', `--backend=${backend}`], {
      't.mlir': TESTS,
    });
    expect(code).toBe(3);
    expect(out).toBe('@fine: fine\n@fails: failed\n1 fine, 1 failed\n');
    expect(err).toMatch(
      /^bud-run: error: check failed: t.mlir:11:3: .*: 1 of 2 elements differ: at \[1\] got 2, expected 3\n$/,
    );
  });

  it.each([['wasm'], ['interp']])('prints what the program prints, by %s', async (backend) => {
    const text = `func.func @main() -> tensor<i32> {
  %x = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  interpreter.print %x : tensor<2xi32>
  %y = stablehlo.constant dense<3> : tensor<i32>
  func.return %y : tensor<i32>
}`;
    const plain = await run(['t.mlir', `--backend=${backend}`], { 't.mlir': text });
    expect(plain).toMatchObject({ code: 0, out: 'i32 [2]\n[1 2]\nresult: i32 []\n3\n' });
    const json = await run(['t.mlir', `--backend=${backend}`, '--json'], { 't.mlir': text });
    expect(json.err).toBe('i32 [2]\n[1 2]\n');
    expect(JSON.parse(json.out)).toMatchObject({ entry: 'main' });
  });

  it.each([['wasm'], ['interp']])(
    'runs the functions of a file of tests without a flag, each by itself, by %s',
    async (backend) => {
      const parts = await run(['t.mlir', `--backend=${backend}`], { 't.mlir': TESTS });
      expect(parts).toMatchObject({ code: 3, out: '@fine: fine\n@fails: failed\n1 fine, 1 failed\n' });
      const one = TESTS.slice(0, TESTS.indexOf('func.func @takes'));
      const quantized = `func.func @quantized() {
  %x = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %q = stablehlo.uniform_quantize %x : (tensor<2xf32>) -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  func.return
}
`;
      const mixed = await run(['t.mlir', `--backend=${backend}`], { 't.mlir': `${quantized}${one}` });
      expect(mixed).toMatchObject({ code: 1, out: '@quantized: failed\n@fine: fine\n1 fine, 1 failed\n' });
      expect(mixed.err).toMatch(/t.mlir:3:8: error: .*quantized arithmetic is not supported/);
      // The function that is asked for does not mind, either.
      expect(
        await run(['t.mlir', '--entry=fine', `--backend=${backend}`], { 't.mlir': `${quantized}${one}` }),
      ).toMatchObject({ code: 0, err: '' });
    },
  );

  it('goes on behind what cannot be run', async () => {
    const text = `func.func @bad() { %x = stablehlo.nothing : tensor<i32> func.return }\n// -----\nfunc.func @good() { func.return }`;
    const { code, out, err } = await run(['t.mlir', '--all-functions', '--split-input-file'], { 't.mlir': text });
    expect({ code, out }).toEqual({ code: 1, out: '@good: fine\n1 fine, 1 failed\n' });
    expect(err).toMatch(/stablehlo.nothing/);
  });

  it.each([
    [['t.mlir', '--all-functions', '--entry=fine'], /--all-functions and --entry: one at a time/],
    [['t.mlir', '--all-functions', 'x.npy'], /leave x.npy out/],
    [['t.mlir', '--split-input-file', '--entry=fine'], /--all-functions and --entry: one at a time/],
  ])('says what %j cannot mean', async (argv, message) => {
    const { code, err } = await run(argv, { 't.mlir': TESTS });
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('says when there is nothing to run', async () => {
    const { code, err } = await run(['f.mlir', '--all-functions']);
    expect(code).toBe(1);
    expect(err).toMatch(/f.mlir: has no public function without arguments to run/);
  });
});

describe('--args and --format', () => {
  const SUM = `func.func @main(%a: tensor<2xi32>, %b: tensor<2xi32>) -> tensor<2xi32> {
  %0 = stablehlo.add %a, %b : tensor<2xi32>
  return %0 : tensor<2xi32>
}
`;
  const withArgs = (args: string, ...flags: string[]) =>
    run(['s.mlir', `--args=${args}`, ...flags], {
      's.mlir': SUM,
      list: '[dense<1> : tensor<2xi32>,\n dense<2> : tensor<2xi32>]\n',
      'a.npy': npy('i32', [2], Int32Array.of(1, 1)),
      'b.npy': npy('i32', [2], Int32Array.of(2, 2)),
    });

  it.each([['[dense<1> : tensor<2xi32>, dense<2> : tensor<2xi32>]'], ['@list'], ['@a.npy,@b.npy']])(
    'takes inputs as the text of MLIR or from files, and prints results so: %s',
    async (args) => {
      for (const backend of ['wasm', 'interp'])
        expect(await withArgs(args, `--backend=${backend}`)).toMatchObject({
          code: 0,
          out: 'tensor<2xi32> {\n  [3, 3]\n}\n',
          err: '',
        });
      expect((await withArgs(args, '--format=numpy')).out).toBe('result: i32 [2]\n[3 3]\n');
    },
  );

  it.each([
    ['not_array', 2, /'--args' is a list of arrays.*\n--args:1:1: error: expected an attribute/],
    ['[4.0 : f32]', 2, /element 0 is '4.000000e\+00 : f32', not an array/],
    ['[dense<1> : tensor<2xi32>]', 2, /lists 1 array, and the function takes 2/],
    [
      '[dense<1> : tensor<2xi32>, dense<1> : tensor<3xi32>]',
      1,
      /input 1 \(%b\): expected tensor<2xi32>, got tensor<3xi32>/,
    ],
    ['[dense<1> : tensor<2xi32>, dense<1> : tensor<2xi64>]', 1, /expected tensor<2xi32>, got tensor<2xi64>/],
    ['[dense<1> : vector<2xi32>, dense<1> : tensor<2xi32>]', 1, /got vector<2xi32>/],
    ['@missing', 1, /cannot read 'missing'/],
    ['@a.npy,@list', 2, /mixes .npy files and others/],
    ['@list,@list', 2, /one file with a list/],
  ])('says what is wrong with %s', async (args, code, message) => {
    const result = await withArgs(args);
    expect(result.code).toBe(code);
    expect(result.err).toMatch(message);
  });

  it('go with no other inputs, and not with JSON', async () => {
    expect((await run(['f.mlir', 'x.npy', '--args=[]'])).err).toMatch(/--args gives all inputs: leave x.npy out/);
    expect((await run(['f.mlir', '--args=[]', '--random=1'])).err).toMatch(/leave --random out/);
    expect((await run(['f.mlir', '--format=mlir', '--json'])).err).toMatch(/one at a time/);
  });

  it('know all types, as the interpreter of StableHLO prints them', async () => {
    const types = [
      'tensor<i1>',
      'tensor<2xi4>',
      'tensor<0xui8>',
      'tensor<2x1xf16>',
      'tensor<2xcomplex<f32>>',
      'tensor<ui64>',
    ];
    const names = types.map((_, i) => `%${i}`);
    const text = `func.func @main(${types.map((t, i) => `%${i}: ${t}`).join(', ')}) -> (${types.join(', ')}) {
  return ${names.join(', ')} : ${types.join(', ')}
}
`;
    const values = [
      'true',
      '[-8, 7]',
      '',
      '[[1.0], [0x7C00]]',
      '[(1.0, -0.5), (0.0, 0x7FC00000)]',
      '18446744073709551615',
    ];
    const args = `[${types.map((t, i) => `dense<${values[i]}> : ${t}`).join(', ')}]`;
    for (const backend of ['wasm', 'interp']) {
      const { out, err } = await run(['t.mlir', `--args=${args}`, `--backend=${backend}`], {
        't.mlir': `${text}func.func private @x() { %0 = stablehlo.constant dense<1> : tensor<i32> func.return }\n`,
      });
      expect(err).toBe('');
      expect(out).toBe(`tensor<i1> {true}
tensor<2xi4> {
  [-8, 7]
}
tensor<0xui8> {
  []
}
tensor<2x1xf16> {
  [
    [1.000000e+00],
    [0x7C00]
  ]
}
tensor<2xcomplex<f32>> {
  [[1.000000e+00, -5.000000e-01], [0.000000e+00, 0x7FC00000]]
}
tensor<ui64> {18446744073709551615}
`);
    }
  });
});
