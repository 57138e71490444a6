import { describe, expect, test } from 'vitest';
import { checkSchedule, lines, parseKernel, refusal, schedule, upTo } from './testing/kernel.js';
import { ADD, MATMUL, matmulSizes } from './testing/kernels.js';

const addSizes = upTo(67).map(([n]) => [n!, n!, n!]);
const headers = (text: readonly string[]): string[] => text.filter((l) => l.includes('loop.for'));

const fill = (bounds: string, prologue = ''): string => `func.func @f(%c: memref<100xf32>) {
  %z = arith.constant 3.0 : f32
  ${prologue}
  loop.for %i = ${bounds} name "x.d0" {
    memory.store %z, %c[%i] : memref<100xf32>
  }
  return
}`;

describe('split', () => {
  test('of a static trip count the factor divides makes two loops', () => {
    const module = parseKernel(fill('4 to 16'));
    schedule(module, [{ primitive: 'split', loop: 'x.d0', factor: 4 }]);
    expect(lines(module)).toEqual([
      'func.func @f(%arg0: memref<100xf32>) {',
      '%cst = arith.constant 3.000000e+00 : f32',
      'loop.for %i = 0 to 3 name "x.d0.o" {',
      'loop.for %i_0 = 0 to 4 name "x.d0.i" {',
      '%at = loop.apply affine_map<(d0, d1) -> (d0 * 4 + d1 + 4)>(%i, %i_0)',
      'memory.store %cst, %arg0[%at] : memref<100xf32>',
      '}',
      '}',
      'return',
      '}',
    ]);
  });
  test('peels what is left of a static trip count', () => {
    const text = checkSchedule(fill('5 to 16'), [{ primitive: 'split', loop: 'x.d0', factor: 4 }], [[]]);
    expect(headers(lines(text))).toEqual([
      'loop.for %i = 0 to 2 name "x.d0.o" {',
      'loop.for %i_0 = 0 to 4 name "x.d0.i" {',
      'loop.for %i = 13 to 16 name "x.d0~1" {',
    ]);
  });
  test('guards a static trip count by a shorter last inner loop', () => {
    const text = checkSchedule(fill('5 to 16'), [{ primitive: 'split', loop: 'x.d0', factor: 4, tail: 'guard' }], [[]]);
    expect(headers(lines(text))).toEqual([
      'loop.for %i = 0 to 3 name "x.d0.o" {',
      'loop.for %i_0 = 0 to min affine_map<(d0) -> (4, d0 * -4 + 11)>(%i) name "x.d0.i" {',
    ]);
  });
  test('peels a dynamic trip count: sizes are not negative, so the remainder has one lower bound', () => {
    const text = checkSchedule(ADD, [{ primitive: 'split', loop: 'add.d0', factor: 8 }], addSizes);
    expect(headers(lines(text))).toEqual([
      'loop.for %i = 0 to affine_map<()[s0] -> (s0 floordiv 8)>()[%dim] name "add.d0.o" {',
      'loop.for %i_0 = 0 to 8 name "add.d0.i" {',
      'loop.for %i = affine_map<()[s0] -> ((s0 floordiv 8) * 8)>()[%dim] to %dim name "add.d0~1" {',
    ]);
  });
  test('guards a dynamic trip count', () => {
    const text = checkSchedule(ADD, [{ primitive: 'split', loop: 'add.d0', factor: 8, tail: 'guard' }], addSizes);
    expect(headers(lines(text))).toEqual([
      'loop.for %i = 0 to affine_map<()[s0] -> (s0 ceildiv 8)>()[%dim] name "add.d0.o" {',
      'loop.for %i_0 = 0 to min affine_map<(d0)[s0] -> (8, d0 * -8 + s0)>(%i)[%dim] name "add.d0.i" {',
    ]);
  });
  test('needs no tail when the factor surely divides a dynamic trip count', () => {
    const text = checkSchedule(
      fill(
        '%n to affine_map<(d0) -> (d0 * 13)>(%n)',
        '%d = memory.dim %c, 0 : memref<100xf32>\n%n = loop.apply affine_map<(d0) -> (d0 floordiv 20)>(%d)',
      ),
      [{ primitive: 'split', loop: 'x.d0', factor: 4 }],
      [[]],
    );
    expect(headers(lines(text)).length).toBe(2);
  });
  test('does not run a remainder of a loop whose upper bound lies below its lower one', () => {
    const text = `func.func @f(%c: memref<100xf32>, %from: index, %to: index) {
      %z = arith.constant 3.0 : f32
      loop.for %i = %from to %to name "x.d0" {
        memory.store %z, %c[%i] : memref<100xf32>
      }
      return
    }`;
    const sizes = [
      [9, 2],
      [9, 8],
      [9, 9],
      [9, 10],
      [3, 30],
      [20, 1],
    ];
    for (const tail of ['peel', 'guard'] as const)
      checkSchedule(text, [{ primitive: 'split', loop: 'x.d0', factor: 4, tail }], sizes);
  });
  test('of loops whose bounds are minima and maxima of several values', () => {
    const text = `func.func @f(%c: memref<100xf32>, %a: index, %b: index) {
      %z = arith.constant 3.0 : f32
      loop.for %i = max affine_map<(d0) -> (d0, 5)>(%a) to min affine_map<()[s0] -> (s0 * 2, 40)>()[%b] name "x.d0" {
        memory.store %z, %c[%i] : memref<100xf32>
      }
      return
    }`;
    const sizes = [
      [0, 0],
      [0, 3],
      [7, 4],
      [7, 3],
      [2, 19],
      [11, 33],
      [50, 60],
    ];
    for (const tail of ['peel', 'guard'] as const)
      checkSchedule(
        text,
        [
          { primitive: 'split', loop: 'x.d0', factor: 6, tail },
          { primitive: 'split', loop: 'x.d0.i', factor: 4, tail: 'peel' },
        ],
        sizes,
      );
  });
  test('after split: remainders of guarded loops, clones of clones', () => {
    const text = checkSchedule(
      MATMUL,
      [
        { primitive: 'split', loop: 'mm.d0', factor: 5, tail: 'guard' },
        { primitive: 'split', loop: 'mm.d0.i', factor: 2 },
        { primitive: 'split', loop: 'mm.d1~1', factor: 4 },
        { primitive: 'split', loop: 'mm.d1', factor: 4 },
        { primitive: 'split', loop: 'mm.r0', factor: 3 },
      ],
      [matmulSizes(13, 9, 7), matmulSizes(5, 4, 3), matmulSizes(0, 1, 0), matmulSizes(11, 3, 4)],
    );
    const names = headers(lines(text)).map((l) => /name "(.*)"/.exec(l)![1]);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('mm.d1~1.i');
    expect(names).toContain('mm.d1~2');
  });
  test('carries values from the main loop to the remainder', () => {
    const text = `func.func @f(%a: memref<?xf32>, %s: memref<f32>) {
      %n = memory.dim %a, 0 : memref<?xf32>
      %z = arith.constant 1.0 : f32
      %r = loop.for %i = 0 to %n iter_args(%acc = %z) -> (f32) name "x.d0" {
        %x = memory.load %a[%i] : memref<?xf32>
        %m = arith.mulf %acc, %x : f32
        loop.yield %m : f32
      }
      memory.store %r, %s[] : memref<f32>
      return
    }`;
    for (const tail of ['peel', 'guard'] as const)
      checkSchedule(text, [{ primitive: 'split', loop: 'x.d0', factor: 4, tail }], upTo(13));
  });
  test('refuses steps other than 1, and names that are taken', () => {
    expect(refusal(parseKernel(fill('0 to 16 step 2')), { primitive: 'split', loop: 'x.d0', factor: 2 }).refused).toBe(
      'only loops of step 1 are split, this one has step 2',
    );
    const taken = fill('0 to 16').replace('return', 'loop.for %i = 0 to 2 name "x.d0.i" {}\nreturn');
    expect(refusal(parseKernel(taken), { primitive: 'split', loop: 'x.d0', factor: 2 }).refused).toBe(
      'the kernel has a loop named "x.d0.i" already',
    );
  });
});
