// Tuples and custom calls: values, folds, effects, and what verifiers refuse.
import { type CustomCall, elementsOf, interpretPureOp, RuntimeTrap, type TensorValue } from '@budflow/interpreter';
import { applyPatternsGreedily } from '@budflow/rewrite';
import { expect, test } from 'vitest';
import { call, messagesOf, moduleFrom, newContext, tensor } from './testing/harness.js';

const T = 'tuple<tensor<2xf32>, tuple<tensor<i32>>>';
const SWAP = `func.func @f(%x: tensor<2xf32>, %y: tensor<i32>) -> (tensor<i32>, tensor<2xf32>) {
  %0 = array.tuple %y : tensor<i32>
  %1 = array.tuple %x, %0 : tensor<2xf32>, tuple<tensor<i32>>
  %2 = array.get_tuple_element %1[1] : ${T}
  %3 = array.get_tuple_element %2[0] : tuple<tensor<i32>>
  %4 = array.get_tuple_element %1[0] : ${T}
  return %3, %4 : tensor<i32>, tensor<2xf32>
}`;

test('elements come out as they went in, also by folding', () => {
  for (const fold of [false, true]) {
    const context = newContext();
    const module = moduleFrom(SWAP, context);
    if (fold) {
      applyPatternsGreedily(module, [], { canonicalize: true, defaultFold: interpretPureOp });
      expect(module.toString()).toContain('return %arg1, %arg0');
    } else expect(moduleFrom(module.toString()).toString()).toBe(module.toString());
    const results = call(module, [tensor(context, 'tensor<2xf32>', [1, 2]), tensor(context, 'tensor<i32>', [7])]);
    expect(results.map((r) => elementsOf(r as TensorValue))).toEqual([[7], [1, 2]]);
  }
});

test('a tuple of all elements of a tuple is that tuple; one of none reads back', () => {
  const module =
    moduleFrom(`func.func @f(%t: tuple<tensor<2xf32>, tensor<i32>>) -> (tuple<tensor<2xf32>, tensor<i32>>, tuple<>) {
  %0 = array.get_tuple_element %t[0] : tuple<tensor<2xf32>, tensor<i32>>
  %1 = array.get_tuple_element %t[1] : tuple<tensor<2xf32>, tensor<i32>>
  %2 = array.tuple %0, %1 : tensor<2xf32>, tensor<i32>
  %3 = array.tuple
  return %2, %3 : tuple<tensor<2xf32>, tensor<i32>>, tuple<>
}`);
  expect(moduleFrom(module.toString()).toString()).toBe(module.toString());
  applyPatternsGreedily(module, [], { canonicalize: true });
  expect(module.toString()).toMatch(/return %arg0, /);
});

test('what verifiers refuse', () => {
  const body = (line: string) => `func.func @f(%t: tuple<tensor<2xf32>>, %x: tensor<2xf32>) {\n${line}\n  return\n}`;
  const messages = (line: string) => messagesOf(body(line)).join('\n');
  expect(messages('%0 = array.get_tuple_element %t[1] : tuple<tensor<2xf32>>')).toContain(
    'expected the index of an element',
  );
  expect(
    messages('%0 = "array.get_tuple_element"(%t) {index = 3 : i64} : (tuple<tensor<2xf32>>) -> tensor<2xf32>'),
  ).toContain('requires the index of an element of tuple<tensor<2xf32>>, got 3');
  expect(
    messages('%0 = "array.get_tuple_element"(%t) {index = 0 : i64} : (tuple<tensor<2xf32>>) -> tensor<3xf32>'),
  ).toContain('requires a result of type tensor<2xf32>');
  expect(messages('%0 = "array.tuple"(%x) : (tensor<2xf32>) -> tuple<tensor<3xf32>>')).toContain(
    'requires a result of type tuple<tensor<2xf32>>',
  );
  expect(messages('array.custom_call ""(%x) : (tensor<2xf32>) -> ()')).toContain('requires the name of what it calls');
});

const CALL = `func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = array.custom_call "twice"(%x) {backend_config = "fast"} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}`;

const twice: CustomCall = ([x], [y], { attributes }) => {
  expect(attributes).toEqual({ backend_config: 'fast' });
  (x!.data as Float32Array).forEach((v, i) => {
    (y!.data as Float32Array)[i] = 2 * v;
  });
};

test('a custom call is what is registered under its name', () => {
  const context = newContext();
  const module = moduleFrom(CALL, context);
  expect(moduleFrom(module.toString()).toString()).toBe(module.toString());
  const arg = tensor(context, 'tensor<2xf32>', [1.5, -2]);
  const returning: CustomCall = ([x]) => [(x!.data as Float32Array).map((v) => 2 * v)];
  for (const run of [twice, returning]) {
    const [result] = call(module, [arg], { customCalls: { twice: run } });
    expect(elementsOf(result as TensorValue)).toEqual([3, -4]);
  }
});

test('sizes are operands, zeros what is not written', () => {
  const context = newContext();
  const text = `func.func @f(%n: index, %m: index) -> (tensor<?xi1>, tensor<2x?xi64>) {
  %0:2 = array.custom_call "make"() sizes(%n, %m) : () -> (tensor<?xi1>, tensor<2x?xi64>)
  return %0#0, %0#1 : tensor<?xi1>, tensor<2x?xi64>
}`;
  const make: CustomCall = (_, [a]) => {
    a!.data.fill(7 as never);
  };
  const module = moduleFrom(text, context);
  expect(moduleFrom(module.toString()).toString()).toBe(module.toString());
  const results = call(module, [2, 1], { customCalls: { make } });
  expect(results.map((r) => elementsOf(r as TensorValue))).toEqual([
    [1, 1],
    [0n, 0n],
  ]);
  expect(() => call(module, [-1, 1], { customCalls: { make } })).toThrow('a size must not be negative');
  expect(messagesOf(text.replace('sizes(%n, %m)', 'sizes(%n)')).join()).toContain('requires 2 size operands');
});

test('without one, the error names it and how to register; what fails in it has a place', () => {
  const context = newContext();
  const module = moduleFrom(CALL, context);
  const run = (twice?: CustomCall) => () =>
    call(module, [tensor(context, 'tensor<2xf32>', [1, 2])], twice ? { customCalls: { twice } } : {});
  expect(run()).toThrow(RuntimeTrap);
  expect(run()).toThrow(
    'nothing is registered for the custom call "twice": pass it as option: { customCalls: { "twice"',
  );
  const cause = new Error('no luck');
  const fails: readonly [CustomCall, string, string][] = [
    [
      () => {
        throw cause;
      },
      'CustomCallFailed',
      'failed: no luck',
    ],
    [() => [new Float32Array(3)], 'ShapeMismatch', 'result 0 of the custom call "twice" is f32 [2], got 3 values'],
    [() => [new Float64Array(2)], 'ShapeMismatch', 'expected a Float32Array, got a Float64Array'],
    [() => [{ shape: [1, 2], data: new Float32Array(2) }], 'ShapeMismatch', 'is f32 [2], got [1, 2]'],
    [() => [null], 'ShapeMismatch', 'expected a Float32Array, got null'],
    [() => [], 'ShapeMismatch', 'has 1 results, and returned 0'],
    [async () => {}, 'CustomCallFailed', 'returned a promise: programs do not wait'],
    [() => 4, 'CustomCallFailed', 'returned 4; it must write its outputs'],
  ];
  for (const [twice, kind, message] of fails) {
    try {
      run(twice)();
      expect.fail('it did not trap');
    } catch (error) {
      expect(error).toMatchObject({ kind, message: expect.stringContaining(message) });
      expect((error as RuntimeTrap).op?.name).toBe('array.custom_call');
      if (message.includes('luck')) expect((error as RuntimeTrap).cause).toBe(cause);
    }
  }
});

test('one with effects stays, one without goes when nobody needs it', () => {
  const text = (attributes: string) => `func.func @f(%x: tensor<2xf32>) {
  %0 = array.custom_call "log"(%x)${attributes} : (tensor<2xf32>) -> tensor<2xf32>
  return
}`;
  for (const [attributes, stays] of [
    ['', false],
    [' {has_side_effect}', true],
  ] as const) {
    const module = moduleFrom(text(attributes));
    applyPatternsGreedily(module, [], { canonicalize: true });
    expect(module.toString().includes('custom_call')).toBe(stays);
  }
});
