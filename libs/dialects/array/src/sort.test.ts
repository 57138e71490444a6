// array.sort on small tensors worked out by hand (among them an example of StableHLO's specification), its text and what its
// verifier refuses.
import { printModule } from '@budflow/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { call, messagesOf, moduleFrom, newContext, run, tensor } from './testing/harness.js';

const t = 'tensor<?xf32>';
const sortOne = (how: string) => `func.func @f(%x: ${t}) -> ${t} {
  %r = array.sort %x dim = 0 ${how.startsWith('comparator') ? `: ${t} ${how}` : `${how} : ${t}`}
  return %r : ${t}
}`;
const sorted = (how: string, values: readonly number[]) =>
  run(sortOne(how), (c) => [tensor(c, t, [...values], [values.length])]);

describe('values', () => {
  test('rows of several operands move together', () => {
    const type = 'tensor<2x3xi32>';
    const text = `func.func @f(%x: ${type}, %y: ${type}) -> (${type}, ${type}) {
  %0:2 = array.sort %x, %y dim = 0 stable : ${type}, ${type} comparator(%a: i32, %b: i32, %c: i32, %d: i32) {
    %1 = arith.cmpi sgt, %a, %b : i32
    array.yield %1 : i1
  }
  return %0#0, %0#1 : ${type}, ${type}
}`;
    const context = newContext();
    const results = call(moduleFrom(text, context), [
      tensor(context, type, [1, 2, 3, 3, 2, 1]),
      tensor(context, type, [3, 2, 1, 1, 2, 3]),
    ]);
    expect(results.map((r) => [...(r as { data: Int32Array }).data])).toEqual([
      [3, 2, 3, 1, 2, 1],
      [1, 2, 1, 3, 2, 3],
    ]);
  });

  test('the total order gives every float a place', () => {
    const values = [0, Number.NaN, -0, Number.POSITIVE_INFINITY, -1, Number.NEGATIVE_INFINITY, 1e-45, 2];
    const up = [Number.NEGATIVE_INFINITY, -1, -0, 0, 1e-45, 2, Number.POSITIVE_INFINITY, Number.NaN];
    expect(sorted('ascending total_order', values)).toEqual(up.map(Math.fround));
    expect(sorted('descending total_order', values)).toEqual(up.map(Math.fround).reverse());
  });

  test('equal elements keep their order', () => {
    expect(sorted('ascending', [0, -0, -1, -0, 0])).toEqual([-1, 0, -0, -0, 0]);
    expect(sorted('descending', [0, -0, -1, -0, 0])).toEqual([0, -0, -0, 0, -1]);
  });

  test('a comparator that always says yes has an outcome: runs in the opposite order', () => {
    const always = 'comparator(%a: f32, %b: f32) {\n%0 = arith.constant true\narray.yield %0 : i1\n}';
    expect(sorted(always, [1, 2, 3, 4, 5])).toEqual([5, 4, 3, 2, 1]);
  });

  test('any numbers, as JavaScript sorts them', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true })), (values) => {
        const expected = Float32Array.from(values).sort();
        expect(sorted('ascending total_order', values)).toEqual([...expected]);
      }),
    );
  });
});

describe('text', () => {
  const printed = (line: string, result: string) =>
    printModule(
      moduleFrom(`func.func @f(%x: ${result}) -> ${result} {\n${line}\n  return %r : ${result}\n}`, newContext()),
    );

  test('the short form is a comparator, and is found again', () => {
    for (const type of [
      'tensor<4xf32>',
      'tensor<4xf64>',
      'tensor<4xbf16>',
      'tensor<4xi32>',
      'tensor<4xui8>',
      'tensor<4xi1>',
    ])
      for (const how of [
        'ascending',
        'stable descending',
        ...(/f/.test(type.slice(6)) ? ['ascending total_order'] : []),
      ]) {
        const line = `%0 = array.sort %arg0 dim = 0 ${how} : ${type}`;
        expect(printed(line.replaceAll('%0', '%r').replace('%arg0', '%x'), type)).toContain(line);
      }
  });

  test('a comparator of another order is shown', () => {
    const line = `%r = array.sort %x dim = 0 : tensor<4xui8> comparator(%a: i8, %b: i8) {
  %0 = arith.cmpi slt, %a, %b : i8
  array.yield %0 : i1
}`;
    expect(printed(line, 'tensor<4xui8>')).toContain('comparator(%arg1: i8, %arg2: i8)');
    const swapped = line.replace('slt, %a, %b', 'ult, %b, %a');
    expect(printed(swapped, 'tensor<4xui8>')).toContain('comparator(');
  });
});

describe('what the verifier refuses', () => {
  const cases: readonly (readonly [line: string, message: string])[] = [
    [
      '%r = array.sort %x dim = 1 ascending : tensor<4xf32>',
      "requires 'dim' to name dimensions of the operand tensor<4xf32> (0 to 0), got 1",
    ],
    [
      '%r, %s = array.sort %x, %y dim = 0 ascending : tensor<4xf32>, tensor<3xf32>',
      'requires all operands to have one shape, got tensor<4xf32> and tensor<3xf32> (operand #1)',
    ],
    [
      '%r = array.sort %x dim = 0 : tensor<4xf32> comparator(%a: f32) {\n %0 = arith.constant true\n array.yield %0 : i1\n}',
      'requires comparator arguments of types (f32, f32), got (f32)',
    ],
    [
      '%r = array.sort %x dim = 0 : tensor<4xf32> comparator(%a: f32, %b: f32) {\n array.yield %a : f32\n}',
      'requires a yield of types (i1), got (f32)',
    ],
    [
      '%r = array.sort %i dim = 0 ascending total_order : tensor<4xi32>',
      "expected floats in the first operand for 'total_order', got 'tensor<4xi32>'",
    ],
    [
      '%r = "array.sort"(%x) ({\n^bb0(%a: f32, %b: f32):\n %0 = arith.constant true\n array.yield %0 : i1\n}) {dim = 0 : i64} : (tensor<4xf32>) -> tensor<3xf32>',
      'requires result of type tensor<4xf32>, got tensor<3xf32>',
    ],
    [
      '%r:2 = "array.sort"(%x) ({\n^bb0(%a: f32, %b: f32):\n %0 = arith.constant true\n array.yield %0 : i1\n}) {dim = 0 : i64} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)',
      'requires as many results as operands (at least one), got 1 operands, 2 results',
    ],
  ];
  for (const [line, message] of cases)
    test(message, () => {
      const text = `func.func @f(%x: tensor<4xf32>, %y: tensor<3xf32>, %i: tensor<4xi32>) {\n${line}\n return\n}`;
      expect(messagesOf(text).join('\n')).toContain(message);
    });
});
