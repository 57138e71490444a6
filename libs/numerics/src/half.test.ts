import { describe, expect, test } from 'vitest';
import { f32Bits } from './bits.js';
import { bf16Bits, bf16FromBits, f16Bits, f16FromBits, type HalfFormat, roundToBf16, roundToF16 } from './half.js';
import { Random } from './random.js';

interface Codec {
  readonly format: HalfFormat;
  readonly toBits: (x: number) => number;
  readonly fromBits: (bits: number) => number;
  readonly round: (x: number) => number;
  readonly mantissaBits: number;
  readonly bias: number;
}

const codecs: Codec[] = [
  { format: 'f16', toBits: f16Bits, fromBits: f16FromBits, round: roundToF16, mantissaBits: 10, bias: 15 },
  { format: 'bf16', toBits: bf16Bits, fromBits: bf16FromBits, round: roundToBf16, mantissaBits: 7, bias: 127 },
];

describe.each(codecs)('$format', ({ toBits, fromBits, round, mantissaBits, bias }) => {
  const infinityBits = (0x7fff >> mantissaBits) << mantissaBits;

  test('every pattern means what the format says', () => {
    for (let bits = 0; bits < 0x8000; bits++) {
      const field = bits >> mantissaBits;
      const mantissa = bits & (2 ** mantissaBits - 1);
      let expected: number;
      if (bits > infinityBits) expected = Number.NaN;
      else if (bits === infinityBits) expected = Number.POSITIVE_INFINITY;
      else if (field === 0) expected = mantissa * 2 ** (1 - bias - mantissaBits);
      else expected = (2 ** mantissaBits + mantissa) * 2 ** (field - bias - mantissaBits);
      if (!Object.is(fromBits(bits), expected) || !Object.is(fromBits(bits | 0x8000), -expected)) {
        expect.fail(`0x${bits.toString(16)}: ${fromBits(bits)} instead of ${expected}`);
      }
    }
  });

  test('every value survives the way to bits and back', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const nan = (bits & 0x7fff) > infinityBits;
      const back = toBits(fromBits(bits));
      if (nan ? (back & 0x7fff) <= infinityBits : back !== bits) {
        expect.fail(`0x${bits.toString(16)} came back as 0x${back.toString(16)}`);
      }
    }
  });

  test('between any two neighbours the midpoint goes to the even one, and all else to the nearer', () => {
    for (let bits = 0; bits < infinityBits; bits++) {
      const below = fromBits(bits);
      // The place of infinity in rounding is where the next finite value would be.
      const above =
        bits + 1 === infinityBits ? 2 * fromBits(infinityBits - 1) - fromBits(infinityBits - 2) : fromBits(bits + 1);
      const middle = (below + above) / 2;
      const tiny = (above - below) * 2 ** -30;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const got = [toBits(middle - tiny), toBits(middle), toBits(middle + tiny), toBits(-middle)];
      const expected = [bits, even, bits + 1, even | 0x8000];
      if (got.some((g, i) => g !== expected[i]))
        expect.fail(`at 0x${bits.toString(16)}: ${got} instead of ${expected}`);
    }
  });

  test('rounding and encoding agree, far outside the range too', () => {
    const random = new Random(1);
    for (let i = 0; i < 50_000; i++) {
      const x = (random.uniform() - 0.5) * 2 ** random.integer(-1074, 1024);
      expect(Object.is(fromBits(toBits(x)), round(x))).toBe(true);
    }
    expect(round(Number.MAX_VALUE)).toBe(Number.POSITIVE_INFINITY);
    expect(round(-Number.MAX_VALUE)).toBe(Number.NEGATIVE_INFINITY);
    expect(round(-Number.MIN_VALUE)).toBe(-0);
    expect(round(Number.NaN)).toBeNaN();
  });
});

test('bf16 is rounded once from the double, not through f32', () => {
  // Just above a tie of bf16, by less than f32 can see.
  const x = 1 + 2 ** -8 + 2 ** -40;
  expect(roundToBf16(x)).toBe(1 + 2 ** -7);
  expect(roundToBf16(Math.fround(x))).toBe(1);
});

test('bf16 bits are the upper half of f32 bits', () => {
  expect(bf16Bits(-1.5)).toBe(f32Bits(-1.5) >>> 16);
});
