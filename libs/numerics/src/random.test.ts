import { expect, test } from 'vitest';
import { Random } from './random.js';

test('a seed fixes the sequence, another seed gives another', () => {
  const take = (seed: number): number[] => {
    const random = new Random(seed);
    return Array.from({ length: 8 }, () => random.uint32());
  };
  expect(take(42)).toEqual(take(42));
  expect(take(42)).not.toEqual(take(43));
  expect(new Set(take(0)).size).toBe(8);
});

test('uniform values fill [0, 1) evenly', () => {
  const random = new Random(5);
  const bins = new Array<number>(64).fill(0);
  const n = 64 * 4096;
  for (let i = 0; i < n; i++) {
    const x = i % 2 === 0 ? random.uniform() : random.uniformF32();
    expect(x >= 0 && x < 1).toBe(true);
    const bin = Math.floor(x * 64);
    bins[bin] = (bins[bin] as number) + 1;
  }
  // Chi-squared with 63 degrees of freedom: beyond 120 once in 10^5 seeds.
  const chi = bins.reduce((sum, count) => sum + (count - 4096) ** 2 / 4096, 0);
  expect(chi).toBeLessThan(120);
  expect(chi).toBeGreaterThan(20);
});

test('every bit of uint32 is set half of the time', () => {
  const random = new Random(6);
  const counts = new Array<number>(32).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const bits = random.uint32();
    for (let b = 0; b < 32; b++) counts[b] = (counts[b] as number) + ((bits >>> b) & 1);
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

test('uniformF32 gives values of f32', () => {
  const random = new Random(7);
  for (let i = 0; i < 1000; i++) {
    const x = random.uniformF32();
    expect(Math.fround(x)).toBe(x);
  }
});

test('integers stay in their range, reach both ends and refuse empty ranges', () => {
  const random = new Random(8);
  const seen = new Set<number>();
  for (let i = 0; i < 1000; i++) seen.add(random.integer(-3, 4));
  expect([...seen].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  expect(random.integer(5, 6)).toBe(5);
  expect(() => random.integer(4, 4)).toThrow(
    'Random.integer: expected integers low < high at most 2^32 apart, got 4 and 4',
  );
  expect(() => random.integer(0, 2 ** 33)).toThrow(/at most 2\^32 apart/);
  expect(() => random.integer(0.5, 3)).toThrow(/expected integers/);
});

test('normal values have the moments of the normal distribution', () => {
  const random = new Random(9);
  const n = 200_000;
  let [first, second, fourth] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = random.normal();
    first += x;
    second += x * x;
    fourth += x ** 4;
  }
  expect(Math.abs(first / n)).toBeLessThan(0.01);
  expect(Math.abs(second / n - 1)).toBeLessThan(0.015);
  expect(Math.abs(fourth / n - 3)).toBeLessThan(0.1);
});

test('64-bit integers use both halves', () => {
  const random = new Random(10);
  let union = 0n;
  for (let i = 0; i < 200; i++) union |= random.uint64();
  expect(union).toBe(2n ** 64n - 1n);
});
