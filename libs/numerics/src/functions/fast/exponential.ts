/**
 * The functions made of exponentials in the numerics mode `fast`: at most 4 ULP where argument and result are normal
 * numbers. Infinities and NaN count as some number, results below the smallest normal number as about zero.
 *
 * Against the functions of `exp.ts` and `sigmoid.ts`: `x = n ln2 + r` in one value, not two; one polynomial from the
 * constant term on, in f32 of one degree less; and 2^n goes into the exponent by one integer addition, which is right for
 * every normal result, instead of two multiplications by halves of it.
 */

import type { Algebra } from '../../algebra.js';
import { EXP_CONSTANTS_F32, EXP_CONSTANTS_F64, EXP2_F64, EXPM1_F32, EXPM1_F64, type ExpConstants } from '../exp.js';
import { atLeast, atMost, polynomial, withSign } from '../polynomial.js';
import { ERF_F64 } from '../sigmoid.js';

interface FastConstants extends ExpConstants {
  /** Arguments of exp between which the sum of exponents is a positive pattern of bits. */
  readonly lowest: number;
  readonly highest: number;
  /** The same of exp2. */
  readonly lowestPower: number;
  readonly highestPower: number;
  /** e^r on |r| <= ln2/2. */
  readonly exp: readonly number[];
  /** 2^r on |r| <= 1/2. */
  readonly exp2: readonly number[];
  /** (e^r - 1 - r) / r^2. */
  readonly expm1: readonly number[];
  /** Below it e^x - 1 rounds to -1. */
  readonly minusOne: number;
}

/** Relative errors of the polynomials 1.1e-7, 9.2e-8 and 1.4e-8. */
const F32: FastConstants = {
  ...EXP_CONSTANTS_F32,
  lowest: -88.0296,
  highest: 88.72283,
  lowestPower: -126.9999,
  highestPower: 127.99999,
  exp: [1, 1, 0.4999922811985016, 0.16667115688323975, 0.041890550404787064, 0.008312477730214596],
  exp2: [1, 0.6931470036506653, 0.24022242426872253, 0.05550733581185341, 0.009671512991189957, 0.001326472731307149],
  expm1: EXPM1_F32,
  minusOne: -20,
};

const F64: FastConstants = {
  ...EXP_CONSTANTS_F64,
  lowest: -709.0895,
  highest: 709.782712893384,
  lowestPower: -1022.9999,
  highestPower: 1023.9999999999999,
  exp: [1, 1, ...EXPM1_F64],
  exp2: [1, 1 + (EXP2_F64[0] as number), ...EXP2_F64.slice(1)],
  expm1: EXPM1_F64,
  minusOne: -40,
};

interface Reduced<F, I> {
  /** `n` in its low bits. */
  readonly shifted: I;
  readonly r: F;
}

/** `factor x = n ln2 + factor r`; a factor of -1 or 2 costs nothing. */
function reduce<F, I, M>(alg: Algebra<F, I, M>, x: F, k: FastConstants, factor: number, bias = 0): Reduced<F, I> {
  const magic = alg.constF(k.magic + bias);
  const shifted = alg.mulAdd(x, alg.constF(factor * k.log2e), magic);
  const n = alg.sub(shifted, magic);
  const high = alg.mulAdd(n, alg.constF(-k.ln2High / factor), x);
  return { shifted: alg.bitcastToInt(shifted), r: alg.mulAdd(n, alg.constF(-k.ln2Low / factor), high) };
}

/** `y 2^n` for a y near 1, by adding n to its exponent. */
function addExponent<F, I, M>(alg: Algebra<F, I, M>, y: F, shifted: I, k: FastConstants): F {
  return alg.bitcastToFloat(alg.addI(alg.bitcastToInt(y), alg.shlI(shifted, k.mantissaBits)));
}

function exp<F, I, M>(alg: Algebra<F, I, M>, x: F, k: FastConstants): F {
  const { shifted, r } = reduce(alg, atLeast(alg, atMost(alg, x, k.highest), k.lowest), k, 1);
  return addExponent(alg, polynomial(alg, r, k.exp), shifted, k);
}

function exp2<F, I, M>(alg: Algebra<F, I, M>, x: F, k: FastConstants): F {
  const bounded = atLeast(alg, atMost(alg, x, k.highestPower), k.lowestPower);
  const magic = alg.constF(k.magic);
  const shifted = alg.add(bounded, magic);
  const r = alg.sub(bounded, alg.sub(shifted, magic));
  return addExponent(alg, polynomial(alg, r, k.exp2), alg.bitcastToInt(shifted), k);
}

/** `2^n (1 + p) - 1` with `p = factor r + (factor r)^2 q`, where 2^n is an ordinary number. */
function expm1Bounded<F, I, M>(alg: Algebra<F, I, M>, x: F, k: FastConstants, factor: number): F {
  const { shifted, r } = reduce(alg, x, k, factor, k.bias);
  const s = alg.bitcastToFloat(alg.shlI(shifted, k.mantissaBits));
  const q = k.expm1.map((c, i) => c * factor ** (i + 2));
  const linear = factor === 1 ? r : alg.mul(r, alg.constF(factor));
  const p = alg.mulAdd(alg.mul(r, r), polynomial(alg, r, q), linear);
  return alg.mulAdd(s, p, alg.sub(s, alg.constF(1)));
}

/** `2 (s p + (s - 1/2))` with `s = 2^(n - 1)`, which is finite where 2^n is not. */
function expm1<F, I, M>(alg: Algebra<F, I, M>, x: F, k: FastConstants): F {
  const bounded = atLeast(alg, atMost(alg, x, k.highest), k.minusOne);
  const { shifted, r } = reduce(alg, bounded, k, 1, k.bias - 1);
  const s = alg.bitcastToFloat(alg.shlI(shifted, k.mantissaBits));
  const p = alg.mulAdd(alg.mul(r, r), polynomial(alg, r, k.expm1), r);
  const half = alg.mulAdd(s, p, alg.sub(s, alg.constF(0.5)));
  return alg.add(half, half);
}

/** Beyond it tanh of f64 rounds to 1. */
const TANH_SATURATION = 19.1;

/** `t / (t + 2)` with `t = expm1(2 x)`, of either sign. In f32 the accurate one takes no more. */
export function fastTanhF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const t = expm1Bounded(alg, atLeast(alg, atMost(alg, x, TANH_SATURATION), -TANH_SATURATION), F64, 2);
  return alg.div(t, alg.add(t, alg.constF(2)));
}

/** `1 / (1 + e^-x)` on both sides: e^-x is bounded where it would overflow. In f32 the accurate one takes no more. */
export function fastSigmoidF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const k = F64;
  const { shifted, r } = reduce(alg, atLeast(alg, atMost(alg, x, -k.lowest), -k.highest), k, -1);
  const powers = k.exp.map((c, i) => (i % 2 === 0 ? c : -c));
  const one = alg.constF(1);
  return alg.div(one, alg.add(one, addExponent(alg, polynomial(alg, r, powers), shifted, k)));
}

/** -log(1 - erf(x)) / x - 1 for 0 <= x <= 3.93: relative error of erf 3.6e-8. */
const ERF_F32 = [
  0.1283792108297348, 0.6366165280342102, 0.10281431674957275, -0.01932145655155182, 0.00020536525698844343,
  0.001251991605386138, -0.00038108471198938787, 4.071908915648237e-5,
];

/** `1 - e^-u` with `u = -log(erfc(|x|))` from a polynomial. */
function erf<F, I, M>(alg: Algebra<F, I, M>, x: F, bound: number, g: readonly number[], k: FastConstants): F {
  const magnitude = atMost(alg, alg.abs(x), bound);
  const u = alg.mulAdd(magnitude, polynomial(alg, magnitude, g), magnitude);
  return withSign(alg, alg.abs(expm1Bounded(alg, u, k, -1)), x);
}

export function fastExpF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return exp(alg, x, F32);
}
export function fastExpF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return exp(alg, x, F64);
}
export function fastExp2F32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return exp2(alg, x, F32);
}
export function fastExp2F64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return exp2(alg, x, F64);
}
export function fastExpm1F32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return expm1(alg, x, F32);
}
export function fastExpm1F64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return expm1(alg, x, F64);
}
export function fastErfF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return erf(alg, x, 3.93, ERF_F32, F32);
}
export function fastErfF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return erf(alg, x, 5.95, ERF_F64, F64);
}
