// Arrays as NumPy 2.4 prints them; the expected texts were printed by it.
import { describe, expect, it } from 'vitest';
import type { HostArray, TypedArray } from './host-array.js';
import { printArray } from './print-array.js';
import { printNumber } from './scalars.js';

const f32 = (...values: number[]): HostArray => ({
  dtype: 'f32',
  shape: [values.length],
  data: Float32Array.from(values),
});
const f64 = (...values: number[]): HostArray => ({
  dtype: 'f64',
  shape: [values.length],
  data: Float64Array.from(values),
});
const shaped = (dtype: string, shape: number[], data: TypedArray): HostArray => ({ dtype, shape, data });

describe('numbers in arrays', () => {
  it.each([
    [f32(1, 2, 3), '[1. 2. 3.]'],
    [f32(0.1, 1 / 3, -2.5), '[ 0.1         0.33333334 -2.5       ]'],
    [f64(0.1, 1 / 3), '[0.1        0.33333333]'],
    [f64(0.1, 0.2, 1000), '[1.e-01 2.e-01 1.e+03]'],
    [f64(1e-5, 1), '[1.e-05 1.e+00]'],
    [f64(1e8, 1), '[1.e+08 1.e+00]'],
    [f64(12345678, 123456), '[12345678.   123456.]'],
    [f32(1e6), '[1.e+06]'],
    [f32(999999), '[999999.]'],
    // Digits of its own rather than zeros, and ties to the even digit.
    [f32(1102218.25, 903.5, 0.5), '[1.1022182e+06 9.0350000e+02 5.0000000e-01]'],
    [f64(2 ** -9, 1), '[0.00195312 1.        ]'],
    [f64(-0, 0), '[-0.  0.]'],
    [f64(1.5, Number.NaN, Number.POSITIVE_INFINITY), '[1.5 nan inf]'],
    [f64(Number.NEGATIVE_INFINITY, 1e-7), '[  -inf 1.e-07]'],
    [f64(Number.NaN), '[nan]'],
    [f64(0, 0), '[0. 0.]'],
    [shaped('i8', [3], Int8Array.of(-100, 7, 50)), '[-100    7   50]'],
    [shaped('i64', [2], BigInt64Array.of(-(2n ** 63n), 1n)), '[-9223372036854775808                    1]'],
    [shaped('i1', [2], Uint8Array.of(1, 0)), '[ True False]'],
    [shaped('f16', [2], Uint16Array.of(0x3e00, 0xc000)), '[ 1.5 -2. ]'],
    [shaped('bf16', [2], Uint16Array.of(0x3fc0, 0xc000)), '[ 1.5 -2. ]'],
    [shaped('complex<f64>', [2], Float64Array.of(1, 2, -3.5, -0.25)), '[ 1. +2.j   -3.5-0.25j]'],
  ])('%# %s', (array, text) => {
    expect(printArray(array)).toBe(text);
  });

  it('prints numbers alone with all their digits', () => {
    const zeroRank = (array: HostArray) => printArray({ ...array, shape: [] });
    expect(zeroRank(f64(0.1))).toBe('0.1');
    expect(zeroRank(f64(3))).toBe('3.0');
    expect(zeroRank(f64(1e16))).toBe('1e+16');
    expect(zeroRank(f64(1.5e-5))).toBe('1.5e-05');
    expect(zeroRank(f32(1234567))).toBe('1.234567e+06');
    expect(zeroRank(shaped('i1', [], Uint8Array.of(1)))).toBe('True');
    expect(printNumber('f32', Math.fround(0.1))).toBe('0.1');
    expect(printNumber('i64', 5n)).toBe('5');
  });
});

describe('layout', () => {
  const counting = (...shape: number[]) => {
    const n = shape.reduce((a, b) => a * b, 1);
    return shaped(
      'i32',
      shape,
      Int32Array.from({ length: n }, (_, i) => i),
    );
  };

  it('puts rows below each other, and empty lines between matrices', () => {
    expect(printArray(counting(2, 3))).toBe('[[0 1 2]\n [3 4 5]]');
    expect(printArray(counting(2, 2, 2))).toBe('[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]');
    expect(printArray(counting(1, 1, 1, 2))).toBe('[[[[0 1]]]]');
  });

  it('breaks lines before column 75', () => {
    const lines = printArray(counting(40)).split('\n');
    expect(lines).toEqual([
      '[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23',
      ' 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39]',
    ]);
  });

  it('abbreviates arrays of more than a thousand elements', () => {
    expect(printArray(counting(1001))).toBe('[   0    1    2 ...  998  999 1000]');
    expect(printArray(counting(1000))).not.toContain('...');
    expect(printArray(counting(50, 60))).toBe(
      [
        '[[   0    1    2 ...   57   58   59]',
        ' [  60   61   62 ...  117  118  119]',
        ' [ 120  121  122 ...  177  178  179]',
        ' ...',
        ' [2820 2821 2822 ... 2877 2878 2879]',
        ' [2880 2881 2882 ... 2937 2938 2939]',
        ' [2940 2941 2942 ... 2997 2998 2999]]',
      ].join('\n'),
    );
  });

  it('prints empty arrays', () => {
    expect(printArray(shaped('f32', [0, 3], new Float32Array(0)))).toBe('[]');
  });
});
