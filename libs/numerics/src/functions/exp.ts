/**
 * exp, exp2 and expm1.
 *
 * Cody and Waite's reduction: `x = n ln2 + r` with `|r| <= ln2 / 2`, ln2 split in two so that `n * ln2High` is exact;
 * then `exp(x) = 2^n (1 + r + r^2 q(r))` with a minimax polynomial `q`.
 *
 * `n` is rounded by adding a magic number whose unit in the last place is 1, so its low bits *are* the integer `n`
 * (plus a bias chosen to be useful) and no conversion is needed. `2^n` is applied as two factors, which overflow and
 * go subnormal exactly where the result does.
 */

import type { Algebra } from '../algebra.js';
import { f32Bits } from '../bits.js';
import { atLeast, atMost, polynomial } from './polynomial.js';

export interface ExpConstants {
  readonly log2e: number;
  /** Few enough bits that its product with any `n` is exact. */
  readonly ln2High: number;
  readonly ln2Low: number;
  /** `1.5 * 2^p` for a format of p mantissa bits: adding it rounds to an integer. */
  readonly magic: number;
  /** Mantissa bits, the exponent bias, and the bits of sign and exponent. */
  readonly mantissaBits: number;
  readonly bias: number;
  readonly exponentMask: number;
}

export const EXP_CONSTANTS_F32: ExpConstants = {
  log2e: Math.LOG2E,
  ln2High: 0.693145751953125,
  ln2Low: 1.428606765330187e-6,
  magic: 1.5 * 2 ** 23,
  mantissaBits: 23,
  bias: 127,
  exponentMask: -(2 ** 23),
};

export const EXP_CONSTANTS_F64: ExpConstants = {
  log2e: Math.LOG2E,
  ln2High: 0.6931471803691238,
  ln2Low: 1.9082149292705877e-10,
  magic: 1.5 * 2 ** 52,
  mantissaBits: 52,
  bias: 1023,
  exponentMask: -(2 ** 52),
};

/** (e^r - 1 - r) / r^2 on |r| <= ln2/2, minimax for exp: relative error 3.2e-9. */
const EXP_F32 = [
  0.4999999403953552, 0.16666516661643982, 0.04166810214519501, 0.00836916547268629, 0.0013838002923876047,
];

/** The same, minimax relative to expm1: 1.4e-8. */
export const EXPM1_F32 = [
  0.4999999701976776, 0.16666539013385773, 0.04166774824261665, 0.008367087692022324, 0.0013837860897183418,
];

/** The same in f64, minimax relative to expm1: 3.4e-17. */
export const EXPM1_F64 = [
  0.5000000000000006, 0.16666666666666588, 0.04166666666657668, 0.008333333333389613, 0.0013888888931590803,
  0.00019841269718898482, 2.480150524061603e-5, 2.7557407610068496e-6, 2.762605177353114e-7, 2.505376495286095e-8,
];

/** (2^r - 1) / r - 1 on |r| <= 1/2: relative error of 2^r 2.0e-9. */
const EXP2_F32 = [
  -0.306852787733078, 0.24022647738456726, 0.055503323674201965, 0.009618437848985195, 0.0013398900628089905,
  0.00015353340131696314,
];

/** The same in f64: 3.4e-18. */
export const EXP2_F64 = [
  -0.30685281944005466, 0.2402265069591013, 0.05550410866482008, 0.009618129107594067, 0.0013333558146775117,
  0.00015403530457187557, 1.5252733492814161e-5, 1.3215435241506496e-6, 1.0178199637268987e-7, 7.0737907459481075e-9,
  4.434770769440315e-10,
];

/** `x = n ln2 + (high + low)`, where `high` is exact; `biased` holds `n + bias` in its low bits. */
interface Reduced<F, I> {
  readonly biased: I;
  readonly high: F;
  readonly low: F;
}

function reduce<F, I, M>(alg: Algebra<F, I, M>, x: F, k: ExpConstants, bias: number): Reduced<F, I> {
  const magic = alg.constF(k.magic + bias);
  const shifted = alg.mulAdd(x, alg.constF(k.log2e), magic);
  const n = alg.sub(shifted, magic);
  return {
    biased: alg.bitcastToInt(shifted),
    // The product is exact, fused or not.
    high: alg.mulAdd(n, alg.constF(-k.ln2High), x),
    low: alg.mul(n, alg.constF(-k.ln2Low)),
  };
}

/** `e^(high + low) - 1`. Keeping `low` out of the leading term saves a quarter of an ULP and costs one op. */
function expm1Reduced<F, I, M>(alg: Algebra<F, I, M>, { high, low }: Reduced<F, I>, q: readonly number[]): F {
  const r = alg.add(high, low);
  return alg.add(high, alg.mulAdd(alg.mul(r, r), polynomial(alg, r, q), low));
}

/** 2^floor(n/2) and 2^ceil(n/2), where `biased` holds `n + 2 * bias` in its low bits. */
function powerOfTwoFactors<F, I, M>(alg: Algebra<F, I, M>, biased: I, k: ExpConstants): readonly [F, F] {
  const half = alg.andI(alg.shlI(biased, k.mantissaBits - 1), alg.constI(k.exponentMask));
  const rest = alg.subI(alg.shlI(biased, k.mantissaBits), half);
  return [alg.bitcastToFloat(half), alg.bitcastToFloat(rest)];
}

/** `y * 2^n` where `biased` holds `n + 2 * bias` in its low bits. */
function scaleByPowerOfTwo<F, I, M>(alg: Algebra<F, I, M>, y: F, biased: I, k: ExpConstants): F {
  const [first, second] = powerOfTwoFactors(alg, biased, k);
  return alg.mul(alg.mul(y, first), second);
}

/** exp of a value already within the range where `n` fits the scaling. */
function expInRange<F, I, M>(alg: Algebra<F, I, M>, x: F, k: ExpConstants, q: readonly number[]): F {
  const reduced = reduce(alg, x, k, 2 * k.bias);
  const y = alg.add(alg.constF(1), expm1Reduced(alg, reduced, q));
  return scaleByPowerOfTwo(alg, y, reduced.biased, k);
}

/**
 * Up to here on both sides 2^n is a normal number of f32, and so is its product with the last bit of what is added to 1, so
 * that it is exact.
 */
const MIDDLE_BITS = f32Bits(64);

/**
 * e^x in f32, at most 1 ULP, subnormal results included. 2^n is one factor, which multiplies what is added to 1 and is added
 * itself; only towards the ends of the range, and beyond, is it two.
 */
export function expF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const k = EXP_CONSTANTS_F32;
  const magnitude = alg.andI(alg.bitcastToInt(x), alg.constI(2 ** 31 - 1));
  const rare = alg.cmpLtI(alg.constI(MIDDLE_BITS), magnitude);
  const reduced = reduce(alg, x, k, k.bias);
  const power = alg.bitcastToFloat(alg.shlI(reduced.biased, k.mantissaBits));
  const common = alg.mulAdd(power, expm1Reduced(alg, reduced, EXP_F32), power);
  // A power of two scales exactly, fused or not: between the ends, both ways give the same bits.
  const [result] = alg.selectRare(rare, [common], (cold) => [expOfMasked(cold, x, rare, common)], {
    everywhere: true,
  }) as readonly [F];
  return result;
}

/** Below it e^x is less than half of the least subnormal number of f32. */
const VANISHES = -104;

/**
 * Elements that a mask has taken far below the others, as in attention, are zero: where there are none but these, what was
 * computed for the others stands.
 */
function expOfMasked<F, I, M>(alg: Algebra<F, I, M>, x: F, rare: M, common: F): F {
  const vanishes = alg.cmpLt(x, alg.constF(VANISHES));
  const masked = alg.select(vanishes, alg.constF(0), common);
  const others = alg.andM(rare, alg.notM(vanishes));
  const [result] = alg.selectRare(others, [masked], (cold) => [expAtEnds(cold, x)], { everywhere: true }) as readonly [
    F,
  ];
  return result;
}

/** As `expF32`, for all x. */
function expAtEnds<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  const k = EXP_CONSTANTS_F32;
  const reduced = reduce(alg, atLeast(alg, atMost(alg, x, 89), VANISHES), k, k.bias);
  const y = alg.add(alg.constF(1), expm1Reduced(alg, reduced, EXP_F32));
  return scaleByPowerOfTwo(alg, y, alg.addI(reduced.biased, alg.constI(k.bias)), k);
}

/** e^x in f64, at most 1 ULP, subnormal results included. */
export function expF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return expInRange(alg, atLeast(alg, atMost(alg, x, 710), -746), EXP_CONSTANTS_F64, EXPM1_F64);
}

function exp2InRange<F, I, M>(alg: Algebra<F, I, M>, x: F, k: ExpConstants, q: readonly number[]): F {
  const magic = alg.constF(k.magic + 2 * k.bias);
  const shifted = alg.add(x, magic);
  const r = alg.sub(x, alg.sub(shifted, magic));
  // 1 + (r + r q) with q = (2^r - 1) / r - 1: r is exact, and the rounded product is small.
  const y = alg.add(alg.constF(1), alg.mulAdd(r, polynomial(alg, r, q), r));
  return scaleByPowerOfTwo(alg, y, alg.bitcastToInt(shifted), k);
}

/** 2^x in f32, at most 1 ULP; exact for integral x. */
export function exp2F32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return exp2InRange(alg, atLeast(alg, atMost(alg, x, 129), -151), EXP_CONSTANTS_F32, EXP2_F32);
}

/** 2^x in f64, at most 1 ULP; exact for integral x. */
export function exp2F64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return exp2InRange(alg, atLeast(alg, atMost(alg, x, 1025), -1076), EXP_CONSTANTS_F64, EXP2_F64);
}

/**
 * `2^n (1 + p) - 1 = 2 (s p + (s - 1/2))` with `s = 2^(n-1)`, which stays finite where 2^n would not. Below `tiny`
 * e^x - 1 rounds to x: that keeps -0, and subnormals, which the factor 1/2 would shorten.
 */
function expm1InRange<F, I, M>(alg: Algebra<F, I, M>, x: F, tiny: number, k: ExpConstants, q: readonly number[]): F {
  const reduced = reduce(alg, x, k, k.bias - 1);
  const s = alg.bitcastToFloat(alg.shlI(reduced.biased, k.mantissaBits));
  const half = alg.add(alg.mul(s, expm1Reduced(alg, reduced, q)), alg.sub(s, alg.constF(0.5)));
  return alg.select(alg.cmpLt(alg.abs(x), alg.constF(tiny)), x, alg.add(half, half));
}

/** e^x - 1 in f32, at most 2 ULP. */
export function expm1F32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return expm1InRange(alg, atLeast(alg, atMost(alg, x, 89), -20), 2 ** -25, EXP_CONSTANTS_F32, EXPM1_F32);
}

/** e^x - 1 in f64, at most 2 ULP. */
export function expm1F64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return expm1InRange(alg, atLeast(alg, atMost(alg, x, 710), -40), 2 ** -54, EXP_CONSTANTS_F64, EXPM1_F64);
}

/**
 * e^x - 1 where 2^n neither overflows nor goes subnormal: |x| <= 80 in f32, 700 in f64, or NaN. Loses the sign of
 * zero, and nothing else.
 */
function expm1Bounded<F, I, M>(alg: Algebra<F, I, M>, x: F, k: ExpConstants, q: readonly number[]): F {
  const reduced = reduce(alg, x, k, k.bias);
  const s = alg.bitcastToFloat(alg.shlI(reduced.biased, k.mantissaBits));
  return alg.add(alg.mul(s, expm1Reduced(alg, reduced, q)), alg.sub(s, alg.constF(1)));
}

/** e^x - 1 in f32 for |x| <= 80 or NaN; +0 at -0. */
export function expm1BoundedF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return expm1Bounded(alg, x, EXP_CONSTANTS_F32, EXPM1_F32);
}

/** e^x - 1 in f64 for |x| <= 700 or NaN; +0 at -0. */
export function expm1BoundedF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return expm1Bounded(alg, x, EXP_CONSTANTS_F64, EXPM1_F64);
}

/**
 * 2^(x + tail) for a tail of at most an ULP of x, and x from -1076 to 1025 (-151 to 129 in f32), or NaN: as `exp2`,
 * whose error stays below 1 ULP.
 */
function exp2WithTail<F, I, M>(alg: Algebra<F, I, M>, x: F, tail: F, k: ExpConstants, q: readonly number[]): F {
  const magic = alg.constF(k.magic + 2 * k.bias);
  const shifted = alg.add(x, magic);
  const r = alg.add(alg.sub(x, alg.sub(shifted, magic)), tail);
  const y = alg.add(alg.constF(1), alg.mulAdd(r, polynomial(alg, r, q), r));
  return scaleByPowerOfTwo(alg, y, alg.bitcastToInt(shifted), k);
}

export function exp2WithTailF32<F, I, M>(alg: Algebra<F, I, M>, x: F, tail: F): F {
  return exp2WithTail(alg, x, tail, EXP_CONSTANTS_F32, EXP2_F32);
}

export function exp2WithTailF64<F, I, M>(alg: Algebra<F, I, M>, x: F, tail: F): F {
  return exp2WithTail(alg, x, tail, EXP_CONSTANTS_F64, EXP2_F64);
}

/** e^(x + tail) * 2^shift as a value and what its last addition lost. */
function expWithTail<F, I, M>(
  alg: Algebra<F, I, M>,
  x: F,
  tail: F | undefined,
  shift: number,
  k: ExpConstants,
  q: readonly number[],
): { value: F; lost: F } {
  const plain = reduce(alg, x, k, 2 * k.bias + shift);
  const reduced = tail === undefined ? plain : { ...plain, low: alg.add(plain.low, tail) };
  const one = alg.constF(1);
  const p = expm1Reduced(alg, reduced, q);
  const y = alg.add(one, p);
  const lost = alg.sub(p, alg.sub(y, one));
  const [first, second] = powerOfTwoFactors(alg, reduced.biased, k);
  return { value: alg.mul(alg.mul(y, first), second), lost: alg.mul(alg.mul(lost, first), second) };
}

/** e^x / 2 for 0 <= x or NaN, infinite only where the half is, as a value and what its last addition lost. */
export function halfExpF32<F, I, M>(alg: Algebra<F, I, M>, x: F): { value: F; lost: F } {
  return expWithTail(alg, atMost(alg, x, 90), undefined, -1, EXP_CONSTANTS_F32, EXP_F32);
}

/** The same in f64. */
export function halfExpF64<F, I, M>(alg: Algebra<F, I, M>, x: F): { value: F; lost: F } {
  return expWithTail(alg, atMost(alg, x, 711), undefined, -1, EXP_CONSTANTS_F64, EXPM1_F64);
}

/**
 * e^x in f64 for x <= 0 or NaN, as a value and what its last addition lost: the sum of the two is within 0.4 ULP
 * where it is normal.
 */
export function expNegativeWithTailF64<F, I, M>(alg: Algebra<F, I, M>, x: F): { value: F; lost: F } {
  return expWithTail(alg, atLeast(alg, x, -746), undefined, 0, EXP_CONSTANTS_F64, EXPM1_F64);
}

/** e^(x + tail) for x from -110 to 0 or NaN, and a small tail, as a value and what its last addition lost. */
export function expOfNegativeF32<F, I, M>(alg: Algebra<F, I, M>, x: F, tail: F): { value: F; lost: F } {
  return expWithTail(alg, x, tail, 0, EXP_CONSTANTS_F32, EXP_F32);
}

/** The same in f64, for x from -770. */
export function expOfNegativeF64<F, I, M>(alg: Algebra<F, I, M>, x: F, tail: F): { value: F; lost: F } {
  return expWithTail(alg, x, tail, 0, EXP_CONSTANTS_F64, EXPM1_F64);
}
