import { describe, expect, test } from 'vitest';
import { checkSchedule, lines, parseKernel, refusal, run, schedule } from './testing/kernel.js';
import { MATMUL, MIXED, matmulSizes, mixedSizes, WAVEFRONT } from './testing/kernels.js';

const order = (text: readonly string[]): string[] => text.flatMap((l) => /name "(.*)"/.exec(l)?.[1] ?? []);

/** a[i, j] in a nest "x.d0", "x.d1" of 6 by 7 iterations. */
const nest = (
  body: string,
  between = '',
  bounds = '0 to 7',
): string => `func.func @f(%a: memref<9x9xf32>, %s: memref<f32>) {
  %one = arith.constant 1.0 : f32
  loop.for %i = 0 to 6 name "x.d0" {
    ${between}
    loop.for %j = ${bounds} name "x.d1" {
      ${body}
    }
  }
  return
}`;

/** The text with the two loops written in the other order: what the step would have made. */
const swapped = (text: string): string =>
  text
    .replace('loop.for %i = 0 to 6 name "x.d0"', 'OUTER')
    .replace('loop.for %j = 0 to 7 name "x.d1"', 'loop.for %i = 0 to 6 name "x.d0"')
    .replace('OUTER', 'loop.for %j = 0 to 7 name "x.d1"');

const differs = (a: string, b: string): boolean => {
  const [x, y] = [run(parseKernel(a), []), run(parseKernel(b), [])];
  return x.some((bytes, i) => bytes.some((v, at) => v !== y[i]![at]));
};

describe('reorder', () => {
  const sizes = [mixedSizes(0, 4), mixedSizes(1, 1), mixedSizes(5, 9)];

  test('swaps two loops: the list is the new order, outermost first', () => {
    const text = lines(checkSchedule(MIXED, [{ primitive: 'reorder', loops: ['mix.d1', 'mix.d0'] }], sizes));
    expect(text.filter((l) => l.includes('loop.for'))).toEqual([
      'loop.for %i = 0 to %dim_0 name "mix.d1" {',
      'loop.for %i_1 = 0 to %dim name "mix.d0" {',
    ]);
    expect(text).toContain('%0 = memory.load %arg0[%i_1, %i] : memref<?x?xf32>');
  });
  test('tiles: index arithmetic between the loops moves inside, sizes move in front', () => {
    const text = lines(
      checkSchedule(
        MIXED,
        [
          { primitive: 'split', loop: 'mix.d0', factor: 3, tail: 'guard' },
          { primitive: 'split', loop: 'mix.d1', factor: 2, tail: 'guard' },
          { primitive: 'reorder', loops: ['mix.d1.o', 'mix.d0.i'] },
        ],
        sizes,
      ),
    );
    expect(order(text)).toEqual(['mix.d0.o', 'mix.d1.o', 'mix.d0.i', 'mix.d1.i']);
  });
  test('moves loops around an accumulator that is private to the innermost one', () => {
    checkSchedule(MATMUL, [{ primitive: 'reorder', loops: ['mm.d1', 'mm.d0'] }], [matmulSizes(3, 4, 5)]);
  });
  test('rotates three loops', () => {
    const cube = `func.func @f(%a: memref<2x3x4xf32>, %b: memref<4x2x3xf32>) {
      loop.for %i = 0 to 2 name "t.d0" { loop.for %j = 0 to 3 name "t.d1" { loop.for %k = 0 to 4 name "t.d2" {
        %x = memory.load %a[%i, %j, %k] : memref<2x3x4xf32>
        memory.store %x, %b[%k, %i, %j] : memref<4x2x3xf32>
      } } }
      return
    }`;
    const text = lines(checkSchedule(cube, [{ primitive: 'reorder', loops: ['t.d2', 't.d0', 't.d1'] }], [[]]));
    expect(order(text)).toEqual(['t.d2', 't.d0', 't.d1']);
  });
  test('keeps a dependence that every order respects: distance (1, 0)', () => {
    const text = nest(`
      %p = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
      %x = memory.load %a[%i, %j] : memref<9x9xf32>
      %y = arith.addf %x, %one : f32
      memory.store %y, %a[%p, %j] : memref<9x9xf32>`);
    checkSchedule(text, [{ primitive: 'reorder', loops: ['x.d1', 'x.d0'] }], [[]]);
  });
});

describe('reorder refuses', () => {
  const swap = { primitive: 'reorder', loops: ['x.d1', 'x.d0'] } as const;

  test('to reverse a dependence of distance (1, -1): the swapped loops compute something else', () => {
    const text = nest(`
      %p = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
      %q = loop.apply affine_map<(d0) -> (d0 + 1)>(%j)
      %x = memory.load %a[%i, %q] : memref<9x9xf32>
      %y = arith.addf %x, %one : f32
      memory.store %y, %a[%p, %j] : memref<9x9xf32>`);
    expect(differs(text, swapped(text))).toBe(true);
    const { refused, loop, dependence } = refusal(parseKernel(text), swap);
    expect(refused).toMatch(
      /^would reverse a dependence through read of arg0\[x\.d0, x\.d1 \+ 1\] and write of arg0\[x\.d0 \+ 1, x\.d1\]/,
    );
    expect(loop).toBe('x.d0');
    expect(dependence).toBeDefined();
    expect(
      refusal(parseKernel(WAVEFRONT), { primitive: 'reorder', loops: ['wave.d1', 'wave.d0'] }).dependence,
    ).toBeDefined();
  });
  test('to change the order of an accumulation over two loops', () => {
    const text = nest(`
      %x = memory.load %a[%i, %j] : memref<9x9xf32>
      %y = memory.load %s[] : memref<f32>
      %z = arith.addf %x, %y : f32
      memory.store %z, %s[] : memref<f32>`);
    expect(differs(text, swapped(text))).toBe(true);
    expect(refusal(parseKernel(text), swap).refused).toMatch(
      /^would reverse a dependence through read of arg1\[\] and write of arg1\[\]/,
    );
  });
  test('arguments that may share memory in an unknown way', () => {
    const text = `func.func @f(%a: memref<9x9xf32> {rt.in_place}, %b: memref<9x9xf32>) {
      loop.for %i = 0 to 6 name "x.d0" { loop.for %j = 0 to 7 name "x.d1" {
        %x = memory.load %b[%i, %j] : memref<9x9xf32>
        memory.store %x, %a[%j, %i] : memref<9x9xf32>
      } }
      return
    }`;
    expect(refusal(parseKernel(text), swap).dependence).toBeDefined();
    const paired = text.replace('{rt.in_place}', '{rt.in_place = 1 : i64}').replace('%a[%j, %i]', '%a[%i, %j]');
    schedule(parseKernel(paired), [swap]);
    schedule(parseKernel(text.replace(' {rt.in_place}', '')), [swap]);
  });
  test('bounds that depend on a loop of the nest, but for those of triangles', () => {
    const body = 'memory.store %one, %a[%i, %j] : memref<9x9xf32>';
    const swapped = (bounds: string): string[] =>
      lines(checkSchedule(nest(body, '', bounds), [swap], [[]])).filter((l) => l.startsWith('loop.for'));
    expect(swapped('0 to %i')).toEqual([
      'loop.for %i = 0 to 5 name "x.d1" {',
      'loop.for %i_0 = max affine_map<(d0) -> (0, d0 + 1)>(%i) to 6 name "x.d0" {',
    ]);
    expect(swapped('affine_map<(d0) -> (d0)>(%i) to 7')).toEqual([
      'loop.for %i = 0 to 7 name "x.d1" {',
      'loop.for %i_0 = 0 to min affine_map<(d0) -> (6, d0 + 1)>(%i) name "x.d0" {',
    ]);
    const half = nest(body, '', '0 to affine_map<(d0) -> (d0 floordiv 2)>(%i)');
    expect(refusal(parseKernel(half), swap).refused).toBe('the bounds of loop "x.d1" depend on a loop of the nest');
  });
  test('loops with other statements between them', () => {
    const text = nest('memory.store %one, %a[%i, %j] : memref<9x9xf32>', 'memory.store %one, %s[] : memref<f32>');
    expect(refusal(parseKernel(text), swap).refused).toBe(
      `'memory.store' stands between loop "x.d0" and loop "x.d1": they are not perfectly nested`,
    );
  });
  test('loops that are not nested, named twice, in this order already, or carry values', () => {
    const text = nest('memory.store %one, %a[%i, %j] : memref<9x9xf32>').replace(
      'return',
      'loop.for %k = 0 to 2 name "y.d0" {}\nreturn',
    );
    const reason = (loops: string[]) => refusal(parseKernel(text), { primitive: 'reorder', loops }).refused;
    expect(reason(['x.d0', 'y.d0'])).toBe('the loops are not nested in one another');
    expect(reason(['x.d0', 'x.d0'])).toBe('loop "x.d0" is named twice');
    expect(reason(['x.d0', 'x.d1'])).toBe('the loops are in this order already (outermost first): x.d0, x.d1');
    const carrying = `func.func @f(%s: memref<f32>) {
      %z = arith.constant 0.0 : f32
      %r = loop.for %i = 0 to 6 iter_args(%u = %z) -> (f32) name "x.d0" {
        %q = loop.for %j = 0 to 7 iter_args(%v = %u) -> (f32) name "x.d1" {
          %w = arith.addf %v, %v : f32
          loop.yield %w : f32
        }
        loop.yield %q : f32
      }
      memory.store %r, %s[] : memref<f32>
      return
    }`;
    expect(refusal(parseKernel(carrying), swap).refused).toBe('loop "x.d0" carries values');
  });
});
