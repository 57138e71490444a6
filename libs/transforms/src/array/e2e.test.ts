import { describe, expect, test } from 'vitest';
import { arrayToLoop } from '../loop/array-to-loop.js';
import { bufferize } from '../memory/bufferize.js';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { fixNumerics } from './fix-numerics.js';
import { instructionFusion } from './instruction-fusion.js';

const passes = [fixNumerics, instructionFusion, bufferize, arrayToLoop];

function check(text: string, sizes: number[] = []) {
  const module = parse(text);
  const show = !!process.env.SHOW;
  runPasses(module, 'builtin.module(fix-numerics{mode=default})', passes);
  const before = runMain(module, { sizes });
  const outcome = runPasses(module, 'builtin.module(func.func(instruction-fusion))', passes);
  if (show) {
    console.log(module.toString());
    for (const r of outcome.remarks) console.log(r.message, r.name);
  }
  expect(runMain(module, { sizes })).toEqual(before);
  runPasses(module, 'builtin.module(bufferize)', passes);
  if (show) console.log(module.toString());
  expect(runMain(module, { sizes })).toEqual(before);
  runPasses(module, 'builtin.module(func.func(array-to-loop))', passes);
  expect(runMain(module, { sizes })).toEqual(before);
  return module;
}

describe('end to end', () => {
  test('chain', () => {
    check(`func.func @main(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %0 = array.mul %x, %y : tensor<4x8xf32>
      %1 = array.add %0, %y : tensor<4x8xf32>
      %2 = array.exp %1 : tensor<4x8xf32>
      return %2 : tensor<4x8xf32>
    }`);
  });
  for (const n of ['7', '?'])
    test('softmax ' + n, () => {
      check(
        `func.func @main(%x: tensor<${n}x33xf32>) -> tensor<${n}x33xf32> {
      %low = array.constant dense<0xFF800000> : tensor<f32>
      %zero = array.constant dense<0.0> : tensor<f32>
      %max = array.reduce max %x init %low dims = [1] : tensor<${n}x33xf32>, tensor<f32> to tensor<${n}xf32>
      %maxb = array.broadcast %max dims = [0] : tensor<${n}xf32> to tensor<${n}x33xf32>
      %d = array.sub %x, %maxb : tensor<${n}x33xf32>
      %e = array.exp %d : tensor<${n}x33xf32>
      %sum = array.reduce add %e init %zero dims = [1] : tensor<${n}x33xf32>, tensor<f32> to tensor<${n}xf32>
      %sumb = array.broadcast %sum dims = [0] : tensor<${n}xf32> to tensor<${n}x33xf32>
      %r = array.div %e, %sumb : tensor<${n}x33xf32>
      return %r : tensor<${n}x33xf32>
    }`,
        n === '?' ? [7] : [],
      );
    });
  test('dynamic', () => {
    check(
      `func.func @main(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?x4xf32>) {
      %c = array.constant dense<2.0> : tensor<f32>
      %i = arith.constant 0 : index
      %n = array.dim %x, 0 : tensor<?xf32>
      %b = array.broadcast %c dims = [] sizes(%n) : tensor<f32> to tensor<?xf32>
      %m = array.mul %b, %x : tensor<?xf32>
      %n2 = array.dim %m, 0 : tensor<?xf32>
      %f = array.full 3.0 : f32, tensor<?x4xf32> (%n2)
      %g = array.broadcast %m dims = [0] : tensor<?xf32> to tensor<?x4xf32>
      %h = array.add %f, %g : tensor<?x4xf32>
      %s = array.slice %m [2:?:1] : tensor<?xf32> to tensor<?xf32>
      return %s, %h : tensor<?xf32>, tensor<?x4xf32>
    }`,
      [7],
    );
  });
  test('matmul mlp', () => {
    check(`func.func @main(%x: tensor<5x6xf32>, %w: tensor<6x7xf32>, %b: tensor<7xf32>, %v: tensor<7xf32>) -> (tensor<5x7xf32>, tensor<5xf32>, tensor<f32>) {
      %z = array.constant dense<0.0> : tensor<f32>
      %0 = array.dot_general %x, %w contract = [1] x [0] : tensor<5x6xf32>, tensor<6x7xf32> -> tensor<5x7xf32>
      %bb = array.broadcast %b dims = [1] : tensor<7xf32> to tensor<5x7xf32>
      %1 = array.add %0, %bb : tensor<5x7xf32>
      %zz = array.broadcast %z dims = [] : tensor<f32> to tensor<5x7xf32>
      %2 = array.max %1, %zz : tensor<5x7xf32>
      %3 = array.dot_general %2, %v contract = [1] x [0] : tensor<5x7xf32>, tensor<7xf32> -> tensor<5xf32>
      %4 = array.reduce add %2 init %z dims = [0, 1] : tensor<5x7xf32>, tensor<f32> to tensor<f32>
      return %2, %3, %4 : tensor<5x7xf32>, tensor<5xf32>, tensor<f32>
    }`);
  });
});
test('scalar sizes', () => {
  check(
    `func.func @main(%x: tensor<4xf32>, %n: index) -> tensor<?x4xf32> {
      %c2 = arith.constant 2 : index
      %m = arith.muli %n, %c2 : index
      %g = array.broadcast %x dims = [1] sizes(%m) : tensor<4xf32> to tensor<?x4xf32>
      %h = array.exp %g : tensor<?x4xf32>
      return %h : tensor<?x4xf32>
    }`,
    [3],
  );
});
test('unsigned, constants, views, calls', () => {
  check(
    `func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> {
      %h = array.neg %x : tensor<4xf32>
      return %h : tensor<4xf32>
    }
    func.func @main(%x: tensor<4xui8>, %y: tensor<4xf32>) -> (tensor<2x2xui8>, tensor<4xf32>, tensor<4xui8>, tensor<4xf32>, tensor<3xf32>) {
      %c = array.constant dense<[1.0, 2.0, 3.0, 4.5]> : tensor<4xf32>
      %k = array.constant dense<[1.0, 2.0, 3.5]> : tensor<3xf32>
      %s = array.add %x, %x : tensor<4xui8>
      %r = array.reshape %s : tensor<4xui8> to tensor<2x2xui8>
      %f = array.cast %x : tensor<4xui8> to tensor<4xf32>
      %g = array.add %f, %c : tensor<4xf32>
      %h = func.call @f(%g) : (tensor<4xf32>) -> tensor<4xf32>
      %i = array.neg %y : tensor<4xf32>
      return %r, %h, %x, %i, %k : tensor<2x2xui8>, tensor<4xf32>, tensor<4xui8>, tensor<4xf32>, tensor<3xf32>
    }`,
  );
});
