/**
 * sinh and cosh: `h -+ 1 / (4 h)` with `h = e^|x| / 2`, which overflows only where the result does; near zero, where
 * the difference would cancel, sinh is a minimax polynomial.
 */

import type { Algebra } from '../algebra.js';
import { halfExpF32, halfExpF64 } from './exp.js';
import { polynomial, withSign } from './polynomial.js';

/** (sinh(x) - x) / x^3 in x^2 for |x| < 1: relative error of sinh 3.0e-10. */
const SINH_F32 = [0.1666666716337204, 0.00833331048488617, 0.00019842895562760532, 2.7822131869470468e-6];

/** The same in f64: 2.5e-19. */
const SINH_F64 = [
  0.16666666666666669, 0.008333333333332912, 0.00019841269841593405, 2.755731910676011e-6, 2.505213099790173e-8,
  1.6056659253593838e-10, 7.776596843243049e-13,
];

interface HalfExp<F> {
  readonly value: F;
  readonly lost: F;
}

function sinh<F, I, M>(alg: Algebra<F, I, M>, x: F, { value, lost }: HalfExp<F>, coefficients: readonly number[]): F {
  const magnitude = alg.abs(x);
  const far = alg.add(alg.sub(value, alg.div(alg.constF(0.25), value)), lost);
  const z = alg.mul(magnitude, magnitude);
  const near = alg.add(magnitude, alg.mul(alg.mul(magnitude, z), polynomial(alg, z, coefficients)));
  return withSign(alg, alg.select(alg.cmpLt(magnitude, alg.constF(1)), near, far), x);
}

function cosh<F, I, M>(alg: Algebra<F, I, M>, { value, lost }: HalfExp<F>): F {
  return alg.add(alg.add(value, alg.div(alg.constF(0.25), value)), lost);
}

/** Hyperbolic sine in f32, at most 3 ULP. */
export function sinhF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return sinh(alg, x, halfExpF32(alg, alg.abs(x)), SINH_F32);
}

/** Hyperbolic sine in f64, at most 2 ULP. */
export function sinhF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return sinh(alg, x, halfExpF64(alg, alg.abs(x)), SINH_F64);
}

/** Hyperbolic cosine in f32, at most 3 ULP. */
export function coshF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return cosh(alg, halfExpF32(alg, alg.abs(x)));
}

/** Hyperbolic cosine in f64, at most 2 ULP. */
export function coshF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return cosh(alg, halfExpF64(alg, alg.abs(x)));
}
