/** Rounding that no target has as one instruction. */

import type { Algebra } from '../algebra.js';
import { withSign } from './polynomial.js';

/** The nearest integral value, ties away from zero; exact, the sign of zero kept. */
export function roundAwayFromZeroExpansion<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const magnitude = alg.abs(x);
  const whole = alg.floor(magnitude);
  // The difference is exact, where adding 1/2 before would round. Of infinity it is NaN, and nothing is added.
  const rest = alg.sub(magnitude, whole);
  const increment = alg.select(alg.cmpLe(alg.constF(0.5), rest), alg.constF(1), alg.constF(0));
  return withSign(alg, alg.add(whole, increment), x);
}
