// The expansions of the mode `fast`: their error on normal numbers, what they save, and what they do at the ends.
import { describe, expect, test } from 'vitest';
import type { Algebra } from '../../algebra.js';
import { f32FromBits } from '../../bits.js';
import { Random } from '../../random.js';
import { bigReferences, doubleReferences, ulpErrorF32, ulpErrorF64 } from '../../reference.js';
import {
  binaryMathEvaluator,
  binaryMathFunctions,
  FAST_ULP,
  mathEvaluator,
  mathExpansion,
  mathFunctions,
} from '../registry.js';

const NAMES = Object.keys(mathFunctions).filter((name) => mathFunctions[name]!.fast !== undefined);
const inF32 = NAMES.filter((name) => mathFunctions[name]!.fast?.f32 !== undefined);
const ROUNDINGS = [{ fused: false }, { fused: true }];

const isNormal = (x: number, smallest: number): boolean => Math.abs(x) >= smallest && Number.isFinite(x);

test('exist for the functions that gain from them', () => {
  expect(NAMES).toEqual(
    'exp exp2 expm1 log log2 log10 log1p sin cos tan tanh sigmoid erf cbrt'.split(' ').filter((n) => NAMES.includes(n)),
  );
  expect(NAMES).toHaveLength(14);
  expect(Object.keys(binaryMathFunctions).filter((name) => binaryMathFunctions[name]!.fast)).toEqual(['powf']);
});

describe.each(ROUNDINGS)('rounded with %o', (rounding) => {
  test.each(inF32)('%s of f32 is within 4 ULP where argument and result are normal', (name) => {
    const f = mathEvaluator(name, 'f32', { ...rounding, fast: true });
    const accurate = mathEvaluator(name, 'f32', rounding);
    const random = new Random(11);
    let seen = 0;
    let differs = 0;
    for (let i = 0; i < 40000; i++) {
      const x = i % 2 === 0 ? f32FromBits(random.uint32()) : Math.fround((random.uniform() - 0.5) * 2 ** (i % 9));
      const exact = doubleReferences[name]!(x);
      if (!isNormal(x, 2 ** -126) || !isNormal(exact, 2 ** -126) || Math.abs(exact) >= 2 ** 128 - 2 ** 103) continue;
      seen++;
      const y = f(x);
      expect(ulpErrorF32(y, exact), `${name}(${x}) = ${y}`).toBeLessThanOrEqual(FAST_ULP);
      if (y !== accurate(x)) differs++;
    }
    expect(seen).toBeGreaterThan(5000);
    // It is another expansion.
    expect(differs).toBeGreaterThan(0);
  });

  test.each(NAMES)('%s of f64 is within 4 ULP', (name) => {
    const f = mathEvaluator(name, 'f64', { ...rounding, fast: true });
    const random = new Random(13);
    for (let i = 0; i < 60; i++) {
      const x = (i % 3 === 0 ? 1e-3 : 20) * (random.uniform() - (/^log/.test(name) ? 0 : 0.5)) + 1e-9;
      expect(ulpErrorF64(f(x), bigReferences[name]!(x)), `${name}(${x})`).toBeLessThanOrEqual(FAST_ULP);
    }
  });
});

test('powers of zero and of negative numbers are what they are', () => {
  for (const format of ['f32', 'f64'] as const) {
    const pow = binaryMathEvaluator('powf', format, { fast: true });
    expect([pow(0, 2), pow(0, 0.5), pow(-2, 3), pow(-2, 4), pow(1, 1e30), pow(3, 0)]).toEqual([0, 0, -8, 16, 1, 1]);
    expect(Math.abs(pow(2, 0.5) / Math.SQRT2 - 1)).toBeLessThan(format === 'f32' ? 2e-7 : 4e-16);
  }
});

test('at the ends of the range they stay sane: masks of minus infinity weigh nothing', () => {
  for (const format of ['f32', 'f64'] as const) {
    const tiny = format === 'f32' ? 2 ** -126 : 2 ** -1022;
    for (const x of [Number.NEGATIVE_INFINITY, -1e9, -800]) {
      for (const name of ['exp', 'sigmoid']) {
        const y = mathEvaluator(name, format, { fast: true })(x);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThan(tiny);
      }
      expect(mathEvaluator('tanh', format, { fast: true })(x)).toBe(-1);
    }
    for (const x of [Number.POSITIVE_INFINITY, 1e9, 800]) {
      expect(mathEvaluator('exp', format, { fast: true })(x)).toBeGreaterThan(format === 'f32' ? 3.4e38 : 1.79e308);
      expect(mathEvaluator('sigmoid', format, { fast: true })(x)).toBe(1);
      expect(mathEvaluator('tanh', format, { fast: true })(x)).toBe(1);
    }
    expect(mathEvaluator('log', format, { fast: true })(0)).toBeLessThan(-87);
    expect(mathEvaluator('cbrt', format, { fast: true })(0)).toBe(0);
  }
});

/** Instructions of an expansion on a target without multiply-add: constants and bitcasts are free, a clamp is two. */
function instructions(name: string, format: 'f32' | 'f64', { fast }: { readonly fast: boolean }): number {
  let count = 0;
  const cost = new Map([
    ['constF', 0],
    ['constI', 0],
    ['bitcastToInt', 0],
    ['bitcastToFloat', 0],
    ['mulAdd', 2],
  ]);
  const algebra = new Proxy({} as Algebra<symbol, symbol, symbol>, {
    get(_, operation) {
      if (operation === 'format') return format;
      if (operation === 'selectRare') return (_mask: symbol, common: readonly symbol[]) => common;
      return () => {
        count += cost.get(String(operation)) ?? 1;
        return Symbol(String(operation));
      };
    },
  });
  const unary = mathExpansion(mathFunctions, name, format, { fast });
  if (unary) unary(algebra, Symbol('x'));
  else mathExpansion(binaryMathFunctions, name, format, { fast })!(algebra, Symbol('x'), Symbol('y'));
  return count;
}

test('take fewer instructions', () => {
  const lengths: Record<string, readonly number[]> = {};
  for (const name of [...NAMES, 'powf'])
    lengths[name] = (['f32', 'f64'] as const).flatMap((format) => {
      const accurate = instructions(name, format, { fast: false });
      if (format === 'f32' && name !== 'powf' && !inF32.includes(name)) return [];
      const fast = instructions(name, format, { fast: true });
      expect(fast, `${name} in ${format}`).toBeLessThan(accurate);
      return [accurate, fast];
    });
  expect(lengths).toEqual(expected);
});

/** f32, f32 fast (where there is one, or f64 has none), f64, f64 fast. A change here is a change of speed. */
const expected = {
  exp: [24, 23, 40, 35],
  exp2: [26, 19, 36, 31],
  expm1: [31, 27, 41, 37],
  log: [44, 32],
  log2: [32, 25, 45, 32],
  log10: [34, 25, 49, 33],
  log1p: [50, 39],
  sin: [50, 37, 60, 47],
  cos: [49, 38, 59, 48],
  tan: [60, 47],
  tanh: [57, 39],
  sigmoid: [58, 37],
  erf: [48, 45, 86, 85],
  cbrt: [45, 38, 49, 42],
  powf: [237, 214, 255, 232],
};
