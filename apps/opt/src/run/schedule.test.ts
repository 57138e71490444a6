// Schedules on the command lines: printed by bud-opt, read by bud-run, the same loops again.
import { expect, test } from 'vitest';
import { optMain } from '../opt/main.js';
import { runInProcess } from '../testing/fake-io.js';
import { runMain } from './main.js';

const MATMUL = `func.func @main(%a: tensor<16x12xf32>, %b: tensor<12x20xf32>) -> tensor<16x20xf32> {
  %0 = array.dot_general %a, %b batch = [] x [] contract = [1] x [0] : tensor<16x12xf32>, tensor<12x20xf32> -> tensor<16x20xf32>
  return %0 : tensor<16x20xf32>
}
`;
const opt = (argv: readonly string[], files: Readonly<Record<string, string>> = {}) =>
  runInProcess('bud-opt', optMain, argv, { files: { 'f.mlir': MATMUL, ...files } });
const run = (argv: readonly string[], files: Readonly<Record<string, string>> = {}) =>
  runInProcess('bud-run', runMain, argv, { files: { 'f.mlir': MATMUL, ...files } });

test('the schedule that bud-opt prints replays to the same loops', async () => {
  const printed = await opt(['f.mlir', '-O3', '--print-schedule']);
  expect(printed).toMatchObject({ code: 0, err: '' });
  expect(Object.keys(JSON.parse(printed.out))).toEqual(['main_k0']);
  const scheduled = async (...last: readonly unknown[]) => {
    const front =
      'fix-numerics,instruction-fusion,collapse-dims,bufferize,buffer-assignment,array-to-loop,canonicalize,cse';
    const config = JSON.stringify({ pipeline: [...front.split(','), ...last] });
    return opt(['f.mlir', '--pipeline-config=p.json'], { 'p.json': config });
  };
  // The target of -O3.
  const options = { target: 'wasm32-relaxed-simd' };
  const passes = ['cache-blocking', 'default-schedule'].map((pass) => ({ pass, options }));
  const own = await scheduled('apply-schedule', ...passes);
  const again = await scheduled({ pass: 'apply-schedule', options: { strict: true, schedules: printed.out } });
  expect(own.err).toBe('');
  expect(again.err).toBe('');
  expect(again.out).toBe(own.out);
  expect(again.out).toContain('simd.store');
});

test('bud-run applies a schedule from a file, and the results stay', async () => {
  const steps = JSON.stringify([
    { primitive: 'tile', loops: ['dot_general.d0', 'dot_general.d1'], factors: [4, 8] },
    { primitive: 'parallel', loop: 'dot_general.d0.o' },
  ]);
  const plain = await run(['f.mlir', '--random=1', '--numerics=strict']);
  const own = await run(['f.mlir', '--random=1', '--numerics=strict', '--schedule=s.json'], { 's.json': steps });
  expect(own).toEqual({ ...plain, world: expect.anything() });
  expect(own.code).toBe(0);
});

test('schedules that are wrong are told with file, path and way out', async () => {
  const bad = async (text: string): Promise<string> => {
    const { code, err } = await run(['f.mlir', '--random=1', '--schedule=s.json'], { 's.json': text });
    expect(code).toBe(1);
    return err;
  };
  expect(await bad('{"main_k0": [{"primitive":"split","loop":"x","factor":0}]}')).toContain(
    's.json: /main_k0/0/factor: expected integer >= 1',
  );
  expect(await bad('[{')).toContain('s.json: not JSON');
  // schedule.unknown-kernel
  expect(await bad('{"main_k7": []}')).toContain("'main_k7', which is no kernel: did you mean 'main_k0'?");
  expect(await bad('[{"primitive":"parallel","loop":"dot_general.r0"}]')).toContain(
    'step 0 (parallel of loop "dot_general.r0"): loop-carried dependence through read of',
  );
});

test('pipelines without schedules say so', async () => {
  expect((await opt(['f.mlir', '--canonicalize', '--print-schedule'])).err).toContain('applies no schedule');
  expect((await run(['f.mlir', '--random=1', '-O1', '--schedule=s.json'], { 's.json': '[]' })).err).toContain(
    "no pass 'apply-schedule'",
  );
});
