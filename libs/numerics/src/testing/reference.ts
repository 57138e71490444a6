/**
 * References for the math functions. For f32, double arithmetic: its error is far below an f32 ULP. For f64, integers:
 * values are `mantissa * 2^exponent` with some 250 significant bits.
 */

import { f64Bits } from '../bits.js';

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

/** sqrt(pi), pi by Machin's formula. */
const SQRT_PI = (() => {
  const arctan = (inverse: bigint): bigint => {
    let sum = 0n;
    let power = ONE / inverse;
    for (let k = 1n; power !== 0n; k += 4n) {
      sum += power / k;
      power /= inverse * inverse;
      sum -= power / (k + 2n);
      power /= inverse * inverse;
    }
    return sum;
  };
  return squareRoot((16n * arctan(5n) - 4n * arctan(239n)) << BigInt(P));
})();

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
  tanh: (x) => {
    const e = toFixed(expFixed(2n * toFixed(exactly(x))));
    return divide(e - ONE, e + ONE);
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

/** The functions in double arithmetic. */
export const doubleReferences: { readonly [name: string]: (x: number) => number } = {
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  erf,
  rsqrt: (x) => 1 / Math.sqrt(x),
  sqrt: Math.sqrt,
};

/** The distance of `y` from a double reference in units of the last place that f32 keeps of the reference. */
export function ulpErrorF32(y: number, reference: number): number {
  if (y === reference || (Number.isNaN(y) && Number.isNaN(reference))) return 0;
  const rounded = Math.fround(reference);
  if (!Number.isFinite(y) || !Number.isFinite(rounded)) {
    return y === rounded ? 0 : Number.POSITIVE_INFINITY;
  }
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(reference))), -126) - 23;
  return Math.abs(y - reference) / 2 ** exponent;
}
