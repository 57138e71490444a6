/**
 * asin, acos, atan and atan2.
 *
 * Arctangents are reduced to |t| <= tan(pi/8) by `atan(a / b) = pi/4 + atan((a - b) / (a + b))` and the complement to
 * pi/2, with one division for all cases; arcsines to |x| <= 1/2 by `asin(x) = pi/2 - 2 asin(sqrt((1 - x) / 2))`. Then one
 * minimax polynomial each. Angles that the reduction adds are in two parts.
 */

import type { Algebra } from '../algebra.js';
import { fastTwoDifference } from './double-word.js';
import { polynomial, withSign } from './polynomial.js';

interface InverseConstants {
  /** pi/4 in two parts, the first with enough zero bits for exact products by 3. */
  readonly quarterPi: { readonly high: number; readonly low: number };
  readonly halfPi: { readonly high: number; readonly low: number };
  /** (atan(t) - t) / t^3 in t^2. */
  readonly atan: readonly number[];
  /** (asin(x) - x) / x^3 in x^2. */
  readonly asin: readonly number[];
  /** Where sums and products with small factors would overflow, and where they would lose bits. */
  readonly huge: number;
  readonly tiny: number;
  readonly enlarge: number;
}

/** Relative errors 7.0e-10 and 4.9e-9. */
const F32: InverseConstants = {
  quarterPi: { high: 0.785398006439209, low: 1.5695823663008923e-7 },
  halfPi: { high: 1.5707963705062866, low: -4.371138828673793e-8 },
  atan: [-0.33333316445350647, 0.19998526573181152, -0.14244344830513, 0.10598728060722351, -0.060887351632118225],
  asin: [0.16666752099990845, 0.074953094124794, 0.04546915367245674, 0.024184733629226685, 0.04215842857956886],
  huge: 2 ** 126,
  tiny: 2 ** -100,
  enlarge: 2 ** 48,
};

/** Relative errors 1.3e-18 and 1.5e-17. */
const F64: InverseConstants = {
  quarterPi: { high: 0.7853981633974483, low: 3.061616997868383e-17 },
  halfPi: { high: 1.5707963267948966, low: 6.123233995736766e-17 },
  atan: [
    -0.3333333333333319, 0.19999999999952187, -0.142857142800546, 0.11111110776334264, -0.09090897552167464,
    0.07692056547072952, -0.06663062217343028, 0.05847583797951493, -0.0503792263757062, 0.038029300022175264,
    -0.01786842997762636,
  ],
  asin: [
    0.16666666666665408, 0.07500000000337147, 0.04464285682820959, 0.030381959142254063, 0.022371757914645067,
    0.017359706937476054, 0.01388521285127151, 0.012169366943075209, 0.006527276512527216, 0.019530246113900248,
    -0.016227461538419398, 0.03191453348018597,
  ],
  huge: 2 ** 1022,
  tiny: 2 ** -900,
  enlarge: 2 ** 200,
};

const TAN_EIGHTH_PI = Math.SQRT2 - 1;

/** `f(t) - t` where `(f(t) - t) / t^3` is the polynomial. */
function oddPart<F, I, M>(alg: Algebra<F, I, M>, t: F, coefficients: readonly number[]): F {
  const z = alg.mul(t, t);
  return alg.mul(alg.mul(t, z), polynomial(alg, z, coefficients));
}

function arctangent<F, I, M>(alg: Algebra<F, I, M>, x: F, k: InverseConstants): F {
  const one = alg.constF(1);
  const zero = alg.constF(0);
  const a = alg.abs(x);
  const isLarge = alg.cmpLt(alg.constF(Math.SQRT2 + 1), a);
  const isMedium = alg.cmpLt(alg.constF(TAN_EIGHTH_PI), a);
  const numerator = alg.select(isLarge, alg.constF(-1), alg.select(isMedium, alg.sub(a, one), a));
  const denominator = alg.select(isLarge, a, alg.select(isMedium, alg.add(a, one), one));
  const t = alg.div(numerator, denominator);
  const angle = (of: 'high' | 'low'): F =>
    alg.select(isLarge, alg.constF(2 * k.quarterPi[of]), alg.select(isMedium, alg.constF(k.quarterPi[of]), zero));
  const small = alg.add(oddPart(alg, t, k.atan), angle('low'));
  return withSign(alg, alg.add(angle('high'), alg.add(t, small)), x);
}

/** atan2(y, x): the angle of the point (x, y), by octants. */
function arctangent2<F, I, M>(alg: Algebra<F, I, M>, y: F, x: F, k: InverseConstants): F {
  const zero = alg.constF(0);
  const one = alg.constF(1);
  const infinity = alg.constF(Number.POSITIVE_INFINITY);
  const a = alg.abs(y);
  const b = alg.abs(x);
  const isSteep = alg.cmpLt(b, a);
  const larger = alg.select(isSteep, a, b);
  const smaller = alg.select(isSteep, b, a);

  // Quotients do not depend on a common factor, but sums overflow and comparisons of subnormal products err.
  const reduced = alg.select(alg.cmpLt(alg.constF(k.huge), larger), alg.constF(0.25), one);
  const factor = alg.select(alg.cmpLt(larger, alg.constF(k.tiny)), alg.constF(k.enlarge), reduced);
  // Two infinities count as equal.
  const bothInfinite = alg.andM(alg.cmpEq(smaller, infinity), alg.cmpEq(larger, infinity));
  const p = alg.select(bothInfinite, one, alg.mul(smaller, factor));
  const q = alg.select(bothInfinite, one, alg.mul(larger, factor));

  const isDiagonal = alg.cmpLt(alg.mul(q, alg.constF(TAN_EIGHTH_PI)), p);
  const numerator = alg.select(isDiagonal, alg.sub(p, q), p);
  const sum = alg.select(isDiagonal, alg.add(p, q), q);
  const t = alg.div(numerator, alg.select(alg.cmpEq(q, zero), one, sum));

  // The angle is `eighths * pi/4 +- atan(t)`.
  const first = alg.select(isDiagonal, one, zero);
  const second = alg.select(isSteep, alg.sub(alg.constF(2), first), first);
  const isLeft = alg.cmpLtI(alg.bitcastToInt(x), alg.constI(0));
  const eighths = alg.select(isLeft, alg.sub(alg.constF(4), second), second);
  const turned = alg.select(isSteep, alg.neg(t), t);
  const s = alg.select(isLeft, alg.neg(turned), turned);
  const small = alg.mulAdd(eighths, alg.constF(k.quarterPi.low), oddPart(alg, s, k.atan));
  const angle = alg.add(alg.mul(eighths, alg.constF(k.quarterPi.high)), alg.add(s, small));
  return withSign(alg, alg.abs(angle), y);
}

interface Arcsine<F, M> {
  readonly magnitude: F;
  /** Whether `base + odd` is the arcsine of |x| itself; else it is that of sqrt((1 - |x|) / 2). */
  readonly isInner: M;
  readonly base: F;
  readonly odd: F;
}

function arcsineParts<F, I, M>(alg: Algebra<F, I, M>, x: F, k: InverseConstants): Arcsine<F, M> {
  const half = alg.constF(0.5);
  const magnitude = alg.abs(x);
  const isInner = alg.cmpLe(magnitude, half);
  const complement = alg.mul(alg.sub(alg.constF(1), magnitude), half);
  const z = alg.select(isInner, alg.mul(magnitude, magnitude), complement);
  // The root of a negative number is the NaN of arguments beyond 1.
  const base = alg.select(isInner, magnitude, alg.sqrt(complement));
  return { magnitude, isInner, base, odd: alg.mul(alg.mul(base, z), polynomial(alg, z, k.asin)) };
}

function arcsine<F, I, M>(alg: Algebra<F, I, M>, x: F, k: InverseConstants): F {
  const { isInner, base, odd } = arcsineParts(alg, x, k);
  const inner = alg.add(base, odd);
  // Where the difference is above 1 and the result below, what the difference loses would be a whole ULP.
  const { high, low } = fastTwoDifference(alg, alg.constF(k.halfPi.high), alg.add(base, base));
  const rest = alg.sub(alg.add(alg.constF(k.halfPi.low), low), alg.add(odd, odd));
  return withSign(alg, alg.select(isInner, inner, alg.add(high, rest)), x);
}

function arccosine<F, I, M>(alg: Algebra<F, I, M>, x: F, k: InverseConstants): F {
  const { isInner, base, odd } = arcsineParts(alg, x, k);
  const zero = alg.constF(0);
  const isNegative = alg.cmpLt(x, zero);
  const signed = (v: F): F => alg.select(isNegative, alg.neg(v), v);
  // acos(x) = pi/2 - asin(x) within; 2 asin(s) for x > 1/2, pi - 2 asin(s) for x < -1/2.
  const twice = (v: F): F => alg.add(v, v);
  const angle = (of: 'high' | 'low'): F =>
    alg.select(isInner, alg.constF(k.halfPi[of]), alg.select(isNegative, alg.constF(2 * k.halfPi[of]), zero));
  const partOf = (v: F): F => alg.select(isInner, alg.neg(signed(v)), signed(twice(v)));
  return alg.add(angle('high'), alg.add(partOf(base), alg.add(partOf(odd), angle('low'))));
}

/** Arctangent in f32, at most 2 ULP. */
export function atanF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return arctangent(alg, x, F32);
}

/** Arctangent in f64, at most 2 ULP. */
export function atanF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return arctangent(alg, x, F64);
}

/** Angle of the point (x, y) in f32, at most 2 ULP; all signs and infinities as C's Annex F has them. */
export function atan2F32<F, I, M>(alg: Algebra<F, I, M>, y: F, x: F): F {
  return arctangent2(alg, y, x, F32);
}

/** The same in f64, at most 2 ULP. */
export function atan2F64<F, I, M>(alg: Algebra<F, I, M>, y: F, x: F): F {
  return arctangent2(alg, y, x, F64);
}

/** Arcsine in f32, at most 2 ULP. */
export function asinF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return arcsine(alg, x, F32);
}

/** Arcsine in f64, at most 2 ULP. */
export function asinF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return arcsine(alg, x, F64);
}

/** Arccosine in f32, at most 2 ULP. */
export function acosF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return arccosine(alg, x, F32);
}

/** Arccosine in f64, at most 2 ULP. */
export function acosF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return arccosine(alg, x, F64);
}
