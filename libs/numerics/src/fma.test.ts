import { describe, expect, test } from 'vitest';
import { f32FromBits, f64FromBits } from './bits.js';
import { scalarF64 } from './evaluate.js';
import { nextDown, nextUp } from './float.js';
import { fmaF32, fmaF64 } from './fma.js';
import { fusedMultiplyAddF32, fusedMultiplyAddF64 } from './functions/fused-multiply-add.js';
import { Random } from './random.js';
import { exactly } from './reference.js';

/** A finite double as an integer, in units of 2^-1074. */
function scaled(x: number): bigint {
  const { mantissa, exponent } = exactly(x);
  return mantissa << BigInt(exponent + 1074);
}

const formats = {
  f32: { largest: 2 ** 127 * (2 - 2 ** -23), mantissaBits: 24 },
  f64: { largest: Number.MAX_VALUE, mantissaBits: 53 },
};

/** Whether `result` is the value of the format nearest to `a b + c`, ties to even, by comparing exact integers. */
function isNearest(a: number, b: number, c: number, result: number, format: 'f32' | 'f64'): boolean {
  const exact = scaled(a) * scaled(b) + (scaled(c) << 1074n);
  const absolute = (x: bigint): bigint => (x < 0n ? -x : x);
  const { largest, mantissaBits } = formats[format];
  const max = scaled(largest) << 1074n;
  // Half a unit above the largest value, where rounding goes to infinity.
  const limit = max + max / ((1n << BigInt(mantissaBits)) - 1n) / 2n;
  if (!Number.isFinite(result)) return absolute(exact) >= limit && result > 0 === exact > 0n;
  if (absolute(exact) >= limit) return false;
  const distance = absolute(exact - (scaled(result) << 1074n));
  for (const neighbour of [nextUp(result, format), nextDown(result, format)]) {
    if (!Number.isFinite(neighbour)) continue;
    const other = absolute(exact - (scaled(neighbour) << 1074n));
    if (other < distance) return false;
    // On a tie the neighbour must be the odd one: its distance to its own neighbour shows it.
    if (other === distance && isOdd(result, format)) return false;
  }
  return result !== 0 || exact === 0n || result < 0 === exact < 0n || Object.is(result, exact < 0n ? -0 : 0);
}

function isOdd(x: number, format: 'f32' | 'f64'): boolean {
  const { mantissa, exponent } = exactly(x);
  const unit = format === 'f64' ? exponent : Math.max(exponent + mantissaLength(mantissa) - 24, -149);
  return (mantissa >> BigInt(unit - exponent)) % 2n !== 0n;
}

function mantissaLength(mantissa: bigint): number {
  return (mantissa < 0n ? -mantissa : mantissa).toString(2).length;
}

/** Factors and a summand that exercise cancellation, ties, far exponents, subnormals and overflow. */
function triple(random: Random, i: number, format: 'f32' | 'f64'): [number, number, number] {
  const round = format === 'f32' ? Math.fround : (x: number): number => x;
  const least = format === 'f32' ? -149 : -1074;
  const most = format === 'f32' ? 127 : 1023;
  const value = (low: number, high: number): number =>
    round((random.uniform() < 0.5 ? -1 : 1) * (1 + random.uniform()) * 2 ** random.integer(low, high + 1));
  switch (i % 7) {
    case 0:
      return [value(-10, 10), value(-10, 10), value(-10, 10)];
    case 1: {
      // c near -a b: all leading bits cancel.
      const a = value(-10, 10);
      const b = value(-10, 10);
      return [a, b, round(-a * b * (1 + random.integer(-2, 3) * 2 ** -22))];
    }
    case 2:
      return [value(least, most), value(least, most), value(least, most)];
    case 3: {
      // Few bits: ties are common.
      const few = (): number => random.integer(-4096, 4096) * 2 ** random.integer(-60, 60);
      return [round(few()), round(few()), round(few())];
    }
    case 4: {
      // Results around the smallest values.
      const half = Math.trunc(least / 2);
      return [value(half - 8, half + 8), value(half - 8, half + 8), value(least, least + 30)];
    }
    case 5: {
      // A subnormal summand, and a product far below it.
      const third = Math.trunc(least / 3);
      return [value(2 * third, third), value(2 * third, third), value(least + 45, least + 53)];
    }
    default: {
      // Results around the largest values.
      const half = Math.trunc(most / 2);
      return [value(half - 2, half + 2), value(half - 2, half + 2), value(most - 4, most)];
    }
  }
}

type Fma = (a: number, b: number, c: number) => number;

const implementations: [name: string, format: 'f32' | 'f64', fma: Fma][] = [
  ['fma in f32', 'f32', fmaF32],
  ['fma in f64', 'f64', fmaF64],
  ['the expansion of fma in f32', 'f32', (a, b, c) => Math.fround(fusedMultiplyAddF32(scalarF64, a, b, c))],
  ['the expansion of fma in f64', 'f64', (a, b, c) => fusedMultiplyAddF64(scalarF64, a, b, c)],
];

describe.each(implementations)('%s', (_, format, fma) => {
  test('is the nearest value to the exact result', () => {
    const random = new Random(99);
    for (let i = 0; i < 60_000; i++) {
      const [a, b, c] = triple(random, i, format);
      const result = fma(a, b, c);
      if (!isNearest(a, b, c, result, format)) expect.fail(`fma(${a}, ${b}, ${c}) = ${result}`);
    }
  });

  test('is the nearest value for random bit patterns', () => {
    const random = new Random(98);
    const any = (): number => (format === 'f32' ? f32FromBits(random.uint32()) : f64FromBits(random.uint64()));
    for (let i = 0; i < 20_000; i++) {
      const [a, b, c] = [any(), any(), any()];
      if (!Number.isFinite(a) || !Number.isFinite(b) || !Number.isFinite(c)) continue;
      const result = fma(a, b, c);
      if (!isNearest(a, b, c, result, format)) expect.fail(`fma(${a}, ${b}, ${c}) = ${result}`);
    }
  });

  test('keeps the signs of zero and treats infinities and NaN as IEEE 754 does', () => {
    const inf = Number.POSITIVE_INFINITY;
    const large = formats[format].largest;
    const least = format === 'f32' ? 2 ** -149 : 2 ** -1074;
    expect(fma(-0, 1, -0)).toBe(-0);
    expect(fma(-0, 1, 0)).toBe(0);
    expect(fma(1, 1, -1)).toBe(0);
    expect(fma(-1, 1, 1)).toBe(0);
    expect(fma(least, -least, 0)).toBe(-0);
    expect(fma(least, least, -0)).toBe(0);
    expect(fma(0, 5, 7)).toBe(7);
    expect(fma(large, large, -inf)).toBe(-inf);
    expect(fma(large, 2, -large)).toBe(large);
    expect(fma(inf, 1, -inf)).toBeNaN();
    expect(fma(inf, 0, 1)).toBeNaN();
    expect(fma(inf, -2, 1)).toBe(-inf);
    expect(fma(Number.NaN, 1, 1)).toBeNaN();
    expect(fma(1, 1, Number.NaN)).toBeNaN();
  });
});

test('one rounding is visible where two would lose the low product bits', () => {
  const x = 1 + 2 ** -30;
  expect(fmaF64(x, x, -(1 + 2 ** -29))).toBe(2 ** -60);
  expect(x * x - (1 + 2 ** -29)).toBe(0);
  const y = Math.fround(1 + 2 ** -12);
  expect(fmaF32(y, y, -Math.fround(1 + 2 ** -11))).toBe(2 ** -24);
});
