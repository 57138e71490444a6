import { describe, expect, test } from 'vitest';
import type { Step } from './schedule.js';
import { checkSchedule, lines, parseKernel, refusal } from './testing/kernel.js';
import { MATMUL, MIXED, matmulSizes, mixedSizes } from './testing/kernels.js';

const sizes = [
  [1, 1, 1],
  [0, 3, 2],
  [5, 17, 3],
  [8, 16, 4],
  [13, 11, 7],
  [70, 9, 2],
  [67, 67, 5],
  [130, 24, 3],
  [3, 5, 0],
].map(([m, n, k]) => matmulSizes(m!, n!, k!));

/** Rows in blocks of 64 (guarded), columns in panels of 8, micro-kernel 4 x 8; lists of reorder are outermost first. */
const BLOCKED: readonly Step[] = [
  { primitive: 'split', loop: 'mm.d0', factor: 64, tail: 'guard' },
  { primitive: 'reorder', loops: ['mm.d1', 'mm.d0.i'] },
  { primitive: 'split', loop: 'mm.d1', factor: 8, tail: 'peel' },
  { primitive: 'reorder', loops: ['mm.d0.i', 'mm.d1.i'] },
  { primitive: 'split', loop: 'mm.d0.i', factor: 4, tail: 'peel' },
];
const VECTORS: readonly Step[] = [
  { primitive: 'vectorize', loop: 'mm.d1.i' },
  { primitive: 'vectorize', loop: 'mm.d1.i~1' },
  { primitive: 'unroll_and_jam', loop: 'mm.d0.i.i' },
];

describe('pack', () => {
  test('after vectorize: the panels of a blocked matrix product are vectors, read with unit stride', () => {
    const text = lines(
      checkSchedule(
        MATMUL,
        [...BLOCKED, ...VECTORS, { primitive: 'pack', buffer: 'arg1', loops: ['mm.d1.o', 'mm.r0'] }],
        sizes,
      ),
    );
    const at = text.findIndex((l) => l.includes('name "pack.d0"'));
    expect(text.slice(at - 1, at + 8)).toEqual([
      '%scratch = memory.alloca(%at, %dim_1) : memref<?x?x8xf32>',
      'loop.for %i = 0 to %at name "pack.d0" {',
      'loop.for %i_2 = 0 to %dim_1 name "pack.d1" {',
      '%at_3 = loop.apply affine_map<(d0) -> (d0 * 8)>(%i)',
      '%0 = simd.load %arg1[%i_2, %at_3] : memref<?x?xf32>, vector<8xf32>',
      '%c0 = arith.constant 0 : index',
      'simd.store %0, %scratch[%i, %i_2, %c0] : memref<?x?x8xf32>, vector<8xf32>',
      '}',
      '}',
    ]);
    const kernel = text.slice(text.findIndex((l) => l.includes('name "mm.r0"')));
    expect(kernel.slice(0, kernel.indexOf('}')).filter((l) => l.includes('%arg1'))).toEqual([]);
  });
  test('blocks of which the last one is shorter have room for a whole one, and copy what there is', () => {
    const tiles: Step = { primitive: 'pack', buffer: 'arg0', loops: ['mm.d0.o', 'mm.d0.i.o', 'mm.r0', 'mm.d0.i.i'] };
    const text = lines(checkSchedule(MATMUL, [...BLOCKED, tiles, ...VECTORS], sizes));
    expect(text.filter((l) => l.includes('alloca(%at, '))).toEqual([expect.stringContaining(': memref<?x16x?x4xf32>')]);
    expect(text.find((l) => l.includes('name "pack.d1"'))).toContain(' to %min');
  });
  test('before vectorize: the panels are copied element by element and become vectors later', () => {
    const packed: Step = { primitive: 'pack', buffer: 'arg1', loops: ['mm.d1.o', 'mm.r0', 'mm.d1.i'] };
    const text = lines(
      checkSchedule(MATMUL, [...BLOCKED, packed, ...VECTORS, { primitive: 'vectorize', loop: 'pack.d2' }], sizes),
    );
    expect(text.some((l) => l.includes('memref<?x?x8xf32>, vector<8xf32>'))).toBe(true);
  });
  test('of unrolled loads: the copies lie side by side', () => {
    expect(
      refusal(parseKernel(MATMUL), { primitive: 'pack', buffer: 'arg0', loops: ['mm.d1', 'mm.d0'] }).refused,
    ).toMatch(/depend on other values/);
    const rows = lines(
      checkSchedule(
        MATMUL,
        [
          { primitive: 'split', loop: 'mm.d0', factor: 4 },
          { primitive: 'reorder', loops: ['mm.d1', 'mm.d0.i'] },
          { primitive: 'unroll_and_jam', loop: 'mm.d0.i' },
          { primitive: 'pack', buffer: 'arg0', loops: ['mm.d0.o', 'mm.r0'] },
        ],
        sizes,
      ),
    );
    expect(rows.some((l) => l.includes('memref<?x?x4xf32>'))).toBe(true);
  });
  test('turns a transposed operand into unit stride', () => {
    const steps: Step[] = [
      { primitive: 'split', loop: 'mix.d1', factor: 4 },
      { primitive: 'vectorize', loop: 'mix.d1.i' },
      { primitive: 'pack', buffer: 'arg2', loops: ['mix.d0', 'mix.d1.o'] },
    ];
    const text = lines(checkSchedule(MIXED, steps, [mixedSizes(5, 11), mixedSizes(0, 4), mixedSizes(3, 3)]));
    expect(text.filter((l) => l.includes('simd.strided_load')).length).toBe(1);
  });
  test('of loops that start elsewhere, of a buffer of the kernel, twice', () => {
    const text = `func.func @f(%a: memref<8x8xf32>, %c: memref<8x8xf32>) {
      %t = memory.alloca() : memref<8x8xf32>
      loop.for %i = 0 to 8 name "p.d0" { loop.for %j = 0 to 8 name "p.d1" {
        %x = memory.load %a[%j, %i] : memref<8x8xf32>
        memory.store %x, %t[%i, %j] : memref<8x8xf32>
      } }
      loop.for %i = 2 to 8 name "c.d0" { loop.for %j = 1 to 8 step 2 name "c.d1" {
        %p = loop.apply affine_map<(d0) -> (d0 - 1)>(%j)
        %x = memory.load %t[%j, %i] : memref<8x8xf32>
        %y = memory.load %t[%p, %i] : memref<8x8xf32>
        %z = memory.load %a[%p, %i] : memref<8x8xf32>
        %s = arith.addf %x, %y : f32
        %r = arith.addf %s, %z : f32
        memory.store %r, %c[%i, %j] : memref<8x8xf32>
      } }
      return
    }`;
    const module = checkSchedule(
      text,
      [
        { primitive: 'pack', buffer: 'p', loops: ['c.d0', 'c.d1'] },
        { primitive: 'pack', buffer: 'arg0', loops: ['c.d1', 'c.d0'] },
      ],
      [[]],
    );
    expect(lines(module)).toContain('%scratch_0 = memory.alloca() : memref<6x4x2xf32>');
    expect(lines(module).some((l) => l.includes('name "pack_1.d1"'))).toBe(true);
  });
});

describe('pack refuses', () => {
  const reason = (text: string, step: Step): string => refusal(parseKernel(text), step).refused;
  const nest = (body: string, args = '%a: memref<8x8xf32>, %c: memref<8x8xf32>'): string => `func.func @f(${args}) {
    loop.for %i = 0 to 8 name "x.d0" { loop.for %j = 0 to 8 name "x.d1" { ${body} } }
    return
  }`;

  test('a buffer that the nest writes: the copy would be older than what is read', () => {
    const text = nest(`%x = memory.load %a[%i, %j] : memref<8x8xf32>
      memory.store %x, %a[%j, %i] : memref<8x8xf32>`);
    expect(reason(text, { primitive: 'pack', buffer: 'arg0', loops: ['x.d0', 'x.d1'] })).toBe(
      'the nest may write what is packed: write of arg0 in the nest of loop "x.d0"',
    );
  });
  test('addresses that depend on loops not named', () => {
    const text = nest(`%x = memory.load %a[%i, %j] : memref<8x8xf32>
      memory.store %x, %c[%j, %i] : memref<8x8xf32>`);
    expect(reason(text, { primitive: 'pack', buffer: 'arg0', loops: ['x.d1'] })).toBe(
      'nothing of arg0 can be packed: the addresses of its loads depend on other values of the nest',
    );
    expect(reason(text, { primitive: 'pack', buffer: 'arg1', loops: ['x.d1'] })).toMatch(/the nest may write/);
    expect(reason(text, { primitive: 'pack', buffer: 'arg7', loops: ['x.d1'] })).toBe(
      'the kernel has 2 arguments, not one numbered 7',
    );
    expect(reason(text, { primitive: 'pack', buffer: 'x', loops: ['x.d1'] })).toMatch(/the nest may write/);
    expect(reason(text, { primitive: 'pack', buffer: 'y', loops: ['x.d1'] })).toMatch(/^no loop is named "y.d0"/);
  });
  test('bounds that are known only inside the nest', () => {
    const text = `func.func @f(%a: memref<8x8xf32>, %c: memref<8x8xf32>) {
      loop.for %i = 0 to 8 name "x.d0" { loop.for %j = 0 to %i name "x.d1" {
        %x = memory.load %a[%i, %j] : memref<8x8xf32>
        memory.store %x, %c[%j, %i] : memref<8x8xf32>
      } }
      return
    }`;
    expect(reason(text, { primitive: 'pack', buffer: 'arg0', loops: ['x.d0', 'x.d1'] })).toBe(
      'the bounds of loop "x.d1" depend on a loop around it, without a constant limit',
    );
    const blocks = text.replace('0 to %i', 'affine_map<() -> (0)>() to min affine_map<(d0) -> (4, d0)>(%i)');
    expect(reason(blocks, { primitive: 'pack', buffer: 'arg0', loops: ['x.d1'] })).toMatch(/addresses of its loads/);
    expect(reason(blocks, { primitive: 'pack', buffer: 'arg0', loops: ['x.d1', 'x.d0'] })).toBe(
      'the bounds of loop "x.d1" depend on a loop around it that is not packed before',
    );
  });
  test('loads under a condition, which may keep them inside the bounds', () => {
    const text = nest(
      `%four = arith.constant 4 : index
      %low = arith.cmpi slt, %i, %four : index
      loop.if %low {
        %x = memory.load %a[%i, %j] : memref<4x8xf32>
        memory.store %x, %c[%i, %j] : memref<8x8xf32>
      }`,
      '%a: memref<4x8xf32>, %c: memref<8x8xf32>',
    );
    expect(reason(text, { primitive: 'pack', buffer: 'arg0', loops: ['x.d0', 'x.d1'] })).toBe(
      `loads under 'loop.if' may not be executed`,
    );
  });
});
