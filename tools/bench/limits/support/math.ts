// Vector exp, log, erf and tanh, written for the limit kernels with as few instructions as their accuracy allows.

import { type Local, Op } from '@budflow/backend-wasm';
import type { Vectors } from './kernel.js';

const LOG2E = Math.LOG2E;
const LN2_HIGH = 0.693145751953125;
const LN2_LOW = 1.428606765330187e-6;
/** 1.5 * 2^23: adding it leaves the rounded integer in the low bits; 254 more is the bias of two exponents. */
const MAGIC = 12582912 + 254;
/** exp(r) = 1 + r + r^2 q(r) on |r| <= ln2 / 2; minimax, 3e-9. */
const Q = [0.4999999403953552, 0.16666516661643982, 0.04166810214519501, 0.00836916547268629, 0.0013838002923876047];

/** Sets up the constants of `exp`, outside of the loop. */
export function prepareExp(v: Vectors): void {
  for (const c of [LOG2E, LN2_HIGH, LN2_LOW, MAGIC, 1, -104, 89, ...Q]) v.constant(c);
  v.constantI32(-0x800000);
}

/** exp(x) in a new local: within about an ULP, with infinities, zeros, subnormals and NaN. */
export function exp(v: Vectors, x: Local): Local {
  const { f } = v;
  // pmin and pmax return their first operand when the comparison fails, so a NaN in x stays.
  const clamped = v.let(() => {
    v.op2(Op.f32x4_pmax, x, v.constant(-104));
    f.get(v.constant(89));
    f.emit(Op.f32x4_pmin);
  });
  const shifted = v.let(() => v.madd(clamped, v.constant(LOG2E), v.constant(MAGIC)));
  const n = v.let(() => v.op2(Op.f32x4_sub, shifted, v.constant(MAGIC)));
  const high = v.let(() => v.nmadd(n, v.constant(LN2_HIGH), clamped));
  const r = v.let(() => v.nmadd(n, v.constant(LN2_LOW), high));
  let q = v.let(() => v.madd(v.constant(Q[4]), r, v.constant(Q[3])));
  for (const c of [Q[2], Q[1], Q[0]]) {
    const previous = q;
    q = v.let(() => v.madd(previous, r, v.constant(c)));
  }
  const rr = v.let(() => v.op2(Op.f32x4_mul, r, r));
  const tail = v.let(() => v.madd(rr, q, r));
  const p = v.let(() => v.op2(Op.f32x4_add, tail, v.constant(1)));
  // 2^n as two factors, 2^floor(n/2) and the rest: their exponents stay normal where the result's does not.
  const half = v.let(() => {
    f.get(shifted);
    f.i32Const(22);
    f.emit(Op.i32x4_shl);
    f.get(v.constantI32(-0x800000));
    f.emit(Op.v128_and);
  });
  return v.let(() => {
    v.op2(Op.f32x4_mul, p, half);
    f.get(shifted);
    f.i32Const(23);
    f.emit(Op.i32x4_shl);
    f.get(half);
    f.emit(Op.i32x4_sub);
    f.emit(Op.f32x4_mul);
  });
}

/** log(1 + f) = f - f^2 / 2 + f^3 p(f) on sqrt(1/2) .. sqrt(2), highest coefficient first (Cephes). */
const P = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];
/** Bits of sqrt(1/2): what is from there to sqrt(2) has the exponent 0. */
const ROOT_HALF = 0x3f3504f3;
const LOG_HIGH = 0.693359375;
const LOG_LOW = -2.1219444e-4;

/** Sets up the constants of `log`, outside of the loop. */
export function prepareLog(v: Vectors): void {
  for (const c of [1, 0.5, LOG_HIGH, LOG_LOW, ...P]) v.constant(c);
  v.constantI32(ROOT_HALF);
}

/** log(x) of normal, positive x in a new local. */
export function log(v: Vectors, x: Local): Local {
  const { f } = v;
  const exponent = v.let(() => {
    v.op2(Op.i32x4_sub, x, v.constantI32(ROOT_HALF));
    f.i32Const(23);
    f.emit(Op.i32x4_shr_s);
  });
  const r = v.let(() => {
    f.get(x);
    f.get(exponent);
    f.i32Const(23);
    f.emit(Op.i32x4_shl);
    f.emit(Op.i32x4_sub);
    f.get(v.constant(1));
    f.emit(Op.f32x4_sub);
  });
  const e = v.let(() => {
    f.get(exponent);
    f.emit(Op.f32x4_convert_i32x4_s);
  });
  const rr = v.let(() => v.op2(Op.f32x4_mul, r, r));
  let p = v.let(() => v.madd(v.constant(P[0]), r, v.constant(P[1])));
  for (const c of P.slice(2)) {
    const previous = p;
    p = v.let(() => v.madd(previous, r, v.constant(c)));
  }
  const rrr = v.let(() => v.op2(Op.f32x4_mul, rr, r));
  const low = v.let(() => v.op2(Op.f32x4_mul, e, v.constant(LOG_LOW)));
  const cubic = v.let(() => v.madd(rrr, p, low));
  const tail = v.let(() => v.nmadd(rr, v.constant(0.5), cubic));
  const sum = v.let(() => v.op2(Op.f32x4_add, r, tail));
  return v.let(() => v.madd(e, v.constant(LOG_HIGH), sum));
}

/** Odd numerator and even denominator of erf on -4..4 (as in Eigen). */
const ERF_NUMERATOR = [
  -1.60960333262415e-2, -2.9545998085402e-3, -7.34990630326855e-4, -5.69250639462346e-5, -2.10102402082508e-6,
  2.77068142495902e-8, -2.72614225801306e-10,
];
const ERF_DENOMINATOR = [
  -1.42647390514189e-2, -7.37332916720468e-3, -1.68282697438203e-3, -2.13374055278905e-4, -1.45660718464996e-5,
];

/** Sets up the constants of `erf`, outside of the loop. */
export function prepareErf(v: Vectors): void {
  for (const c of [4, -4, ...ERF_NUMERATOR, ...ERF_DENOMINATOR]) v.constant(c);
}

/** erf(x) in a new local, within a few ULP. */
export function erf(v: Vectors, x: Local): Local {
  return oddQuotient(v, x, 4, ERF_NUMERATOR, ERF_DENOMINATOR);
}

/** Odd numerator and even denominator of tanh's rational approximation on -7.9..7.9 (as in Eigen). */
const NUMERATOR = [
  4.89352455891786e-3, 6.37261928875436e-4, 1.48572235717979e-5, 5.12229709037114e-8, -8.60467152213735e-11,
  2.00018790482477e-13, -2.76076847742355e-16,
];
const DENOMINATOR = [4.89352518554385e-3, 2.268434632439e-3, 1.18534705686654e-4, 1.19825839466702e-6];
const BOUND = 7.905311107635498;

/** Sets up the constants of `tanh`, outside of the loop. */
export function prepareTanh(v: Vectors): void {
  for (const c of [BOUND, -BOUND, ...NUMERATOR, ...DENOMINATOR]) v.constant(c);
}

/** tanh(x) in a new local, within a few ULP. */
export function tanh(v: Vectors, x: Local): Local {
  return oddQuotient(v, x, BOUND, NUMERATOR, DENOMINATOR);
}

/** x p(x^2) / q(x^2) of x clamped to -bound..bound, in a new local. */
function oddQuotient(v: Vectors, x: Local, bound: number, above: readonly number[], below: readonly number[]): Local {
  const { f } = v;
  const clamped = v.let(() => {
    v.op2(Op.f32x4_pmax, x, v.constant(-bound));
    f.get(v.constant(bound));
    f.emit(Op.f32x4_pmin);
  });
  const square = v.let(() => v.op2(Op.f32x4_mul, clamped, clamped));
  const horner = (coefficients: readonly number[]): Local => {
    let p = v.constant(coefficients[coefficients.length - 1]);
    for (let i = coefficients.length - 2; i >= 0; i--) {
      const previous = p;
      p = v.let(() => v.madd(previous, square, v.constant(coefficients[i])));
    }
    return p;
  };
  const numerator = horner(above);
  const denominator = horner(below);
  return v.let(() => {
    v.op2(Op.f32x4_mul, clamped, numerator);
    f.get(denominator);
    f.emit(Op.f32x4_div);
  });
}
