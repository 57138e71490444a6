/**
 * asinh, acosh and atanh by log1p, whose argument is formed without cancellation:
 *
 *   asinh(x) = log1p(x + x^2 / (1 + sqrt(x^2 + 1)))    acosh(1 + t) = log1p(t + sqrt(t (t + 2)))
 *   atanh(x) = log1p(2 x / (1 - x)) / 2
 *
 * for x >= 0; asinh and atanh are odd. Where 1 is nothing beside x, asinh and acosh are log(x) + log(2).
 */

import type { Algebra } from '../algebra.js';
import { log1pF64 } from './log.js';
import { log1pF32 } from './log-f32.js';
import { withSign } from './polynomial.js';

const LN2 = 0.6931471805599453;

/** From here on 1 / x is below half a unit in the last place of log(x). */
function limit<F, I, M>(alg: Algebra<F, I, M>): F {
  return alg.constF(alg.format === 'f32' ? 2 ** 28 : 2 ** 57);
}
function log1p<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return alg.format === 'f32' ? log1pF32(alg, x) : log1pF64(alg, x);
}

/** log1p of `argument`, or log(2 x) where x is `large`. */
function logOf<F, I, M>(alg: Algebra<F, I, M>, large: M, x: F, argument: F): F {
  const result = log1p(alg, alg.select(large, x, argument));
  return alg.select(large, alg.add(result, alg.constF(LN2)), result);
}

/** Inverse hyperbolic sine, at most 3 ULP in f32 and f64. */
export function asinh<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const one = alg.constF(1);
  const magnitude = alg.abs(x);
  const square = alg.mul(magnitude, magnitude);
  const small = alg.div(square, alg.add(one, alg.sqrt(alg.add(square, one))));
  const large = alg.cmpLe(limit(alg), magnitude);
  return withSign(alg, logOf(alg, large, magnitude, alg.add(magnitude, small)), x);
}

/** Inverse hyperbolic cosine, at most 3 ULP in f32 and f64; NaN below 1. */
export function acosh<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const one = alg.constF(1);
  const t = alg.sub(x, one);
  const root = alg.sqrt(alg.mul(t, alg.add(t, alg.constF(2))));
  const result = logOf(alg, alg.cmpLe(limit(alg), x), x, alg.add(t, root));
  return alg.select(alg.cmpLt(x, one), alg.constF(Number.NaN), result);
}

/** Inverse hyperbolic tangent, at most 3 ULP in f32 and f64; infinite at 1 and -1, NaN beyond. */
export function atanh<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const magnitude = alg.abs(x);
  const argument = alg.div(alg.add(magnitude, magnitude), alg.sub(alg.constF(1), magnitude));
  return withSign(alg, alg.mul(alg.constF(0.5), log1p(alg, argument)), x);
}
