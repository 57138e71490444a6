import { describe, expect, it } from 'vitest';
import { otherFloatBits, otherFloatFromBits } from './minifloat.js';
import { FLOAT_WIDTHS, type FloatName } from './type.js';

const small = (Object.keys(FLOAT_WIDTHS) as FloatName[]).filter((name) => FLOAT_WIDTHS[name] <= 8);

describe.each(small)('%s', (name) => {
  const patterns = Array.from({ length: 2 ** FLOAT_WIDTHS[name] }, (_, bits) => ({
    bits: BigInt(bits),
    value: otherFloatFromBits(name, BigInt(bits)),
  }));
  it('gives every number its own pattern back', () => {
    for (const { bits, value } of patterns) if (!Number.isNaN(value)) expect(otherFloatBits(name, value)).toBe(bits);
  });
  it('has a NaN unless the format has none', () => {
    const back = otherFloatFromBits(name, otherFloatBits(name, Number.NaN));
    expect(Number.isNaN(back)).toBe(!['f6E2M3FN', 'f6E3M2FN', 'f4E2M1FN'].includes(name));
  });
  it('rounds to the nearest number, ties to the even pattern', () => {
    // Zeros of both signs are one number here.
    const near = (value: number, wanted: number) =>
      expect(otherFloatFromBits(name, otherFloatBits(name, value)) + 0).toBe(wanted + 0);
    const finite = patterns.filter(({ value }) => Number.isFinite(value)).sort((a, b) => a.value - b.value);
    for (let i = 1; i < finite.length; i++) {
      const [low, high] = [finite[i - 1]!, finite[i]!];
      if (low.value === high.value) continue; // the two zeros
      const middle = low.value + (high.value - low.value) / 2;
      const even = low.bits % 2n === 0n ? low : high;
      near(middle, even.value);
      near(middle + (high.value - middle) / 4, high.value);
      near(middle - (middle - low.value) / 4, low.value);
    }
  });
});

describe('formats wider than a byte', () => {
  it('agree with IEEE 754 on known patterns', () => {
    expect(otherFloatBits('f128', 1)).toBe(0x3fffn << 112n);
    expect(otherFloatBits('f128', -2)).toBe(0xc000n << 112n);
    expect(otherFloatBits('f128', Number.POSITIVE_INFINITY)).toBe(0x7fffn << 112n);
    expect(otherFloatBits('f80', 1)).toBe(0x3fff8000000000000000n);
    expect(otherFloatBits('f80', 0.5)).toBe(0x3ffe8000000000000000n);
    expect(otherFloatBits('tf32', 1)).toBe(0x1fc00n);
  });
  it('give doubles back', () => {
    for (const value of [0, -0, 1.1, -Math.PI, 1e300, 1e-300, 5e-324, Number.POSITIVE_INFINITY])
      for (const name of ['f80', 'f128'] as const)
        expect(otherFloatFromBits(name, otherFloatBits(name, value))).toBe(value);
  });
});
