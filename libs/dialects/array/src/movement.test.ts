// reverse, concat, bitcast, map and empty on small tensors worked out by hand, and what their verifiers refuse.
import { RuntimeTrap } from '@budflow/interpreter';
import { describe, expect, test } from 'vitest';
import { call, messagesOf, moduleFrom, newContext, run, tensor } from './testing/harness.js';

/** @f from parameters, the line of %r, and its type. */
function f(parameters: string, line: string, type: string): string {
  return `func.func @f(${parameters}) -> ${type} {
  ${line}
  return %r : ${type}
}`;
}

describe('values', () => {
  test('reverse turns the named dimensions around', () => {
    const values = (dims: string) =>
      run(
        f('%x: tensor<?x3xi32>', `%r = array.reverse %x dims = ${dims} : tensor<?x3xi32>`, 'tensor<?x3xi32>'),
        (c) => [tensor(c, 'tensor<?x3xi32>', [1, 2, 3, 4, 5, 6], [2, 3])],
      );
    expect(values('[1]')).toEqual([3, 2, 1, 6, 5, 4]);
    expect(values('[0]')).toEqual([4, 5, 6, 1, 2, 3]);
    expect(values('[0, 1]')).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('concat puts rows side by side', () => {
    const types = 'tensor<2x2xi32>, tensor<2x1xi32> to tensor<2x3xi32>';
    const text = f(
      '%x: tensor<2x2xi32>, %y: tensor<2x1xi32>',
      `%r = array.concat %x, %y dim = 1 : ${types}`,
      'tensor<2x3xi32>',
    );
    const values = run(text, (c) => [tensor(c, 'tensor<2x2xi32>', [1, 2, 3, 4]), tensor(c, 'tensor<2x1xi32>', [5, 6])]);
    expect(values).toEqual([1, 2, 5, 3, 4, 6]);
  });

  test('concat of tensors that differ elsewhere traps', () => {
    const t = 'tensor<?x?xi32>';
    const context = newContext();
    const module = moduleFrom(
      f(`%x: ${t}, %y: ${t}`, `%r = array.concat %x, %y dim = 1 : ${t}, ${t} to ${t}`, t),
      context,
    );
    const args = [tensor(context, t, [1, 2], [2, 1]), tensor(context, t, [1, 2, 3], [3, 1])];
    expect(() => call(module, args)).toThrow(RuntimeTrap);
  });

  test('bitcast keeps the bits', () => {
    const text = f('%x: tensor<3xf32>', '%r = array.bitcast %x : tensor<3xf32> to tensor<3xui32>', 'tensor<3xui32>');
    expect(run(text, (c) => [tensor(c, 'tensor<3xf32>', [1, -0, -2])])).toEqual([0x3f800000, 0x80000000, 0xc0000000]);
  });

  test('map computes its region for every element', () => {
    const line = `%r = array.map %x, %y : tensor<3xui8>, tensor<3xi32> to tensor<3xi32> body(%a: i8, %b: i32) {
    %0 = arith.extsi %a : i8 to i32
    %1 = arith.addi %0, %b : i32
    array.yield %1 : i32
  }`;
    const text = f('%x: tensor<3xui8>, %y: tensor<3xi32>', line, 'tensor<3xi32>');
    const args = (c: Parameters<typeof tensor>[0]) => [
      tensor(c, 'tensor<3xui8>', [1, 255, 128]),
      tensor(c, 'tensor<3xi32>', [10, 10, 10]),
    ];
    expect(run(text, args)).toEqual([11, 9, -118]);
  });

  test('empty is zero', () => {
    expect(run(f('', '%r = array.empty : tensor<3xf64>', 'tensor<3xf64>'))).toEqual([0, 0, 0]);
  });
});

describe('what verifiers refuse', () => {
  const x = '%x: tensor<4xf32>';
  const cases: readonly (readonly [line: string, type: string, message: string])[] = [
    [
      '%r = array.reverse %x dims = [1] : tensor<4xf32>',
      'tensor<4xf32>',
      "requires 'dims' to name dimensions of the operand tensor<4xf32> (0 to 0), got 1",
    ],
    [
      '%r = array.bitcast %x : tensor<4xf32> to tensor<4xi64>',
      'tensor<4xi64>',
      'requires element types of equal width, got f32 and i64',
    ],
    [
      '%r = array.bitcast %x : tensor<4xf32> to tensor<2xi32>',
      'tensor<2xi32>',
      'requires operand and result of one shape, got tensor<4xf32> and tensor<2xi32>',
    ],
    [
      '%r = "array.concat"() {dim = 0 : i64} : () -> tensor<4xf32>',
      'tensor<4xf32>',
      'requires at least one operand, got none',
    ],
    [
      '%r = array.concat %x, %x dim = 0 : tensor<4xf32>, tensor<4xf32> to tensor<7xf32>',
      'tensor<7xf32>',
      'requires result of type tensor<8xf32>, got tensor<7xf32>',
    ],
    [
      '%r = "array.map"() ({\n %0 = arith.constant 1.0 : f32\n array.yield %0 : f32\n}) : () -> tensor<4xf32>',
      'tensor<4xf32>',
      'requires at least one operand, got none',
    ],
    [
      '%r = array.map %x : tensor<4xf32> to tensor<4xf32> body(%a: i32) {\n array.yield %a : i32\n}',
      'tensor<4xf32>',
      'requires region arguments of types (f32), got (i32)',
    ],
    [
      '%r = array.map %x : tensor<4xf32> to tensor<4xi1> body(%a: f32) {\n array.yield %a : f32\n}',
      'tensor<4xi1>',
      'requires a yield of types (i1), got (f32)',
    ],
    [
      '%r = array.map %x : tensor<4xf32> to tensor<5xf32> body(%a: f32) {\n array.yield %a : f32\n}',
      'tensor<5xf32>',
      'requires operands and result of one shape, got tensor<4xf32> and tensor<5xf32> (the result)',
    ],
    [
      '%r = array.empty : tensor<?xf32>',
      'tensor<?xf32>',
      'requires 1 size operand (one for each dynamic dimension of the result), got 0',
    ],
  ];
  for (const [line, type, message] of cases)
    test(message, () => {
      expect(messagesOf(f(x, line, type)).join('\n')).toContain(message);
    });

  test('concat of other shapes', () => {
    const text = f(
      '%x: tensor<4x2xf32>, %y: tensor<3x2xf32>',
      '%r = array.concat %x, %y dim = 1 : tensor<4x2xf32>, tensor<3x2xf32> to tensor<4x4xf32>',
      'tensor<4x4xf32>',
    );
    expect(messagesOf(text).join()).toContain('requires operands that differ in dimension 1 only');
  });
});
