// Sizes that cannot be: before anything runs, with the line of the op that needs another one. And sizes that may be odd.
import { CompileError } from '@budflow/ir';
import { RuntimeTrap } from '@budflow/runtime';
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { tensor } from './arguments.js';
import { compareProgram, PLAIN, type TestArgument } from './differential.js';

const body = (args: string, result: string, op: string) =>
  `func.func @main(${args}) -> ${result} {\n  %0 = ${op}\n  return %0 : ${result}\n}`;
const floats = (n: number) => new Float32Array(n);
const d = 'tensor<?xf32>';

type Given = readonly (Float32Array | number)[];

const TRAPS: readonly (readonly [name: string, text: string, args: Given, message: RegExp])[] = [
  [
    'a reshape to another number of elements',
    body(`%x: ${d}`, 'tensor<3x4xf32>', `array.reshape %x : ${d} to tensor<3x4xf32>`),
    [floats(10)],
    /dimension 0 of argument 0 is 10, but must be 12: needed by 'array\.reshape' at p\.mlir:2:8/,
  ],
  [
    'a reshape to rows that do not come out even',
    body(`%x: ${d}`, 'tensor<?x4xf32>', `array.reshape %x : ${d} to tensor<?x4xf32>`),
    [floats(10)],
    /modulo 4 is 2, but must be 0: needed by 'array\.reshape' at p\.mlir:2:8/,
  ],
  [
    'a slice past the end',
    body(`%x: ${d}`, 'tensor<8xf32>', `array.slice %x [0:8:1] : ${d} to tensor<8xf32>`),
    [floats(5)],
    /is 5, but must be at least 8: needed by 'array\.slice' at p\.mlir:2:8/,
  ],
  [
    'a slice that begins past the end',
    body(`%x: ${d}`, d, `array.slice %x [8:?:1] : ${d} to ${d}`),
    [floats(5)],
    /must be at least 8: needed by 'array\.slice' at p\.mlir:2:8/,
  ],
  [
    'a negative size',
    body('%n: index', d, `array.full 1.0 : f32, ${d} (%n)`),
    [-3],
    /argument 0 is -3, but must be at least 0: needed by 'array\.full' at p\.mlir:2:8/,
  ],
  [
    'operands of two sizes',
    body(`%x: ${d}, %y: ${d}`, d, `array.add %x, %y : ${d}`),
    [floats(5), floats(6)],
    /argument 1 is 6, but dimension 0 of argument 0 is 5: needed by 'array\.add' at p\.mlir:2:8/,
  ],
  [
    'a negative size that only a kernel uses, made in a loop',
    `func.func @main(%x: tensor<f32>, %k: index) -> tensor<f32> {
  %c2 = arith.constant 2 : index
  %r = loop.for %i = 0 to %k iter_args(%a = %x) -> (tensor<f32>) {
    %n = arith.subi %c2, %i : index
    %f = array.full 1.0 : f32, tensor<?xf32> (%n)
    %s = array.reduce add %f init %a dims = [0] : tensor<?xf32>, tensor<f32> to tensor<f32>
    loop.yield %s : tensor<f32>
  }
  return %r : tensor<f32>
}`,
    [floats(1), 4],
    /^p\.mlir:5:10: main: a size must not be negative/,
  ],
  [
    'a negative size that only a kernel of a function uses, from data',
    `func.func private @sum(%n: index, %x: tensor<f32>) -> tensor<f32> {
  %f = array.full 1.0 : f32, tensor<?xf32> (%n)
  %s = array.reduce add %f init %x dims = [0] : tensor<?xf32>, tensor<f32> to tensor<f32>
  return %s : tensor<f32>
}
func.func @main(%x: tensor<f32>, %n: tensor<index>) -> tensor<f32> {
  %0 = array.extract %n : tensor<index> -> index
  %1 = call @sum(%0, %x) : (index, tensor<f32>) -> tensor<f32>
  return %1 : tensor<f32>
}`,
    [floats(1), -1],
    /^p\.mlir:2:8: main: a size must not be negative|^sum: argument 0 is -1, but must be at least 0/,
  ],
  [
    'a convolution that cuts more than there is',
    body(
      '%x: tensor<1x?x1xf32>, %y: tensor<1x1x1xf32>',
      'tensor<1x?x1xf32>',
      'array.conv %x, %y dims = "b0f_0io->b0f" low = [-3] high = [-1] : tensor<1x?x1xf32>, tensor<1x1x1xf32> -> tensor<1x?x1xf32>',
    ),
    [floats(3), floats(1)],
    /^p\.mlir:2:8: main: a size must not be negative/,
  ],
  [
    'more bytes than numbers count',
    body(
      '%x: tensor<f32>, %n: index',
      'tensor<?x?x?xf32>',
      'array.broadcast %x dims = [] sizes(%n, %n, %n) : tensor<f32> to tensor<?x?x?xf32>',
    ),
    [floats(1), 3_000_000],
    /^p\.mlir:2:8: main: an array of 1\d+ bytes is larger than any memory/,
  ],
  [
    'more bytes than there are',
    body(
      '%x: tensor<f32>, %n: index',
      'tensor<?x?xf32>',
      'array.broadcast %x dims = [] sizes(%n, %n) : tensor<f32> to tensor<?x?xf32>',
    ),
    [floats(1), 100_000],
    /^p\.mlir:2:8: main: .*40000000000 bytes requested/,
  ],
];

describe.each([0, 3] as const)('-O%i', (level) => {
  test.each(TRAPS)('%s', (_, text, args, message) => {
    for (const host of ['generated', 'interpreted'] as const) {
      const module = compile(text, { file: 'p.mlir', level, host });
      expect(() => module.call('main', [...args])).toThrow(RuntimeTrap);
      expect(() => module.call('main', [...args])).toThrow(message);
      module.dispose();
    }
  });

  test('a complex number as an argument is an error that says what to pass', () => {
    const text =
      'func.func @main(%c: complex<f32>) -> f32 {\n  %0 = complex.re %c : complex<f32>\n  return %0 : f32\n}';
    // runtime.host-complex
    expect(() => compile(text, { file: 'p.mlir', level })).toThrow(
      /argument 0 is complex<f32>: calls pass complex numbers in arrays only; make it a tensor<complex<f32>>/,
    );
  });

  test('a static size that no memory holds is an error of the compiler', () => {
    const type = 'tensor<100000x100000x100000xf32>';
    const text = body('%x: tensor<f32>', type, `array.broadcast %x dims = [] : tensor<f32> to ${type}`);
    const attempt = () => compile(text, { file: 'p.mlir', level });
    expect(attempt).toThrow(CompileError);
    expect(attempt).toThrow(/p\.mlir:2:8: error: .*needs 4000000000000000 bytes/);
  });
});

const ODD: readonly (readonly [name: string, text: string, args: readonly TestArgument[]])[] = [
  [
    'eight dimensions, dynamic ones first and last',
    `func.func @main(%x: tensor<?x2x1x2x3x1x2x?xf32>, %y: tensor<?xf32>) -> (tensor<?x2x2x1x3x1x2x?xf32>, tensor<2x3x1xf32>) {
  %n = array.dim %x, 0 : tensor<?x2x1x2x3x1x2x?xf32>
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.transpose %x perm = [0, 1, 3, 2, 4, 5, 6, 7] : tensor<?x2x1x2x3x1x2x?xf32> to tensor<?x2x2x1x3x1x2x?xf32>
  %1 = array.exp %0 : tensor<?x2x2x1x3x1x2x?xf32>
  %2 = array.broadcast %y dims = [7] sizes(%n) : tensor<?xf32> to tensor<?x2x2x1x3x1x2x?xf32>
  %3 = array.add %1, %2 : tensor<?x2x2x1x3x1x2x?xf32>
  %4 = array.reduce add %3 init %z dims = [0, 1, 3, 6, 7] : tensor<?x2x2x1x3x1x2x?xf32>, tensor<f32> to tensor<2x3x1xf32>
  return %3, %4 : tensor<?x2x2x1x3x1x2x?xf32>, tensor<2x3x1xf32>
}`,
    [tensor('f32', [3, 2, 1, 2, 3, 1, 2, 5]), tensor('f32', [5], 2)],
  ],
  [
    'nothing in one dimension, and one element in all',
    `func.func @main(%x: tensor<0x5xf32>, %y: tensor<1x1x1xf32>, %z: tensor<f32>) -> (tensor<5xf32>, tensor<0xf32>, tensor<f32>) {
  %0 = array.reduce add %x init %z dims = [0] : tensor<0x5xf32>, tensor<f32> to tensor<5xf32>
  %1 = array.reduce max %x init %z dims = [1] : tensor<0x5xf32>, tensor<f32> to tensor<0xf32>
  %2 = array.reshape %y : tensor<1x1x1xf32> to tensor<f32>
  %3 = array.mul %2, %z : tensor<f32>
  return %0, %1, %3 : tensor<5xf32>, tensor<0xf32>, tensor<f32>
}`,
    [tensor('f32', [0, 5]), tensor('f32', [1, 1, 1]), tensor('f32', [])],
  ],
];

test.each(ODD)('%s', (_, text, args) => {
  for (const level of [0, 1, 2, 3] as const)
    expect([level, compareProgram(text, args, { numerics: 'strict', level, target: PLAIN })]).toEqual([
      level,
      undefined,
    ]);
});
