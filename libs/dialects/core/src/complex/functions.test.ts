import { ComplexValue } from '@budflow/interpreter';
import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { coreContext, run } from '../testing/text.js';
import { COMPLEX_FUNCTIONS, type ComplexFunction, complexFunction, complexPower } from './functions.js';
import { partArithmetic } from './numbers.js';

const context = coreContext();
const ARITHMETIC = {
  f32: partArithmetic(context.complex(context.f32)),
  f64: partArithmetic(context.complex(context.f64)),
};
const { f64 } = ARITHMETIC;

type Pair = readonly [number, number];
const apply = (kind: ComplexFunction, [re, im]: Pair): Pair => {
  const z = complexFunction(kind, f64, { re, im });
  return [z.re, z.im];
};

// Textbook formulas on pairs of doubles.
const add = ([a, b]: Pair, [c, d]: Pair): Pair => [a + c, b + d];
const times = ([a, b]: Pair, [c, d]: Pair): Pair => [a * c - b * d, a * d + b * c];
const over = (x: Pair, [c, d]: Pair): Pair => {
  const [p, q] = times(x, [c, -d]);
  return [p / (c * c + d * d), q / (c * c + d * d)];
};
const ONE: Pair = [1, 0];
const I: Pair = [0, 1];
const negative = ([a, b]: Pair): Pair => [-a, -b];
const polar = (r: number, t: number): Pair => [r * Math.cos(t), r * Math.sin(t)];
const exp = ([a, b]: Pair): Pair => polar(Math.exp(a), b);
const log = ([a, b]: Pair): Pair => [Math.log(Math.hypot(a, b)), Math.atan2(b, a)];
const root = ([a, b]: Pair, n: number): Pair => polar(Math.hypot(a, b) ** (1 / n), Math.atan2(b, a) / n);
const sinh = ([a, b]: Pair): Pair => [Math.sinh(a) * Math.cos(b), Math.cosh(a) * Math.sin(b)];
const cosh = ([a, b]: Pair): Pair => [Math.cosh(a) * Math.cos(b), Math.sinh(a) * Math.sin(b)];
const sin = ([a, b]: Pair): Pair => [Math.sin(a) * Math.cosh(b), Math.cos(a) * Math.sinh(b)];
const cos = ([a, b]: Pair): Pair => [Math.cos(a) * Math.cosh(b), -Math.sin(a) * Math.sinh(b)];
const asin = (z: Pair): Pair => times([0, -1], log(add(times(I, z), root(add(ONE, negative(times(z, z))), 2))));
const TEXTBOOK: Readonly<Record<ComplexFunction, (z: Pair) => Pair>> = {
  exp,
  expm1: (z) => add(exp(z), [-1, 0]),
  log,
  log1p: (z) => log(add(ONE, z)),
  sqrt: (z) => root(z, 2),
  rsqrt: (z) => over(ONE, root(z, 2)),
  cbrt: (z) => root(z, 3),
  sin,
  cos,
  tan: (z) => over(sin(z), cos(z)),
  asin,
  acos: (z) => add([Math.PI / 2, 0], negative(asin(z))),
  atan: (z) => times([0, 0.5], add(log(add(ONE, negative(times(I, z)))), negative(log(add(ONE, times(I, z)))))),
  sinh,
  cosh,
  tanh: (z) => over(sinh(z), cosh(z)),
  sigmoid: (z) => over(ONE, add(ONE, exp(negative(z)))),
  sign: ([a, b]) => [a / Math.hypot(a, b), b / Math.hypot(a, b)],
};

describe('functions of complex numbers', () => {
  for (const kind of COMPLEX_FUNCTIONS)
    test(`${kind} is what the textbook says, to some units in the last place of both types`, () => {
      const random = new Random(5);
      for (let i = 0; i < 300; i++) {
        const z: Pair = [Math.fround(random.uniform() * 4 - 2), Math.fround(random.uniform() * 4 - 2)];
        const expected = TEXTBOOK[kind](z);
        // Textbook formulas cancel near 0; the comparison is relative to what they cancel from.
        const scale = Math.hypot(...expected) + (kind === 'expm1' || kind === 'log1p' || kind === 'log' ? 1 : 0.05);
        for (const [type, bound] of [
          ['f32', 8 * 2 ** -24],
          ['f64', 40 * 2 ** -53],
        ] as const) {
          const got = complexFunction(kind, ARITHMETIC[type], { re: z[0], im: z[1] });
          expect(Math.hypot(got.re - expected[0], got.im - expected[1]) / scale).toBeLessThan(bound);
        }
      }
    });

  test('powers are exp(w log z); the power 0 is 1, and 0 to positive powers 0', () => {
    const random = new Random(6);
    const pow = (z: Pair, w: Pair) => complexPower(f64, { re: z[0], im: z[1] }, { re: w[0], im: w[1] });
    for (let i = 0; i < 200; i++) {
      const number = (): Pair => [random.uniform() * 4 - 2, random.uniform() * 4 - 2];
      const [z, w] = [number(), number()];
      const expected = exp(times(w, log(z)));
      const got = pow(z, w);
      expect(Math.hypot(got.re - expected[0], got.im - expected[1]) / Math.hypot(...expected)).toBeLessThan(2e-14);
    }
    expect(pow([0, 0], [0, 0])).toEqual({ re: 1, im: 0 });
    expect(pow([Number.NaN, 1], [0, 0])).toEqual({ re: 1, im: 0 });
    expect(pow([0, 0], [2, 1])).toEqual({ re: 0, im: 0 });
    expect(pow([0, 0], [-1, 0]).re).toBeNaN();
  });

  test('nothing is lost or overflows in between', () => {
    const close = (got: Pair, expected: Pair) => {
      expect(Math.abs(got[0] - expected[0])).toBeLessThanOrEqual(4e-16 * Math.abs(expected[0]));
      expect(Math.abs(got[1] - expected[1])).toBeLessThanOrEqual(4e-16 * Math.abs(expected[1]));
    };
    close(apply('sqrt', [1.5e308, 1.5e308]), [1.345607733249115e154, 5.5736897274590134e153]);
    close(apply('sqrt', [-5e-324, 0]), [0, 2.2227587494850775e-162]);
    close(apply('rsqrt', [4e-320, 0]), [1 / Math.sqrt(4e-320), 0]);
    // exp(710) overflows, but not times a small cosine.
    const b = Math.PI / 2 - 1e-3;
    expect(apply('exp', [710, b])[0] / (Math.exp(700) * (Math.exp(10) * Math.cos(b)))).toBeCloseTo(1, 12);
    // Near the unit circle: half of x^2 + y^2 - 1.
    close(apply('log', [1, 1e-10]), [5e-21, 1e-10]);
    close(apply('log1p', [1e-20, -3e-21]), [1e-20, -3e-21]);
    // 1 + z on the unit circle, but for the rounding of its parts.
    close(apply('log1p', [-0.2, 0.6]), [-2.2204460492503132e-17, 0.6435011087932844]);
    close(apply('log1p', [-1.9, 0.4358898943540674]), [-6.63100866941307e-17, 2.6905658417935308]);
    close(apply('expm1', [1e-20, 1e-20]), [1e-20, 1e-20]);
    close(apply('asin', [1e-20, -1e-20]), [1e-20, -1e-20]);
    close(apply('atan', [1e-300, 1]), [Math.PI / 4, Math.log(2e300) / 2]);
    close(apply('atan', [1e200, 1e200]), [Math.PI / 2, 5e-201]);
    close(apply('tanh', [400, 1]), [1, 0]);
    close(apply('sigmoid', [-800, 1]), [0, 0]);
    close(apply('sigmoid', [800, 1]), [1, 0]);
    close(apply('sign', [3e300, 4e300]), [0.6, 0.8]);
  });

  const inf = Number.POSITIVE_INFINITY;
  const nan = Number.NaN;
  /** As numpy (C99) has them. */
  const SPECIAL: readonly (readonly [ComplexFunction, Pair, Pair])[] = [
    ['exp', [-inf, nan], [0, 0]],
    ['exp', [inf, 0], [inf, 0]],
    ['exp', [inf, inf], [inf, nan]],
    ['exp', [nan, 0], [nan, 0]],
    ['log', [0, 0], [-inf, 0]],
    ['log', [-0, 0], [-inf, Math.PI]],
    ['log', [-1, -0], [0, -Math.PI]],
    ['log', [-inf, inf], [inf, (3 * Math.PI) / 4]],
    ['log', [nan, inf], [inf, nan]],
    ['log1p', [-1, 0], [-inf, 0]],
    ['sqrt', [-0, -0], [0, -0]],
    ['sqrt', [-4, 0], [0, 2]],
    ['sqrt', [-4, -0], [0, -2]],
    ['sqrt', [nan, inf], [inf, inf]],
    ['sqrt', [-inf, 1], [0, inf]],
    ['sqrt', [inf, -1], [inf, -0]],
    ['rsqrt', [0, 0], [inf, -0]],
    ['rsqrt', [inf, 1], [0, -0]],
    ['sin', [0, inf], [0, inf]],
    ['cos', [0, inf], [inf, -0]],
    ['sinh', [inf, 0], [inf, 0]],
    ['sinh', [0, inf], [0, nan]],
    ['cosh', [-inf, 0], [inf, -0]],
    ['cosh', [0, nan], [nan, 0]],
    ['tanh', [inf, nan], [1, 0]],
    ['tanh', [-inf, 1], [-1, 0]],
    ['tanh', [nan, 0], [nan, 0]],
    ['tan', [0, inf], [0, 1]],
    ['asin', [inf, inf], [Math.PI / 4, inf]],
    ['asin', [2, 0], [Math.PI / 2, 1.3169578969248166]],
    ['acos', [2, 0], [0, -1.3169578969248166]],
    ['acos', [-inf, 1], [Math.PI, -inf]],
    ['atan', [0, 1], [0, inf]],
    ['atan', [inf, -inf], [Math.PI / 2, -0]],
    ['atan', [0, 2], [Math.PI / 2, 0.5493061443340549]],
    ['cbrt', [-8, 0], [1, Math.sqrt(3)]],
    ['sign', [0, -0], [0, -0]],
    ['sign', [nan, 1], [nan, nan]],
  ];
  test('zeros, infinities and NaN', () => {
    for (const [kind, z, expected] of SPECIAL) {
      const got = apply(kind, z);
      for (const [i, value] of expected.entries()) {
        const what = `${kind}(${z}) is (${got}), not (${expected})`;
        if (!Number.isFinite(value) || value === 0) expect(Object.is(got[i], value), what).toBe(true);
        else expect(Math.abs(got[i]! / value - 1), what).toBeLessThan(1e-15);
      }
    }
  });

  test('of a conjugate they are the conjugate', () => {
    const random = new Random(8);
    for (let i = 0; i < 200; i++) {
      const z: Pair = [random.uniform() * 200 - 100, random.uniform() * 200 - 100];
      for (const kind of COMPLEX_FUNCTIONS) {
        const [re, im] = apply(kind, z);
        expect(apply(kind, [z[0], -z[1]])).toEqual([re, -im]);
      }
    }
  });

  test('ops compute them, and fold', () => {
    const text = `func.func @f(%a: complex<f32>) -> complex<f32> {
  %0 = complex.exp %a : complex<f32>
  %1 = complex.pow %0, %a : complex<f32>
  return %1 : complex<f32>
}`;
    const got = run(text, [new ComplexValue(0.5, 0.25)])[0] as ComplexValue;
    // exp(z^2)
    expect(got.re).toBeCloseTo(Math.exp(0.1875) * Math.cos(0.25), 6);
    expect(got.im).toBeCloseTo(Math.exp(0.1875) * Math.sin(0.25), 6);
  });
});
