/** Reciprocal square root; `sqrt` itself is an operation of the algebra. */

import type { Algebra } from '../algebra.js';

/** `1 / sqrt(x)`, two correctly rounded operations: at most 2 ULP in either format; -inf at -0, NaN below. */
export function rsqrt<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return alg.div(alg.constF(1), alg.sqrt(x));
}

/** Correctly rounded square root. */
export function sqrt<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return alg.sqrt(x);
}
