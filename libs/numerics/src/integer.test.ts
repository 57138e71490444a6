import { describe, expect, test } from 'vitest';
import type { AnyFloatFormat } from './float.js';
import { roundToFloat } from './float.js';
import { roundToF64 } from './fma.js';
import { type IntegerArithmetic, narrowInteger, wideInteger } from './integer.js';
import { Random } from './random.js';

type Operation = 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'min' | 'max' | 'and' | 'or' | 'xor' | 'shl' | 'shrU' | 'shrS';

/** The definition of each operation on unbounded integers, before wrapping. */
function define(operation: Operation, a: bigint, b: bigint, width: number): bigint {
  const bits = BigInt.asUintN(width, a);
  const amount = BigInt.asUintN(width, b);
  const past = amount >= BigInt(width);
  switch (operation) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return b === 0n ? -1n : a / b;
    case 'rem':
      return b === 0n ? a : a % b;
    case 'min':
      return a < b ? a : b;
    case 'max':
      return a > b ? a : b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return past ? 0n : a << amount;
    case 'shrU':
      return past ? 0n : bits >> amount;
    case 'shrS':
      return BigInt.asIntN(width, a) >> (past ? BigInt(width) : amount);
  }
}

const operations: Operation[] = [
  'add',
  'sub',
  'mul',
  'div',
  'rem',
  'min',
  'max',
  'and',
  'or',
  'xor',
  'shl',
  'shrU',
  'shrS',
];

function check<T extends number | bigint>(type: IntegerArithmetic<T>, a: T, b: T): void {
  const wrap = (x: bigint): bigint => (type.signed ? BigInt.asIntN(type.width, x) : BigInt.asUintN(type.width, x));
  for (const operation of operations) {
    const got = type[operation](a, b);
    const expected = wrap(define(operation, BigInt(a), BigInt(b), type.width));
    if (BigInt(got) !== expected || Object.is(got, -0)) {
      expect.fail(`${type.signed ? 'i' : 'ui'}${type.width} ${operation}(${a}, ${b}) = ${got} instead of ${expected}`);
    }
  }
  const bits = BigInt.asUintN(type.width, BigInt(a)).toString(2);
  const unary: [string, T, bigint][] = [
    ['neg', type.neg(a), wrap(-BigInt(a))],
    ['abs', type.abs(a), wrap(a < 0 ? -BigInt(a) : BigInt(a))],
    ['not', type.not(a), wrap(~BigInt(a))],
    ['popcount', type.popcount(a), wrap(BigInt(bits.replaceAll('0', '').length))],
    [
      'countLeadingZeros',
      type.countLeadingZeros(a),
      wrap(BigInt(bits === '0' ? type.width : type.width - bits.length)),
    ],
  ];
  for (const [name, got, expected] of unary) {
    if (BigInt(got) !== expected || Object.is(got, -0)) expect.fail(`${name}(${a}) = ${got} instead of ${expected}`);
  }
}

const signs = [{ signed: true }, { signed: false }];

describe.each(signs)('arithmetic, signed: $signed', (sign) => {
  test.each([1, 2, 5, 8])('of %i bits matches its definition for all pairs', (width) => {
    const type = narrowInteger(width, sign);
    for (let a = type.minValue; a <= type.maxValue; a++) {
      for (let b = type.minValue; b <= type.maxValue; b++) check(type, a, b);
    }
  });

  test.each([13, 16, 31, 32])('of %i bits matches its definition on samples and corners', (width) => {
    const type = narrowInteger(width, sign);
    const random = new Random(width);
    const corners = [0, 1, 2, -1, width, width - 1, type.minValue, type.maxValue, type.maxValue - 1].map((x) =>
      type.wrap(x),
    );
    for (const a of corners) for (const b of corners) check(type, a, b);
    for (let i = 0; i < 4000; i++) {
      check(
        type,
        type.wrap(random.uint32() >> random.integer(0, 32)),
        type.wrap(random.uint32() >> random.integer(0, 32)),
      );
    }
  });

  test.each([33, 40, 63, 64])('of %i bits matches its definition on samples and corners', (width) => {
    const type = wideInteger(width, sign);
    const random = new Random(width);
    const corners = [0n, 1n, 2n, -1n, BigInt(width), type.minValue, type.maxValue, type.maxValue - 1n].map((x) =>
      type.wrap(x),
    );
    for (const a of corners) for (const b of corners) check(type, a, b);
    const any = (): bigint => type.wrap(random.uint64() >> BigInt(random.integer(0, 64)));
    for (let i = 0; i < 4000; i++) check(type, any(), any());
  });
});

test('division by zero, overflowing division and long shifts are defined', () => {
  const i32 = narrowInteger(32, { signed: true });
  const u32 = narrowInteger(32, { signed: false });
  const i64 = wideInteger(64, { signed: true });
  expect(i32.div(7, 0)).toBe(-1);
  expect(u32.div(7, 0)).toBe(0xffffffff);
  expect(i32.div(-(2 ** 31), -1)).toBe(-(2 ** 31));
  expect(i64.div(-(1n << 63n), -1n)).toBe(-(1n << 63n));
  expect(i32.rem(7, 0)).toBe(7);
  expect(i32.rem(-(2 ** 31), -1)).toBe(0);
  expect(i32.shl(1, 32)).toBe(0);
  expect(i32.shl(1, -1)).toBe(0);
  expect(i32.shrU(-1, 40)).toBe(0);
  expect(i32.shrS(-5, 99)).toBe(-1);
  expect(i64.shrS(-5n, 64n)).toBe(-1n);
});

describe('conversions', () => {
  test('floats saturate, truncate toward zero, and NaN gives zero', () => {
    for (const sign of signs) {
      for (const width of [8, 16, 32]) {
        const type = narrowInteger(width, sign);
        expect(type.fromFloat(Number.NaN)).toBe(0);
        expect(type.fromFloat(Number.POSITIVE_INFINITY)).toBe(type.maxValue);
        expect(type.fromFloat(Number.NEGATIVE_INFINITY)).toBe(type.minValue);
        expect(type.fromFloat(1e30)).toBe(type.maxValue);
        expect(type.fromFloat(-1e30)).toBe(type.minValue);
        expect(type.fromFloat(-0.9)).toBe(0);
        expect(type.fromFloat(3.99)).toBe(3);
        expect(type.fromFloat(type.maxValue + 0.5)).toBe(type.maxValue);
        expect(type.fromFloat(type.maxValue - 0.5)).toBe(type.maxValue - 1);
      }
      const wide = wideInteger(64, sign);
      expect(wide.fromFloat(Number.NaN)).toBe(0n);
      expect(wide.fromFloat(2 ** 64)).toBe(wide.maxValue);
      expect(wide.fromFloat(-(2 ** 64))).toBe(wide.minValue);
      expect(wide.fromFloat(2 ** 62 + 1024)).toBe((1n << 62n) + 1024n);
      expect(wide.fromFloat(-0.9)).toBe(0n);
    }
    expect(wideInteger(64, { signed: true }).fromFloat(2 ** 63)).toBe((1n << 63n) - 1n);
    expect(wideInteger(64, { signed: false }).fromFloat(2 ** 63)).toBe(1n << 63n);
    expect(narrowInteger(8, { signed: true }).fromFloat(-3.99)).toBe(-3);
  });

  test('64-bit integers become floats with a single rounding', () => {
    const i64 = wideInteger(64, { signed: true });
    // Just above a tie of f32, by less than a double can see at this size.
    const x = (1n << 60n) + (1n << 36n) + 1n;
    expect(i64.toFloat(x, 'f32')).toBe(2 ** 60 + 2 ** 37);
    expect(Math.fround(Number(x))).toBe(2 ** 60);
    expect(i64.toFloat(-x, 'f32')).toBe(-(2 ** 60 + 2 ** 37));
  });

  test('conversion to every format gives the nearest value', () => {
    const random = new Random(31);
    const i64 = wideInteger(64, { signed: true });
    const precision: { [format in AnyFloatFormat]: number } = { f16: 11, bf16: 8, f32: 24, f64: 53 };
    for (let i = 0; i < 20_000; i++) {
      // Few set bits near the end of the precision make ties common.
      const high = BigInt(random.integer(-(2 ** 26), 2 ** 26));
      const a = (high << BigInt(random.integer(0, 36))) + BigInt(random.integer(-1, 2));
      for (const format of ['f64', 'f32', 'bf16', 'f16'] as const) {
        const magnitude = a < 0n ? -a : a;
        const length = magnitude.toString(2).length;
        const drop = Math.max(length - precision[format], 0);
        // Rounding by integer arithmetic: add half a unit less one, plus one if odd, and truncate.
        const odd = (magnitude >> BigInt(drop)) & 1n;
        const bias = drop === 0 ? 0n : (1n << BigInt(drop - 1)) - 1n + odd;
        const rounded = ((magnitude + bias) >> BigInt(drop)) << BigInt(drop);
        const value = roundToF64(a < 0n ? -rounded : rounded, 0);
        const expected =
          format === 'f16' && Math.abs(value) > 65504 ? Math.sign(value) * Number.POSITIVE_INFINITY : value;
        expect(i64.toFloat(a, format)).toBe(expected);
      }
    }
  });

  test('narrow integers convert exactly or to the nearest', () => {
    const i32 = narrowInteger(32, { signed: true });
    expect(i32.toFloat(16777217, 'f32')).toBe(16777216);
    expect(i32.toFloat(16777217, 'f64')).toBe(16777217);
    expect(i32.toFloat(-70000, 'f16')).toBe(Number.NEGATIVE_INFINITY);
    expect(i32.toFloat(257, 'bf16')).toBe(roundToFloat(257, 'bf16'));
  });
});

test('a width out of range is refused with the way out', () => {
  expect(() => narrowInteger(64, { signed: true })).toThrow(
    'narrowInteger: expected a width of 1 to 32 bits, got 64; wideInteger takes up to 64',
  );
  expect(() => narrowInteger(0, { signed: true })).toThrow(/got 0/);
  expect(() => wideInteger(32, { signed: false })).toThrow(/33 to 64 bits, got 32; narrowInteger takes fewer/);
});
