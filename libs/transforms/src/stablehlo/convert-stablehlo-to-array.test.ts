import { expect, test } from 'vitest';
import { runMain } from '../testing/programs.js';
import { convert } from './testing/convert.js';

/** The names of the ops inside of functions, outermost first. */
function opNames(text: string): string[] {
  const names: string[] = [];
  convert(text).walk((op) => {
    if (op.name !== 'builtin.module' && op.name !== 'func.func') names.push(op.name);
  });
  return names;
}

const sumOfSquares = `func.func @main(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %z = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = stablehlo.reduce(%x init: %z) across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
   reducer(%a: tensor<f32>, %b: tensor<f32>) {
    %m = stablehlo.multiply %b, %b : tensor<f32>
    %n = stablehlo.add %a, %m : tensor<f32>
    stablehlo.return %n : tensor<f32>
  }
  return %0 : tensor<4xf32>
}`;

test('regions on tensors of rank 0 become regions on scalars', () => {
  expect(opNames(sumOfSquares)).toEqual([
    'array.constant',
    'array.reduce',
    'arith.mulf',
    'arith.addf',
    'array.yield',
    'func.return',
  ]);
  expect(runMain(convert(sumOfSquares))[0]!.split(' ')).toHaveLength(4);
});

test('loops and branches become those of the loop dialect, cases chains of branches', () => {
  const text = `func.func @main(%p: tensor<i1>, %k: tensor<i32>, %x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
    %0 = stablehlo.while(%a = %x) : tensor<f32>
     cond {
      stablehlo.return %p : tensor<i1>
    } do {
      %n = stablehlo.add %a, %x : tensor<f32>
      stablehlo.return %n : tensor<f32>
    }
    %1 = "stablehlo.case"(%k) ({
      stablehlo.return %x : tensor<f32>
    }, {
      stablehlo.return %0 : tensor<f32>
    }, {
      %n = stablehlo.negate %x : tensor<f32>
      stablehlo.return %n : tensor<f32>
    }) : (tensor<i32>) -> tensor<f32>
    return %0, %1 : tensor<f32>, tensor<f32>
  }`;
  const names = opNames(text);
  expect(names.filter((name) => name === 'loop.if')).toHaveLength(2);
  expect(names.filter((name) => /while|condition/.test(name))).toEqual(['loop.while', 'loop.condition']);
  expect(names.some((name) => name.startsWith('stablehlo.'))).toBe(false);
});

test('what has no counterpart is an error at its place that says why', () => {
  const all =
    'func.func @main(%x: tensor<4xf8E4M3FN>) -> tensor<4xf8E4M3FN> {\n  %0 = stablehlo.add %x, %x : tensor<4xf8E4M3FN>\n  return %0 : tensor<4xf8E4M3FN>\n}';
  expect(() => convert(all)).toThrow(/there are no arrays of f8E4M3FN/);
});

test('a region that needs more than scalars is an error', () => {
  const text = `func.func @main(%x: tensor<4xf32>, %z: tensor<f32>) -> tensor<f32> {
    %0 = stablehlo.reduce(%x init: %z) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
     reducer(%a: tensor<f32>, %b: tensor<f32>) {
      %n = stablehlo.reduce(%a init: %b) applies stablehlo.add across dimensions = [] : (tensor<f32>, tensor<f32>) -> tensor<f32>
      stablehlo.return %n : tensor<f32>
    }
    return %0 : tensor<f32>
  }`;
  expect(() => convert(text)).toThrow(/its region cannot run on scalars: 'array.reduce' is not elementwise/);
});

test('shardings are gone', () => {
  const text = `sdy.mesh @mesh = <["x"=2]>
  func.func @main(%x: tensor<2xui32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>}) -> tensor<2xui32> {
    %0 = sdy.sharding_constraint %x <@mesh, [{}]> : tensor<2xui32>
    return %0 : tensor<2xui32>
  }`;
  expect(opNames(text)).toEqual(['func.return']);
});
