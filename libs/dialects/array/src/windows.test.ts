// reduce_window, scan, argmin, argmax and select_and_scatter on small tensors worked out by hand (among them the examples of
// StableHLO's specification), and what their verifiers refuse.
import { RuntimeTrap } from '@budflow/interpreter';
import { describe, expect, test } from 'vitest';
import { call, messagesOf, moduleFrom, newContext, run, tensor } from './testing/harness.js';

/** @f from parameters, the text that defines %r, and its type. */
function f(parameters: string, lines: string, type: string): string {
  return `func.func @f(${parameters}) -> ${type} {
  ${lines}
  return %r : ${type}
}`;
}

describe('values', () => {
  test('reduce_window with strides, dilations and padding', () => {
    const line = `%r = array.reduce_window add %x init %z window = [2, 1] strides = [4, 1] base_dilation = [2, 1] window_dilation = [3, 1] low = [2, 0] high = [1, 0] : tensor<3x2xi64>, tensor<i64> to tensor<2x2xi64>`;
    const values = run(f('%x: tensor<3x2xi64>, %z: tensor<i64>', line, 'tensor<2x2xi64>'), (c) => [
      tensor(c, 'tensor<3x2xi64>', [1n, 2n, 3n, 4n, 5n, 6n]),
      tensor(c, 'tensor<i64>', [0n]),
    ]);
    expect(values).toEqual([0n, 0n, 3n, 4n]);
  });

  test('padding holds the init, and the init comes first', () => {
    const line =
      '%r = array.reduce_window mul %x init %z window = [2] low = [1] : tensor<3xi32>, tensor<i32> to tensor<3xi32>';
    const values = run(f('%x: tensor<3xi32>, %z: tensor<i32>', line, 'tensor<3xi32>'), (c) => [
      tensor(c, 'tensor<3xi32>', [1, 2, 3]),
      tensor(c, 'tensor<i32>', [10]),
    ]);
    expect(values).toEqual([100, 20, 60]);
  });

  test('named kinds know the sign of the elements', () => {
    const line = '%r = array.reduce_window max %x init %z window = [2] : tensor<3xui8>, tensor<ui8> to tensor<2xui8>';
    const values = run(f('%x: tensor<3xui8>, %z: tensor<ui8>', line, 'tensor<2xui8>'), (c) => [
      tensor(c, 'tensor<3xui8>', [200, 100, 3]),
      tensor(c, 'tensor<ui8>', [4]),
    ]);
    expect(values).toEqual([200, 100]);
  });

  test('scan, in both directions, with and without the element itself', () => {
    const scan = (how: string) =>
      run(
        f(
          '%x: tensor<4xi32>, %z: tensor<i32>',
          `%r = array.scan add %x init %z dim = 0${how} : tensor<4xi32>, tensor<i32>`,
          'tensor<4xi32>',
        ),
        (c) => [tensor(c, 'tensor<4xi32>', [1, 2, 3, 4]), tensor(c, 'tensor<i32>', [10])],
      );
    expect(scan('')).toEqual([11, 13, 16, 20]);
    expect(scan(' exclusive')).toEqual([10, 11, 13, 16]);
    expect(scan(' reverse')).toEqual([20, 19, 17, 14]);
    expect(scan(' exclusive reverse')).toEqual([19, 17, 14, 10]);
  });

  test('scan in blocks: running sums within a block first, then what was before it', () => {
    // 2^24 + 1 is no f32: one by one each 1 is lost; two of them together are not.
    const values = [2 ** 24, 1, 1, 1, 1, 1, 1];
    const scan = (how: string) =>
      run(
        f(
          '%x: tensor<7xf32>, %z: tensor<f32>',
          `%r = array.scan add %x init %z dim = 0${how} : tensor<7xf32>, tensor<f32>`,
          'tensor<7xf32>',
        ),
        (c) => [tensor(c, 'tensor<7xf32>', values), tensor(c, 'tensor<f32>', [0])],
      ).map((x) => Number(x) - 2 ** 24);
    const order = ' {order = #array.order<lanes = 4, accumulators = 1, block = 4>}';
    expect(scan('')).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(scan(' {order = #array.order<sequential>}')).toEqual([0, 0, 0, 0, 0, 0, 0]);
    // Within the first block 2^24 + 1 == 2^24, then + (1 + 1); the second block adds 1, 2 and 3 to what was before, 2^24 + 2.
    expect(scan(order)).toEqual([0, 0, 2, 2, 4, 4, 4]);
    expect(scan(` exclusive${order}`)).toEqual([-(2 ** 24), 0, 0, 2, 2, 4, 4]);
  });

  test('argmin and argmax: the first of equal ones, NaN before all', () => {
    const at = (op: string, values: number[]) =>
      run(f('%x: tensor<?xf32>', `%r = array.${op} %x dim = 0 : tensor<?xf32> to tensor<i64>`, 'tensor<i64>'), (c) => [
        tensor(c, 'tensor<?xf32>', values, [values.length]),
      ])[0];
    expect(at('argmax', [1, 3, 3, 2])).toBe(1n);
    expect(at('argmin', [1, 0, -0, 2])).toBe(1n);
    expect(at('argmax', [1, Number.NaN, 9, Number.NaN])).toBe(1n);
    expect(at('argmin', [1, Number.NaN, -9])).toBe(1n);
    expect(at('argmin', [7])).toBe(0n);
  });

  test('argmax of nothing traps', () => {
    const context = newContext();
    const text = f('%x: tensor<?xf32>', '%r = array.argmax %x dim = 0 : tensor<?xf32> to tensor<i32>', 'tensor<i32>');
    const module = moduleFrom(text, context);
    expect(() => call(module, [tensor(context, 'tensor<?xf32>', [], [0])])).toThrow(RuntimeTrap);
  });

  test('select_and_scatter adds to the greatest element of each window', () => {
    const line = `%r = array.select_and_scatter %x source %s init %z window = [3, 1] strides = [2, 1] low = [0, 0] high = [1, 0] : tensor<4x2xi64>, tensor<2x2xi64>, tensor<i64> select(%a: i64, %b: i64) {
    %0 = arith.cmpi sge, %a, %b : i64
    array.yield %0 : i1
  } scatter(%c: i64, %d: i64) {
    %1 = arith.addi %c, %d : i64
    array.yield %1 : i64
  }`;
    const values = run(f('%x: tensor<4x2xi64>, %s: tensor<2x2xi64>, %z: tensor<i64>', line, 'tensor<4x2xi64>'), (c) => [
      tensor(c, 'tensor<4x2xi64>', [1n, 5n, 2n, 5n, 3n, 6n, 4n, 4n]),
      tensor(c, 'tensor<2x2xi64>', [5n, 6n, 7n, 8n]),
      tensor(c, 'tensor<i64>', [0n]),
    ]);
    expect(values).toEqual([0n, 0n, 0n, 0n, 5n, 14n, 7n, 0n]);
  });
});

describe('what verifiers refuse', () => {
  const x = '%x: tensor<4xf32>, %z: tensor<f32>, %i: tensor<i32>';
  const regions =
    'select(%a: f32, %b: f32) {\n array.yield %a : f32\n} scatter(%c: f32, %d: f32) {\n array.yield %c : f32\n}';
  const cases: readonly (readonly [line: string, type: string, message: string])[] = [
    [
      '%r = array.reduce_window add %x init %z window = [2, 2] : tensor<4xf32>, tensor<f32> to tensor<3xf32>',
      'tensor<3xf32>',
      "requires 'window' with one entry for each dimension of the operand tensor<4xf32>, got 2",
    ],
    [
      '%r = array.reduce_window add %x init %z window = [2] strides = [0] : tensor<4xf32>, tensor<f32> to tensor<3xf32>',
      'tensor<3xf32>',
      "requires entries of at least 1 in 'strides', got 0",
    ],
    [
      '%r = array.reduce_window add %x init %z window = [2] : tensor<4xf32>, tensor<f32> to tensor<4xf32>',
      'tensor<4xf32>',
      'requires result of type tensor<3xf32>, got tensor<4xf32>',
    ],
    [
      '%r = array.reduce_window add %x init %i window = [2] : tensor<4xf32>, tensor<i32> to tensor<3xf32>',
      'tensor<3xf32>',
      'requires an init of type tensor<f32> for the operand tensor<4xf32>, got tensor<i32>',
    ],
    [
      '%r = array.scan xor %x init %z dim = 0 : tensor<4xf32>, tensor<f32>',
      'tensor<4xf32>',
      "requires other elements than f32 for the kind 'xor'",
    ],
    [
      '%r = array.scan %x init %z dim = 0 : tensor<4xf32>, tensor<f32> body(%a: f32, %b: f32) {\n %s = arith.cmpf olt, %a, %b : f32\n array.yield %s : i1\n}',
      'tensor<4xf32>',
      'requires a yield of types (f32), got (i1)',
    ],
    [
      '%r = array.scan add %x init %z dim = 1 : tensor<4xf32>, tensor<f32>',
      'tensor<4xf32>',
      "requires 'dim' to name dimensions of the operand tensor<4xf32> (0 to 0), got 1",
    ],
    [
      '%r = array.scan add %x init %z dim = 0 {order = #array.order<canonical>} : tensor<4xf32>, tensor<f32>',
      'tensor<4xf32>',
      'requires the order sequential, or with a named kind lanes with one accumulator and blocks of as many elements, got #array.order<canonical>',
    ],
    [
      '%r = array.argmax %x dim = 0 : tensor<4xf32> to tensor<1xi32>',
      'tensor<1xi32>',
      'requires result of type tensor<i32>, got tensor<1xi32>',
    ],
    [
      `%r = array.select_and_scatter %x source %x init %z window = [2] : tensor<4xf32>, tensor<4xf32>, tensor<f32> ${regions}`,
      'tensor<4xf32>',
      'requires a source of type tensor<3xf32>, got tensor<4xf32>',
    ],
    [
      `%r = array.select_and_scatter %x source %x init %z window = [1] : tensor<4xf32>, tensor<4xf32>, tensor<f32> ${regions}`,
      'tensor<4xf32>',
      'requires a yield of types (i1), got (f32)',
    ],
    [
      `%r = array.select_and_scatter %x source %x init %z window = [1] base_dilation = [2] : tensor<4xf32>, tensor<4xf32>, tensor<f32> ${regions}`,
      'tensor<4xf32>',
      'requires windows without dilation',
    ],
  ];
  for (const [line, type, message] of cases)
    test(message, () => {
      expect(messagesOf(f(x, line, type)).join('\n')).toContain(message);
    });

  test('an argmax of an empty dimension', () => {
    const text = f(
      '%x: tensor<3x0xf32>',
      '%r = array.argmax %x dim = 1 : tensor<3x0xf32> to tensor<3xi32>',
      'tensor<3xi32>',
    );
    expect(messagesOf(text).join()).toContain('requires elements to choose from in dimension 1, got tensor<3x0xf32>');
  });
});
