import { describe, expect, test } from 'vitest';
import { checkSchedule, lines, parseKernel, refusal, schedule } from './testing/kernel.js';
import { MATMUL, matmulSizes } from './testing/kernels.js';

const kernel = (body: string, bounds = '0 to 6'): string => `func.func @f(%a: memref<6x9xf32>, %s: memref<6xf32>) {
  %zero = arith.constant 0.0 : f32
  loop.for %i = ${bounds} name "s.d0" {
    ${body}
  }
  return
}`;

const SUM = `%acc = memory.alloca() : memref<f32>
    memory.store %zero, %acc[] : memref<f32>
    loop.for %k = 0 to 9 name "s.r0" {
      %o = memory.load %acc[] : memref<f32>
      %x = memory.load %a[%i, %k] : memref<6x9xf32>
      %p = arith.addf %o, %x : f32
      memory.store %p, %acc[] : memref<f32>
    }
    %t = memory.load %acc[] : memref<f32>
    memory.store %t, %s[%i] : memref<6xf32>`;

const step = { primitive: 'distribute', loop: 's.d0', at: 's.r0' } as const;

describe('distribute', () => {
  test('gives the inner loop a loop of its own; private buffers get a dimension for the iterations', () => {
    const module = parseKernel(kernel(SUM));
    schedule(module, [step]);
    expect(lines(module)).toEqual([
      'func.func @f(%arg0: memref<6x9xf32>, %arg1: memref<6xf32>) {',
      '%cst = arith.constant 0.000000e+00 : f32',
      '%scratch = memory.alloca() : memref<6xf32>',
      'loop.for %i = 0 to 6 name "s.d0~1" {',
      'memory.store %cst, %scratch[%i] : memref<6xf32>',
      '}',
      'loop.for %i = 0 to 6 name "s.d0" {',
      'loop.for %i_0 = 0 to 9 name "s.r0" {',
      '%0 = memory.load %scratch[%i] : memref<6xf32>',
      '%1 = memory.load %arg0[%i, %i_0] : memref<6x9xf32>',
      '%2 = arith.addf %0, %1 : f32',
      'memory.store %2, %scratch[%i] : memref<6xf32>',
      '}',
      '}',
      'loop.for %i = 0 to 6 name "s.d0~2" {',
      '%0 = memory.load %scratch[%i] : memref<6xf32>',
      'memory.store %0, %arg1[%i] : memref<6xf32>',
      '}',
      'return',
      '}',
    ]);
    checkSchedule(kernel(SUM), [step, { primitive: 'reorder', loops: ['s.r0', 's.d0'] }], [[]]);
  });

  test('works on the chunks of a loop of any size', () => {
    const chunks = [
      { primitive: 'split', loop: 'mm.d1', factor: 4, tail: 'guard' },
      { primitive: 'distribute', loop: 'mm.d1.i', at: 'mm.r0' },
      { primitive: 'reorder', loops: ['mm.r0', 'mm.d1.i'] },
    ] as const;
    checkSchedule(MATMUL, chunks, [matmulSizes(3, 9, 5), matmulSizes(2, 4, 1), matmulSizes(1, 1, 0)]);
  });

  test('computes what is without effects again in each piece', () => {
    const text = kernel(
      `%j = loop.apply affine_map<(d0) -> (d0 + 3)>(%i)
    memory.store %zero, %s[%i] : memref<6xf32>
    loop.for %k = 0 to 9 name "s.r0" {
      %x = memory.load %a[%i, %j] : memref<6x9xf32>
      memory.store %x, %s[%i] : memref<6xf32>
    }`,
    );
    const module = checkSchedule(text, [step], [[]]);
    expect(lines(module).filter((l) => l.includes('loop.for'))).toHaveLength(3);
  });

  test('counts the iterations of a loop that starts above 0, or has steps', () => {
    const module = checkSchedule(kernel(SUM, '1 to 6'), [step], [[]]);
    expect(String(module)).toContain('affine_map<(d0) -> (d0 - 1)>');
    checkSchedule(kernel(SUM, '1 to 6 step 2'), [step], [[]]);
  });

  test('refuses what it cannot cut, and says why', () => {
    const reason = (text: string, at: object = {}): string =>
      refusal(parseKernel(text), { ...step, ...at } as typeof step).refused;
    expect(reason(kernel(SUM), { at: 's.d0' })).toContain('loop "s.d0" is not directly inside loop "s.d0"');
    expect(reason(kernel('loop.for %k = 0 to 9 name "s.r0" { }'))).toContain('nothing but loop "s.r0"');
    expect(
      reason(
        kernel(`%x = memory.load %s[%i] : memref<6xf32>
    loop.for %k = 0 to 9 name "s.r0" { memory.store %x, %a[%i, %k] : memref<6x9xf32> }`),
      ),
    ).toContain("'memory.load' computes a value that is used on the other side");
    expect(
      reason(
        kernel(`%c = arith.constant 0 : index
    memory.store %zero, %s[%c] : memref<6xf32>
    loop.for %k = 0 to 9 name "s.r0" {
      %x = memory.load %s[%c] : memref<6xf32>
      memory.store %x, %a[%i, %k] : memref<6x9xf32>
      memory.store %x, %s[%c] : memref<6xf32>
    }`),
      ),
    ).toContain('loop-carried dependence');
    expect(reason(MATMUL, { loop: 'mm.d1', at: 'mm.r0' })).toContain('no constant bound: split it first');
  });
});
