// Execution of the simd ops: bounds, masks and tails, lanes, conversions, the order of reductions.
import { type MemRefValue, memrefOver, type VectorValue, vectorFrom } from '@budflow/interpreter';
import { type Context, parseType, type VectorType } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { buffer, func, run, trapOf } from '../../loop/src/testing/harness.js';

/** A function of two vectors that returns %r. */
const vectors = (line: string, result: string, type = 'vector<4xf32>') =>
  func(`%a: ${type}, %b: ${type}, %s: f32, %i: index`, `  ${line}`, result, '%r');

const f32x = (c: Context, ...values: number[]) => vectorFrom(c.vector([values.length], c.f32), values);
const list = (v: unknown) => Array.from(v as ArrayLike<number>);

describe('execution of access', () => {
  const one = (line: string, more = '') =>
    `func.func @f(%m: memref<8xf32>, %i: index, %n: index, %v: vector<4xf32>${more}) -> vector<4xf32> {\n  %k = simd.mask.first_n %n : vector<4xi1>\n  ${line}\n  %r = simd.load %m[%i] : memref<8xf32>, vector<4xf32>\n  return %r : vector<4xf32>\n}`;
  const loaded = (line: string) =>
    func(
      '%m: memref<8xf32>, %i: index, %n: index, %v: vector<4xf32>, %o: vector<4xi32>',
      `  %k = simd.mask.first_n %n : vector<4xi1>\n  ${line}`,
      'vector<4xf32>',
      '%r',
    );
  const args =
    (i: number, n: number, offsets = [0, 0, 0, 0]) =>
    (c: Context) => [
      buffer(c, [8], [0, 1, 2, 3, 4, 5, 6, 7]),
      i,
      n,
      f32x(c, -1, -2, -3, -4),
      vectorFrom(c.vector([4], c.i32), offsets),
    ];

  test('loads and stores need all lanes inside', () => {
    const load = loaded('%r = simd.load %m[%i] : memref<8xf32>, vector<4xf32>');
    expect(list(run(load, 'f', args(4, 0))[0])).toEqual([4, 5, 6, 7]);
    expect(trapOf(load, 'f', args(5, 0))).toBe('OutOfBounds: index 8 is outside dimension 0 of size 8');
    expect(trapOf(load, 'f', args(-1, 0))).toBe('OutOfBounds: index -1 is outside dimension 0 of size 8');
    const store = one('simd.store %v, %m[%i] : memref<8xf32>, vector<4xf32>');
    expect(list(run(store, 'f', (c) => args(2, 0)(c).slice(0, 4))[0])).toEqual([-1, -2, -3, -4]);
    expect(trapOf(store, 'f', (c) => args(5, 0)(c).slice(0, 4))).toContain('OutOfBounds');
  });

  test('the tail of a row goes through masks without touching what lies behind it', () => {
    const load = loaded('%r = simd.masked_load %m[%i], %k, %v : memref<8xf32>, vector<4xf32>');
    expect(list(run(load, 'f', args(6, 2))[0])).toEqual([6, 7, -3, -4]);
    expect(list(run(load, 'f', args(8, 0))[0])).toEqual([-1, -2, -3, -4]);
    expect(list(run(load, 'f', args(0, 99))[0])).toEqual([0, 1, 2, 3]);
    expect(trapOf(load, 'f', args(6, 3))).toBe('OutOfBounds: index 8 is outside dimension 0 of size 8');
    const store = (i: number, n: number) => {
      let m: MemRefValue | undefined;
      const text = func(
        '%m: memref<8xf32>, %i: index, %n: index, %v: vector<4xf32>',
        '  %k = simd.mask.first_n %n : vector<4xi1>\n  simd.masked_store %v, %m[%i], %k : memref<8xf32>, vector<4xf32>',
      );
      run(text, 'f', (c) => {
        const values = args(i, n)(c).slice(0, 4);
        m = values[0] as MemRefValue;
        return values;
      });
      return list(m!.storage);
    };
    expect(store(6, 2)).toEqual([0, 1, 2, 3, 4, 5, -1, -2]);
    expect(store(9, 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(() => store(6, 3)).toThrow('index 8 is outside dimension 0 of size 8');
  });

  test('gather, scatter and strided loads follow their offsets', () => {
    const gather = loaded('%r = simd.gather %m[%i] [%o] : memref<8xf32>, vector<4xi32>, vector<4xf32>');
    expect(list(run(gather, 'f', args(2, 0, [5, -2, 0, 0]))[0])).toEqual([7, 0, 2, 2]);
    expect(trapOf(gather, 'f', args(2, 0, [6, 0, 0, 0]))).toBe('OutOfBounds: index 8 is outside dimension 0 of size 8');
    const masked = loaded('%r = simd.gather %m[%i] [%o] mask %k, %v : memref<8xf32>, vector<4xi32>, vector<4xf32>');
    expect(list(run(masked, 'f', args(2, 2, [5, -2, 100, 100]))[0])).toEqual([7, 0, -3, -4]);
    const strided = loaded('%r = simd.strided_load %m[%i] stride 2 : memref<8xf32>, vector<4xf32>');
    expect(list(run(strided, 'f', args(1, 0))[0])).toEqual([1, 3, 5, 7]);
    expect(trapOf(strided, 'f', args(2, 0))).toBe('OutOfBounds: index 8 is outside dimension 0 of size 8');
    const scatter = loaded(
      'simd.scatter %v, %m[%i] [%o] : memref<8xf32>, vector<4xi32>, vector<4xf32>\n  %r = simd.load %m[%i] : memref<8xf32>, vector<4xf32>',
    );
    expect(list(run(scatter, 'f', args(0, 0, [3, 1, 1, 0]))[0])).toEqual([-4, -3, 2, -1]);
    const some = loaded(
      'simd.scatter %v, %m[%i] [%o] mask %k : memref<8xf32>, vector<4xi32>, vector<4xf32>\n  %r = simd.load %m[%i] : memref<8xf32>, vector<4xf32>',
    );
    expect(list(run(some, 'f', args(0, 2, [3, 1, 1, 99]))[0])).toEqual([0, -2, 2, -1]);
  });

  test('columns of a matrix are strided loads along dimension 0, also through a strided view', () => {
    const text = `func.func @f(%m: memref<4x3xf32>, %j: index) -> (vector<4xf32>, vector<2xf32>) {
  %c0 = arith.constant 0 : index
  %a = simd.strided_load %m[%c0, %j] stride 1 dim 0 : memref<4x3xf32>, vector<4xf32>
  %s = memory.subview %m[1, 0] [2, 2] [2, 2] : memref<4x3xf32> to memref<2x2xf32, strided<[6, 2], offset: 3>>
  %b = simd.strided_load %s[%c0, %c0] stride 1 : memref<2x2xf32, strided<[6, 2], offset: 3>>, vector<2xf32>
  return %a, %b : vector<4xf32>, vector<2xf32>
}`;
    const [a, b] = run(text, 'f', (c) => [
      buffer(
        c,
        [4, 3],
        Array.from({ length: 12 }, (_, i) => i),
      ),
      2,
    ]);
    expect(list(a)).toEqual([2, 5, 8, 11]);
    expect(list(b)).toEqual([3, 5]);
  });
});

describe('execution of lanes', () => {
  test('dynamic lanes are checked', () => {
    const text = vectors(
      '%x = simd.extract %a[%i] : vector<4xf32>\n  %r = simd.insert %x, %b[%i] : vector<4xf32>',
      'vector<4xf32>',
    );
    const args = (i: number) => (c: Context) => [f32x(c, 1, 2, 3, 4), f32x(c, 5, 6, 7, 8), 0, i];
    expect(list(run(text, 'f', args(2))[0])).toEqual([5, 6, 3, 8]);
    expect(trapOf(text, 'f', args(4))).toBe('OutOfBounds: lane 4 is outside a vector of 4 lanes');
  });

  const convert = (line: string, from: string, to: string, values: readonly (number | bigint)[]) => {
    const text = func(`%a: ${from}, %b: ${from}`, `  %r = ${line} : ${from} to ${to}`, to, '%r');
    return list(run(text, 'f', (c) => [0, 1].map(() => vectorFrom(parseType(from, c) as VectorType, values)))[0]);
  };
  test('widening takes halves, with or without sign', () => {
    const bytes = [-1, 2, -128, 127];
    expect(convert('simd.widen_low %a', 'vector<4xi8>', 'vector<2xi16>', bytes)).toEqual([-1, 2]);
    expect(convert('simd.widen_high %a', 'vector<4xi8>', 'vector<2xi16>', bytes)).toEqual([-128, 127]);
    expect(convert('simd.widen_low %a {unsigned}', 'vector<4xi8>', 'vector<2xi16>', bytes)).toEqual([255, 2]);
    expect(convert('simd.widen_high %a {unsigned}', 'vector<4xi32>', 'vector<2xi64>', [0, 0, -1, 5])).toEqual([
      4294967295n,
      5n,
    ]);
    expect(
      convert('simd.widen_high %a', 'vector<4xf32>', 'vector<2xf64>', [1, 2, 0.5, Number.POSITIVE_INFINITY]),
    ).toEqual([0.5, Number.POSITIVE_INFINITY]);
  });
  test('narrowing truncates integers and rounds floats', () => {
    expect(convert('simd.narrow %a, %b', 'vector<2xi32>', 'vector<4xi16>', [0x12345678, -1])).toEqual([
      0x5678, -1, 0x5678, -1,
    ]);
    expect(convert('simd.narrow %a, %b', 'vector<1xi64>', 'vector<2xi32>', [2n ** 40n + 7n])).toEqual([7, 7]);
    expect(convert('simd.narrow %a, %b', 'vector<1xf64>', 'vector<2xf32>', [0.1])).toEqual([
      Math.fround(0.1),
      Math.fround(0.1),
    ]);
  });

  const reduce = (kind: string, type: string, values: readonly (number | bigint)[]) => {
    const element = type.replace(/vector<\d+x(.*)>/, '$1');
    return run(func(`%v: ${type}`, `  %r = simd.reduce_${kind} %v : ${type}`, element, '%r'), 'f', (c) => [
      vectorFrom(parseType(type, c) as VectorType, values) as VectorValue,
    ])[0];
  };
  test('sums combine in halves', () => {
    // (a + c) + (b + d), not left to right.
    const big = 2 ** 24;
    expect(reduce('add', 'vector<4xf32>', [big, 1, -big, 1])).toBe(2);
    expect(reduce('add', 'vector<4xf32>', [big, -big, 1, 1])).toBe(1);
    expect(reduce('mul', 'vector<2xi64>', [3n, -5n])).toBe(-15n);
    expect(reduce('add', 'vector<2xi8>', [100, 100])).toBe(-56);
  });
  test('minima and maxima propagate NaN and order zeros', () => {
    expect(reduce('max', 'vector<4xf32>', [1, Number.NaN, 3, 4])).toBeNaN();
    expect(Object.is(reduce('min', 'vector<2xf32>', [0, -0]), -0)).toBe(true);
    expect(reduce('min', 'vector<4xi32>', [1, -2, 3, 4])).toBe(-2);
    expect(reduce('min', 'vector<2xi32>', [-1, 3])).toBe(-1);
    const unsigned = func('%v: vector<2xi32>', '  %r = simd.reduce_max %v {unsigned} : vector<2xi32>', 'i32', '%r');
    expect(run(unsigned, 'f', (c) => [vectorFrom(c.vector([2], c.i32), [-1, 3])])).toEqual([-1]);
  });
  test('bits combine', () => {
    expect(reduce('and', 'vector<4xi32>', [7, 3, 6, 15])).toBe(2);
    expect(reduce('or', 'vector<4xi1>', [0, 0, 1, 0])).toBe(1);
    expect(reduce('and', 'vector<4xi1>', [1, 1, 1, 0])).toBe(0);
    expect(reduce('xor', 'vector<2xi16>', [5, 6])).toBe(3);
  });
});

describe('vectorised loops', () => {
  /** y = 2 x over n elements: full vectors, then one masked one. */
  const masked = `func.func @f(%x: memref<?xf32>, %y: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %two = arith.constant dense<2.0> : vector<8xf32>
  %zero = arith.constant dense<0.0> : vector<8xf32>
  %n = memory.dim %x, 0 : memref<?xf32>
  loop.for %i = 0 to affine_map<(d0) -> (d0 - d0 mod 8)>(%n) step 8 {
    %v = simd.load %x[%i] : memref<?xf32>, vector<8xf32>
    %w = arith.mulf %v, %two : vector<8xf32>
    simd.store %w, %y[%i] : memref<?xf32>, vector<8xf32>
  }
  %tail = loop.apply affine_map<(d0) -> (d0 - d0 mod 8)>(%n)
  %rest = loop.apply affine_map<(d0, d1) -> (d0 - d1)>(%n, %tail)
  %k = simd.mask.first_n %rest : vector<8xi1>
  %v = simd.masked_load %x[%tail], %k, %zero : memref<?xf32>, vector<8xf32>
  %w = arith.mulf %v, %two : vector<8xf32>
  simd.masked_store %w, %y[%tail], %k : memref<?xf32>, vector<8xf32>
  return
}`;
  test.each([0, 1, 7, 8, 9, 16, 23])('with a masked tail do %s elements exactly', (n) => {
    let y: MemRefValue | undefined;
    run(masked, 'f', (c) => {
      const type = c.memref([-1], c.f32);
      const elements = Float32Array.from({ length: n }, (_, i) => i + 1);
      y = memrefOver(type, new Float32Array(n), [n]);
      return [memrefOver(type, elements, [n]), y];
    });
    expect(list(y!.storage)).toEqual(Array.from({ length: n }, (_, i) => 2 * (i + 1)));
  });

  test('that leave out the mask trap behind the last element', () => {
    const text = masked.replace('affine_map<(d0) -> (d0 - d0 mod 8)>(%n) step 8', '%n step 8');
    const args = (c: Context) => [buffer(c, [9], new Array(9).fill(1)), buffer(c, [9], new Array(9).fill(0))];
    expect(trapOf(text, 'f', args)).toBe('OutOfBounds: index 15 is outside dimension 0 of size 9');
  });
});
