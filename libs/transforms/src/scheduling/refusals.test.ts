import { describe, expect, test } from 'vitest';
import type { Step } from './schedule.js';
import { parseKernel, refusal, schedule } from './testing/kernel.js';
import { SOFTMAX } from './testing/kernels.js';

const reason = (text: string, step: Step): string => refusal(parseKernel(text), step).refused;

/** Loops "x.d0" and "x.d1" of 4 by 4 around `body`, after `before`. */
const nest = (body: string, before = ''): string => `func.func private @g(memref<4x4xf32>)
func.func @f(%a: memref<4x4xf32>, %c: memref<4x4xf32>, %k: index) {
  %one = arith.constant 1.0 : f32
  ${before}
  loop.for %i = 0 to 4 name "x.d0" { loop.for %j = 0 to 4 name "x.d1" {
    ${body}
  } }
  return
}`;
const both = ['x.d0', 'x.d1'];

describe('every primitive refuses', () => {
  test('to move code across ops that may touch any memory', () => {
    const text = nest('func.call @g(%a) : (memref<4x4xf32>) -> ()')
      .replace('func.func private @g(memref<4x4xf32>)\n', '')
      .concat('\nfunc.func private @g(memref<4x4xf32>)');
    const unknown = `'func.call' may touch any memory`;
    expect(reason(text, { primitive: 'vectorize', loop: 'x.d0' })).toBe(unknown);
    expect(reason(text, { primitive: 'unroll_and_jam', loop: 'x.d1' })).toBe(unknown);
    expect(reason(text, { primitive: 'reorder', loops: ['x.d1', 'x.d0'] })).toBe(unknown);
    expect(reason(text, { primitive: 'pack', buffer: 'arg1', loops: both })).toBe(unknown);
  });
  test('lower bounds that are maxima, where lanes, copies or panels are counted from them', () => {
    const body = '%x = memory.load %a[%i, %j] : memref<4x4xf32>\nmemory.store %x, %c[%i, %j] : memref<4x4xf32>';
    const own = nest(body).replace(/func.func private.*\n/, '');
    const clamped = own.replace('loop.for %j = 0 to 4', 'loop.for %j = max affine_map<() -> (0, 1)>() to 4');
    expect(reason(clamped, { primitive: 'vectorize', loop: 'x.d1' })).toBe('its lower bound is a maximum');
    expect(reason(clamped, { primitive: 'unroll_and_jam', loop: 'x.d1' })).toBe('its lower bound is a maximum');
    expect(reason(clamped, { primitive: 'pack', buffer: 'arg0', loops: both })).toBe(
      'the lower bound of loop "x.d1" is a maximum',
    );
  });
  test('loops that are not there', () => {
    const text = nest('').replace(/func.func private.*\n/, '');
    for (const step of [
      { primitive: 'split', loop: 'x.d7', factor: 2 },
      { primitive: 'unroll_and_jam', loop: 'x.d7' },
      { primitive: 'reorder', loops: ['x.d7', 'x.d1'] },
      { primitive: 'pack', buffer: 'arg0', loops: ['x.d7'] },
      { primitive: 'compute_at', stage: 'x', loop: 'x.d7' },
    ] as const)
      expect(reason(text, step)).toMatch(/^no loop is named "x.d7"/);
  });
});

describe('vectorize refuses', () => {
  test('element types that vectors do not have', () => {
    const text = `func.func @f(%a: memref<4xcomplex<f32>>, %c: memref<4xcomplex<f32>>) {
      loop.for %i = 0 to 4 name "x.d0" {
        %x = memory.load %a[%i] : memref<4xcomplex<f32>>
        memory.store %x, %c[%i] : memref<4xcomplex<f32>>
      }
      return
    }`;
    expect(reason(text, { primitive: 'vectorize', loop: 'x.d0' })).toBe(
      'values of type complex<f32> have no vector form',
    );
  });
  test('private buffers of another size in each lane', () => {
    const text = `func.func @f(%c: memref<4xf32>) {
      %one = arith.constant 1.0 : f32
      %c0 = arith.constant 0 : index
      loop.for %i = 0 to 4 name "x.d0" {
        %n = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
        %t = memory.alloca(%n) : memref<?xf32>
        memory.store %one, %t[%c0] : memref<?xf32>
        %x = memory.load %t[%c0] : memref<?xf32>
        memory.store %x, %c[%i] : memref<4xf32>
      }
      return
    }`;
    expect(reason(text, { primitive: 'vectorize', loop: 'x.d0' })).toBe(
      'the size of a buffer allocated inside depends on it',
    );
  });
});

describe('compute_at refuses', () => {
  const at = (stage: string, loop: string): Step => ({ primitive: 'compute_at', stage, loop });
  test('a stage that was placed already', () => {
    const module = parseKernel(SOFTMAX);
    schedule(module, [at('sum', 'div.d0'), at('exp', 'div.d0')]);
    expect(refusal(module, at('exp', 'div.d0')).refused).toBe(
      'stage "exp" has no loop "exp.d0" any more: it was placed or split before',
    );
  });
  test('outer loops with statements between them', () => {
    const text = `func.func @f(%c: memref<4x4xf32>, %s: memref<4xf32>) {
      %t = memory.alloca() : memref<4x4xf32>
      %one = arith.constant 1.0 : f32
      loop.for %i = 0 to 4 name "p.d0" {
        memory.store %one, %s[%i] : memref<4xf32>
        loop.for %j = 0 to 4 name "p.d1" { memory.store %one, %t[%i, %j] : memref<4x4xf32> }
      }
      loop.for %i = 0 to 4 name "c.d0" { loop.for %j = 0 to 4 name "c.d1" {
        %x = memory.load %t[%i, %j] : memref<4x4xf32>
        memory.store %x, %c[%i, %j] : memref<4x4xf32>
      } }
      return
    }`;
    expect(reason(text, at('p', 'c.d1'))).toBe(`'memory.store' stands between the outer loops of stage "p"`);
  });
});

describe('pack refuses', () => {
  test('loops of different nests, or named twice', () => {
    const text = SOFTMAX;
    expect(reason(text, { primitive: 'pack', buffer: 'arg0', loops: ['max.d0', 'exp.d0'] })).toBe(
      'loops "max.d0" and "exp.d0" are in different nests',
    );
    expect(reason(text, { primitive: 'pack', buffer: 'arg0', loops: ['max.d0', 'max.d0'] })).toBe(
      'loop "max.d0" is named twice',
    );
  });
  test('a buffer that is not read inside the loops', () => {
    expect(reason(SOFTMAX, { primitive: 'pack', buffer: 'arg1', loops: ['max.d0'] })).toBe(
      'nothing of arg1 can be packed: it is not loaded inside these loops',
    );
  });
});
