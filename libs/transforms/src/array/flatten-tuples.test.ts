// flatten-tuples: functions, calls and returns pass elements one by one.
import { expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { flattenTuples } from './flatten-tuples.js';

const A = 'tensor<2xf32>';
const B = 'tensor<3xf32>';

test('arguments, results and calls', () => {
  const module = parse(`func.func private @swap(%t: tuple<${A}, tuple<${B}>>) -> tuple<${B}, ${A}> {
  %0 = array.get_tuple_element %t[0] : tuple<${A}, tuple<${B}>>
  %1 = array.get_tuple_element %t[1] : tuple<${A}, tuple<${B}>>
  %2 = array.get_tuple_element %1[0] : tuple<${B}>
  %3 = array.tuple %2, %0 : ${B}, ${A}
  return %3 : tuple<${B}, ${A}>
}
func.func @main(%x: ${A}, %y: ${B}) -> ${B} {
  %0 = array.tuple %y : ${B}
  %1 = array.tuple %x, %0 : ${A}, tuple<${B}>
  %2 = call @swap(%1) : (tuple<${A}, tuple<${B}>>) -> tuple<${B}, ${A}>
  %3 = array.get_tuple_element %2[0] : tuple<${B}, ${A}>
  return %3 : ${B}
}`);
  const before = runMain(module, {});
  runPasses(module, 'builtin.module(flatten-tuples)', [flattenTuples]);
  const text = module.toString();
  expect(text).not.toContain('tuple');
  expect(text).toMatch(/@swap\(%\w+: tensor<2xf32>, %\w+: tensor<3xf32>\) -> \(tensor<3xf32>, tensor<2xf32>\)/);
  expect(runMain(module, {})).toEqual(before);
});

test('a tuple that an op carries is refused', () => {
  const module = parse(`func.func @main(%x: ${A}, %c: i1) {
  %0 = array.tuple %x : ${A}
  %1 = loop.if %c -> (tuple<${A}>) {
    loop.yield %0 : tuple<${A}>
  } else {
    loop.yield %0 : tuple<${A}>
  }
  return
}`);
  // flatten-tuples.value
  expect(() => runPasses(module, 'builtin.module(flatten-tuples)', [flattenTuples])).toThrow(
    `carries a tuple<${A}>, which is no value at run time`,
  );
});

test('custom calls take and return elements', () => {
  const module = parse(`func.func @main(%x: ${A}, %n: index) -> (${A}, tensor<?xi8>) {
  %0 = array.tuple %x : ${A}
  %1:2 = array.custom_call "f"(%x, %0) sizes(%n) {backend_config = 4 : i8} : (${A}, tuple<${A}>) -> (tuple<tensor<?xi8>, ${A}>, ${B})
  %2 = array.get_tuple_element %1#0[1] : tuple<tensor<?xi8>, ${A}>
  %3 = array.get_tuple_element %1#0[0] : tuple<tensor<?xi8>, ${A}>
  return %2, %3 : ${A}, tensor<?xi8>
}`);
  runPasses(module, 'builtin.module(flatten-tuples)', [flattenTuples]);
  expect(module.toString()).toContain(
    `custom_call "f"(%arg0, %arg0) sizes(%arg1) {backend_config = 4 : i8} : (${A}, ${A}) -> (tensor<?xi8>, ${A}, ${B})`,
  );
});
