// Functions of symbolic shapes as JAX exports them (jax.export): sizes are numbers that functions are called with, shapes are
// put together of them, and assertions check what is assumed of them. One program for all sizes.

import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { interpretProgram, PLAIN } from '../differential.js';

/** lambda x, w: jax.nn.relu(x @ w).sum(0) + x.shape[0], for x: f32[b, 3] with b >= 1. */
const PROGRAM = `module @jit__lambda attributes {jax.uses_shape_polymorphism = true} {
  func.func public @main(%arg0: tensor<?x3xf32>, %arg1: tensor<3x2xf32>) -> (tensor<2xf32> {jax.result_info = "result"}) {
    %c = stablehlo.constant dense<1> : tensor<i32>
    %0 = stablehlo.get_dimension_size %arg0, dim = 0 : (tensor<?x3xf32>) -> tensor<i32>
    %1 = stablehlo.compare GE, %0, %c, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.custom_call @shape_assertion(%1, %0) {api_version = 2 : i32, error_message = "Expected value >= 1 for 'b', which is {0}", has_side_effect = true} : (tensor<i1>, tensor<i32>) -> ()
    %2 = call @_wrapped_jax_export_main(%0, %arg0, %arg1) : (tensor<i32>, tensor<?x3xf32>, tensor<3x2xf32>) -> tensor<2xf32>
    return %2 : tensor<2xf32>
  }
  func.func private @_wrapped_jax_export_main(%arg0: tensor<i32> {jax.global_constant = "b"}, %arg1: tensor<?x3xf32>, %arg2: tensor<3x2xf32>) -> (tensor<2xf32> {jax.result_info = "result"}) {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.dot_general %arg1, %arg2, contracting_dims = [1] x [0] : (tensor<?x3xf32>, tensor<3x2xf32>) -> tensor<?x2xf32>
    %1 = call @relu(%arg0, %0) : (tensor<i32>, tensor<?x2xf32>) -> tensor<?x2xf32>
    %2 = stablehlo.reduce(%1 init: %cst) applies stablehlo.add across dimensions = [0] : (tensor<?x2xf32>, tensor<f32>) -> tensor<2xf32>
    %3 = stablehlo.convert %arg0 : (tensor<i32>) -> tensor<f32>
    %4 = stablehlo.broadcast_in_dim %3, dims = [] : (tensor<f32>) -> tensor<2xf32>
    %5 = stablehlo.add %2, %4 : tensor<2xf32>
    return %5 : tensor<2xf32>
  }
  func.func private @relu(%arg0: tensor<i32> {jax.global_constant = "b"}, %arg1: tensor<?x2xf32>) -> tensor<?x2xf32> {
    %c = stablehlo.constant dense<2> : tensor<1xi32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.reshape %arg0 : (tensor<i32>) -> tensor<1xi32>
    %1 = stablehlo.concatenate %0, %c, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
    %2 = stablehlo.dynamic_broadcast_in_dim %cst, %1, dims = [] : (tensor<f32>, tensor<2xi32>) -> tensor<?x2xf32>
    %3 = stablehlo.maximum %arg1, %2 : tensor<?x2xf32>
    return %3 : tensor<?x2xf32>
  }
}`;

describe('symbolic sizes', () => {
  const module = compile(PROGRAM, { numerics: 'strict' });
  const inputs = (b: number) => [
    Float32Array.from({ length: 3 * b }, (_, i) => i - 4),
    Float32Array.of(1, -1, 2, 1, 0, 3),
  ];
  const run = (b: number) => {
    const [x, w] = inputs(b) as [Float32Array, Float32Array];
    return module.call('main', [module.array(x, [b, 3]), module.array(w, [3, 2])]);
  };

  test.each([1, 2, 5])('are those of the arguments: %i', (b) => {
    const [x, w] = inputs(b) as [Float32Array, Float32Array];
    const expected = [0, 1].map((j) =>
      Array.from({ length: b }, (_, i) =>
        Math.max(
          0,
          [0, 1, 2].reduce((sum, k) => sum + x[3 * i + k]! * w[2 * k + j]!, 0),
        ),
      ).reduce((sum, v) => sum + v, b),
    );
    expect([...run(b)[0]!.data]).toEqual(expected);
  });

  test('that JAX excludes stop the program with its message', () => {
    expect(() => run(0)).toThrow("Expected value >= 1 for 'b', which is 0");
  });

  test('may be arguments, which arrays have to agree with', () => {
    const text = `func.func @main(%n: tensor<i64>, %x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %two = stablehlo.constant dense<2> : tensor<i64>
  %0 = stablehlo.multiply %n, %two : tensor<i64>
  %1 = stablehlo.reshape %0 : (tensor<i64>) -> tensor<1xi64>
  %2 = stablehlo.dynamic_iota %1, dim = 0 : (tensor<1xi64>) -> tensor<?xf32>
  %3 = stablehlo.dynamic_broadcast_in_dim %x, %1, dims = [0] : (tensor<?xf32>, tensor<1xi64>) -> tensor<?xf32>
  %4 = stablehlo.add %x, %3 : tensor<?xf32>
  return %2, %4 : tensor<?xf32>, tensor<?xf32>
}`;
    const program = compile(text, { numerics: 'strict' });
    const run = (n: bigint, x: number[]) => program.call('main', [BigInt64Array.of(n), Float32Array.from(x)]);
    const given = [
      { shape: [], data: BigInt64Array.of(2n) },
      { shape: [4], data: Float32Array.of(1, 2, 3, 4) },
    ];
    const interpreted = interpretProgram(text, given, { numerics: 'strict', level: 3, target: PLAIN });
    for (const results of [run(2n, [1, 2, 3, 4]), interpreted])
      expect(results.map(({ data }) => [...data])).toEqual([
        [0, 1, 2, 3],
        [2, 4, 6, 8],
      ]);
    expect(() => run(3n, [1, 1, 1, 1])).toThrow('got 4, expected 6');
    expect(() => run(-1n, [])).toThrow('a size must not be negative');
  });
});
