/**
 * References for the math functions. For f32, double arithmetic: its error is far below an f32 ULP. For f64, integers:
 * values are `mantissa * 2^exponent` with some 250 significant bits.
 */

import { f64Bits, f64HighBits } from './bits.js';

/** `mantissa * 2^exponent`. */
export interface Big {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** Fraction bits of the fixed-point numbers below. */
const P = 256;
const ONE = 1n << BigInt(P);
const LN2 = (() => {
  // ln 2 = sum of 1 / (k 2^k)
  let sum = 0n;
  for (let k = 1n; k <= BigInt(P); k++) sum += ONE / (k << k);
  return sum;
})();

/** A finite double, exactly. */
export function exactly(x: number): Big {
  const bits = BigInt.asUintN(63, f64Bits(x));
  const field = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = field === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: x < 0 ? -magnitude : magnitude, exponent: Math.max(field, 1) - 1075 };
}

function shift(mantissa: bigint, places: number): bigint {
  return places >= 0 ? mantissa << BigInt(places) : mantissa >> BigInt(-places);
}

function toFixed({ mantissa, exponent }: Big): bigint {
  return shift(mantissa, exponent + P);
}

function divide(a: bigint, b: bigint): Big {
  return { mantissa: (a << BigInt(P)) / b, exponent: -P };
}

/** e^x of a fixed-point number. */
function expFixed(x: bigint): Big {
  const n = (2n * x + LN2) / (2n * LN2) - (x < 0n ? 1n : 0n);
  const r = x - n * LN2;
  let term = ONE;
  let sum = ONE;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = ((term * r) >> BigInt(P)) / k;
    sum += term;
  }
  return { mantissa: sum, exponent: Number(n) - P };
}

/** log of a positive fixed-point number: a double guess and one step of third order. */
function logFixed(x: bigint): bigint {
  const excess = Math.max(x.toString(2).length - 1000, 0);
  const guess = Math.log(Number(x >> BigInt(excess))) + (excess - P) * Math.LN2;
  const g = toFixed(exactly(guess));
  const { mantissa, exponent } = expFixed(-g);
  const e = shift(x * mantissa, exponent) - ONE;
  const e2 = (e * e) >> BigInt(P);
  const e3 = (e2 * e) >> BigInt(P);
  const e4 = (e3 * e) >> BigInt(P);
  return g + e - e2 / 2n + e3 / 3n - e4 / 4n;
}

/** The integer part of a square root, by Newton's iteration from above. */
function squareRoot(x: bigint): bigint {
  let root = 1n << BigInt((x.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** log of a positive double; splitting off its exponent keeps tiny and huge ones within the fixed point. */
function logExact(x: number): bigint {
  const { mantissa, exponent } = exactly(x);
  const bits = mantissa.toString(2).length;
  return logFixed(shift(mantissa, P - bits)) + BigInt(exponent + bits) * LN2;
}

/** pi with `bits` fraction bits, by Machin's formula. */
function piBits(bits: number): bigint {
  const guard = 32n;
  const one = 1n << (BigInt(bits) + guard);
  const arctan = (inverse: bigint): bigint => {
    let sum = 0n;
    let power = one / inverse;
    for (let k = 1n; power !== 0n; k += 4n) {
      sum += power / k;
      power /= inverse * inverse;
      sum -= power / (k + 2n);
      power /= inverse * inverse;
    }
    return sum;
  };
  return (16n * arctan(5n) - 4n * arctan(239n)) >> guard;
}

const PI = piBits(P);
const SQRT_PI = squareRoot(PI << BigInt(P));

/** pi with enough bits to reduce the largest double. */
const LONG = 1280;
const LONG_PI = piBits(LONG);

/** `x = n pi/2 + r` with 0 <= r < pi/2; n mod 4, and r in fixed point. */
function quadrant(x: number): { n: number; r: bigint } {
  const { mantissa, exponent } = exactly(x);
  const fixed = shift(mantissa, exponent + LONG);
  const halfPi = LONG_PI >> 1n;
  let n = fixed / halfPi;
  if (fixed < n * halfPi) n -= 1n;
  return { n: Number(BigInt.asUintN(2, n)), r: (fixed - n * halfPi) >> BigInt(LONG - P) };
}

/** `first`, times `-square / ((k + 1) (k + 2))` for k from `k`, summed up. */
function alternating(first: bigint, square: bigint, k: bigint): bigint {
  let term = first;
  let sum = first;
  for (; term !== 0n && term !== -1n; k += 2n) {
    term = -((term * square) >> BigInt(P)) / ((k + 1n) * (k + 2n));
    sum += term;
  }
  return sum;
}

function sinFixed(r: bigint): bigint {
  return alternating(r, (r * r) >> BigInt(P), 1n);
}

function cosFixed(r: bigint): bigint {
  return alternating(ONE, (r * r) >> BigInt(P), 0n);
}

function sinCosFixed(x: number): { sin: bigint; cos: bigint } {
  const { n, r } = quadrant(x);
  const sin = sinFixed(r);
  const cos = cosFixed(r);
  if (n === 0) return { sin, cos };
  if (n === 1) return { sin: cos, cos: -sin };
  if (n === 2) return { sin: -sin, cos: -cos };
  return { sin: -cos, cos: sin };
}

/** The angle of the point (x, y), both fixed: a double guess, and the sine of what it lacks, to third order. */
function angleFixed(y: bigint, x: bigint, guess: number): bigint {
  const g = toFixed(exactly(guess));
  const { sin, cos } = { sin: sinFixed(g), cos: cosFixed(g) };
  const length = squareRoot(x * x + y * y);
  // sin(angle - g)
  const s = (y * cos - x * sin) / length;
  const cube = (((s * s) >> BigInt(P)) * s) >> BigInt(P);
  return g + s + cube / 6n;
}

/** The fixed-point square root of `1 - x^2`. */
function complement(x: bigint): bigint {
  return squareRoot(ONE * ONE - x * x);
}

const fixedResult = (mantissa: bigint): Big => ({ mantissa, exponent: -P });

/** log2 of a positive double in fixed point. */
function log2Fixed(x: number): bigint {
  return (logExact(x) << BigInt(P)) / LN2;
}

const SQRT_TWO = squareRoot(2n << BigInt(2 * P));

/** 1 - F(a) of the normal distribution, for a >= 0: half of erfc(a / sqrt(2)). */
function normalTail(a: bigint): Big {
  const z = (a << BigInt(P)) / SQRT_TWO;
  const square = (a * a) >> BigInt(P + 1);
  if (z < ONE * 4n) {
    let term = z;
    let sum = z;
    for (let k = 1n; term !== 0n && term !== -1n; k++) {
      term = -((term * square) >> BigInt(P)) / k;
      sum += term / (2n * k + 1n);
    }
    return { mantissa: ONE - ((2n * sum) << BigInt(P)) / SQRT_PI, exponent: -P - 1 };
  }
  // The continued fraction; from 4 on its convergents have 150 bits and more.
  let fraction = 0n;
  for (let k = 400n; k > 0n; k--) fraction = (k << BigInt(2 * P)) / 2n / (z + fraction);
  const power = expFixed(-square);
  const denominator = ((z + fraction) * SQRT_PI) >> BigInt(P);
  return { mantissa: (power.mantissa << BigInt(P)) / denominator, exponent: power.exponent - 1 };
}

/** Functions of two arguments, for ordinary ones: x > 0 for powf, and quotients within 2^90 for atan2. */
export const bigBinaryReferences: { readonly [name: string]: (x: number, y: number) => Big } = {
  atan2: (y, x) => {
    const a = exactly(y);
    const b = exactly(x);
    // Only the direction counts: the larger one gets P bits.
    const top = Math.max(a.exponent + a.mantissa.toString(2).length, b.exponent + b.mantissa.toString(2).length);
    const fixed = (v: Big): bigint => shift(v.mantissa, v.exponent - top + P);
    return fixedResult(angleFixed(fixed(a), fixed(b), Math.atan2(y, x)));
  },
  powf: (x, y) => {
    const { mantissa, exponent } = exactly(y);
    const t = shift(log2Fixed(x) * mantissa, exponent);
    const n = (t + (ONE >> 1n)) >> BigInt(P);
    const power = expFixed(((t - n * ONE) * LN2) >> BigInt(P));
    return { mantissa: power.mantissa, exponent: power.exponent + Number(n) };
  },
};

/** The functions to 200 bits and more, for 2^-100 <= |x| as far as the result is a finite double. */
export const bigReferences: { readonly [name: string]: (x: number) => Big } = {
  exp: (x) => expFixed(toFixed(exactly(x))),
  exp2: (x) => {
    const n = Math.round(x);
    const { mantissa, exponent } = expFixed((toFixed(exactly(x - n)) * LN2) >> BigInt(P));
    return { mantissa, exponent: exponent + n };
  },
  expm1: (x) => ({ mantissa: toFixed(expFixed(toFixed(exactly(x)))) - ONE, exponent: -P }),
  log: (x) => ({ mantissa: logExact(x), exponent: -P }),
  log2: (x) => divide(logExact(x), LN2),
  log10: (x) => divide(logExact(x), logExact(10)),
  log1p: (x) => ({ mantissa: logFixed(ONE + toFixed(exactly(x))), exponent: -P }),
  erf: (x) => {
    // The series about 0. Its terms grow to e^36 before they shrink: 52 of the bits go there.
    const fixed = toFixed(exactly(x));
    const square = (fixed * fixed) >> BigInt(P);
    let term = fixed;
    let sum = fixed;
    for (let k = 1n; term !== 0n && term !== -1n; k++) {
      term = -((term * square) >> BigInt(P)) / k;
      sum += term / (2n * k + 1n);
    }
    return divide(2n * sum, SQRT_PI);
  },
  sin: (x) => fixedResult(sinCosFixed(x).sin),
  cos: (x) => fixedResult(sinCosFixed(x).cos),
  tan: (x) => {
    const { sin, cos } = sinCosFixed(x);
    return divide(sin, cos);
  },
  asin: (x) => {
    const fixed = toFixed(exactly(x));
    return fixedResult(angleFixed(fixed, complement(fixed), Math.asin(x)));
  },
  acos: (x) => {
    const fixed = toFixed(exactly(x));
    return fixedResult(angleFixed(complement(fixed), fixed, Math.acos(x)));
  },
  atan: (x) => bigBinaryReferences.atan2!(x, 1),
  sinh: (x) => {
    const e = toFixed(expFixed(toFixed(exactly(Math.abs(x)))));
    const twice = e - (ONE * ONE) / e;
    return { mantissa: x < 0 ? -twice : twice, exponent: -P - 1 };
  },
  cosh: (x) => {
    const e = toFixed(expFixed(toFixed(exactly(Math.abs(x)))));
    return { mantissa: e + (ONE * ONE) / e, exponent: -P - 1 };
  },
  asinh: (x) => {
    const fixed = toFixed(exactly(Math.abs(x)));
    const result = logFixed(fixed + squareRoot(fixed * fixed + ONE * ONE));
    return { mantissa: x < 0 ? -result : result, exponent: -P };
  },
  acosh: (x) => {
    const fixed = toFixed(exactly(x));
    return { mantissa: logFixed(fixed + squareRoot(fixed * fixed - ONE * ONE)), exponent: -P };
  },
  atanh: (x) => {
    const fixed = toFixed(exactly(x));
    return { mantissa: logFixed(ONE + fixed) - logFixed(ONE - fixed), exponent: -P - 1 };
  },
  cbrt: (x) => {
    // Newton's iteration from the double: three steps from 50 bits.
    const { mantissa, exponent } = exactly(Math.abs(x));
    const third = Math.floor(exponent / 3);
    const m = mantissa << BigInt(exponent - 3 * third);
    const target = m << BigInt(3 * P);
    let y = shift(exactly(Math.cbrt(Number(m))).mantissa, exactly(Math.cbrt(Number(m))).exponent + P);
    for (let i = 0; i < 3; i++) y = (2n * y + target / (y * y)) / 3n;
    return { mantissa: x < 0 ? -y : y, exponent: third - P };
  },
  tanh: (x) => {
    const e = toFixed(expFixed(2n * toFixed(exactly(x))));
    return divide(e - ONE, e + ONE);
  },
  gelu: (x) => {
    const factor = exactly(x);
    const tail = normalTail(toFixed(exactly(Math.abs(x))));
    if (x < 0) return { mantissa: factor.mantissa * tail.mantissa, exponent: factor.exponent + tail.exponent };
    return { mantissa: factor.mantissa * (ONE - toFixed(tail)), exponent: factor.exponent - P };
  },
  rsqrt: (x) => {
    // 2^-e/2 sqrt(2^2P / m), with an even exponent e.
    const { mantissa, exponent } = exactly(x);
    const odd = Math.abs(exponent % 2);
    return { mantissa: squareRoot((ONE * ONE) / (mantissa << BigInt(odd))), exponent: -(exponent - odd) / 2 - P };
  },
  sigmoid: (x) => {
    // e^x / (1 + e^x) = 1 / (1 + e^-x), whichever has the exponential below 1.
    const small = expFixed(-toFixed(exactly(Math.abs(x))));
    const one = ONE + toFixed(small);
    if (x >= 0) return divide(ONE, one);
    return { mantissa: (small.mantissa << BigInt(P)) / one, exponent: small.exponent };
  },
};

/** The distance of `y` from the reference in units of the last place that a double keeps of the reference. */
export function ulpErrorF64(y: number, reference: Big): number {
  const magnitude = reference.mantissa < 0n ? -reference.mantissa : reference.mantissa;
  const topExponent = reference.exponent + magnitude.toString(2).length - 1;
  const ulpExponent = Math.max(topExponent - 52, -1074);
  const { mantissa, exponent } = exactly(y);
  // Both in units of 2^-40 ULP.
  const unit = ulpExponent - 40;
  const difference = shift(mantissa, exponent - unit) - shift(reference.mantissa, reference.exponent - unit);
  return Math.abs(Number(difference)) * 2 ** -40;
}

/** erf in double arithmetic: the series near zero, the continued fraction of erfc beyond. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  let result: number;
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let k = 1; Math.abs(term) > 1e-19 * sum; k++) {
      term *= (-a * a) / k;
      sum += term / (2 * k + 1);
    }
    result = (2 / Math.sqrt(Math.PI)) * sum;
  } else {
    let fraction = 0;
    for (let k = 80; k > 0; k--) fraction = k / 2 / (a + fraction);
    result = 1 - Math.exp(-a * a) / (a + fraction) / Math.sqrt(Math.PI);
  }
  return x < 0 ? -result : result;
}

/** gelu in double arithmetic. */
function gelu(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  let tail: number;
  if (z < 2) tail = (1 - erf(z)) / 2;
  else {
    let fraction = 0;
    for (let k = 80; k > 0; k--) fraction = k / 2 / (z + fraction);
    tail = Math.exp((-x * x) / 2) / (z + fraction) / Math.sqrt(Math.PI) / 2;
  }
  if (tail === 0) return x < 0 ? -0 : x;
  return x < 0 ? x * tail : x * (1 - tail);
}

/** The functions in double arithmetic. */
export const doubleReferences: { readonly [name: string]: (x: number) => number } = {
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  cbrt: Math.cbrt,
  // Halves of f32 are exact here.
  round: (x) => (x < 0 ? -1 : 1) * Math.floor(Math.abs(x) + 0.5) || x * 0,
  tanh: Math.tanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  erf,
  gelu,
  rsqrt: (x) => 1 / Math.sqrt(x),
  sqrt: Math.sqrt,
};

/** The functions of two arguments in double arithmetic. */
export const doubleBinaryReferences: { readonly [name: string]: (x: number, y: number) => number } = {
  atan2: Math.atan2,
  // ECMAScript's power of 1 or -1 to an infinity, and of 1 to NaN, is NaN; C's is 1.
  powf: (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y),
};

/** The distance of `y` from a double reference in units of the last place that f32 keeps of the reference. */
export function ulpErrorF32(y: number, reference: number): number {
  if (y === reference || (Number.isNaN(y) && Number.isNaN(reference))) return 0;
  const rounded = Math.fround(reference);
  if (!Number.isFinite(y) || !Number.isFinite(rounded)) {
    return y === rounded ? 0 : Number.POSITIVE_INFINITY;
  }
  const exponent = Math.max(((f64HighBits(reference) >>> 20) & 2047) - 1023, -126);
  return Math.abs(y - reference) * (ULPS_PER_UNIT[exponent + 126] as number);
}

/** 1 / ULP of f32 by exponent, from -126 to 128. */
const ULPS_PER_UNIT = Float64Array.from({ length: 255 }, (_, i) => 2 ** (23 - (i - 126)));
