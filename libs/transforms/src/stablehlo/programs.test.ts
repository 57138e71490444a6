// Programs whose expectations are in them, from the examples of StableHLO's specification and from XLA: converted, and run
// by the interpreter. tools/e2e runs the same on WebAssembly.
import { Interpreter, makeTensor, type TensorValue } from '@budflow/interpreter';
import type { TensorType, Type } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { convert } from './testing/convert.js';
import { NUMBER_PROGRAMS } from './testing/expecting-numbers.js';
import { PROGRAMS } from './testing/expecting-programs.js';

describe('programs hold what they expect', () => {
  for (const { name, text } of [...PROGRAMS, ...NUMBER_PROGRAMS])
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

test('a probe that does not run as often as it is asked for holds nothing', () => {
  const module = convert(`func.func @main(%n: tensor<i32>) {
    %i = stablehlo.constant dense<0> : tensor<i32>
    %one = stablehlo.constant dense<1> : tensor<i32>
    %r = stablehlo.while(%k = %i) : tensor<i32>
    cond {
      %more = stablehlo.compare LT, %k, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %l = stablehlo.add %k, %one : tensor<i32>
      %p = interpreter.probe %l, probe_id = "p" : tensor<i32>
      stablehlo.return %p : tensor<i32>
    }
    %three = stablehlo.constant dense<3> : tensor<i32>
    check.expect_serialized_eq %three, probe_id = "p", iter = 2 : tensor<i32>
    return
  }`);
  const call = (n: number) => {
    const runs = makeTensor(module.context.tensor([], module.context.i32), []);
    runs.data[0] = n;
    return () => new Interpreter(module).call('main', [runs]);
  };
  expect(call(3)).not.toThrow();
  expect(call(4)).not.toThrow();
  expect(call(2)).toThrow(/got false, expected true/);
});

test('a token in a signature leaves it', () => {
  const module = convert(`func.func @main(%t: !stablehlo.token, %x: tensor<f32>) -> (tensor<f32>, !stablehlo.token) {
    return %x, %t : tensor<f32>, !stablehlo.token
  }`);
  expect(module.toString()).toMatch(/@main\(%\w+: tensor<f32>\) -> tensor<f32>/);
});

describe('what has no counterpart says why', () => {
  const refusals: readonly [string, string, RegExp][] = [
    [
      'collectives',
      '"stablehlo.all_reduce"(%x) ({ ^bb0(%a: tensor<f32>, %b: tensor<f32>): stablehlo.return %a : tensor<f32> }) {replica_groups = dense<0> : tensor<1x1xi64>} : (tensor<4xf32>) -> tensor<4xf32>',
      /'stablehlo.all_reduce' op .*it exchanges arrays between devices/,
    ],
    [
      'remainders of complex numbers',
      'stablehlo.complex %x, %x : tensor<4xcomplex<f32>> %q = stablehlo.remainder %r, %r : tensor<4xcomplex<f32>>',
      /complex numbers have no remainder/,
    ],
    [
      'the largest complex numbers',
      'stablehlo.complex %x, %x : tensor<4xcomplex<f32>> %v, %i = chlo.top_k(%r, k = 2) : tensor<4xcomplex<f32>> -> (tensor<2xcomplex<f32>>, tensor<2xi32>)',
      /complex numbers are not sorted/,
    ],
    [
      'angles of integers',
      'stablehlo.convert %x : (tensor<4xf32>) -> tensor<4xi32> %q = chlo.broadcast_atan2 %r, %r : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>',
      /it is a function of floats and complex numbers, not of i32/,
    ],
    [
      'neighbours of integers',
      'stablehlo.convert %x : (tensor<4xf32>) -> tensor<4xi32> %q = chlo.broadcast_next_after %r, %r : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>',
      /it is a function of floats, not of i32/,
    ],
    [
      'powers of truth values',
      'stablehlo.compare EQ, %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1> %q = chlo.broadcast_power %r, %r : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>',
      /i1 has no powers/,
    ],
    [
      'scans of integers of 4 bits',
      'stablehlo.constant dense<1> : tensor<4xi4> %z = stablehlo.constant dense<0> : tensor<i4> %q:2 = chlo.scan(%r) inits(%z) dimension=0 { ^bb0(%a: tensor<i4>, %b: tensor<i4>): %s = stablehlo.add %a, %b : tensor<i4> stablehlo.return %s, %s : tensor<i4>, tensor<i4> } : (tensor<4xi4>, tensor<i4>) -> (tensor<4xi4>, tensor<i4>)',
      /it has integers of 2 and 4 bits; convert them to i8 or ui8/,
    ],
    [
      'what comes from elsewhere',
      'stablehlo.create_token : !stablehlo.token %0:2 = "stablehlo.infeed"(%r) : (!stablehlo.token) -> (tensor<4xf32>, !stablehlo.token)',
      /'stablehlo.infeed' op .*arrays go in and out of a program as arguments and results/,
    ],
    [
      'programs of several devices',
      '"interpreter.run_parallel"(%x) {programs = [[@main]]} : (tensor<4xf32>) -> tensor<4xf32>',
      /it runs functions on several devices, and a program runs on one/,
    ],
    [
      'expectations of probes that come later',
      'interpreter.probe %x, probe_id = "b" : tensor<4xf32> check.expect_serialized_eq %x, probe_id = "a" : tensor<4xf32> %q = interpreter.probe %x, probe_id = "a" : tensor<4xf32>',
      /its probe is not one, and the only one of its name, that stands before it/,
    ],
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
      'expectations of older programs that give numbers',
      'stablehlo.custom_call @check.eq(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>',
      /takes what there is and what is expected, and gives tensor<i1>/,
    ],
    [
      'constants without a resource',
      'stablehlo.constant dense_resource<none> : tensor<2xf32>',
      /the file has no resource 'none' with its numbers/,
    ],
    [
      'functions of several arrays',
      'stablehlo.custom_call @mhlo.erf(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>',
      /@mhlo.erf takes one array and gives one of its type/,
    ],
    [
      'functions from outside on integers of 4 bits',
      'stablehlo.custom_call @mine(%x) : (tensor<4xf32>) -> tensor<4xi4>',
      /get no integers of 2 and 4 bits; convert them to i8 or ui8/,
    ],
    [
      'algorithms of other floats',
      'stablehlo.dot_general %x, %x, contracting_dims = [0] x [0], algorithm = <lhs_precision_type = f8E5M2, rhs_precision_type = f32, accumulation_type = f32, lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1, allow_imprecise_accumulation = false> : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>',
      /its algorithm computes with f8E5M2; bf16, f16, tf32, f32 and f64 can be followed/,
    ],
    [
      'arrays from outside in regions on scalars',
      '"stablehlo.map"(%x) ({ ^bb0(%a: tensor<f32>): %m = stablehlo.slice %x [0:1] : (tensor<4xf32>) -> tensor<1xf32> %n = stablehlo.reshape %m : (tensor<1xf32>) -> tensor<f32> stablehlo.return %n : tensor<f32> }) {dimensions = array<i64: 0>} : (tensor<4xf32>) -> tensor<4xf32>',
      /its region uses a value from outside; pass it as an operand/,
    ],
    [
      'values from outside where sizes are not known',
      '"stablehlo.map"(%d) ({ ^bb0(%a: tensor<f32>): %n = stablehlo.add %a, %y : tensor<f32> stablehlo.return %n : tensor<f32> }) {dimensions = array<i64: 0>} : (tensor<?xf32>) -> tensor<?xf32>',
      /its region uses a value from outside, and the sizes of its operands are not known/,
    ],
  ];
  test.each(refusals)('%s', (_, op, message) => {
    const result = '%r = ';
    expect(() =>
      convert(
        `func.func @main(%x: tensor<4xf32>, %y: tensor<f32>, %d: tensor<?xf32>) {\n  ${result}${op}\n  return\n}`,
      ),
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

test('arguments of 4 bits count by the low bits of what is given', () => {
  const module = convert(`func.func @main(%x: tensor<3xi4>, %y: tensor<ui2>) -> (tensor<3xi4>, tensor<ui2>) {
    return %x, %y : tensor<3xi4>, tensor<ui2>
  }`);
  expect(module.toString()).toContain('tensor<3xi8>, %arg1: tensor<ui8>) -> (tensor<3xi8>, tensor<ui8>)');
  const given = (type: Type, values: readonly number[]) => {
    const tensor = makeTensor(type as TensorType, (type as TensorType).shape);
    (tensor.data as Int8Array).set(values);
    return tensor;
  };
  const { i8 } = module.context;
  const ui8 = module.context.integer(8, 'unsigned');
  const results = new Interpreter(module).call('main', [
    given(module.context.tensor([3], i8), [9, -1, 17]),
    given(module.context.tensor([], ui8), [7]),
  ]) as TensorValue[];
  expect(results.map((r) => Array.from(r.data as Int8Array))).toEqual([[-7, -1, 1], [3]]);
});

test('approximate top k sorts by the function that is called, and cuts', () => {
  const module =
    convert(`func.func private @above(%a: tensor<f32>, %b: tensor<f32>, %i: tensor<i32>, %j: tensor<i32>) -> tensor<i1> {
    %0 = stablehlo.compare GT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %0 : tensor<i1>
  }
  func.func @main() {
    %x = stablehlo.constant dense<[3.0, 1.0, 5.0, 4.0]> : tensor<4xf32>
    %i = stablehlo.iota dim = 0 : tensor<4xi32>
    %z = stablehlo.constant dense<0.0> : tensor<f32>
    %n = stablehlo.constant dense<-1> : tensor<i32>
    %r:2 = stablehlo.custom_call @ApproxTopK(%x, %i, %z, %n) {called_computations = [@above], mhlo.backend_config = {aggregate_to_topk = true, reduction_dim = 0 : i64, top_k = 2 : i64}} : (tensor<4xf32>, tensor<4xi32>, tensor<f32>, tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>)
    check.expect_eq_const %r#0, dense<[5.0, 4.0]> : tensor<2xf32>
    check.expect_eq_const %r#1, dense<[2, 3]> : tensor<2xi32>
    return
  }`);
  expect(() => new Interpreter(module).call('main', [])).not.toThrow();
  expect(module.toString()).toContain('array.sort');
});

test('constants in resources are read, and must be as large as their type says', () => {
  const program = (blob: string) => `module {
    func.func @main() {
      %0 = stablehlo.constant dense_resource<numbers> : tensor<2xf32>
      check.expect_eq_const %0, dense<[1.0, 2.0]> : tensor<2xf32>
      return
    }
  }
  {-# dialect_resources: { builtin: { numbers: "0x04000000${blob}" } } #-}`;
  const module = convert(program('0000803F00000040'));
  expect(() => new Interpreter(module).call('main', [])).not.toThrow();
  expect(() => convert(program('0000803F'))).toThrow(/resource 'numbers' has 4 bytes, tensor<2xf32> needs 8/);
});

test('older expectations that do not hold fail', () => {
  const module = convert(`func.func @main() {
    %x = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
    %y = stablehlo.constant dense<[1, 3]> : tensor<2xi32>
    %r = stablehlo.custom_call @check.eq(%x, %y) : (tensor<2xi32>, tensor<2xi32>) -> tensor<i1>
    return
  }`);
  expect(() => new Interpreter(module).call('main', [])).toThrow(/1 of 2 elements differ: at \[1\] got 2, expected 3/);
});
