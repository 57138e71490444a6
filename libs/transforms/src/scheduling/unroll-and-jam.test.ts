import { describe, expect, test } from 'vitest';
import { checkSchedule, lines, parseKernel, refusal, schedule } from './testing/kernel.js';
import { MATMUL, matmulSizes } from './testing/kernels.js';

const kernel = (
  body: string,
  bounds = '0 to 4',
  args = '%a: memref<8x8xf32>, %s: memref<8xf32>',
): string => `func.func @f(${args}) {
  %one = arith.constant 1.0 : f32
  loop.for %i = ${bounds} name "x.d0" {
    ${body}
  }
  return
}`;
const step = { primitive: 'unroll_and_jam', loop: 'x.d0' } as const;

describe('unroll_and_jam', () => {
  test('puts the copies of each statement together and jams inner loops; common loads are done once', () => {
    const module = parseKernel(
      kernel(
        `%acc = memory.alloca() : memref<f32>
         memory.store %one, %acc[] : memref<f32>
         loop.for %k = 0 to 8 name "x.r0" {
           %x = memory.load %a[%i, %k] : memref<8x8xf32>
           %y = memory.load %b[%k] : memref<8xf32>
           %o = memory.load %acc[] : memref<f32>
           %p = arith.mulf %x, %y : f32
           %q = arith.addf %o, %p : f32
           memory.store %q, %acc[] : memref<f32>
         }
         %t = memory.load %acc[] : memref<f32>
         memory.store %t, %s[%i] : memref<8xf32>`,
        '0 to 2',
        '%a: memref<8x8xf32>, %b: memref<8xf32>, %s: memref<8xf32>',
      ),
    );
    schedule(module, [step]);
    expect(lines(module)).toEqual([
      'func.func @f(%arg0: memref<8x8xf32>, %arg1: memref<8xf32>, %arg2: memref<8xf32>) {',
      '%cst = arith.constant 1.000000e+00 : f32',
      '%c0 = arith.constant 0 : index',
      '%c1 = arith.constant 1 : index',
      '%scratch = memory.alloca() : memref<f32>',
      '%scratch_0 = memory.alloca() : memref<f32>',
      'memory.store %cst, %scratch[] : memref<f32>',
      'memory.store %cst, %scratch_0[] : memref<f32>',
      'loop.for %i = 0 to 8 name "x.r0" {',
      '%2 = memory.load %arg0[%c0, %i] : memref<8x8xf32>',
      '%3 = memory.load %arg0[%c1, %i] : memref<8x8xf32>',
      '%4 = memory.load %arg1[%i] : memref<8xf32>',
      '%5 = memory.load %scratch[] : memref<f32>',
      '%6 = memory.load %scratch_0[] : memref<f32>',
      '%7 = arith.mulf %2, %4 : f32',
      '%8 = arith.mulf %3, %4 : f32',
      '%9 = arith.addf %5, %7 : f32',
      '%10 = arith.addf %6, %8 : f32',
      'memory.store %9, %scratch[] : memref<f32>',
      'memory.store %10, %scratch_0[] : memref<f32>',
      '}',
      '%0 = memory.load %scratch[] : memref<f32>',
      '%1 = memory.load %scratch_0[] : memref<f32>',
      'memory.store %0, %arg2[%c0] : memref<8xf32>',
      'memory.store %1, %arg2[%c1] : memref<8xf32>',
      'return',
      '}',
    ]);
  });
  test('of rows and of columns of a matrix product', () => {
    const sizes = [matmulSizes(9, 7, 5), matmulSizes(1, 1, 1), matmulSizes(4, 4, 0), matmulSizes(0, 3, 2)];
    checkSchedule(
      MATMUL,
      [
        { primitive: 'split', loop: 'mm.d0', factor: 4 },
        { primitive: 'split', loop: 'mm.d1', factor: 3 },
        { primitive: 'unroll_and_jam', loop: 'mm.d1.i' },
      ],
      sizes,
    );
  });
  test('of loops that start elsewhere and step further, around carried values and common conditions', () => {
    checkSchedule(
      kernel(
        `%r = loop.for %k = 0 to 8 iter_args(%u = %one) -> (f32) name "x.r0" {
           %x = memory.load %a[%i, %k] : memref<8x8xf32>
           %small = arith.cmpi slt, %k, %four : index
           %v = loop.if %small -> (f32) {
             %w = arith.addf %u, %x : f32
             loop.yield %w : f32
           } else {
             %w = arith.mulf %u, %x : f32
             loop.yield %w : f32
           }
           loop.yield %v : f32
         }
         memory.store %r, %s[%i] : memref<8xf32>`,
        '1 to 8 step 3',
      ).replace('loop.for %i', '%four = arith.constant 4 : index\nloop.for %i'),
      [step],
      [[]],
    );
  });
  test('of a loop without iterations leaves nothing', () => {
    const module = parseKernel(kernel('memory.store %one, %s[%i] : memref<8xf32>', '3 to 3'));
    schedule(module, [step]);
    expect(lines(module).some((l) => l.includes('memory.store'))).toBe(false);
  });
});

describe('unroll_and_jam refuses', () => {
  const reason = (body: string, bounds?: string): string => refusal(parseKernel(kernel(body, bounds)), step).refused;

  test('a sequential accumulation: the copies would all load before any of them stores', () => {
    expect(
      reason(`
        %c0 = arith.constant 0 : index
        %x = memory.load %s[%c0] : memref<8xf32>
        %y = arith.addf %x, %x : f32
        memory.store %y, %s[%c0] : memref<8xf32>`),
    ).toBe('loop-carried dependence through read of arg1[0] and write of arg1[0] at any distance of loop "x.d0"');
  });
  test('a recurrence through an inner loop: jammed, each row would see half of the row before', () => {
    expect(
      reason(`
        loop.for %k = 0 to 7 name "x.r0" {
          %p = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
          %q = loop.apply affine_map<(d0) -> (d0 + 1)>(%k)
          %x = memory.load %a[%i, %q] : memref<8x8xf32>
          %y = arith.addf %x, %one : f32
          memory.store %y, %a[%p, %k] : memref<8x8xf32>
        }`),
    ).toMatch(
      /^loop-carried dependence through read of arg0\[x\.d0, x\.r0 \+ 1\] and write of arg0\[x\.d0 \+ 1, x\.r0\] at distance 1/,
    );
  });
  test('inner loops of different lengths in the copies', () => {
    expect(reason('loop.for %k = 0 to %i name "x.r0" { memory.store %one, %a[%i, %k] : memref<8x8xf32> }')).toBe(
      'the bounds of the inner loop "x.r0" depend on it',
    );
  });
  test('conditions that differ between the copies', () => {
    expect(
      reason(`
        %x = memory.load %a[%i, %i] : memref<8x8xf32>
        %c = arith.cmpf olt, %x, %one : f32
        loop.if %c { memory.store %one, %s[%i] : memref<8xf32> }`),
    ).toBe("'loop.if' inside cannot be jammed");
  });
  test('trip counts that are unknown or very large', () => {
    expect(reason('memory.store %one, %s[%i] : memref<8xf32>', '0 to 65')).toBe(
      'its 65 iterations are more than 64 copies: split it first',
    );
    const text = `func.func @f(%s: memref<?xf32>) {
      %n = memory.dim %s, 0 : memref<?xf32>
      %one = arith.constant 1.0 : f32
      loop.for %i = 0 to %n name "x.d0" { memory.store %one, %s[%i] : memref<?xf32> }
      return
    }`;
    expect(refusal(parseKernel(text), step).refused).toBe('its trip count is not a constant: split it first');
  });
  test('values carried from one iteration to the next', () => {
    const text = `func.func @f(%s: memref<f32>) {
      %one = arith.constant 1.0 : f32
      %r = loop.for %i = 0 to 4 iter_args(%u = %one) -> (f32) name "x.d0" {
        %v = arith.addf %u, %u : f32
        loop.yield %v : f32
      }
      memory.store %r, %s[] : memref<f32>
      return
    }`;
    expect(refusal(parseKernel(text), step).refused).toBe('it carries values');
  });
});
