import { f16Bits } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { arrayInMemory, type Expectation, unmetExpectation } from './expectation.js';

const EQUAL: Expectation = { relation: 'equal', tolerance: 0, minUlps: 0, maxUlps: 0 };
const within = (tolerance: number): Expectation => ({ ...EQUAL, relation: 'tolerance', tolerance });
const ulps = (minUlps: number, maxUlps: number): Expectation => ({ ...EQUAL, relation: 'ulps', minUlps, maxUlps });
const f32 = (...numbers: number[]) => ({ shape: [numbers.length], data: Float32Array.from(numbers) });
const f64 = (...numbers: number[]) => ({ shape: [numbers.length], data: Float64Array.from(numbers) });

describe('equality', () => {
  test('is of bits, but NaN is equal to NaN', () => {
    expect(unmetExpectation('f32', f32(NaN, 1, 0), f32(NaN, 1, 0), EQUAL)).toBeUndefined();
    expect(unmetExpectation('f32', f32(-0), f32(0), EQUAL)).toBe('1 of 1 elements differ: at [0] got -0, expected 0');
  });

  test('names the first elements that differ by their index, and counts the others', () => {
    const actual = { shape: [2, 4], data: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const expected = { shape: [2, 4], data: Int32Array.of(1, 0, 0, 0, 0, 0, 0, 8) };
    expect(unmetExpectation('i32', actual, expected, EQUAL)).toBe(
      '6 of 8 elements differ: at [0, 1] got 2, expected 0; at [0, 2] got 3, expected 0; at [0, 3] got 4, expected 0; at [1, 0] got 5, expected 0; at [1, 1] got 6, expected 0; and 1 more',
    );
  });

  test('of shapes comes first', () => {
    expect(unmetExpectation('f32', f32(1), f32(1, 1), EQUAL)).toBe('got an array of shape [1], expected [2]');
  });

  test('of a number of rank 0 has no index; i1 are truth values, f32 are as short as they read back', () => {
    const scalar = (data: Uint8Array | Float32Array) => ({ shape: [], data });
    expect(unmetExpectation('i1', scalar(Uint8Array.of(1)), scalar(Uint8Array.of(0)), EQUAL)).toMatch(
      /got true, expected false/,
    );
    expect(unmetExpectation('f32', scalar(Float32Array.of(0.1)), scalar(Float32Array.of(0.3)), EQUAL)).toMatch(
      /: got 0.1, expected 0.3$/,
    );
  });

  test('of complex numbers is that of both parts', () => {
    const c = (...data: number[]) => ({ shape: [data.length / 2], data: Float64Array.from(data) });
    expect(unmetExpectation('complex<f64>', c(1, 2, 3, 4), c(1, 2, 3, 5), EQUAL)).toBe(
      '1 of 2 elements differ: at [1] got (3, 4), expected (3, 5)',
    );
  });
});

describe('nearness', () => {
  test('is within the tolerance, infinities and NaN being near to themselves only', () => {
    const x = f64(1, Infinity, NaN, -0);
    expect(unmetExpectation('f64', x, f64(1.5, Infinity, NaN, 0.5), within(0.5))).toBeUndefined();
    expect(unmetExpectation('f64', x, f64(1.6, -Infinity, 0, 0), within(0.5))).toMatch(
      /^3 of 4 elements differ by more than 0.5: at \[0\]/,
    );
  });

  test('in units in the last place counts numbers between two, over zero too', () => {
    const tiny = 1.401298464324817e-45;
    expect(unmetExpectation('f32', f32(tiny), f32(-tiny), ulps(2, 2))).toBeUndefined();
    expect(unmetExpectation('f32', f32(1), f32(1 + 2 ** -22), ulps(0, 1))).toMatch(/\(2 apart\)/);
    expect(unmetExpectation('f32', f32(1), f32(1), ulps(1, 3))).toMatch(/are not 1 to 3 units/);
    expect(unmetExpectation('f32', f32(Infinity), f32(3.4028234663852886e38), ulps(0, 3))).toMatch(/\(far apart\)/);
    expect(unmetExpectation('f64', f64(1), f64(1 + 2 ** -51), ulps(2, 2))).toBeUndefined();
    const far = ulps(2 ** 53 - 1, 2 ** 53 - 1);
    expect(unmetExpectation('f32', f32(Infinity, Infinity), f32(-Infinity, NaN), far)).toBeUndefined();
    expect(unmetExpectation('f64', f64(-1), f64(1), ulps(0, 2 ** 53 - 1))).toBeUndefined();
    expect(unmetExpectation('f32', f32(Infinity, 1), f32(Infinity, 2), far)).toMatch(/^2 of 2 elements/);
  });

  test('of half floats goes by their bits', () => {
    const half = (value: number) => ({ shape: [1], data: Uint16Array.of(f16Bits(value)) });
    expect(unmetExpectation('f16', half(5), half(5.01), ulps(0, 3))).toBeUndefined();
    expect(unmetExpectation('f16', half(5), half(5.03), ulps(0, 3))).toMatch(/got 5, expected 5.03125 \(8 apart\)/);
  });
});

test('arrays lie in memory by the name of their type', () => {
  const memory = new Float32Array([0, 1, 2, 3, 4]).buffer;
  expect([...arrayInMemory(memory, 'complex<f32>', 4, [2])!.data]).toEqual([1, 2, 3, 4]);
  expect(arrayInMemory(memory, 'f8E4M3FN', 0, [1])).toBeUndefined();
});
