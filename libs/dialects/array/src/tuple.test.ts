// Tuples and custom calls: values, folds, effects, and what verifiers refuse.
import { elementsOf, interpretPureOp, RuntimeTrap, TensorValue } from '@budflow/interpreter';
import { applyPatternsGreedily } from '@budflow/rewrite';
import { expect, test } from 'vitest';
import { registerCustomCall } from './index.js';
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
  const module = moduleFrom(`func.func @f(%t: tuple<tensor<2xf32>, tensor<i32>>) -> (tuple<tensor<2xf32>, tensor<i32>>, tuple<>) {
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
  expect(messages('%0 = array.get_tuple_element %t[1] : tuple<tensor<2xf32>>')).toContain('expected the index of an element');
  expect(messages('%0 = "array.get_tuple_element"(%t) {index = 3 : i64} : (tuple<tensor<2xf32>>) -> tensor<2xf32>')).toContain(
    'requires the index of an element of tuple<tensor<2xf32>>, got 3',
  );
  expect(messages('%0 = "array.get_tuple_element"(%t) {index = 0 : i64} : (tuple<tensor<2xf32>>) -> tensor<3xf32>')).toContain(
    'requires a result of type tensor<2xf32>',
  );
  expect(messages('%0 = "array.tuple"(%x) : (tensor<2xf32>) -> tuple<tensor<3xf32>>')).toContain(
    'requires a result of type tuple<tensor<2xf32>>',
  );
  expect(messages('array.custom_call ""(%x) : (tensor<2xf32>) -> ()')).toContain('requires the name of what it calls');
});

const CALL = `func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = array.custom_call "twice"(%x) {backend_config = "fast"} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}`;

test('a custom call is what was registered under its name', () => {
  const context = newContext();
  registerCustomCall(context, 'twice', ([x], op) => {
    expect(String(op.attr('backend_config'))).toBe('"fast"');
    const value = x as TensorValue;
    return [new TensorValue(value.type, value.shape, (value.data as Float32Array).map((v) => 2 * v))];
  });
  const module = moduleFrom(CALL, context);
  expect(moduleFrom(module.toString()).toString()).toBe(module.toString());
  const [result] = call(module, [tensor(context, 'tensor<2xf32>', [1.5, -2])]);
  expect(elementsOf(result as TensorValue)).toEqual([3, -4]);
});

test('without one, the error names it and how to register', () => {
  const context = newContext();
  const module = moduleFrom(CALL, context);
  const run = () => call(module, [tensor(context, 'tensor<2xf32>', [1, 2])]);
  expect(run).toThrow(RuntimeTrap);
  expect(run).toThrow('registerCustomCall(context, "twice", ..)');
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
