// dynamic_slice, dynamic_update_slice, gather and scatter on the examples of StableHLO's specification, and what their
// verifiers refuse.
import type { Context } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { messagesOf, run, tensor } from './testing/harness.js';

/** @f from parameters, the text that defines %r, and its type. */
function f(parameters: string, lines: string, type: string): string {
  return `func.func @f(${parameters}) -> ${type} {
  ${lines}
  return %r : ${type}
}`;
}

const ascending = (count: number, first = 1) => Array.from({ length: count }, (_, i) => i + first);

describe('values', () => {
  test('dynamic_slice moves the window inside', () => {
    const line =
      '%r = array.dynamic_slice %x [%i, %j] sizes = [2, 2] : tensor<4x4xi32>, tensor<i64> to tensor<2x2xi32>';
    const text = f('%x: tensor<4x4xi32>, %i: tensor<i64>, %j: tensor<i64>', line, 'tensor<2x2xi32>');
    const at = (i: bigint, j: bigint) =>
      run(text, (c) => [
        tensor(c, 'tensor<4x4xi32>', [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 7]),
        tensor(c, 'tensor<i64>', [i]),
        tensor(c, 'tensor<i64>', [j]),
      ]);
    expect(at(-1n, 3n)).toEqual([1, 1, 1, 1]);
    expect(at(2n ** 62n, 2n)).toEqual([0, 0, 0, 7]);
  });

  test('dynamic_update_slice moves the update inside', () => {
    const line = '%r = array.dynamic_update_slice %x, %u [%i, %j] : tensor<4x4xi32>, tensor<2x2xi32>, tensor<i64>';
    const text = f(
      '%x: tensor<4x4xi32>, %u: tensor<2x2xi32>, %i: tensor<i64>, %j: tensor<i64>',
      line,
      'tensor<4x4xi32>',
    );
    const values = run(text, (c) => [
      tensor(c, 'tensor<4x4xi32>', [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]),
      tensor(c, 'tensor<2x2xi32>', [1, 1, 1, 1]),
      tensor(c, 'tensor<i64>', [-1n]),
      tensor(c, 'tensor<i64>', [3n]),
    ]);
    expect(values).toEqual(new Array(16).fill(1));
  });

  test('gather with batching dimensions', () => {
    const line = `%r = array.gather %x, %i window = [3, 4] collapsed = [1] batching = [0] x [1] map = [2, 1] vector = 3 sizes = [1, 1, 2, 2] : tensor<2x3x4x2xi32>, tensor<2x2x3x2xi64> to tensor<2x2x3x2x2xi32>`;
    const text = f('%x: tensor<2x3x4x2xi32>, %i: tensor<2x2x3x2xi64>', line, 'tensor<2x2x3x2x2xi32>');
    const indices = [0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 0, 9, 0, 0, 2, 1, 2, 2, 1, 2, 0, 1, 1, 0].map(BigInt);
    const values = run(text, (c) => [
      tensor(c, 'tensor<2x3x4x2xi32>', ascending(48)),
      tensor(c, 'tensor<2x2x3x2xi64>', indices),
    ]);
    const expected = [
      1, 2, 3, 4, 3, 4, 5, 6, 13, 14, 15, 16, 33, 34, 35, 36, 35, 36, 37, 38, 41, 42, 43, 44, 1, 2, 3, 4, 13, 14, 15,
      16, 21, 22, 23, 24, 43, 44, 45, 46, 33, 34, 35, 36, 27, 28, 29, 30,
    ];
    expect(values).toEqual(expected);
  });

  test('scatter adds windows, and skips those outside', () => {
    const line = `%r = array.scatter %x at %i updates %u window = [1] collapsed = [0] map = [0] vector = 1 : tensor<3x2xi32>, tensor<4xi32>, tensor<4x2xi32> body(%a: i32, %b: i32) {
    %0 = arith.addi %a, %b : i32
    array.yield %0 : i32
  }`;
    const text = f('%x: tensor<3x2xi32>, %i: tensor<4xi32>, %u: tensor<4x2xi32>', line, 'tensor<3x2xi32>');
    const args = (c: Context) => [
      tensor(c, 'tensor<3x2xi32>', ascending(6)),
      tensor(c, 'tensor<4xi32>', [2, -1, 2, 3]),
      tensor(c, 'tensor<4x2xi32>', [10, 20, 30, 40, 50, 60, 70, 80]),
    ];
    expect(run(text, args)).toEqual([1, 2, 3, 4, 65, 86]);
  });
});

describe('what verifiers refuse', () => {
  const sum = 'body(%a: f32, %b: f32) {\n array.yield %a : f32\n}';
  const cases: readonly (readonly [parameters: string, line: string, type: string, message: string])[] = [
    [
      '%x: tensor<4xf32>',
      '%r = array.dynamic_slice %x [] sizes = [2] : tensor<4xf32> to tensor<2xf32>',
      'tensor<2xf32>',
      'requires one start index for each of 1 dimensions, got 0',
    ],
    [
      '%x: tensor<4xf32>, %i: tensor<1xi64>',
      '%r = array.dynamic_slice %x [%i] sizes = [2] : tensor<4xf32>, tensor<1xi64> to tensor<2xf32>',
      'tensor<2xf32>',
      'requires start indices of one 0-d integer type, got tensor<1xi64> and tensor<1xi64>',
    ],
    [
      '%x: tensor<4xf32>, %i: tensor<i64>',
      '%r = array.dynamic_slice %x [%i] sizes = [5] : tensor<4xf32>, tensor<i64> to tensor<5xf32>',
      'tensor<5xf32>',
      'requires a window that fits in tensor<4xf32>, got size 5 in dimension 0',
    ],
    [
      '%x: tensor<4xf32>, %u: tensor<5xf32>, %i: tensor<i64>',
      '%r = array.dynamic_update_slice %x, %u [%i] : tensor<4xf32>, tensor<5xf32>, tensor<i64>',
      'tensor<4xf32>',
      'requires a window that fits in tensor<4xf32>, got size 5 in dimension 0',
    ],
    [
      '%x: tensor<4xf32>, %i: tensor<3xi32>',
      '%r = array.gather %x, %i collapsed = [0] map = [0] vector = 0 sizes = [1] : tensor<4xf32>, tensor<3xi32> to tensor<f32>',
      'tensor<f32>',
      "requires 'map' with one entry for each component of an index vector (3), got 1",
    ],
    [
      '%x: tensor<4xf32>, %i: tensor<3xi32>',
      '%r = array.gather %x, %i map = [0] vector = 1 sizes = [1] : tensor<4xf32>, tensor<3xi32> to tensor<3xf32>',
      'tensor<3xf32>',
      "requires 'window' with one entry for each of the 1 dimensions of a window, got 0",
    ],
    [
      '%x: tensor<4xf32>, %i: tensor<3xi32>',
      '%r = array.gather %x, %i collapsed = [0] map = [0] vector = 1 sizes = [2] : tensor<4xf32>, tensor<3xi32> to tensor<3xf32>',
      'tensor<3xf32>',
      'requires a window that fits in tensor<4xf32>, of size 1 where it is collapsed or a batch, got size 2 in dimension 0',
    ],
    [
      '%x: tensor<4xf32>, %i: tensor<3xi32>, %u: tensor<2xf32>',
      `%r = array.scatter %x at %i updates %u collapsed = [0] map = [0] vector = 1 : tensor<4xf32>, tensor<3xi32>, tensor<2xf32> ${sum}`,
      'tensor<4xf32>',
      'requires updates for each index vector of tensor<3xi32>, got tensor<2xf32>',
    ],
    [
      '%x: tensor<4xf32>, %i: tensor<3xi32>, %u: tensor<3xf32>',
      `%r = "array.scatter"(%x, %i, %u, %u) ({\n^bb0(%a: f32, %b: f32):\n array.yield %a : f32\n}) {window = array<i64>, collapsed = array<i64: 0>, operand_batching = array<i64>, indices_batching = array<i64>, map = array<i64: 0>, vector = 1 : i64, operandSegmentSizes = array<i32: 1, 1, 2>} : (tensor<4xf32>, tensor<3xi32>, tensor<3xf32>, tensor<3xf32>) -> tensor<4xf32>`,
      'tensor<4xf32>',
      'got 1 inputs, 1 of indices, 2 updates, 1 results',
    ],
    [
      '%x: tensor<4xf32>, %i: tensor<3xi32>, %u: tensor<3xf64>',
      `%r = array.scatter %x at %i updates %u collapsed = [0] map = [0] vector = 1 : tensor<4xf32>, tensor<3xi32>, tensor<3xf64> ${sum}`,
      'tensor<4xf32>',
      'requires inputs of one shape and updates of one shape',
    ],
  ];
  for (const [parameters, line, type, message] of cases)
    test(message, () => {
      expect(messagesOf(f(parameters, line, type)).join('\n')).toContain(message);
    });
});
