// Tuples from the text to the compiled program: elements are values of their own at every level.
import { type CallArgument, type CompileOptions, compile } from 'budflow';
import { expect, test } from 'vitest';

const LEVELS = [0, 1, 2, 3] as const;
const T = 'tuple<tensor<?xf32>, tuple<tensor<2xi32>, index>>';
const PROGRAM = `func.func private @swap(%t: ${T}) -> tuple<tuple<tensor<2xi32>, index>, tensor<?xf32>> {
  %0 = array.get_tuple_element %t[0] : ${T}
  %1 = array.get_tuple_element %t[1] : ${T}
  %2 = array.neg %0 : tensor<?xf32>
  %3 = array.tuple %1, %2 : tuple<tensor<2xi32>, index>, tensor<?xf32>
  return %3 : tuple<tuple<tensor<2xi32>, index>, tensor<?xf32>>
}
func.func @main(%t: ${T}, %y: tensor<?xf32>) -> (tuple<tensor<?xf32>, tensor<2xi32>>, tensor<?xf32>) {
  %0 = call @swap(%t) : (${T}) -> tuple<tuple<tensor<2xi32>, index>, tensor<?xf32>>
  %1 = array.get_tuple_element %0[0] : tuple<tuple<tensor<2xi32>, index>, tensor<?xf32>>
  %2 = array.get_tuple_element %0[1] : tuple<tuple<tensor<2xi32>, index>, tensor<?xf32>>
  %3 = array.get_tuple_element %1[0] : tuple<tensor<2xi32>, index>
  %n = array.get_tuple_element %1[1] : tuple<tensor<2xi32>, index>
  %4 = array.add %2, %y : tensor<?xf32>
  %5 = array.tuple %4, %3 : tensor<?xf32>, tensor<2xi32>
  %6 = array.full 1.5 : f32, tensor<?xf32> (%n)
  return %5, %6 : tuple<tensor<?xf32>, tensor<2xi32>>, tensor<?xf32>
}`;

const run = (args: CallArgument[], options: CompileOptions = {}) =>
  compile(PROGRAM, { verifyEach: true, ...options }).call('main', args);

test('arguments and results are the elements, in order', () => {
  for (const level of LEVELS) {
    const results = run([Float32Array.of(1, 2, 3), Int32Array.of(4, 5), 2, Float32Array.of(10, 20, 30)], { level });
    expect(results.map((r) => [...r.toTypedArray()])).toEqual([
      [9, 18, 27],
      [4, 5],
      [1.5, 1.5],
    ]);
  }
});

test('sizes of elements are checked before anything runs', () => {
  for (const level of LEVELS) {
    const bad = (n: number, size: number) => () =>
      run([new Float32Array(n), Int32Array.of(4, 5), size, new Float32Array(3)], { level });
    expect(bad(4, 2)).toThrow(/dimension 0 of argument 3 is 3, but dimension 0 of argument 0 is 4/);
    expect(bad(3, -1)).toThrow(/argument 2 is -1, but must be at least 0/);
  }
});

test('without flatten-tuples, tuples do not get far', () => {
  expect(() => run([], { ablate: ['flatten-tuples'] })).toThrow(/tuple/);
});
