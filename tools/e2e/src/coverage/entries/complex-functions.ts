// Functions of complex numbers by their textbook formulas in doubles, written so that nothing of the range of f32 is lost
// on the way, and a table of what they are where a part is infinite or NaN.
//
// Sources: W. Kahan, "Branch Cuts for Complex Elementary Functions", 1987 (asin, acos); special values: numpy, which follows
// C99's Annex G, and where it does not (expm1) exp(z) - 1 by Annex G.
import type { Tolerance } from '../entry.js';
import { type Complex, complex, type ElementType, partOf, roundTo } from '../numbers.js';
import { special } from './complex-special.js';

/** Relative to the larger part: Kahan's sums cancel, and f32 is computed in f32. */
export const NEAR: Readonly<Record<string, Tolerance>> = {
  f32: { ulps: 10, absolute: 1e-14 },
  f64: { ulps: 32, absolute: 1e-14 },
};
/** An error of the logarithm counts as often as the exponent says. */
export const NEAR_POWERS: Readonly<Record<string, Tolerance>> = { f32: { ulps: 1024 }, f64: { ulps: 1024 } };

const { POSITIVE_INFINITY: INF, NaN: NAN } = Number;
const PARTS = [0, -0, 1, -1.5, 1.5, 0.1, 1e-40, -50, 3e38];
const SPECIAL = [0, -0, 1.5, -1.5, INF, -INF, NAN];

function pairs(type: ElementType, list: readonly number[]): Complex[] {
  const parts = list.map((x) => roundTo(partOf(type), x));
  return parts.flatMap((re) => parts.map((im) => complex(re, im)));
}
const isFinitePair = ({ re, im }: Complex): boolean => Number.isFinite(re) && Number.isFinite(im);

/** Signed zeros, subnormals and large numbers in all pairs, and infinities and NaN beside everything. */
export function functionOperands(type: ElementType): Complex[] {
  return [...pairs(type, PARTS), ...pairs(type, SPECIAL).filter((z) => !isFinitePair(z))];
}
export function powerOperands(type: ElementType): Complex[] {
  return [...pairs(type, [0, -0, 1, -1.5, 0.1, 3]), complex(INF, 1), complex(NAN, 2), complex(-2, NAN)];
}

/** A product in which 0 wins: of a sine that is 0 and an exponential beyond the range. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 * Math.sign(a) * Math.sign(b) : a * b);
const product = (a: Complex, b: Complex): Complex => complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
const copySign = (x: number, sign: number): number => (sign < 0 || Object.is(sign, -0) ? -Math.abs(x) : Math.abs(x));
/** i z and -i z: the functions of circles by those of hyperbolas. */
const turn = ({ re, im }: Complex): Complex => complex(-im, re);
const back = ({ re, im }: Complex): Complex => complex(im, -re);

const exp = ({ re, im }: Complex): Complex =>
  complex(times(Math.exp(re), Math.cos(im)), times(Math.exp(re), Math.sin(im)));

/** log |1 + d + i y| where |1 + d|^2 + y^2 - 1 is known. */
function logOfSquare(excess: number, modulus: number): number {
  return Math.abs(excess) < 0.5 ? Math.log1p(excess) / 2 : Math.log(modulus);
}
function log({ re, im }: Complex): Complex {
  const excess = (Math.abs(re) - 1) * (Math.abs(re) + 1) + im * im;
  return complex(logOfSquare(excess, Math.hypot(re, im)), Math.atan2(im, re));
}

function sqrt({ re, im }: Complex): Complex {
  if (re === 0 && im === 0) return complex(0, im);
  const t = Math.sqrt((Math.hypot(re, im) + Math.abs(re)) / 2);
  return re >= 0 ? complex(t, im / (2 * t)) : complex(Math.abs(im) / (2 * t), copySign(t, im));
}

function sinh({ re, im }: Complex): Complex {
  return complex(times(Math.sinh(re), Math.cos(im)), times(Math.cosh(re), Math.sin(im)));
}
function cosh({ re, im }: Complex): Complex {
  return complex(times(Math.cosh(re), Math.cos(im)), times(Math.sinh(re), Math.sin(im)));
}
function tanh({ re, im }: Complex): Complex {
  const wave = Math.sin(im) * Math.cos(im);
  if (Math.abs(re) > 20) return complex(Math.sign(re), 4 * wave * Math.exp(-2 * Math.abs(re)));
  const divisor = Math.sinh(re) ** 2 + Math.cos(im) ** 2;
  return complex((Math.sinh(re) * Math.cosh(re)) / divisor, wave / divisor);
}

function asin(z: Complex): Complex {
  const [a, b] = [sqrt(complex(1 - z.re, -z.im)), sqrt(complex(1 + z.re, z.im))];
  return complex(Math.atan2(z.re, a.re * b.re - a.im * b.im), Math.asinh(a.re * b.im - a.im * b.re));
}
function acos(z: Complex): Complex {
  const [a, b] = [sqrt(complex(1 - z.re, -z.im)), sqrt(complex(1 + z.re, z.im))];
  return complex(2 * Math.atan2(a.re, b.re), Math.asinh(b.re * a.im - b.im * a.re));
}
function atan({ re, im }: Complex): Complex {
  return complex(
    Math.atan2(2 * re, (1 - im) * (1 + im) - re * re) / 2,
    copySign(Math.log1p((4 * Math.abs(im)) / ((Math.abs(im) - 1) ** 2 + re * re)) / 4, im),
  );
}

function sigmoid({ re, im }: Complex): Complex {
  // e^z / (1 + e^z), or 1 / (1 + e^-z): the exponential is at most 1.
  const e = exp(complex(-Math.abs(re), re < 0 ? im : -im));
  const divisor = (1 + e.re) ** 2 + e.im ** 2;
  const conjugate = complex((1 + e.re) / divisor, -e.im / divisor);
  return re < 0 ? product(e, conjugate) : conjugate;
}

const FINITE: Readonly<Record<string, (z: Complex) => Complex>> = {
  exp,
  expm1: (z) => complex(times(Math.expm1(z.re), Math.cos(z.im)) - 2 * Math.sin(z.im / 2) ** 2, exp(z).im),
  log,
  log1p: (z) =>
    complex(logOfSquare(z.re * (2 + z.re) + z.im * z.im, Math.hypot(1 + z.re, z.im)), Math.atan2(z.im, 1 + z.re)),
  sqrt,
  rsqrt(z) {
    const root = sqrt(z);
    const square = root.re ** 2 + root.im ** 2;
    return square === 0 ? complex(INF, -root.im) : complex(root.re / square, -root.im / square);
  },
  cbrt(z) {
    const [r, angle] = [Math.cbrt(Math.hypot(z.re, z.im)), Math.atan2(z.im, z.re) / 3];
    return complex(r * Math.cos(angle), r * Math.sin(angle));
  },
  sin: (z) => back(sinh(turn(z))),
  cos: (z) => cosh(turn(z)),
  tan: (z) => back(tanh(turn(z))),
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  sigmoid,
  sign(z) {
    const modulus = Math.hypot(z.re, z.im);
    return modulus === 0 ? z : complex(z.re / modulus, z.im / modulus);
  },
};

/** The functions by the names of the ops. */
export const complexFunctions: Readonly<Record<string, (z: Complex) => Complex>> = Object.fromEntries(
  Object.entries(FINITE).map(([name, f]) => [name, (z: Complex) => (isFinitePair(z) ? f(z) : special(name, z))]),
);

/** exp(w log z); 1 for the power 0. */
export function complexPower(z: Complex, w: Complex): Complex {
  if (w.re === 0 && w.im === 0) return complex(1, 0);
  if (z.re === 0 && z.im === 0) return w.re > 0 ? complex(0, 0) : complex(NAN, NAN);
  return complexFunctions.exp!(product(w, complexFunctions.log!(z)));
}
