import { describe, expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { accumulateInF32 } from './accumulate-in-f32.js';

function widened(text: string): string {
  const module = parse(text);
  const before = runMain(module, {});
  runPasses(module, 'builtin.module(accumulate-in-f32)', [accumulateInF32]);
  expect(runMain(module, {})).toEqual(before);
  return module.toString();
}
const sum = (
  type: string,
  reduce: string,
) => `func.func @main(%x: tensor<3x70x${type}>, %z: tensor<${type}>) -> tensor<3x${type}> {
  %0 = ${reduce}
  return %0 : tensor<3x${type}>
}`;

describe('accumulate-in-f32', () => {
  for (const type of ['f16', 'bf16']) {
    test(`sums of ${type} run in f32 and are rounded once`, () => {
      const text = widened(
        sum(
          type,
          `array.reduce add %x init %z dims = [1] {order = #array.order<sequential>} : tensor<3x70x${type}>, tensor<${type}> to tensor<3x${type}>`,
        ),
      );
      expect(text).toContain(
        'array.reduce add %0 init %1 dims = [1] {order = #array.order<sequential>} : tensor<3x70xf32>, tensor<f32> to tensor<3xf32>',
      );
      expect(text).toContain(`array.cast %2 : tensor<3xf32> to tensor<3x${type}>`);
    });
    test(`so do products of matrices, scans and windows of ${type}`, () => {
      const text =
        widened(`func.func @main(%x: tensor<3x9x${type}>, %y: tensor<9x4x${type}>, %z: tensor<${type}>) -> (tensor<3x4x${type}>, tensor<3x9x${type}>, tensor<3x8x${type}>) {
  %0 = array.dot_general %x, %y contract = [1] x [0] : tensor<3x9x${type}>, tensor<9x4x${type}> -> tensor<3x4x${type}>
  %1 = array.scan add %x init %z dim = 1 : tensor<3x9x${type}>, tensor<${type}>
  %2 = array.reduce_window add %x init %z window = [1, 2] : tensor<3x9x${type}>, tensor<${type}> to tensor<3x8x${type}>
  return %0, %1, %2 : tensor<3x4x${type}>, tensor<3x9x${type}>, tensor<3x8x${type}>
}`);
      for (const op of ['dot_general', 'scan', 'reduce_window'])
        expect(text).toMatch(new RegExp(`array\\.${op} .*f32>$`, 'm'));
    });
  }
  test('products of shorter elements widen each of them once, where rows and columns are many', () => {
    const product = (
      rows: number,
      from: string,
      to: string,
    ) => `func.func @main(%x: tensor<${rows}x3x${from}>, %y: tensor<3x17x${from}>) -> tensor<${rows}x17x${to}> {
  %0 = array.dot_general %x, %y contract = [1] x [0] : tensor<${rows}x3x${from}>, tensor<3x17x${from}> -> tensor<${rows}x17x${to}>
  return %0 : tensor<${rows}x17x${to}>
}`;
    for (const [from, to] of [
      ['i8', 'i32'],
      ['ui8', 'i32'],
      ['bf16', 'f32'],
      ['f32', 'f64'],
    ] as const)
      expect(widened(product(16, from, to))).toMatch(new RegExp(`dot_general .*x${to}>, .*x${to}> ->`));
    expect(widened(product(15, 'i8', 'i32'))).not.toContain('cast');
  });
  test('a region of one op that has a name is taken by its name, other regions stay', () => {
    const region = (op: string) =>
      sum(
        'f16',
        `array.reduce %x init %z dims = [1] : tensor<3x70xf16>, tensor<f16> to tensor<3xf16> body(%a: f16, %b: f16) {
    %1 = ${op} %a, %b : f16
    array.yield %1 : f16
  }`,
      );
    expect(widened(region('arith.addf'))).toContain('array.reduce add');
    expect(widened(region('arith.subf'))).not.toContain('f32');
  });
  test('other types are left alone', () => {
    expect(
      widened(sum('f64', 'array.reduce add %x init %z dims = [1] : tensor<3x70xf64>, tensor<f64> to tensor<3xf64>')),
    ).not.toContain('cast');
  });
});
