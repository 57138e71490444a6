/**
 * sin, cos and tan.
 *
 * `x = n pi/2 + (r + tail)` with |r| <= pi/4, by Cody and Waite's reduction with pi/2 in parts so short that all
 * products with n are exact but the last; what the subtractions lose goes into `tail`. Beyond the range of n that this
 * needs the reduction of `payne-hanek.ts` takes over, which ordinary arguments do not pay for. Then a minimax
 * polynomial for each of sin and cos, chosen and signed by the quadrant.
 */

import type { Algebra } from '../algebra.js';
import { fastTwoDifference } from './double-word.js';
import { reduceLargeAngle } from './payne-hanek.js';
import { polynomial } from './polynomial.js';

interface TrigonometricConstants {
  readonly width: number;
  /** `1.5 * 2^p`: adding it rounds to an integer, which then is in the low bits. */
  readonly magic: number;
  /** Largest magnitude of the short reduction. */
  readonly limit: number;
  /** Parts of pi/2 whose subtraction is exact. */
  readonly exactParts: readonly number[];
  /** Parts whose product with n is exact but not the subtraction, when much is left. */
  readonly parts: readonly number[];
  readonly lastPart: number;
  /** (sin(r) - r) / r^3 in r^2. */
  readonly sin: readonly number[];
  /** (cos(r) - 1) / r^2 in r^2. */
  readonly cos: readonly number[];
}

/** Parts of 9 bits for an n of 15; relative errors of the polynomials 4.2e-9 and 1.1e-10. */
const F32: TrigonometricConstants = {
  width: 32,
  magic: 1.5 * 2 ** 23,
  limit: 39000,
  exactParts: [1.5703125, 0.00048351287841796875],
  parts: [3.1385570764541626e-7, 6.070877134334296e-11],
  lastPart: 6.223371969669989e-14,
  sin: [-0.16666653752326965, 0.008332106284797192, -0.0001950788573594764],
  cos: [-0.5, 0.04166664555668831, -0.00138873013202101, 2.4430675694020465e-5],
};

/** Parts of 33 bits for an n of 20; relative errors 3.8e-18 and 5.1e-20. */
const F64: TrigonometricConstants = {
  width: 64,
  magic: 1.5 * 2 ** 52,
  limit: 1600000,
  exactParts: [1.5707963267341256],
  parts: [6.077100506303966e-11, 2.0222662487111665e-21],
  lastPart: 8.4784276603689e-32,
  sin: [
    -0.1666666666666663, 0.00833333333332184, -0.00019841269829358468, 2.75573135384731e-6, -2.505073438007924e-8,
    1.5895432620789164e-10,
  ],
  cos: [
    -0.5, 0.041666666666666595, -0.0013888888888873303, 2.480158728894703e-5, -2.7557314191811197e-7,
    2.0875700712345114e-9, -1.135844410485286e-11,
  ],
};

interface SinCos<F, I> {
  /** Its last two bits are the quadrant. */
  readonly quadrant: I;
  /** sin and cos of the reduced angle. */
  readonly sin: F;
  readonly cos: F;
}

function reduce<F, I, M>(alg: Algebra<F, I, M>, x: F, k: TrigonometricConstants): readonly F[] {
  const magic = alg.constF(k.magic);
  const shifted = alg.mulAdd(x, alg.constF(2 / Math.PI), magic);
  const n = alg.sub(shifted, magic);
  let r = x;
  for (const part of k.exactParts) r = alg.mulAdd(n, alg.constF(-part), r);
  let lost: F | undefined;
  for (const part of k.parts) {
    const difference = fastTwoDifference(alg, r, alg.mul(n, alg.constF(part)));
    r = difference.high;
    lost = lost === undefined ? difference.low : alg.add(lost, difference.low);
  }
  const last = alg.mul(n, alg.constF(k.lastPart));
  const small = lost === undefined ? alg.neg(last) : alg.sub(lost, last);
  const angle = alg.add(r, small);
  return [shifted, angle, alg.sub(small, alg.sub(angle, r))];
}

/** As `reduce`, without what the subtractions lose. */
function reduceFast<F, I, M>(alg: Algebra<F, I, M>, x: F, k: TrigonometricConstants): readonly F[] {
  const magic = alg.constF(k.magic);
  const shifted = alg.mulAdd(x, alg.constF(2 / Math.PI), magic);
  const n = alg.sub(shifted, magic);
  let r = x;
  for (const part of [...k.exactParts, ...k.parts, k.lastPart]) r = alg.mulAdd(n, alg.constF(-part), r);
  return [shifted, r];
}

/** The numerics mode `fast`: the angle is one value. */
function sinCosFast<F, I, M>(alg: Algebra<F, I, M>, x: F, k: TrigonometricConstants): SinCos<F, I> {
  const isLarge = alg.cmpLt(alg.constF(k.limit), alg.abs(x));
  const [shifted, r] = alg.selectRare(isLarge, reduceFast(alg, x, k), (cold) => {
    const large = reduceLargeAngle(cold, x);
    return [cold.add(large.quarters, cold.constF(k.magic)), large.angle];
  }) as readonly [F, F];
  const z = alg.mul(r, r);
  return {
    quadrant: alg.bitcastToInt(shifted),
    sin: alg.mulAdd(alg.mul(r, z), polynomial(alg, z, k.sin), r),
    cos: alg.mulAdd(z, polynomial(alg, z, k.cos), alg.constF(1)),
  };
}

function sinCos<F, I, M>(alg: Algebra<F, I, M>, x: F, k: TrigonometricConstants): SinCos<F, I> {
  const isLarge = alg.cmpLt(alg.constF(k.limit), alg.abs(x));
  const [shifted, r, tail] = alg.selectRare(isLarge, reduce(alg, x, k), (cold) => {
    const large = reduceLargeAngle(cold, x);
    return [cold.add(large.quarters, cold.constF(k.magic)), large.angle, large.tail];
  }) as readonly [F, F, F];
  const z = alg.mul(r, r);
  return {
    quadrant: alg.bitcastToInt(shifted),
    sin: alg.add(r, alg.mulAdd(alg.mul(r, z), polynomial(alg, z, k.sin), tail)),
    // cos(r + tail) = cos(r) - r tail
    cos: alg.add(alg.constF(1), alg.sub(alg.mul(z, polynomial(alg, z, k.cos)), alg.mul(r, tail))),
  };
}

/** `value`, negated where bit 1 of `quadrant` is set. */
function signByQuadrant<F, I, M>(alg: Algebra<F, I, M>, value: F, quadrant: I, k: TrigonometricConstants): F {
  const sign = alg.shlI(alg.andI(quadrant, alg.constI(2)), k.width - 2);
  return alg.bitcastToFloat(alg.xorI(alg.bitcastToInt(value), sign));
}

function isOdd<F, I, M>(alg: Algebra<F, I, M>, quadrant: I): M {
  return alg.cmpEqI(alg.andI(quadrant, alg.constI(1)), alg.constI(1));
}

/** Only -0 needs this: its sign is lost in the reduction. */
function keepZero<F, I, M>(alg: Algebra<F, I, M>, x: F, result: F): F {
  return alg.select(alg.cmpEq(x, alg.constF(0)), x, result);
}

function sineOf<F, I, M>(alg: Algebra<F, I, M>, { quadrant, sin, cos }: SinCos<F, I>, k: TrigonometricConstants): F {
  return signByQuadrant(alg, alg.select(isOdd(alg, quadrant), cos, sin), quadrant, k);
}

function cosineOf<F, I, M>(alg: Algebra<F, I, M>, { quadrant, sin, cos }: SinCos<F, I>, k: TrigonometricConstants): F {
  const next = alg.addI(quadrant, alg.constI(1));
  return signByQuadrant(alg, alg.select(isOdd(alg, quadrant), sin, cos), next, k);
}

function tangentOf<F, I, M>(alg: Algebra<F, I, M>, { quadrant, sin, cos }: SinCos<F, I>): F {
  const odd = isOdd(alg, quadrant);
  // tan(r + pi/2) = cos(r) / -sin(r)
  return alg.div(alg.select(odd, cos, sin), alg.select(odd, alg.neg(sin), cos));
}

/** sin x in f32 for all x, at most 2 ULP. */
export function sinF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return keepZero(alg, x, sineOf(alg, sinCos(alg, x, F32), F32));
}

/** sin x in f64 for all x, at most 2 ULP. */
export function sinF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return keepZero(alg, x, sineOf(alg, sinCos(alg, x, F64), F64));
}

/** cos x in f32 for all x, at most 2 ULP. */
export function cosF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return cosineOf(alg, sinCos(alg, x, F32), F32);
}

/** cos x in f64 for all x, at most 2 ULP. */
export function cosF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return cosineOf(alg, sinCos(alg, x, F64), F64);
}

/** tan x in f32 for all x, at most 4 ULP. */
export function tanF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return keepZero(alg, x, tangentOf(alg, sinCos(alg, x, F32)));
}

/** tan x in f64 for all x, at most 4 ULP. */
export function tanF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return keepZero(alg, x, tangentOf(alg, sinCos(alg, x, F64)));
}

/** The numerics mode `fast`: at most 4 ULP for all finite x; the sign of zero may go. */
export function fastSinF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return sineOf(alg, sinCosFast(alg, x, F32), F32);
}
export function fastSinF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return sineOf(alg, sinCosFast(alg, x, F64), F64);
}
export function fastCosF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return cosineOf(alg, sinCosFast(alg, x, F32), F32);
}
export function fastCosF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return cosineOf(alg, sinCosFast(alg, x, F64), F64);
}
/** In f32 the quotient would reach 4.8 ULP. */
export function fastTanF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return tangentOf(alg, sinCosFast(alg, x, F64));
}
