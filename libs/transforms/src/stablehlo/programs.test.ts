// Programs whose expectations are in them, from the examples of StableHLO's specification and from XLA: converted, and run
// by the interpreter. tools/e2e runs the same on WebAssembly.
import { Interpreter } from '@budflow/interpreter';
import { describe, expect, test } from 'vitest';
import { convert } from './testing/convert.js';
import { PROGRAMS } from './testing/expecting-programs.js';

describe('programs hold what they expect', () => {
  for (const { name, text } of PROGRAMS)
    test(name, () => {
      const module = convert(`func.func @main() {\n${text}\n  return\n}`);
      expect(() => new Interpreter(module).call('main', [])).not.toThrow();
    });

  test('which is more than nothing', () => {
    const module = convert(`func.func @main() {
      %x = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
      check.expect_almost_eq_const %x, dense<[1.0, 2.1]> : tensor<2xf32>
      return
    }`);
    expect(() => new Interpreter(module).call('main', [])).toThrow(/1 of 2 elements differ by more than 0.0001/);
  });
});

describe('what has no counterpart says why', () => {
  const refusals: readonly [string, string, RegExp][] = [
    [
      'collectives',
      '"stablehlo.all_reduce"(%x) ({ ^bb0(%a: tensor<f32>, %b: tensor<f32>): stablehlo.return %a : tensor<f32> }) {replica_groups = dense<0> : tensor<1x1xi64>} : (tensor<4xf32>) -> tensor<4xf32>',
      /'stablehlo.all_reduce' op .*it exchanges arrays between devices/,
    ],
    ['tokens', 'stablehlo.create_token : !stablehlo.token', /tokens and futures order effects/],
    [
      'quantized numbers',
      'stablehlo.uniform_quantize %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.5>>',
      /quantized arithmetic is not supported/,
    ],
    [
      'identities of several devices',
      'stablehlo.custom_call @SPMDFullToShardShape(%x) : (tensor<4xf32>) -> tensor<2xf32>',
      /needs more devices than one/,
    ],
    [
      'expectations that give something',
      'stablehlo.custom_call @check.expect_eq(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>',
      /takes what there is and what is expected, and gives nothing/,
    ],
    [
      'functions of several arrays',
      'stablehlo.custom_call @mhlo.erf(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>',
      /@mhlo.erf takes one array and gives one of its type/,
    ],
    [
      'values from outside in regions on scalars',
      '"stablehlo.map"(%x) ({ ^bb0(%a: tensor<f32>): %n = stablehlo.add %a, %y : tensor<f32> stablehlo.return %n : tensor<f32> }) {dimensions = array<i64: 0>} : (tensor<4xf32>) -> tensor<4xf32>',
      /its region uses a value from outside; pass it as an operand/,
    ],
  ];
  test.each(refusals)('%s', (_, op, message) => {
    const result = '%r = ';
    expect(() =>
      convert(`func.func @main(%x: tensor<4xf32>, %y: tensor<f32>) {\n  ${result}${op}\n  return\n}`),
    ).toThrow(message);
  });
});

test('constants go into regions on scalars, each use its own', () => {
  const module = convert(`func.func @main(%x: tensor<4xf32>, %z: tensor<f32>) -> tensor<f32> {
    %c = stablehlo.constant dense<2.0> : tensor<f32>
    %r = "stablehlo.reduce"(%x, %z) ({
      ^bb0(%a: tensor<f32>, %b: tensor<f32>):
        %m = stablehlo.multiply %b, %c : tensor<f32>
        %n = stablehlo.add %a, %m : tensor<f32>
        stablehlo.return %n : tensor<f32>
    }) {dimensions = array<i64: 0>} : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
    %s = stablehlo.add %r, %c : tensor<f32>
    return %s : tensor<f32>
  }`);
  const text = module.toString();
  expect(text).toMatch(/arith\.constant 2\.0+e\+00 : f32/);
  expect(text).toMatch(/array\.add %\w+, %cst/);
});

test('attributes of a tuple in a signature go to its elements', () => {
  const module = convert(
    'func.func @main(%t: tuple<tensor<f32>, tensor<i32>> {my.mark = 1 : i32}) -> (tensor<f32>, tuple<tensor<f32>, tensor<i32>> {my.out}) {\n  %0 = stablehlo.get_tuple_element %t[0] : (tuple<tensor<f32>, tensor<i32>>) -> tensor<f32>\n  return %0, %t : tensor<f32>, tuple<tensor<f32>, tensor<i32>>\n}',
  );
  expect(module.toString()).toMatch(
    /@main\(%\w+: tensor<f32> \{my.mark = 1 : i32\}, %\w+: tensor<i32> \{my.mark = 1 : i32\}\) -> \(tensor<f32>, tensor<f32> \{my.out\}, tensor<i32> \{my.out\}\)/,
  );
});

test('calls of functions that nobody knows are for the user of the program to provide', () => {
  const module = convert(`func.func @main(%x: tensor<4xf32>) -> tensor<2xi32> {
    %r = stablehlo.custom_call @mine(%x) {backend_config = "fast", has_side_effect = true} : (tensor<4xf32>) -> tensor<2xi32>
    return %r : tensor<2xi32>
  }`);
  expect(module.toString()).toMatch(/array\.custom_call "mine"\(%\w+\) \{backend_config = "fast", has_side_effect\}/);
});
