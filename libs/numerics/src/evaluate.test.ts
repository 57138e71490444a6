import { describe, expect, test } from 'vitest';
import { f32Bits, f64Bits, f64FromBits } from './bits.js';
import { type Int64Halves, scalarF32, scalarF64 } from './evaluate.js';
import { Random } from './random.js';

function toBig(x: Int64Halves): bigint {
  return (BigInt(x.hi) << 32n) | BigInt(x.lo >>> 0);
}
function fromBig(x: bigint): Int64Halves {
  return { hi: Number(BigInt.asIntN(32, x >> 32n)), lo: Number(BigInt.asIntN(32, x)) };
}

describe('64-bit integers as halves', () => {
  const random = new Random(2);
  const corners = [0n, 1n, -1n, 2n ** 31n, 2n ** 32n, 2n ** 32n - 1n, -(2n ** 32n), 2n ** 63n - 1n, -(2n ** 63n)];
  const values = [...corners, ...Array.from({ length: 100 }, () => BigInt.asIntN(64, random.uint64()))];

  test('two operands match bigint arithmetic', () => {
    for (const a of values) {
      for (const b of values) {
        const [x, y] = [fromBig(a), fromBig(b)];
        const expected: [Int64Halves, bigint][] = [
          [scalarF64.addI(x, y), a + b],
          [scalarF64.subI(x, y), a - b],
          [scalarF64.mulI(x, y), a * b],
          [scalarF64.andI(x, y), a & b],
          [scalarF64.orI(x, y), a | b],
          [scalarF64.xorI(x, y), a ^ b],
        ];
        for (const [got, want] of expected) expect(toBig(got)).toBe(BigInt.asIntN(64, want));
        expect(scalarF64.cmpLtI(x, y)).toBe(a < b);
        expect(scalarF64.cmpEqI(x, y)).toBe(a === b);
      }
    }
  });

  test('shifts match bigint arithmetic for every amount', () => {
    for (const a of values) {
      for (let amount = 0; amount < 64; amount++) {
        const places = BigInt(amount);
        expect(toBig(scalarF64.shlI(fromBig(a), amount))).toBe(BigInt.asIntN(64, a << places));
        expect(toBig(scalarF64.shrS(fromBig(a), amount))).toBe(a >> places);
        expect(toBig(scalarF64.shrU(fromBig(a), amount))).toBe(BigInt.asIntN(64, BigInt.asUintN(64, a) >> places));
      }
    }
  });

  test('conversions and constants match bigint arithmetic', () => {
    for (const a of values) {
      expect(scalarF64.intToFloat(fromBig(a))).toBe(Number(a));
      const rounded = Number(a >> 11n);
      expect(toBig(scalarF64.floatToInt(rounded + 0.5 * Math.sign(rounded)))).toBe(BigInt(rounded));
      expect(toBig(scalarF64.constI(rounded * 1024))).toBe(BigInt(rounded) * 1024n);
      const float = f64FromBits(a);
      if (!Number.isNaN(float)) {
        expect(toBig(scalarF64.bitcastToInt(float))).toBe(f64Bits(float));
        expect(scalarF64.bitcastToFloat(fromBig(a))).toBe(float);
      }
    }
    expect(toBig(scalarF64.constI(-(2 ** 63)))).toBe(-(2n ** 63n));
    expect(toBig(scalarF64.constI(2 ** 63))).toBe(-(2n ** 63n));
  });
});

describe('f32', () => {
  test('every operation rounds to f32', () => {
    const third = scalarF32.div(1, 3);
    expect(third).toBe(Math.fround(1 / 3));
    for (const x of [
      scalarF32.constF(0.1),
      scalarF32.add(third, 1),
      scalarF32.sub(third, 1e-5),
      scalarF32.mul(third, third),
      scalarF32.sqrt(2),
      scalarF32.intToFloat(16777217),
    ]) {
      expect(x).toBe(Math.fround(x));
    }
  });

  test('integers wrap and shift as int32', () => {
    expect(scalarF32.addI(0x7fffffff, 1)).toBe(-(2 ** 31));
    expect(scalarF32.subI(-(2 ** 31), 1)).toBe(0x7fffffff);
    expect(scalarF32.mulI(0x10001, 0x10001)).toBe(0x20001);
    expect(scalarF32.shrU(-1, 4)).toBe(0x0fffffff);
    expect(scalarF32.shrU(-1, 0)).toBe(-1);
    expect(scalarF32.shrS(-16, 2)).toBe(-4);
    expect(scalarF32.constI(0x80000000)).toBe(-(2 ** 31));
    expect(scalarF32.bitcastToInt(-1)).toBe(f32Bits(-1) | 0);
    expect(scalarF32.bitcastToFloat(scalarF32.bitcastToInt(-0))).toBe(-0);
  });

  test('comparisons with NaN are false, except unordered', () => {
    const nan = Number.NaN;
    for (const algebra of [scalarF32, scalarF64]) {
      expect([algebra.cmpEq(nan, nan), algebra.cmpLt(nan, 1), algebra.cmpLe(1, nan)]).toEqual([false, false, false]);
      expect([algebra.cmpUnordered(nan, 1), algebra.cmpUnordered(1, nan), algebra.cmpUnordered(1, 2)]).toEqual([
        true,
        true,
        false,
      ]);
      expect(algebra.min(nan, 1)).toBeNaN();
      expect(algebra.max(0, -0)).toBe(0);
      expect(algebra.roundEven(-0.4)).toBe(-0);
    }
  });
});
