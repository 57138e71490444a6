/**
 * Cube root: `x = m 2^(3 k)` with m in [1, 8), a polynomial guess at the root of m and one step of Halley's iteration,
 * which triples the correct bits. The guess is cut to half the bits of the format, so that its square is exact and the
 * residual loses little.
 */

import type { Algebra } from '../algebra.js';
import { polynomial, withSign } from './polynomial.js';

interface CbrtConstants {
  readonly mantissaBits: number;
  readonly bias: number;
  /** What makes the bias a multiple of 3. */
  readonly biasOffset: number;
  readonly smallestNormal: number;
  /** Subnormal numbers are multiplied by 2^(3 * rescale). */
  readonly rescale: number;
  /** Keeps the upper half of a mantissa. */
  readonly upperMask: number;
  /** cbrt(1 + f) for f in [0, 1]. */
  readonly guess: readonly number[];
}

/** Relative error of the guess 7.3e-5. */
const F32: CbrtConstants = {
  mantissaBits: 23,
  bias: 127,
  biasOffset: 2,
  smallestNormal: 2 ** -126,
  rescale: 8,
  upperMask: -(2 ** 12),
  guess: [1.000072956085205, 0.3304901123046875, -0.09365511685609818, 0.02310502901673317],
};

/** Relative error of the guess 1.3e-6. */
const F64: CbrtConstants = {
  mantissaBits: 52,
  bias: 1023,
  biasOffset: 0,
  smallestNormal: 2 ** -1022,
  rescale: 18,
  upperMask: -(2 ** 27),
  guess: [
    1.000001230340796, 0.33323086362066856, -0.10973067664724791, 0.05471600027471445, -0.02364293749835594,
    0.005348112507722989,
  ],
};

/** The numerics mode `fast`: subnormal numbers, infinities and NaN need not be right, and the guess keeps all its bits. */
interface CubeRootOptions {
  readonly fast: boolean;
}

function cubeRoot<F, I, M>(alg: Algebra<F, I, M>, x: F, k: CbrtConstants, { fast }: CubeRootOptions): F {
  const one = alg.constF(1);
  const magnitude = alg.abs(x);
  const isSubnormal = fast ? undefined : alg.cmpLt(magnitude, alg.constF(k.smallestNormal));
  const normal =
    isSubnormal === undefined
      ? magnitude
      : alg.select(isSubnormal, alg.mul(magnitude, alg.constF(2 ** (3 * k.rescale))), magnitude);

  // 1. Mantissa, and a third of the exponent: a multiplication by 43691 / 2^17 divides small numbers by 3.
  const bits = alg.bitcastToInt(normal);
  const exponent = alg.addI(alg.shrU(bits, k.mantissaBits), alg.constI(k.biasOffset));
  const third = alg.shrU(alg.mulI(exponent, alg.constI(43691)), 17);
  const rest = alg.subI(exponent, alg.mulI(third, alg.constI(3)));
  const mantissa = alg.orI(
    alg.andI(bits, alg.constI(2 ** k.mantissaBits - 1)),
    alg.constI(k.bias * 2 ** k.mantissaBits),
  );
  const m = alg.bitcastToFloat(alg.addI(mantissa, alg.shlI(rest, k.mantissaBits)));

  // 2. The guess, and one iteration: y - y (y^3 - m) / (2 y^3 + m).
  const root = polynomial(alg, alg.sub(alg.bitcastToFloat(mantissa), one), k.guess);
  const isOne = alg.cmpEqI(rest, alg.constI(1));
  const isTwo = alg.cmpEqI(rest, alg.constI(2));
  const factor = alg.select(isTwo, alg.constF(2 ** (2 / 3)), alg.select(isOne, alg.constF(2 ** (1 / 3)), one));
  const product = alg.mul(root, factor);
  const y = fast ? product : alg.bitcastToFloat(alg.andI(alg.bitcastToInt(product), alg.constI(k.upperMask)));
  const cube = alg.mul(alg.mul(y, y), y);
  const residual = alg.div(alg.sub(cube, m), alg.add(alg.add(cube, cube), m));
  const better = alg.sub(y, alg.mul(y, residual));

  // 3. Times 2^k: never subnormal, so exact.
  const offset = k.bias - (k.bias + k.biasOffset) / 3;
  const rescaled =
    isSubnormal === undefined
      ? alg.constI(offset)
      : alg.selectI(isSubnormal, alg.constI(offset - k.rescale), alg.constI(offset));
  const field = alg.addI(third, rescaled);
  const result = withSign(alg, alg.mul(better, alg.bitcastToFloat(alg.shlI(field, k.mantissaBits))), x);

  if (fast) return alg.select(alg.cmpEq(x, alg.constF(0)), x, result);
  // Zeros, infinities and NaN are their own roots.
  const isOrdinary = alg.andM(
    alg.cmpLt(alg.constF(0), magnitude),
    alg.cmpLt(magnitude, alg.constF(Number.POSITIVE_INFINITY)),
  );
  return alg.select(isOrdinary, result, x);
}

/** Cube root in f32, at most 2 ULP. */
export function cbrtF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return cubeRoot(alg, x, F32, { fast: false });
}

/** Cube root in f64, at most 2 ULP. */
export function cbrtF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return cubeRoot(alg, x, F64, { fast: false });
}

/** The numerics mode `fast`: at most 4 ULP. */
export function fastCbrtF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return cubeRoot(alg, x, F32, { fast: true });
}
export function fastCbrtF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return cubeRoot(alg, x, F64, { fast: true });
}
