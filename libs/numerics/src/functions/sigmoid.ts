/** The functions that saturate: tanh, sigmoid (the logistic function) and erf. */

import type { Algebra } from '../algebra.js';
import { EXP_CONSTANTS_F32, expm1BoundedF32, expm1BoundedF64, expNegativeWithTailF64 } from './exp.js';
import { atLeast, atMost, polynomial, withSign } from './polynomial.js';

/** -log(1 - erf(x)) / x - 1 for 0 <= x <= 3.93: relative error of erf 8.2e-9. */
const ERF_F32 = [
  0.12837916612625122, 0.6366193890571594, 0.10277783125638962, -0.019153065979480743, -0.00016039125330280513,
  0.0016670225886628032, -0.000632834155112505, 0.00011764051305362955, -9.25617860048078e-6,
];

/**
 * tanh(h) as `h (b + h^2) / (b + a h^2)` for |h| <= ln2 / 4: relative error 7.5e-10. Numerator and denominator of the
 * exponential function are the sum and the difference of these two: `e^(2h) = (1 + tanh h) / (1 - tanh h)`. One division,
 * which the logistic function needs anyway, replaces half of a polynomial and its chain of operations.
 */
const TANH_F32 = { b: 15.017982482910156, a: 6.005990505218506 };

interface Reduced<F> {
  readonly h: F;
  readonly power: F;
}

/** `x = n unit ln2 / 2 + h`, and `2^(n + bias)`, which must be a normal number. */
function reduce<F, I, M>(alg: Algebra<F, I, M>, x: F, unit: 1 | 2, bias: number): Reduced<F> {
  const k = EXP_CONSTANTS_F32;
  const magic = alg.constF(k.magic + k.bias + bias);
  const shifted = alg.mulAdd(x, alg.constF((2 / unit) * k.log2e), magic);
  const n = alg.sub(shifted, magic);
  const high = alg.mulAdd(n, alg.constF(-k.ln2High * (unit / 2)), x);
  return {
    h: alg.mulAdd(n, alg.constF(-k.ln2Low * (unit / 2)), high),
    power: alg.bitcastToFloat(alg.shlI(alg.bitcastToInt(shifted), k.mantissaBits)),
  };
}

/** (tanh(h) - h) / h^3 in h^2 for |h| <= ln2 / 4: relative error of tanh 2.1e-10. */
const TANH_POLYNOMIAL_F32 = [-0.33333322405815125, 0.13331164419651031, -0.05272144079208374];

/**
 * Hyperbolic tangent in f32, at most 3 ULP: `t / (t + 2 (1 - tanh h))` with `t = (p - 1) + (p + 1) tanh h`, where
 * `2 |x| = n ln2 + 2 h` and `p = 2^n`. Nothing cancels, as p is 1 where h is the whole of x; and what t is off counts the less
 * the larger the result, as t is in the denominator too. tanh h is a polynomial, as the fraction would add its rounding.
 */
export function tanhF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const { h, power } = reduce(alg, atMost(alg, alg.abs(x), 10), 1, 0);
  const one = alg.constF(1);
  const square = alg.mul(h, h);
  const tanhOfH = alg.mulAdd(alg.mul(h, square), polynomial(alg, square, TANH_POLYNOMIAL_F32), h);
  const t = alg.mulAdd(alg.add(power, one), tanhOfH, alg.sub(power, one));
  return withSign(alg, alg.div(t, alg.mulAdd(alg.sub(one, tanhOfH), alg.constF(2), t)), x);
}

/** The same for x <= 5.95 in f64: relative error of erf 7.9e-17. */
export const ERF_F64 = [
  0.1283791670955125, 0.6366197723676116, 0.10277260330005879, -0.019128446963031658, -0.0002091952306950304,
  0.0016962105326467302, -0.000590146825064098, 2.5955244295051996e-5, 6.428992548732331e-5, -2.9323389778290363e-5,
  2.7956631480439995e-6, 3.5648950346778203e-6, -2.4299683708192425e-6, 8.538235796226196e-7, -1.7414717924466588e-7,
  8.39160578341487e-9, 7.776511631505004e-9, -3.1517957793092215e-9, 6.808713972463246e-10, -9.545483141552552e-11,
  8.718730951965536e-12, -4.753651600772815e-13, 1.179711271832187e-14,
];

/** -log(1 - erf(|x|)) as `|x| + |x| g(|x|)`; the bound is where erf rounds to 1. */
function negativeLogErfc<F, I, M>(alg: Algebra<F, I, M>, x: F, bound: number, g: readonly number[]): F {
  const magnitude = atMost(alg, alg.abs(x), bound);
  return alg.add(magnitude, alg.mul(magnitude, polynomial(alg, magnitude, g)));
}

/** Error function in f32, at most 3 ULP: `1 - e^-u` with `u = -log(erfc(|x|))` from a polynomial, one for all x. */
export function erfF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const u = negativeLogErfc(alg, x, 3.93, ERF_F32);
  // expm1 of -u is not positive: its magnitude is 1 - e^-u, also where that is zero.
  return withSign(alg, alg.abs(expm1BoundedF32(alg, alg.neg(u))), x);
}

/** Error function in f64, at most 4 ULP, as in f32. */
export function erfF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const u = negativeLogErfc(alg, x, 5.95, ERF_F64);
  return withSign(alg, alg.abs(expm1BoundedF64(alg, alg.neg(u))), x);
}

/** (1 - tanh(x) / x) / x^2 as p(x^2) / q(x^2) for |x| < 0.27: relative error of tanh 4e-19. */
const TANH_F64 = {
  bound: 0.27,
  p: [0.3333333333333333, 0.016158412722851068, 6.3981237443507855e-6],
  q: [1, 0.44847523816854235, 0.017504527735090054],
};

/**
 * Hyperbolic tangent in f64, at most 2 ULP. `t / (t + 2)` with `t = expm1(2|x|)` as in f32, which is within 1.4 ULP
 * above 0.27; below, where nothing damps the error of t, `x - x (x^2 p / q)`. One division serves both.
 */
export function tanhF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const magnitude = atMost(alg, alg.abs(x), 22);
  const t = expm1BoundedF64(alg, alg.add(magnitude, magnitude));
  const z = alg.mul(magnitude, magnitude);
  const small = alg.cmpLt(magnitude, alg.constF(TANH_F64.bound));
  const numerator = alg.select(small, alg.mul(z, polynomial(alg, z, TANH_F64.p)), t);
  const denominator = alg.select(small, polynomial(alg, z, TANH_F64.q), alg.add(t, alg.constF(2)));
  const quotient = alg.div(numerator, denominator);
  const nearZero = alg.sub(magnitude, alg.mul(magnitude, quotient));
  return withSign(alg, alg.select(small, nearZero, quotient), x);
}

/** Where the logistic function of f32 is less than half of the smallest number, and where it rounds to 1. */
const SIGMOID_BOUNDS = { low: -104, high: 20 };

/** Added to the exponent of e^x, so that it is that of a normal number between the bounds. */
const SIGMOID_BIAS = 64;

/**
 * The logistic function in f32, at most 3 ULP, subnormal results included: `e^x / (1 + e^x)` with `x = n ln2 + 2 h`,
 * `tanh h = s / c` and `p = 2^n`, so `p (c + s) / (p (c + s) + (c - s))`. All of it is scaled by 2^64: the division alone
 * makes a subnormal number.
 */
export function sigmoidF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const bounded = atLeast(alg, atMost(alg, x, SIGMOID_BOUNDS.high), SIGMOID_BOUNDS.low);
  // 2 h is what is left, so the constants of h take powers of two.
  const { h: twice, power } = reduce(alg, bounded, 2, SIGMOID_BIAS);
  const square = alg.mul(twice, twice);
  const s = alg.mul(twice, alg.add(square, alg.constF(4 * TANH_F32.b)));
  const c = alg.mulAdd(square, alg.constF(2 * TANH_F32.a), alg.constF(8 * TANH_F32.b));
  const numerator = alg.mul(power, alg.add(c, s));
  return alg.div(numerator, alg.mulAdd(alg.sub(c, s), alg.constF(2 ** SIGMOID_BIAS), numerator));
}

/**
 * The logistic function in f64, at most 2 ULP, subnormal results included: as in f32, and the quotient corrected by
 * what the exponential and `1 + z` lost, without which it reaches 2.2 ULP.
 */
export function sigmoidF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const one = alg.constF(1);
  const zero = alg.constF(0);
  const negative = alg.cmpLt(x, zero);
  const { value: z, lost: tail } = expNegativeWithTailF64(alg, alg.neg(alg.abs(x)));
  const denominator = alg.add(one, z);
  const denominatorTail = alg.add(alg.sub(z, alg.sub(denominator, one)), tail);
  const quotient = alg.div(alg.select(negative, z, one), denominator);
  // 1 / (1 + z) is the quotient itself, or 1 - z / (1 + z).
  const reciprocal = alg.select(negative, alg.sub(one, quotient), quotient);
  const residual = alg.sub(alg.select(negative, tail, zero), alg.mul(quotient, denominatorTail));
  return alg.add(quotient, alg.mul(residual, reciprocal));
}
