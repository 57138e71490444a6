import { describe, expect, test } from 'vitest';
import { f32FromBits, f64FromBits } from '../bits.js';
import { Random } from '../random.js';
import { bigBinaryReferences, doubleBinaryReferences, ulpErrorF32, ulpErrorF64 } from '../reference.js';
import { binaryMathEvaluator, binaryMathFunctions } from './registry.js';

const names = Object.keys(binaryMathFunctions);
const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;

/** Pairs whose result is ordinary, and some more. */
function pair(name: string, random: Random, format: 'f32' | 'f64'): [number, number] {
  const signed = (): number => random.uniform() * 2 - 1;
  if (name === 'atan2') return [signed() * 2 ** random.integer(-12, 12), signed() * 2 ** random.integer(-12, 12)];
  const range = format === 'f32' ? 125 : 1020;
  const x = random.integer(0, 1) === 0 ? 1 + signed() * 2 ** -random.integer(1, 45) : 2 ** (signed() * range);
  const rounded = format === 'f32' ? Math.fround(x) : x;
  const power = (signed() * range) / Math.log2(rounded);
  return [rounded, Number.isFinite(power) ? power : signed()];
}

describe.each([{ fused: false }, { fused: true }])('fused: $fused', (rounding) => {
  test.each(names)('%s stays within its ULP bound in f32', (name) => {
    const f = binaryMathEvaluator(name, 'f32', rounding);
    const reference = doubleBinaryReferences[name] as (x: number, y: number) => number;
    const random = new Random(31);
    let worst = { error: 0, at: [0, 0] };
    for (let i = 0; i < 2 ** 17; i++) {
      const raw =
        i % 4 === 0 ? [f32FromBits(random.uint32()), f32FromBits(random.uint32())] : pair(name, random, 'f32');
      const [x, y] = raw.map(Math.fround) as [number, number];
      const error = ulpErrorF32(f(x, y), reference(x, y));
      if (error > worst.error) worst = { error, at: [x, y] };
    }
    expect(worst.error, `at ${worst.at}`).toBeLessThanOrEqual(binaryMathFunctions[name]?.ulp.f32 as number);
    expect(worst.error).toBeGreaterThan(0.5);
  });

  test.each(names)('%s stays within its ULP bound in f64', (name) => {
    const f = binaryMathEvaluator(name, 'f64', rounding);
    const reference = bigBinaryReferences[name] as (typeof bigBinaryReferences)[string];
    const random = new Random(37);
    let worst = { error: 0, at: [0, 0] };
    for (let i = 0; i < 2 ** 13; i++) {
      const [x, y] = pair(name, random, 'f64');
      const error = ulpErrorF64(f(x, y), reference(x, y));
      if (error > worst.error) worst = { error, at: [x, y] };
    }
    expect(worst.error, `at ${worst.at}`).toBeLessThanOrEqual(binaryMathFunctions[name]?.ulp.f64 as number);
    expect(worst.error).toBeGreaterThan(0.5);
  });
});

/** Every kind of number that the tables of special cases tell apart. */
const KINDS = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, -2.5, inf, -inf, nan, 2 ** -149, -(2 ** -149), 2 ** 127];
const KINDS_F64 = [...KINDS, 1e308, -1e308, 5e-324, 2 ** 53 - 1, 2 ** 53 + 2, -(2 ** 53 - 1)];
const KINDS_F32 = [...KINDS, -(2 ** 127), 2 ** 24 - 1, -(2 ** 24 - 1), 2 ** 24 + 2];

test.each(names)('%s agrees with C in every combination of special arguments', (name) => {
  const reference = doubleBinaryReferences[name] as (x: number, y: number) => number;
  for (const [format, kinds] of [
    ['f32', KINDS_F32],
    ['f64', KINDS_F64],
  ] as const) {
    const f = binaryMathEvaluator(name, format);
    for (const x of kinds) {
      for (const y of kinds) {
        const exact = format === 'f32' ? Math.fround(reference(x, y)) : reference(x, y);
        const got = f(x, y);
        const isClose = Math.abs(got - exact) <= Math.abs(exact) * (format === 'f32' ? 2.5e-7 : 1e-15);
        // Zeros have signs and NaN is only itself.
        if (!isClose || exact === 0) expect(got, `${name}(${x}, ${y}) in ${format}`).toBe(exact);
      }
    }
  }
});

test('a power of tiny, subnormal and huge bases is within its bound', () => {
  const f = binaryMathEvaluator('powf', 'f64');
  const random = new Random(41);
  for (let i = 0; i < 256; i++) {
    const x = Math.abs(f64FromBits(random.uint64() & 0x7fffffffffffffn));
    if (x === 0) continue;
    const y = (random.uniform() * 1000) / Math.log2(x);
    expect(ulpErrorF64(f(x, y), bigBinaryReferences.powf!(x, y))).toBeLessThanOrEqual(4);
  }
});

test('integral powers of small integers are exact', () => {
  for (const format of ['f32', 'f64'] as const) {
    const f = binaryMathEvaluator('powf', format);
    for (const [x, y, z] of [
      [2, 10, 1024],
      [3, 5, 243],
      [-3, 3, -27],
      [10, 2, 100],
      [4, 0.5, 2],
      [2, -3, 0.125],
    ] as const)
      expect(f(x, y)).toBe(z);
  }
});

test('an unknown function of two arguments is refused with what there is', () => {
  expect(() => binaryMathEvaluator('hypot', 'f32')).toThrow(
    "math function 'hypot' is not known: expected one of atan2, powf",
  );
});
