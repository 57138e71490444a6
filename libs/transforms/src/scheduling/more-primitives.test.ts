import { describe, expect, test } from 'vitest';
import { applyStep } from './engine.js';
import type { Step } from './schedule.js';
import { checkSchedule, functionOf, lines, parseKernel, refusal } from './testing/kernel.js';
import {
  ADD,
  LANES_SUM,
  MATMUL,
  MIXED,
  mixedSizes,
  SHIFT,
  SOFTMAX,
  softmaxSizes,
  WAVEFRONT,
} from './testing/kernels.js';

const reason = (text: string, step: Step): string => refusal(parseKernel(text), step).refused;
const loops = (text: string, steps: readonly Step[], sizes: readonly (readonly number[])[]): string[] =>
  lines(checkSchedule(text, steps, sizes)).filter((l) => /loop\.(for|if)|alloca|else/.test(l));
const addSizes = [0, 1, 3, 7, 8, 9, 17].map((n) => [n, n, n]);
const mixed = [mixedSizes(0, 3), mixedSizes(5, 1), mixedSizes(9, 17), mixedSizes(16, 8)];

describe('tile', () => {
  test('cuts a nest into tiles of any size', () => {
    expect(
      loops(MIXED, [{ primitive: 'tile', loops: ['mix.d0', 'mix.d1'], factors: [4, 8] }], mixed),
    ).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to affine_map<()[s0] -> (s0 ceildiv 4)>()[%dim] name "mix.d0.o" {",
        "loop.for %i_1 = 0 to affine_map<()[s0] -> (s0 ceildiv 8)>()[%dim_0] name "mix.d1.o" {",
        "loop.for %i_2 = 0 to min affine_map<(d0)[s0] -> (4, d0 * -4 + s0)>(%i)[%dim] name "mix.d0.i" {",
        "loop.for %i_3 = 0 to min affine_map<(d0)[s0] -> (8, d0 * -8 + s0)>(%i_1)[%dim_0] name "mix.d1.i" {",
      ]
    `);
    const fixed = MIXED.replace('memory.dim %c, 0 : memref<?x?xf32>', 'arith.constant 9 : index').replace(
      'memory.dim %c, 1 : memref<?x?xf32>',
      'arith.constant 17 : index',
    );
    expect(
      loops(
        fixed,
        [{ primitive: 'tile', loops: ['mix.d0', 'mix.d1'], factors: [4, 8], tail: 'shift' }],
        [mixedSizes(9, 17)],
      ),
    ).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to 3 name "mix.d0.o" {",
        "loop.for %i_1 = 0 to 3 name "mix.d1.o" {",
        "loop.for %i_2 = 0 to 4 name "mix.d0.i" {",
        "loop.for %i_3 = 0 to 8 name "mix.d1.i" {",
      ]
    `);
  });
});
describe('tile of triangles', () => {
  const triangle = (end: string) => `func.func @f(%a: memref<?x12xf32>, %c: memref<?x12xf32>) {
    %n = memory.dim %c, 0 : memref<?x12xf32>
    loop.for %i = 0 to %n name "t.d0" {
      loop.for %j = 0 to ${end} name "t.d1" {
        %x = memory.load %a[%i, %j] : memref<?x12xf32>
        memory.store %x, %c[%i, %j] : memref<?x12xf32>
      }
    }
    return
  }`;
  const step = { primitive: 'tile', loops: ['t.d0', 't.d1'], factors: [3, 2] } as const;
  const sizes = [0, 1, 2, 5, 9].map((n) => [n, n]);

  test('runs tiles as far as the longest row needs', () => {
    expect(loops(triangle('affine_map<(d0) -> (d0 + 1)>(%i)'), [step], sizes)).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to affine_map<()[s0] -> (s0 ceildiv 3)>()[%dim] name "t.d0.o" {",
        "loop.for %i_0 = 0 to affine_map<(d0) -> ((d0 * 3 + 1) ceildiv 2 + 1)>(%i) name "t.d1.o" {",
        "loop.for %i_1 = 0 to min affine_map<(d0)[s0] -> (3, d0 * -3 + s0)>(%i)[%dim] name "t.d0.i" {",
        "loop.for %i_2 = 0 to min affine_map<(d0, d1, d2) -> (2, d0 * 3 + d1 - d2 * 2 + 1)>(%i, %i_1, %i_0) name "t.d1.i" {",
      ]
    `);
    expect(loops(triangle('affine_map<(d0) -> (-d0 + 10)>(%i)'), [step], sizes)[1]).toMatchInlineSnapshot(
      `"loop.for %i_0 = 0 to affine_map<(d0) -> ((d0 * -3) ceildiv 2 + 5)>(%i) name "t.d1.o" {"`,
    );
    checkSchedule(triangle('min affine_map<(d0) -> (2 * d0 + 1, 7)>(%i)'), [step], sizes);
    checkSchedule(triangle('min affine_map<(d0) -> (d0 * 3, -d0 + 12)>(%i)'), [step], sizes);
  });
  test('refuses rows whose ends are no line', () => {
    const depends = /^the bounds of loop "t.d1.o" depend on a loop of the nest$/;
    expect(reason(triangle('affine_map<(d0) -> (d0 mod 5)>(%i)'), step)).toMatch(depends);
  });
});
describe('split', () => {
  test('shift and mask', () => {
    expect(
      loops(ADD, [{ primitive: 'split', loop: 'add.d0', factor: 4, tail: 'shift' }], addSizes),
    ).toMatchInlineSnapshot(`
      [
        "loop.if %0 {",
        "loop.for %i = 0 to affine_map<(d0) -> (d0 ceildiv 4)>(%dim) name "add.d0.o" {",
        "loop.for %i_0 = 0 to 4 name "add.d0.i" {",
        "} else {",
        "loop.for %i = 0 to %dim name "add.d0~1" {",
      ]
    `);
    expect(
      loops(ADD, [{ primitive: 'split', loop: 'add.d0', factor: 4, tail: 'mask' }], addSizes),
    ).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to affine_map<()[s0] -> (s0 ceildiv 4)>()[%dim] name "add.d0.o" {",
        "loop.for %i_0 = 0 to 4 name "add.d0.i" {",
        "loop.if %0 {",
      ]
    `);
    expect(reason(SHIFT, { primitive: 'split', loop: 'shift.d0', factor: 4, tail: 'shift' })).toMatchInlineSnapshot(
      `"iterations that run twice would be noticed by read of arg0[shift.d0 + 1] and write of arg0[shift.d0] at distance 1 of loop "shift.d0""`,
    );
  });
});
describe('others', () => {
  test('fuse', () => {
    expect(
      loops(
        MIXED,
        [
          { primitive: 'split', loop: 'mix.d1', factor: 4, tail: 'mask' },
          { primitive: 'fuse', loops: ['mix.d1.o', 'mix.d1.i'] },
        ],
        mixed,
      ),
    ).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to %dim name "mix.d0" {",
        "loop.for %i_1 = 0 to affine_map<()[s0] -> ((s0 ceildiv 4) * 4)>()[%dim_0] name "mix.d1.o.mix.d1.i" {",
        "loop.if %0 {",
      ]
    `);
  });
  test('fuse with an inner loop that is shorter at the end', () => {
    expect(
      loops(
        MIXED,
        [
          { primitive: 'split', loop: 'mix.d1', factor: 4, tail: 'guard' },
          { primitive: 'fuse', loops: ['mix.d1.o', 'mix.d1.i'] },
        ],
        mixed,
      ),
    ).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to %dim name "mix.d0" {",
        "loop.for %i_1 = 0 to affine_map<()[s0] -> ((s0 ceildiv 4) * 4)>()[%dim_0] name "mix.d1.o.mix.d1.i" {",
        "loop.if %0 {",
      ]
    `);
  });
  test('unroll', () => {
    expect(loops(MIXED, [{ primitive: 'unroll', loop: 'mix.d0', factor: 2 }], mixed)).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to affine_map<()[s0] -> (s0 floordiv 2)>()[%dim] name "mix.d0.o" {",
        "loop.for %i_2 = 0 to %dim_0 name "mix.d1" {",
        "loop.for %i_2 = 0 to %dim_0 name "mix.d1~2" {",
        "loop.for %i = affine_map<()[s0] -> ((s0 floordiv 2) * 2)>()[%dim] to %dim name "mix.d0~1" {",
        "loop.for %i_1 = 0 to %dim_0 name "mix.d1~1" {",
      ]
    `);
  });
  test('peel', () => {
    expect(
      loops(
        MIXED,
        [
          { primitive: 'peel', loop: 'mix.d0' },
          { primitive: 'peel', loop: 'mix.d1', iterations: 3, end: 'back' },
        ],
        mixed,
      ),
    ).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to min affine_map<()[s0] -> (s0, 1)>()[%dim] name "mix.d0~1" {",
        "loop.for %i_1 = 0 to %dim_0 name "mix.d1~1" {",
        "loop.for %i = 1 to %dim name "mix.d0" {",
        "loop.for %i_1 = 0 to affine_map<()[s0] -> (s0 - 3)>()[%dim_0] name "mix.d1" {",
        "loop.for %i_1 = max affine_map<()[s0] -> (0, s0 - 3)>()[%dim_0] to %dim_0 name "mix.d1~2" {",
      ]
    `);
  });
  test('parallel', () => {
    expect(loops(MIXED, [{ primitive: 'parallel', loop: 'mix.d0', grain: 4 }], mixed)).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to %dim name "mix.d0" {",
        "loop.for %i_1 = 0 to %dim_0 name "mix.d1" {",
      ]
    `);
    expect(reason(WAVEFRONT, { primitive: 'parallel', loop: 'wave.d0' })).toMatchInlineSnapshot(
      `"loop-carried dependence through read of arg0[wave.d0 - 1, wave.d1 + 1] and write of arg0[wave.d0, wave.d1] at distance 1 of loop "wave.d0""`,
    );
  });
  test('cache', () => {
    const tiles = { primitive: 'tile', loops: ['mix.d0', 'mix.d1'], factors: [4, 8] } as const;
    expect(
      loops(MIXED, [tiles, { primitive: 'cache_read', buffer: 'arg2', loop: 'mix.d0.i' }], mixed),
    ).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to affine_map<()[s0] -> (s0 ceildiv 4)>()[%dim] name "mix.d0.o" {",
        "loop.for %i_1 = 0 to affine_map<()[s0] -> (s0 ceildiv 8)>()[%dim_0] name "mix.d1.o" {",
        "%scratch = memory.alloca() : memref<8x4xf32>",
        "loop.for %i_4 = max affine_map<(d0) -> (d0 * 8, 0)>(%i_1) to min affine_map<(d0, d1) -> (d0 * 8 + 8, d1)>(%i_1, %dim_3) name "arg2.read.d0" {",
        "loop.for %i_6 = max affine_map<(d0) -> (d0 * 4, 0)>(%i) to min affine_map<(d0, d1) -> (d0 * 4 + 4, d1)>(%i, %dim_5) name "arg2.read.d1" {",
        "loop.for %i_4 = 0 to min affine_map<(d0)[s0] -> (4, d0 * -4 + s0)>(%i)[%dim] name "mix.d0.i" {",
        "loop.for %i_5 = 0 to min affine_map<(d0)[s0] -> (8, d0 * -8 + s0)>(%i_1)[%dim_0] name "mix.d1.i" {",
      ]
    `);
    expect(
      loops(MIXED, [tiles, { primitive: 'cache_write', buffer: 'arg3', loop: 'mix.d0.i' }], mixed),
    ).toMatchInlineSnapshot(`
      [
        "loop.for %i = 0 to affine_map<()[s0] -> (s0 ceildiv 4)>()[%dim] name "mix.d0.o" {",
        "loop.for %i_1 = 0 to affine_map<()[s0] -> (s0 ceildiv 8)>()[%dim_0] name "mix.d1.o" {",
        "%scratch = memory.alloca() : memref<4x8xf32>",
        "loop.for %i_5 = max affine_map<(d0) -> (d0 * 4, 0)>(%i) to min affine_map<(d0, d1) -> (d0 * 4 + 4, d1)>(%i, %dim_3) name "arg3.read.d0" {",
        "loop.for %i_7 = max affine_map<(d0) -> (d0 * 8, 0)>(%i_1) to min affine_map<(d0, d1) -> (d0 * 8 + 8, d1)>(%i_1, %dim_6) name "arg3.read.d1" {",
        "loop.for %i_5 = 0 to min affine_map<(d0)[s0] -> (4, d0 * -4 + s0)>(%i)[%dim] name "mix.d0.i" {",
        "loop.for %i_6 = 0 to min affine_map<(d0)[s0] -> (8, d0 * -8 + s0)>(%i_1)[%dim_0] name "mix.d1.i" {",
        "loop.for %i_5 = max affine_map<(d0) -> (d0 * 4, 0)>(%i) to min affine_map<(d0, d1) -> (d0 * 4 + 4, d1)>(%i, %dim_4) name "arg3.write.d0" {",
        "loop.for %i_7 = max affine_map<(d0) -> (d0 * 8, 0)>(%i_1) to min affine_map<(d0, d1) -> (d0 * 8 + 8, d1)>(%i_1, %dim_6) name "arg3.write.d1" {",
      ]
    `);
  });
  test('compute_root and store_at', () => {
    const S = SOFTMAX.replaceAll('%m = memory.dim %x, 0 : memref<?x?xf32>', '%m = arith.constant 5 : index').replaceAll(
      '%m1 = memory.dim %x, 0 : memref<?x?xf32>',
      '%m1 = arith.constant 5 : index',
    );
    const at: Step[] = [{ primitive: 'compute_at', stage: 'sum', loop: 'div.d0' }];
    const T = S.replaceAll('memory.alloca(%m) : memref<?xf32>', 'memory.alloca() : memref<5xf32>').replaceAll(
      'memref<?xf32>',
      'memref<5xf32>',
    );
    expect(loops(T, at, [softmaxSizes(5, 4)])).toMatchInlineSnapshot(`
      [
        "%scratch = memory.alloca() : memref<5xf32>",
        "%scratch_1 = memory.alloca(%c5, %dim) : memref<?x?xf32>",
        "loop.for %i = 0 to %c5 name "max.d0" {",
        "%scratch_3 = memory.alloca() : memref<f32>",
        "loop.for %i_4 = 0 to %dim name "max.r0" {",
        "loop.for %i = 0 to %c5_2 name "exp.d0" {",
        "loop.for %i_4 = 0 to %dim_3 name "exp.d1" {",
        "loop.for %i = 0 to %c5 name "div.d0" {",
        "%scratch_3 = memory.alloca() : memref<f32>",
        "%scratch_4 = memory.alloca() : memref<f32>",
        "loop.for %i_5 = 0 to %dim name "sum.r0" {",
        "loop.for %i_5 = 0 to %dim name "div.d1" {",
      ]
    `);
    expect(loops(T, [...at, { primitive: 'compute_root', stage: 'sum' }], [softmaxSizes(5, 4)])).toMatchInlineSnapshot(`
      [
        "%scratch = memory.alloca() : memref<5xf32>",
        "%scratch_1 = memory.alloca(%c5, %dim) : memref<?x?xf32>",
        "loop.for %i = 0 to %c5 name "max.d0" {",
        "%scratch_4 = memory.alloca() : memref<f32>",
        "loop.for %i_5 = 0 to %dim name "max.r0" {",
        "loop.for %i = 0 to %c5_2 name "exp.d0" {",
        "loop.for %i_5 = 0 to %dim_4 name "exp.d1" {",
        "%scratch_3 = memory.alloca() : memref<5xf32>",
        "loop.for %i = 0 to %c5 name "sum.d0" {",
        "loop.for %i_4 = 0 to %dim name "sum.r0" {",
        "loop.for %i = 0 to %c5 name "div.d0" {",
        "%scratch_4 = memory.alloca() : memref<f32>",
        "loop.for %i_5 = 0 to %dim name "div.d1" {",
      ]
    `);
    expect(loops(T, [...at, { primitive: 'store_at', stage: 'sum' }], [softmaxSizes(5, 4)])).toMatchInlineSnapshot(`
      [
        "%scratch = memory.alloca() : memref<5xf32>",
        "%scratch_1 = memory.alloca(%c5, %dim) : memref<?x?xf32>",
        "loop.for %i = 0 to %c5 name "max.d0" {",
        "%scratch_4 = memory.alloca() : memref<f32>",
        "loop.for %i_5 = 0 to %dim name "max.r0" {",
        "loop.for %i = 0 to %c5_2 name "exp.d0" {",
        "loop.for %i_5 = 0 to %dim_4 name "exp.d1" {",
        "%scratch_3 = memory.alloca() : memref<f32>",
        "loop.for %i = 0 to %c5 name "div.d0" {",
        "%scratch_4 = memory.alloca() : memref<f32>",
        "loop.for %i_5 = 0 to %dim name "sum.r0" {",
        "loop.for %i_5 = 0 to %dim name "div.d1" {",
      ]
    `);
    expect(
      loops(
        T,
        [...at, { primitive: 'store_at', stage: 'sum' }, { primitive: 'store_at', stage: 'sum', loop: 'div.d0' }],
        [softmaxSizes(5, 4)],
      ),
    ).toMatchInlineSnapshot(`
      [
        "%scratch = memory.alloca() : memref<5xf32>",
        "%scratch_1 = memory.alloca(%c5, %dim) : memref<?x?xf32>",
        "loop.for %i = 0 to %c5 name "max.d0" {",
        "%scratch_3 = memory.alloca() : memref<f32>",
        "loop.for %i_4 = 0 to %dim name "max.r0" {",
        "loop.for %i = 0 to %c5_2 name "exp.d0" {",
        "loop.for %i_4 = 0 to %dim_3 name "exp.d1" {",
        "loop.for %i = 0 to %c5 name "div.d0" {",
        "%scratch_3 = memory.alloca() : memref<f32>",
        "%scratch_4 = memory.alloca() : memref<f32>",
        "loop.for %i_5 = 0 to %dim name "sum.r0" {",
        "loop.for %i_5 = 0 to %dim name "div.d1" {",
      ]
    `);
  });
  test('merge', () => {
    expect(
      loops(
        SOFTMAX,
        [
          { primitive: 'merge', loops: ['max.d0', 'exp.d0'] },
          { primitive: 'merge', loops: ['sum.d0', 'div.d0'] },
        ],
        [softmaxSizes(5, 4)],
      ),
    ).toMatchInlineSnapshot(`
      [
        "%scratch = memory.alloca(%dim) : memref<?xf32>",
        "%scratch_2 = memory.alloca(%dim, %dim_0) : memref<?x?xf32>",
        "%scratch_3 = memory.alloca(%dim) : memref<?xf32>",
        "loop.for %i = 0 to %dim name "max.d0" {",
        "%scratch_5 = memory.alloca() : memref<f32>",
        "loop.for %i_7 = 0 to %dim_0 name "max.r0" {",
        "loop.for %i_7 = 0 to %dim_6 name "exp.d1" {",
        "loop.for %i = 0 to %dim name "sum.d0" {",
        "%scratch_5 = memory.alloca() : memref<f32>",
        "loop.for %i_6 = 0 to %dim_0 name "sum.r0" {",
        "loop.for %i_6 = 0 to %dim_0 name "div.d1" {",
      ]
    `);
  });
  test('rfactor', () => {
    expect(
      loops(SOFTMAX, [{ primitive: 'rfactor', loop: 'max.r0', factor: 4 }], [softmaxSizes(5, 9), softmaxSizes(2, 3)]),
    ).toMatchInlineSnapshot(`
      [
        "%scratch = memory.alloca(%dim) : memref<?xf32>",
        "%scratch_2 = memory.alloca(%dim, %dim_0) : memref<?x?xf32>",
        "%scratch_3 = memory.alloca(%dim) : memref<?xf32>",
        "loop.for %i = 0 to %dim name "max.d0" {",
        "%scratch_5 = memory.alloca() : memref<f32>",
        "%scratch_7 = memory.alloca() : memref<4xf32>",
        "loop.for %i_8 = 0 to 4 name "max.r0.f" {",
        "loop.for %i_8 = 0 to affine_map<()[s0] -> (s0 floordiv 4)>()[%dim_0] name "max.r0.o" {",
        "loop.for %i_9 = 0 to 4 name "max.r0.i" {",
        "loop.for %i_8 = affine_map<()[s0] -> ((s0 floordiv 4) * 4)>()[%dim_0] to %dim_0 name "max.r0~1" {",
        "loop.for %i_8 = 0 to 4 name "max.r0.c" {",
        "loop.for %i = 0 to %dim_4 name "exp.d0" {",
        "loop.for %i_6 = 0 to %dim_5 name "exp.d1" {",
        "loop.for %i = 0 to %dim name "sum.d0" {",
        "%scratch_5 = memory.alloca() : memref<f32>",
        "loop.for %i_6 = 0 to %dim_0 name "sum.r0" {",
        "loop.for %i = 0 to %dim name "div.d0" {",
        "loop.for %i_5 = 0 to %dim_0 name "div.d1" {",
      ]
    `);
    expect(reason(SOFTMAX, { primitive: 'rfactor', loop: 'sum.r0', factor: 4 })).toMatchInlineSnapshot(
      `"'arith.addf' rounds, and the reduction is not marked free: its order is part of the result"`,
    );
  });
  test('hints', () => {
    expect(
      lines(
        checkSchedule(
          ADD,
          [
            { primitive: 'prefetch', buffer: 'arg0', loop: 'add.d0', distance: 16 },
            { primitive: 'store_nontemporal', buffer: 'arg2' },
          ],
          addSizes,
        ),
      ).filter((l) => l.includes('memory.')),
    ).toMatchInlineSnapshot(`
      [
        "%dim = memory.dim %arg0, 0 : memref<?xf32>",
        "%0 = memory.load %arg0[%i] {memory.prefetch = 16 : i64} : memref<?xf32>",
        "%1 = memory.load %arg1[%i] : memref<?xf32>",
        "memory.store %3, %arg2[%i] {nontemporal} : memref<?xf32>",
      ]
    `);
  });

  test('rfactor of sums that may be reassociated, and what it refuses', () => {
    const free = MATMUL.replace('arith.addf %z, %q : f32', 'arith.addf %z, %q fastmath<reassoc> : f32');
    const module = parseKernel(free);
    const func = functionOf(module);
    expect(applyStep(func, { primitive: 'rfactor', loop: 'mm.r0', factor: 4 }).ok).toBe(true);
    expect(module.toString()).not.toContain('reassoc');
    expect(reason(MIXED, { primitive: 'rfactor', loop: 'mix.d1', factor: 2 })).toContain('is not what the cell held');
  });
  test('unswitch', () => {
    const text = `func.func @f(%a: memref<?xi32>, %c: i1) {
      %n = memory.dim %a, 0 : memref<?xi32>
      %one = arith.constant 1 : i32
      %two = arith.constant 2 : i32
      loop.for %i = 0 to %n name "x.d0" {
        loop.if %c { memory.store %one, %a[%i] : memref<?xi32> } else { memory.store %two, %a[%i] : memref<?xi32> }
      }
      return
    }`;
    expect(lines(checkSchedule(text, [{ primitive: 'unswitch', loop: 'x.d0' }], [[0], [3]])).slice(4, -2)).toEqual([
      'loop.if %arg1 {',
      'loop.for %i = 0 to %dim name "x.d0" {',
      'memory.store %c1_i32, %arg0[%i] : memref<?xi32>',
      '}',
      '} else {',
      'loop.for %i = 0 to %dim name "x.d0~1" {',
      'memory.store %c2_i32, %arg0[%i] : memref<?xi32>',
      '}',
      '}',
    ]);
    expect(reason(ADD, { primitive: 'unswitch', loop: 'add.d0' })).toBe('there is no condition inside');
  });
  test('refusals name the dependence', () => {
    // b reads what a writes one iteration later: merged, it would come too early.
    const text = `func.func @f(%a: memref<9xf32>, %b: memref<9xf32>) {
      %one = arith.constant 1.0 : f32
      loop.for %i = 0 to 8 name "a.d0" { memory.store %one, %a[%i] : memref<9xf32> }
      loop.for %i = 0 to 8 name "b.d0" {
        %p = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
        %x = memory.load %a[%p] : memref<9xf32>
        memory.store %x, %b[%i] : memref<9xf32>
      }
      return
    }`;
    expect(reason(text, { primitive: 'merge', loops: ['a.d0', 'b.d0'] })).toBe(
      'would reverse a dependence through write of arg0[a.d0] and read of arg0[a.d0 + 1] at distance 1 of loop "a.d0"',
    );
    expect(
      refusal(parseKernel(WAVEFRONT), { primitive: 'tile', loops: ['wave.d0', 'wave.d1'], factors: [2, 2] }).dependence,
    ).toBeDefined();
    expect(reason(SHIFT, { primitive: 'cache_read', buffer: 'arg0', loop: 'shift.d0' })).toContain(
      'the loop writes what is copied',
    );
    expect(reason(SHIFT, { primitive: 'store_nontemporal', buffer: 'arg0' })).toContain('is read there too');
    expect(reason(ADD, { primitive: 'prefetch', buffer: 'arg2', loop: 'add.d0', distance: 4 })).toContain(
      'no loads of arg2',
    );
    expect(reason(SOFTMAX, { primitive: 'compute_root', stage: 'sum' })).toContain('has a nest of its own already');
    expect(reason(MIXED, { primitive: 'fuse', loops: ['mix.d0', 'mix.d1'] })).toContain(
      'has no constant bound: split it first',
    );
    expect(reason(MIXED, { primitive: 'unroll', loop: 'mix.d1' })).toContain('give a factor');
    expect(reason(MIXED, { primitive: 'tile', loops: ['mix.d0'], factors: [2, 2] })).toContain('as many factors');
    expect(reason(LANES_SUM, { primitive: 'parallel', loop: 'sum.r0' })).toMatch(/^loop-carried dependence through/);
  });
});
