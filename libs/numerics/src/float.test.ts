import { describe, expect, test } from 'vitest';
import { f32FromBits } from './bits.js';
import {
  type AnyFloatFormat,
  maximum,
  minimum,
  nextDown,
  nextUp,
  remainder,
  roundAwayFromZero,
  roundEven,
  roundToFloat,
  ulpDistance,
} from './float.js';
import { Random } from './random.js';
import { exactly } from './reference.js';

const formats: { format: AnyFloatFormat; least: number; epsilon: number; largest: number }[] = [
  { format: 'f16', least: 2 ** -24, epsilon: 2 ** -10, largest: 65504 },
  { format: 'bf16', least: 2 ** -133, epsilon: 2 ** -7, largest: 2 ** 127 * (2 - 2 ** -7) },
  { format: 'f32', least: 2 ** -149, epsilon: 2 ** -23, largest: 2 ** 127 * (2 - 2 ** -23) },
  { format: 'f64', least: 2 ** -1074, epsilon: 2 ** -52, largest: Number.MAX_VALUE },
];

describe.each(formats)('neighbours in $format', ({ format, least, epsilon, largest }) => {
  test('nextUp and nextDown step by one unit, through zero and to infinity', () => {
    expect(nextUp(1, format)).toBe(1 + epsilon);
    expect(nextDown(1, format)).toBe(1 - epsilon / 2);
    expect(nextUp(0, format)).toBe(least);
    expect(nextUp(-0, format)).toBe(least);
    expect(nextDown(0, format)).toBe(-least);
    expect(nextUp(-least, format)).toBe(-0);
    expect(nextUp(largest, format)).toBe(Number.POSITIVE_INFINITY);
    expect(nextUp(Number.NEGATIVE_INFINITY, format)).toBe(-largest);
    expect(nextUp(Number.POSITIVE_INFINITY, format)).toBe(Number.POSITIVE_INFINITY);
    expect(nextUp(Number.NaN, format)).toBeNaN();
  });

  test('ulpDistance counts steps', () => {
    expect(ulpDistance(1, 1, format)).toBe(0);
    expect(ulpDistance(0, -0, format)).toBe(0);
    expect(ulpDistance(-least, least, format)).toBe(2);
    expect(ulpDistance(1 - epsilon / 2, 1 + epsilon, format)).toBe(2);
    expect(ulpDistance(largest, Number.POSITIVE_INFINITY, format)).toBe(1);
    expect(ulpDistance(1, 2, format)).toBe(1 / epsilon);
    expect(ulpDistance(Number.NaN, Number.NaN, format)).toBe(0);
    expect(ulpDistance(Number.NaN, 1, format)).toBe(Number.POSITIVE_INFINITY);
  });

  test('rounding a value of the format changes nothing, half a unit beyond it comes back', () => {
    for (const x of [0, -0, 1, -least, largest, Number.NEGATIVE_INFINITY]) expect(roundToFloat(x, format)).toBe(x);
    if (format !== 'f64') {
      expect(roundToFloat(1 + epsilon / 2, format)).toBe(1);
      expect(roundToFloat(1 + 1.5 * epsilon, format)).toBe(1 + 2 * epsilon);
    }
  });
});

test('roundEven takes ties to even and keeps the sign of zero', () => {
  const cases = [
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, -0],
    [-1.5, -2],
    [-2.5, -2],
    [-0.2, -0],
    [0, 0],
    [-0, -0],
    [2.4, 2],
    [2 ** 52 - 0.5, 2 ** 52],
    [2 ** 52 + 1, 2 ** 52 + 1],
    [-(2 ** 60), -(2 ** 60)],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ] as const;
  for (const [x, y] of cases) expect(roundEven(x), `${x}`).toBe(y);
});

test('roundAwayFromZero takes ties away from zero and does not round 0.49999999999999994 up', () => {
  const cases = [
    [0.5, 1],
    [-0.5, -1],
    [2.5, 3],
    [-2.5, -3],
    [0.49999999999999994, 0],
    [-0.3, -0],
    [-0, -0],
    [2 ** 52 + 1, 2 ** 52 + 1],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ] as const;
  for (const [x, y] of cases) expect(roundAwayFromZero(x), `${x}`).toBe(y);
});

test('remainder is exact and stays within f32', () => {
  const random = new Random(17);
  for (let i = 0; i < 20_000; i++) {
    const a = f32FromBits(random.uint32());
    const b = f32FromBits(random.uint32());
    if (!Number.isFinite(a) || !Number.isFinite(b) || b === 0) continue;
    const r = remainder(a, b);
    const scale = (x: number): bigint => exactly(x).mantissa << BigInt(exactly(x).exponent + 1074);
    expect(scale(r)).toBe(scale(a) % scale(b));
    expect(Math.fround(r)).toBe(r);
  }
  expect(remainder(-4, 2)).toBe(-0);
  expect(remainder(5, Number.POSITIVE_INFINITY)).toBe(5);
  expect(remainder(5, 0)).toBeNaN();
});

test('minimum and maximum propagate NaN and order the zeros', () => {
  expect(minimum(0, -0)).toBe(-0);
  expect(maximum(-0, 0)).toBe(0);
  expect(minimum(Number.NaN, 1)).toBeNaN();
  expect(maximum(1, Number.NaN)).toBeNaN();
  expect(minimum(2, 1)).toBe(1);
});
