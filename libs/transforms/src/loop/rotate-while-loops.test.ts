import { describe, expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { rotateWhileLoops } from './rotate-while-loops.js';

const halve = (limit: string) => `func.func @main(%x: tensor<6xf32>) -> tensor<6xf32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %limit = array.constant dense<${limit}> : tensor<f32>
  %half = array.constant dense<0.5> : tensor<6xf32>
  %r = loop.while (%a = %x) : (tensor<6xf32>) -> (tensor<6xf32>) {
    %b = array.abs %a : tensor<6xf32>
    %m = array.reduce max %b init %zero dims = [0] : tensor<6xf32>, tensor<f32> to tensor<f32>
    %c = array.cmp gt, %m, %limit : tensor<f32>
    %go = array.extract %c : tensor<i1> -> i1
    loop.condition(%go) %b : tensor<6xf32>
  } do {
  ^bb0(%b: tensor<6xf32>):
    %n = array.mul %b, %half : tensor<6xf32>
    loop.yield %n : tensor<6xf32>
  }
  return %r : tensor<6xf32>
}`;

describe('rotate-while-loops', () => {
  test('the first region passes on what the body and the code before the loop compute', () => {
    for (const limit of ['0.001', '0.1', '1000.0']) {
      const module = parse(halve(limit));
      const before = runMain(module);
      const { statistics } = runPasses(module, 'builtin.module(func.func(rotate-while-loops))', [rotateWhileLoops]);
      expect(statistics).toMatchObject({ rotated: 1 });
      expect(runMain(module)).toEqual(before);
      const loop = module
        .region(0)
        .entry.firstOp!.region(0)
        .entry.ops.find((op) => op.name === 'loop.while')!;
      expect(loop.region(0).entry.ops.map((op) => op.name)).toEqual(['loop.condition']);
      expect(loop.region(1).entry.ops.map((op) => op.name)).toContain('array.reduce');
    }
  });

  test('a rotated loop stays, and so does one of numbers', () => {
    const module = parse(halve('0.1'));
    runPasses(module, 'builtin.module(func.func(rotate-while-loops))', [rotateWhileLoops]);
    const text = module.toString();
    runPasses(module, 'builtin.module(func.func(rotate-while-loops))', [rotateWhileLoops]);
    expect(module.toString()).toBe(text);
    const numbers = parse(`func.func @main(%n: i32) -> i32 {
  %c = arith.constant 100 : i32
  %r = loop.while (%a = %n) : (i32) -> (i32) {
    %go = arith.cmpi slt, %a, %c : i32
    loop.condition(%go) %a : i32
  } do {
  ^bb0(%b: i32):
    %d = arith.addi %b, %b : i32
    loop.yield %d : i32
  }
  return %r : i32
}`);
    const { statistics } = runPasses(numbers, 'builtin.module(func.func(rotate-while-loops))', [rotateWhileLoops]);
    expect(statistics.rotated ?? 0).toBe(0);
  });
});
