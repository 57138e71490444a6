/** The functions that saturate: tanh, sigmoid (the logistic function) and erf. */

import type { Algebra } from '../algebra.js';
import { expm1BoundedF64, expNegativeF32, expNegativeF64 } from './exp.js';
import { atLeast, atMost, polynomial } from './polynomial.js';

/** tanh(x) = x p(x^2) / q(x^2), minimax relative error 2.1e-8 up to the bound, beyond which it rounds to 1. */
const TANH_F32 = {
  bound: 9.02,
  p: [1, 0.13379716873168945, 0.00349403265863657, 2.0583449440891854e-5, 1.331902943491059e-8],
  q: [1, 0.46713030338287354, 0.025871066376566887, 0.0003283089608885348, 7.762001814626274e-7],
};

/** erf(x) = x p(x^2) / q(x^2), minimax relative error 1.9e-8 up to the bound, beyond which it rounds to 1. */
const ERF_F32 = {
  bound: 3.93,
  p: [
    1.128379145353056, 0.19078396857811328, 0.05279030335974174, 0.003779614931294469, 0.0002848086975773183,
    2.0419692873263196e-6,
  ],
  q: [
    1, 0.5024106094075803, 0.11425757852178156, 0.014997448762702573, 0.0011652140383482889, 3.800406432378177e-5,
  ],
};

interface OddRational {
  readonly bound: number;
  readonly p: readonly number[];
  readonly q: readonly number[];
}

/** `x p(x^2) / q(x^2)` with `x` clamped to the bound. All coefficients are positive, so nothing cancels. */
function oddRational<F, I, M>(alg: Algebra<F, I, M>, x: F, { bound, p, q }: OddRational): F {
  const clamped = atLeast(alg, atMost(alg, x, bound), -bound);
  const z = alg.mul(clamped, clamped);
  return alg.div(alg.mul(clamped, polynomial(alg, z, p)), polynomial(alg, z, q));
}

/** Hyperbolic tangent in f32, at most 3 ULP. */
export function tanhF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return oddRational(alg, x, TANH_F32);
}

/** Error function in f32, at most 3 ULP. */
export function erfF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return oddRational(alg, x, ERF_F32);
}

/**
 * Hyperbolic tangent in f64, at most 2 ULP: `-t / (t + 2)` with `t = expm1(-2|x|)` for small |x|, where the leading
 * term must be exact, and `1 - 2 / (t + 2)` with `t = expm1(2|x|)` for large; one expm1 and one division serve both.
 */
export function tanhF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const magnitude = alg.abs(x);
  const twice = alg.add(atMost(alg, magnitude, 22), atMost(alg, magnitude, 22));
  const large = alg.cmpLt(alg.constF(0.55), magnitude);
  const t = expm1BoundedF64(alg, alg.select(large, twice, alg.neg(twice)));
  const two = alg.constF(2);
  const quotient = alg.div(alg.select(large, two, alg.neg(t)), alg.add(t, two));
  const positive = alg.select(large, alg.sub(alg.constF(1), quotient), quotient);
  // The sign of x, zero included.
  const sign = alg.andI(alg.bitcastToInt(x), alg.constI(-(2 ** 63)));
  const signed = alg.bitcastToFloat(alg.orI(alg.bitcastToInt(positive), sign));
  // Below this tanh(x) rounds to x; subnormals would lose bits in the division.
  return alg.select(alg.cmpLt(magnitude, alg.constF(2 ** -28)), x, signed);
}

/** `e^x / (1 + e^x)` for negative x, `1 / (1 + e^-x)` otherwise: e^-|x| serves both and cannot overflow. */
function sigmoidFromExp<F, I, M>(alg: Algebra<F, I, M>, x: F, z: F): F {
  const one = alg.constF(1);
  const numerator = alg.select(alg.cmpLt(x, alg.constF(0)), z, one);
  return alg.div(numerator, alg.add(one, z));
}

/** The logistic function `1 / (1 + e^-x)` in f32, at most 3 ULP, subnormal results included. */
export function sigmoidF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return sigmoidFromExp(alg, x, expNegativeF32(alg, alg.neg(alg.abs(x))));
}

/** The logistic function in f64, at most 2 ULP, subnormal results included. */
export function sigmoidF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return sigmoidFromExp(alg, x, expNegativeF64(alg, alg.neg(alg.abs(x))));
}
