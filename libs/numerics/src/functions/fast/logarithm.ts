/**
 * The logarithms in the numerics mode `fast`: at most 4 ULP where argument and result are normal numbers. Of zero,
 * infinities and subnormal numbers they are the logarithm of a number near the end of the range; of negative numbers and
 * NaN, some number.
 *
 * As in `log.ts`, `x = 2^e (1 + f)`; without the tests of special values and the rescaling of subnormal numbers. In f32
 * `log(1 + f) = f + f^2 p(f)` takes one multiplication beside the polynomial.
 */

import type { Algebra } from '../../algebra.js';
import { LOG_CONSTANTS_F32, LOG_CONSTANTS_F64, log1pTailF64, type Split, splitFast, splitOnePlus } from '../log.js';
import { polynomial } from '../polynomial.js';

/** (log(1 + f) - f) / f^2 on [sqrt(1/2) - 1, sqrt(2) - 1]: relative error of the logarithm 3.0e-8. */
const LOG_F32 = [
  -0.49999991059303284, 0.33333951234817505, -0.25001755356788635, 0.19962072372436523, -0.16570508480072021,
  0.14917974174022675, -0.14307518303394318, 0.08734836429357529,
];

type Format = 'f32' | 'f64';

function split<F, I, M>(alg: Algebra<F, I, M>, x: F, format: Format): Split<F, I> {
  return splitFast(alg, x, format === 'f32' ? LOG_CONSTANTS_F32 : LOG_CONSTANTS_F64);
}

/** `log(1 + f)` of a split number. */
function ofMantissa<F, I, M>(alg: Algebra<F, I, M>, f: F, format: Format): F {
  if (format === 'f64') return alg.add(f, log1pTailF64(alg, f));
  return alg.mulAdd(alg.mul(f, f), polynomial(alg, f, LOG_F32), f);
}

function natural<F, I, M>(alg: Algebra<F, I, M>, { exponent, f }: Split<F, I>, format: Format): F {
  return alg.mulAdd(exponent, alg.constF(Math.LN2), ofMantissa(alg, f, format));
}

export function fastLogF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return natural(alg, split(alg, x, 'f32'), 'f32');
}
export function fastLogF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return natural(alg, split(alg, x, 'f64'), 'f64');
}

function log2<F, I, M>(alg: Algebra<F, I, M>, x: F, format: Format): F {
  const { exponent, f } = split(alg, x, format);
  return alg.mulAdd(ofMantissa(alg, f, format), alg.constF(Math.LOG2E), exponent);
}

export function fastLog2F32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return log2(alg, x, 'f32');
}
export function fastLog2F64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return log2(alg, x, 'f64');
}

function log10<F, I, M>(alg: Algebra<F, I, M>, x: F, format: Format): F {
  const { exponent, f } = split(alg, x, format);
  const mantissaPart = alg.mul(ofMantissa(alg, f, format), alg.constF(Math.LOG10E));
  return alg.mulAdd(exponent, alg.constF(Math.log10(2)), mantissaPart);
}

export function fastLog10F32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return log10(alg, x, 'f32');
}
export function fastLog10F64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return log10(alg, x, 'f64');
}

export function fastLog1pF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return natural(alg, splitOnePlus(alg, x, LOG_CONSTANTS_F32), 'f32');
}
export function fastLog1pF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return natural(alg, splitOnePlus(alg, x, LOG_CONSTANTS_F64), 'f64');
}
