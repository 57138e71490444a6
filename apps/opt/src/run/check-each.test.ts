// --check-each: finds a pass that changes a result, and only such a pass.
import { arrayDialect } from '@budflow/dialect-array';
import { registerCoreDialects } from '@budflow/dialect-core';
import { Context, DenseElementsAttr, type Operation, parseModule } from '@budflow/ir';
import { definePass, nested, type PassDefinition, passItem, pipeline } from '@budflow/pass';
import { canonicalize, fixNumerics } from '@budflow/transforms';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../testing/fake-io.js';
import { checkEach } from './check-each.js';
import { firstDifference } from './compare-arrays.js';
import type { HostArray } from './host-array.js';
import { interpretCall } from './interpret.js';
import { runMain } from './main.js';

const PROGRAM = `func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = arith.addf %x, %c : tensor<4xf32>
  return %0 : tensor<4xf32>
}
`;
const INPUT: HostArray = { dtype: 'f32', shape: [4], data: Float32Array.of(1, 1, 1, 1) };

/** Multiplies element 2 of every constant by `factor`. */
const breaking = (name: string, factor: number) =>
  definePass({
    name,
    summary: 'break constants',
    anchor: 'func.func',
    run(func, { context }) {
      func.walk((op) => {
        const dense = op.attr('value');
        if (!(dense instanceof DenseElementsAttr)) return;
        const values = new Float32Array(dense.bytes.slice().buffer);
        values[2] = values[2]! * factor;
        op.setAttr('value', context.denseElements(dense.type, new Uint8Array(values.buffer), { splat: false }));
      });
    },
  });
const doubling = definePass({
  name: 'double',
  summary: 'add values to themselves',
  anchor: 'func.func',
  run(func) {
    func.walk((op) => {
      if (op.name === 'arith.addf') op.setOperand(1, op.operand(0));
    });
  },
});

function check(passes: readonly PassDefinition[], options: { compiled?: () => HostArray[]; ablate?: string[] } = {}) {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(arrayDialect);
  const module = parseModule(PROGRAM, context)!;
  const lines: string[] = [];
  const run = () =>
    checkEach({
      context,
      module,
      entry: 'main',
      pipeline: pipeline(
        'builtin.module',
        ...passes.map((pass) => (pass.anchor === 'func.func' ? nested('func.func', passItem(pass)) : passItem(pass))),
      ),
      ablate: options.ablate ?? [],
      interpret: (m: Operation) => interpretCall(m, 'main', [INPUT], 'once'),
      compiled: options.compiled,
      report: (line) => lines.push(line.trim().replace(/ +/g, ' ')),
    });
  const outcome = context.diagnostics.capture((d) => expect.fail(d.message), run);
  return { ...outcome, lines };
}

describe('checking passes', () => {
  it('names the first pass that changes a result, and the element', () => {
    const { failure, lines } = check([canonicalize, breaking('twice', 2), breaking('thrice', 3)] as PassDefinition[]);
    expect(failure).toEqual({ pass: 'twice', position: 2, message: 'result 0: element [2] was 4.0, is 7.0' });
    expect(lines).toEqual(['1 canonicalize changes nothing']);
  });

  it('forgives roundings before numerics are fixed, and no bit afterwards', () => {
    const rounding = breaking('round', 1 + 2 ** -22) as PassDefinition;
    expect(check([rounding]).failure).toBeUndefined();
    const { failure, lines } = check([fixNumerics as unknown as PassDefinition, rounding]);
    expect(failure).toMatchObject({ pass: 'round', position: 2 });
    expect(lines[0]).toMatch(/^1 fix-numerics /);
  });

  it('leaves out what is ablated', () => {
    const passes = [canonicalize, breaking('twice', 2)] as PassDefinition[];
    expect(check(passes, { ablate: ['twice'] })).toMatchObject({ passes: 1, failure: undefined });
  });

  it('compares several elements', () => {
    expect(check([doubling as PassDefinition]).failure?.message).toBe(
      'result 0: element [1] was 3.0, is 2.0 (3 elements differ)',
    );
  });

  it('compares the compiled code in the end', () => {
    const right = { dtype: 'f32', shape: [4], data: Float32Array.of(2, 3, 4, 5) };
    const wrong = { dtype: 'f32', shape: [4], data: Float32Array.of(2, 3, 4, 6) };
    expect(check([], { compiled: () => [right] }).failure).toBeUndefined();
    expect(check([], { compiled: () => [wrong] }).failure).toMatchObject({ pass: 'code generation' });
  });
});

describe('comparing results', () => {
  const f32 = (...values: number[]): HostArray => ({
    dtype: 'f32',
    shape: [values.length],
    data: Float32Array.from(values),
  });
  const i32 = (...values: number[]): HostArray => ({
    dtype: 'i32',
    shape: [values.length],
    data: Int32Array.from(values),
  });

  it('by bits: zeros have signs, NaN is NaN', () => {
    expect(firstDifference(f32(0), f32(-0), 'exact')).toMatchObject({ before: '0.0', after: '-0.0' });
    expect(firstDifference(f32(Number.NaN), f32(Number.NaN), 'exact')).toBeUndefined();
    expect(firstDifference(f32(1, Number.NaN), f32(1, 1), 'exact')).toMatchObject({ index: [1], before: 'nan' });
    expect(firstDifference(f32(1), f32(1 + 2 ** -23), 'exact')).toBeDefined();
  });

  it('by value: relative to the largest', () => {
    expect(firstDifference(f32(1000, 1), f32(1000, 1.001), 'rounding')).toBeUndefined();
    expect(firstDifference(f32(1), f32(1.001), 'rounding')).toMatchObject({ index: [0] });
    expect(firstDifference(f32(0), f32(-0), 'rounding')).toBeUndefined();
    expect(firstDifference(f32(1), f32(Number.NaN), 'rounding')).toBeDefined();
    expect(firstDifference(f32(Number.POSITIVE_INFINITY), f32(1), 'rounding')).toBeDefined();
  });

  it('of integers exactly, but for single decisions where floats are rounded anew', () => {
    const zeros = i32(...new Array<number>(300).fill(0));
    const some = (n: number) => i32(...Array.from({ length: 300 }, (_, i) => Number(i < n)));
    expect(firstDifference(zeros, some(1), 'rounding')).toBeDefined();
    expect(firstDifference(zeros, some(3), 'decisions')).toBeUndefined();
    expect(firstDifference(zeros, some(4), 'decisions')).toMatchObject({ count: 4 });
  });

  it('tells types and shapes apart', () => {
    expect(firstDifference(f32(1), i32(1), 'exact')).toMatchObject({
      index: undefined,
      before: 'f32 [1]',
      after: 'i32 [1]',
    });
    const matrix = { dtype: 'i32', shape: [2, 3], data: Int32Array.of(0, 1, 2, 3, 4, 5) };
    expect(firstDifference(matrix, { ...matrix, data: Int32Array.of(0, 1, 2, 3, 9, 5) }, 'exact')).toMatchObject({
      index: [1, 1],
    });
  });
});

it('is what bud-run --check-each prints', async () => {
  const program = `func.func @main(%x: tensor<6x?xf32>) -> tensor<6xf32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %0 = array.exp %x : tensor<6x?xf32>
  %1 = array.reduce add %0 init %zero dims = [1] : tensor<6x?xf32>, tensor<f32> to tensor<6xf32>
  return %1 : tensor<6xf32>
}
`;
  const run = (...argv: string[]) =>
    runInProcess('bud-run', runMain, ['f.mlir', '--check-each', ...argv], { files: { 'f.mlir': program } });
  const { code, out, err } = await run();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^ +1 {2}convert-stablehlo-to-array changes nothing\n +2 {2}flatten-tuples +changes nothing\n/);
  expect(out).toMatch(/ {2}code generation +same bits\n@main: \d+ passes, every result kept\n$/);
  const json = JSON.parse((await run('--json', '--backend=interp', '--random=3', '--sizes=5')).out);
  expect(json).toMatchObject({ entry: 'main', failed: null });
});
