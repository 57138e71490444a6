/**
 * The logarithms in the numerics mode `fast`: at most 4 ULP where argument and result are normal numbers. Of zero,
 * infinities and subnormal numbers they are the logarithm of a number near the end of the range; of negative numbers and
 * NaN, some number.
 *
 * As in `log.ts` and `log-f32.ts`, `x = 2^e (1 + f)`; without the tests of special values and the rescaling of subnormal
 * numbers. log and log1p of f32 have no more to lose than a branch that is not taken: they are those of all modes.
 */

import type { Algebra } from '../../algebra.js';
import { LOG_CONSTANTS_F64, log1pTailF64, type Split, splitFast, splitOnePlus } from '../log.js';
import { EXPONENT_UNIT, logOfMantissaF32, splitPositiveF32 } from '../log-f32.js';

export function fastLog2F32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const { exponent, f } = splitPositiveF32(alg, x);
  return alg.mulAdd(logOfMantissaF32(alg, f), alg.constF(Math.LOG2E), alg.mul(exponent, alg.constF(EXPONENT_UNIT)));
}

export function fastLog10F32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const { exponent, f } = splitPositiveF32(alg, x);
  const mantissaPart = alg.mul(logOfMantissaF32(alg, f), alg.constF(Math.LOG10E));
  return alg.mulAdd(exponent, alg.constF(Math.log10(2) * EXPONENT_UNIT), mantissaPart);
}

/** `log(1 + f)` of a split number. */
function ofMantissa<F, I, M>(alg: Algebra<F, I, M>, f: F): F {
  return alg.add(f, log1pTailF64(alg, f));
}

function natural<F, I, M>(alg: Algebra<F, I, M>, { exponent, f }: Split<F, I>): F {
  return alg.mulAdd(exponent, alg.constF(Math.LN2), ofMantissa(alg, f));
}

export function fastLogF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return natural(alg, splitFast(alg, x, LOG_CONSTANTS_F64));
}

export function fastLog2F64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const { exponent, f } = splitFast(alg, x, LOG_CONSTANTS_F64);
  return alg.mulAdd(ofMantissa(alg, f), alg.constF(Math.LOG2E), exponent);
}

export function fastLog10F64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const { exponent, f } = splitFast(alg, x, LOG_CONSTANTS_F64);
  const mantissaPart = alg.mul(ofMantissa(alg, f), alg.constF(Math.LOG10E));
  return alg.mulAdd(exponent, alg.constF(Math.log10(2)), mantissaPart);
}

export function fastLog1pF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return natural(alg, splitOnePlus(alg, x, LOG_CONSTANTS_F64));
}
