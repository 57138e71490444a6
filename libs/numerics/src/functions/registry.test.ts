import { describe, expect, test } from 'vitest';
import type { Algebra } from '../algebra.js';
import { f32FromBits } from '../bits.js';
import { fusedF32, scalarF32 } from '../evaluate.js';
import { Random } from '../random.js';
import { bigReferences, doubleReferences, ulpErrorF32, ulpErrorF64 } from '../reference.js';
import { evaluateMath, mathEvaluator, mathFunctions } from './registry.js';

const names = Object.keys(mathFunctions);
const inF64 = names.filter((name) => mathFunctions[name]?.formats.f64 !== undefined);

function bound(name: string, format: 'f32' | 'f64'): number {
  return mathFunctions[name]?.ulp[format] as number;
}

describe.each([{ fused: false }, { fused: true }])('f32, fused: $fused', (rounding) => {
  test.each(names)('%s stays within its ULP bound over all exponents', (name) => {
    const f = mathEvaluator(name, 'f32', rounding);
    const reference = doubleReferences[name] as (x: number) => number;
    let worst = { error: 0, x: 0 };
    // A stride prime to 2^k visits every exponent and all mantissa patterns alike: 2^18 of the 2^32 values.
    for (let bits = 0; bits < 2 ** 32; bits += 16381) {
      const x = f32FromBits(bits);
      const error = ulpErrorF32(f(x), reference(x));
      if (error > worst.error) worst = { error, x };
    }
    expect(worst.error, `at ${worst.x}`).toBeLessThanOrEqual(bound(name, 'f32'));
  });

  test.each(names)('%s stays within its ULP bound near its critical points', (name) => {
    const f = mathEvaluator(name, 'f32', rounding);
    const reference = doubleReferences[name] as (x: number) => number;
    const random = new Random(7);
    let worst = { error: 0, x: 0 };
    for (const centre of [
      0,
      Math.PI / 2,
      -Math.PI,
      39000,
      2.4142137,
      -0.41421357,
      1,
      -1,
      0.5,
      -0.5,
      2,
      88.5,
      -87.5,
      -103.5,
      128,
      -126.5,
      -149.5,
      9,
      3.93,
      17,
      -17,
      0.3466,
    ]) {
      for (let i = 0; i < 4096; i++) {
        const x = Math.fround(centre + (random.uniform() - 0.5) * 2 ** -random.integer(0, 22));
        const error = ulpErrorF32(f(x), reference(x));
        if (error > worst.error) worst = { error, x };
      }
    }
    expect(worst.error, `at ${worst.x}`).toBeLessThanOrEqual(bound(name, 'f32'));
  });

  test('every result is a value of f32', () => {
    const random = new Random(11);
    for (const name of names) {
      const f = mathEvaluator(name, 'f32', rounding);
      for (let i = 0; i < 4096; i++) {
        const y = f(f32FromBits(random.uint32()));
        expect(y).toBe(Math.fround(y));
      }
    }
  });
});

// The f64 reference takes about 8 us a sample; `npm run check:ulp` takes 2^17 samples.
describe.each([
  { fused: false, samples: 2 ** 15 },
  { fused: true, samples: 2 ** 13 },
])('f64, fused: $fused', (rounding) => {
  /** Where each function is neither constant nor overflowing. */
  const ranges: { [name: string]: [number, number] } = {
    exp: [-745.1, 709.78],
    exp2: [-1074, 1023.999],
    expm1: [-40, 709.78],
    log: [0, 10],
    log2: [0, 10],
    log10: [0, 10],
    log1p: [-1, 10],
    rsqrt: [0, 10],
    tanh: [-23, 23],
    erf: [-6.2, 6.2],
    sigmoid: [-745.1, 40],
    gelu: [-38, 40],
    sin: [-1e8, 1e8],
    cos: [-1e8, 1e8],
    tan: [-1e8, 1e8],
    asin: [-1, 1],
    acos: [-1, 1],
    atan: [-100, 100],
    sinh: [-710.4, 710.4],
    cosh: [-710.4, 710.4],
    asinh: [-1e300, 1e300],
    acosh: [1, 1e300],
    atanh: [-1, 1],
    cbrt: [-1e300, 1e300],
  };

  /** The functions whose domain is all positive numbers. */
  const onPositive = (name: string): boolean => /^(log|log2|log10|rsqrt)$/.test(name);

  function sample(name: string, random: Random, i: number): number {
    const [low, high] = ranges[name] as [number, number];
    switch (i % 4) {
      case 0:
        return low + (high - low) * random.uniform();
      case 1:
        return (random.uniform() * 2 - 1) * 1.5;
      case 2:
        // All exponents of the domain; in log, 1 + x as well.
        return onPositive(name) && i % 8 === 2
          ? 1 + (random.uniform() - 0.5) * 2 ** -random.integer(0, 52)
          : (random.uniform() * 2 - 1) * 2 ** random.integer(onPositive(name) ? -1074 : -90, 10);
      default:
        return onPositive(name) || name === 'log1p'
          ? 2 ** random.integer(onPositive(name) ? -1074 : -90, 1023) * (1 + random.uniform())
          : (random.uniform() * 2 - 1) * 2 ** random.integer(-4, 6);
    }
  }

  test.each(Object.keys(ranges))('%s stays within its ULP bound', (name) => {
    const f = mathEvaluator(name, 'f64', rounding);
    const reference = bigReferences[name] as (typeof bigReferences)[string];
    const [low, high] = ranges[name] as [number, number];
    const random = new Random(23);
    let worst = { error: 0, x: 0 };
    for (let i = 0; i < rounding.samples; i++) {
      let x = sample(name, random, i);
      if (onPositive(name)) x = Math.abs(x);
      // The reference of log(1) is zero but for its last bits, and so has no unit in the last place.
      if (onPositive(name) && x === 1) continue;
      if (
        x <= low ||
        (x > high && !(onPositive(name) || name === 'log1p')) ||
        Math.abs(x) < (onPositive(name) ? 0 : 2 ** -100)
      )
        continue;
      const error = ulpErrorF64(f(x), reference(x));
      if (error > worst.error) worst = { error, x };
    }
    expect(worst.error, `at ${worst.x}`).toBeLessThanOrEqual(bound(name, 'f64'));
    // A reference that agreed with everything, or samples that hit nothing, would show here.
    expect(worst.error).toBeGreaterThan(0.5);
  });
});

describe('large angles', () => {
  test.each(['sin', 'cos', 'tan'])('%s is within its bound up to the largest float', (name) => {
    const random = new Random(43);
    const reference = bigReferences[name] as (typeof bigReferences)[string];
    const f64 = mathEvaluator(name, 'f64');
    const f32 = mathEvaluator(name, 'f32');
    for (let i = 0; i < 2048; i++) {
      const x = 2 ** random.integer(18, 1023) * (1 + random.uniform());
      expect(ulpErrorF64(f64(x), reference(x)), `f64 ${x}`).toBeLessThanOrEqual(bound(name, 'f64'));
      const y = Math.fround(2 ** random.integer(13, 127) * (1 + random.uniform()));
      if (y === Number.POSITIVE_INFINITY) continue;
      const exact = Number(reference(y).mantissa) * 2 ** -256;
      const value = name === 'tan' ? Math.tan(y) : exact;
      expect(ulpErrorF32(f32(y), value), `f32 ${y}`).toBeLessThanOrEqual(bound(name, 'f32'));
    }
  });

  test('doubles next to multiples of pi/2 lose nothing', () => {
    // n pi/2 for n with few digits in base 2, and the neighbours: what is left is tiny.
    for (const name of ['sin', 'cos', 'tan']) {
      const f = mathEvaluator(name, 'f64');
      const reference = bigReferences[name] as (typeof bigReferences)[string];
      for (let e = 0; e < 1000; e += 3) {
        const x = (Math.PI / 2) * 2 ** e;
        for (const step of [-1, 0, 1]) {
          const y = x * (1 + step * 2 ** -52);
          expect(ulpErrorF64(f(y), reference(y)), `${name} ${y}`).toBeLessThanOrEqual(bound(name, 'f64'));
        }
      }
      // The double nearest to a multiple of pi/2, relative to its size.
      const hard = 6381956970095103 * 2 ** 797;
      expect(ulpErrorF64(f(hard), reference(hard))).toBeLessThanOrEqual(bound(name, 'f64'));
    }
  });
});

describe('special values', () => {
  const inf = Number.POSITIVE_INFINITY;
  const nan = Number.NaN;
  /** argument, exact result */
  const special: { [name: string]: [number, number][] } = {
    exp: [
      [0, 1],
      [-0, 1],
      [inf, inf],
      [-inf, 0],
      [nan, nan],
      [1000, inf],
      [-1000, 0],
    ],
    exp2: [
      [0, 1],
      [-0, 1],
      [inf, inf],
      [-inf, 0],
      [nan, nan],
      [10, 1024],
      [-20, 2 ** -20],
      [3000, inf],
      [-3000, 0],
    ],
    expm1: [
      [0, 0],
      [-0, -0],
      [inf, inf],
      [-inf, -1],
      [nan, nan],
      [-1000, -1],
      [1000, inf],
    ],
    log: [
      [1, 0],
      [0, -inf],
      [-0, -inf],
      [inf, inf],
      [-1, nan],
      [-inf, nan],
      [nan, nan],
      [-1e-40, nan],
    ],
    log2: [
      [1, 0],
      [0, -inf],
      [-0, -inf],
      [inf, inf],
      [-1, nan],
      [-inf, nan],
      [nan, nan],
      [8, 3],
      [2 ** -149, -149],
    ],
    log10: [
      [1, 0],
      [0, -inf],
      [-0, -inf],
      [inf, inf],
      [-1, nan],
      [-inf, nan],
      [nan, nan],
    ],
    log1p: [
      [0, 0],
      [-0, -0],
      [-1, -inf],
      [inf, inf],
      [-2, nan],
      [-inf, nan],
      [nan, nan],
    ],
    tanh: [
      [0, 0],
      [-0, -0],
      [inf, 1],
      [-inf, -1],
      [nan, nan],
      [30, 1],
      [-30, -1],
    ],
    sigmoid: [
      [0, 0.5],
      [-0, 0.5],
      [inf, 1],
      [-inf, 0],
      [nan, nan],
      [50, 1],
    ],
    sin: [
      [0, 0],
      [-0, -0],
      [inf, nan],
      [-inf, nan],
      [nan, nan],
    ],
    cos: [
      [0, 1],
      [-0, 1],
      [inf, nan],
      [-inf, nan],
      [nan, nan],
    ],
    tan: [
      [0, 0],
      [-0, -0],
      [inf, nan],
      [-inf, nan],
      [nan, nan],
    ],
    asin: [
      [0, 0],
      [-0, -0],
      [2, nan],
      [-1.5, nan],
      [inf, nan],
      [nan, nan],
    ],
    acos: [
      [1, 0],
      [2, nan],
      [-1.5, nan],
      [-inf, nan],
      [nan, nan],
    ],
    atan: [
      [0, 0],
      [-0, -0],
      [nan, nan],
    ],
    asinh: [
      [0, 0],
      [-0, -0],
      [inf, inf],
      [-inf, -inf],
      [nan, nan],
    ],
    acosh: [
      [1, 0],
      [0.5, nan],
      [-2, nan],
      [inf, inf],
      [-inf, nan],
      [nan, nan],
    ],
    atanh: [
      [0, 0],
      [-0, -0],
      [1, inf],
      [-1, -inf],
      [1.5, nan],
      [-inf, nan],
      [nan, nan],
    ],
    sinh: [
      [0, 0],
      [-0, -0],
      [inf, inf],
      [-inf, -inf],
      [nan, nan],
      [1000, inf],
      [-1000, -inf],
    ],
    cosh: [
      [0, 1],
      [-0, 1],
      [inf, inf],
      [-inf, inf],
      [nan, nan],
      [-1000, inf],
    ],
    cbrt: [
      [0, 0],
      [-0, -0],
      [inf, inf],
      [-inf, -inf],
      [nan, nan],
      [27, 3],
      [-8, -2],
      [0.125, 0.5],
    ],
    erf: [
      [0, 0],
      [-0, -0],
      [inf, 1],
      [-inf, -1],
      [nan, nan],
      [7, 1],
      [-7, -1],
    ],
    gelu: [
      [0, 0],
      [-0, -0],
      [inf, inf],
      [-inf, -0],
      [nan, nan],
      [100, 100],
      [-100, -0],
    ],
    rsqrt: [
      [1, 1],
      [4, 0.5],
      [0, inf],
      [-0, -inf],
      [inf, 0],
      [-1, nan],
      [nan, nan],
    ],
    round: [
      [0.5, 1],
      [-0.5, -1],
      [2.5, 3],
      [-2.5, -3],
      [1.4999998807907104, 1],
      [0.49999997019767761, 0],
      [-0.25, -0],
      [-0, -0],
      [8388609, 8388609],
      [4503599627370496, 4503599627370496],
      [inf, inf],
      [-inf, -inf],
      [nan, nan],
    ],
    sqrt: [
      [4, 2],
      [0, 0],
      [-0, -0],
      [inf, inf],
      [-1, nan],
      [nan, nan],
    ],
  };

  test.each(names)('%s is exact at zeros, infinities and NaN in every format', (name) => {
    for (const format of Object.keys(mathFunctions[name]?.formats ?? {}) as ('f32' | 'f64')[]) {
      for (const [x, y] of special[name] as [number, number][]) {
        expect(evaluateMath(name, format, x), `${name}(${x}) in ${format}`).toBe(y);
      }
    }
  });

  test.each(['expm1', 'log1p', 'tanh', 'sin', 'tan', 'asin', 'atan', 'sinh', 'asinh', 'atanh'])(
    '%s of a subnormal is the subnormal',
    (name) => {
      for (const [format, least] of [
        ['f32', 2 ** -149],
        ['f64', 2 ** -1074],
      ] as const) {
        for (const x of [least, -least, 3 * least, 12345 * least, -9999 * least]) {
          expect(evaluateMath(name, format, x)).toBe(x);
        }
      }
    },
  );

  test('results go through the subnormals down to zero', () => {
    expect(evaluateMath('exp', 'f32', -103)).toBe(2 ** -149);
    expect(evaluateMath('exp', 'f32', Math.fround(-103.98))).toBe(0);
    expect(evaluateMath('exp', 'f64', -745)).toBe(2 ** -1074);
    expect(evaluateMath('exp2', 'f32', -149)).toBe(2 ** -149);
    expect(evaluateMath('exp2', 'f64', -1074)).toBe(2 ** -1074);
    expect(evaluateMath('sigmoid', 'f32', -103)).toBe(2 ** -149);
  });
});

describe('expansions', () => {
  /** Counts operations over handles that no host comparison or arithmetic could use. */
  function countOperations(name: string, format: 'f32' | 'f64'): number {
    let count = 0;
    const free = new Set(['constF', 'constI', 'bitcastToInt', 'bitcastToFloat']);
    const algebra = new Proxy({} as Algebra<symbol, symbol, symbol>, {
      get(_, operation) {
        if (operation === 'format') return format;
        if (operation === 'selectRare') {
          return (_mask: symbol, common: readonly symbol[]) => {
            count++;
            return common;
          };
        }
        return () => {
          if (!free.has(String(operation))) count++;
          return Symbol(String(operation));
        };
      },
    });
    mathFunctions[name]?.formats[format]?.(algebra, Symbol('x'));
    return count;
  }

  test('are as short as their comments say', () => {
    const counts = Object.fromEntries(names.map((name) => [name, countOperations(name, 'f32')]));
    // Clamps count as two here and are one instruction each.
    expect(counts).toEqual(expansionLengths);
  });

  test.each([{ fused: false }, { fused: true }])(
    'exp for the ends of its range is exp everywhere, rounded with %o',
    (rounding) => {
      const { exp } = mathFunctions;
      const plain = rounding.fused ? fusedF32 : scalarF32;
      const always: Algebra<number, number, boolean> = Object.assign(Object.create(plain) as typeof plain, {
        selectRare: (_mask: boolean, _common: readonly number[], cold: (alg: typeof plain) => readonly number[]) =>
          cold(plain),
      });
      const random = new Random(29);
      for (let i = 0; i < 20000; i++) {
        const x = Math.fround((random.uniform() - 0.5) * (i % 2 === 0 ? 180 : 2));
        expect(exp!.formats.f32!(always, x)).toBe(exp!.formats.f32!(plain, x));
      }
    },
  );

  test('call nothing of the host: a wrapped algebra gives the same bits', () => {
    // Handles are one-element arrays: any shortcut on numbers inside a function would give NaN or throw.
    type Box = readonly [number];
    const boxed: Algebra<Box, Box, boolean> = new Proxy({} as Algebra<Box, Box, boolean>, {
      get(_, operation) {
        if (operation === 'format') return 'f32';
        if (operation === 'selectRare') {
          return (mask: boolean, common: readonly Box[], cold: (alg: Algebra<Box, Box, boolean>) => readonly Box[]) =>
            mask ? cold(boxed) : common;
        }
        const method = (scalarF32 as unknown as Record<string, (...args: unknown[]) => unknown>)[String(operation)];
        return (...args: unknown[]) => {
          const result = method?.apply(
            scalarF32,
            args.map((a) => (Array.isArray(a) ? a[0] : a)),
          );
          return typeof result === 'number' ? [result] : result;
        };
      },
    });
    const random = new Random(5);
    for (const name of names) {
      for (let i = 0; i < 64; i++) {
        const x = f32FromBits(random.uint32());
        const y = mathFunctions[name]?.formats.f32?.(boxed, [x]);
        expect(y?.[0]).toBe(evaluateMath(name, 'f32', x));
      }
    }
  });
});

/** Operations of the f32 expansions without constants and bitcasts. A change here is a change of speed. */
const expansionLengths = {
  exp: 17,
  exp2: 20,
  expm1: 24,
  log: 18,
  log2: 23,
  log10: 23,
  log1p: 25,
  // Without the branches for rare values, each of which counts as one.
  sin: 42,
  cos: 41,
  tan: 42,
  asin: 26,
  acos: 36,
  atan: 26,
  sinh: 41,
  cosh: 29,
  asinh: 38,
  acosh: 36,
  atanh: 32,
  tanh: 21,
  sigmoid: 18,
  erf: 33,
  gelu: 126,
  rsqrt: 12,
  cbrt: 42,
  round: 8,
  sqrt: 1,
};

test('an unknown function or format is refused with what there is', () => {
  expect(() => mathEvaluator('sine', 'f32')).toThrow(/math function 'sine' is not known: expected one of exp, /);
  expect(() => mathEvaluator('toString', 'f32')).toThrow(/is not known/);
  expect(() => mathEvaluator('erf', 'f16' as 'f32')).toThrow(
    "math function 'erf' has no f16 form: it exists in f32, f64",
  );
});

test('every function in f64 has a reference or is checked by hand', () => {
  expect(inF64.filter((name) => !(name in bigReferences))).toEqual(['round', 'sqrt']);
});
