/**
 * Fused multiply-add over the abstract algebra: `a * b + c` rounded once, for machines that have no such instruction.
 *
 * Method: Boldo and Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd".
 * `fma.ts` holds the same in plain numbers, with integers for the extremes; here everything is straight-line, so the
 * factors are scaled to [1, 2) first, and the sum is scaled back with one rounding for normal and subnormal results.
 */

import type { Algebra } from '../algebra.js';

/** What a term may lie below another before it only tells on which side of a tie the sum is. */
const STICKY = 120;

/** The rounding error of `sum = a + b`, exact in the absence of overflow (Knuth's two-sum). */
function sumError<F, I, M>(g: Algebra<F, I, M>, a: F, b: F, sum: F): F {
  const bPart = g.sub(sum, a);
  return g.add(g.sub(a, g.sub(sum, bPart)), g.sub(b, bPart));
}

/** `sum`, and where it is inexact and its last bit even, its neighbour in the direction of `error`: rounding to odd. */
function toOdd<F, I, M>(g: Algebra<F, I, M>, sum: F, error: F): F {
  const zero = g.constF(0);
  // An infinite sum has a NaN error: both comparisons are false, and nothing moves.
  const errorIsNegative = g.cmpLt(error, zero);
  const errorIsPositive = g.cmpLt(zero, error);
  const sumIsNegative = g.cmpLt(sum, zero);
  const bits = g.bitcastToInt(sum);
  const isEven = g.cmpEqI(g.andI(bits, g.constI(1)), g.constI(0));
  const inexact = g.andM(g.orM(errorIsNegative, errorIsPositive), isEven);
  // Larger in magnitude when both have one sign, else smaller.
  const grows = g.orM(g.andM(errorIsNegative, sumIsNegative), g.andM(errorIsPositive, g.notM(sumIsNegative)));
  const step = g.selectI(grows, g.constI(1), g.constI(-1));
  return g.bitcastToFloat(g.selectI(inexact, g.addI(bits, step), bits));
}

/**
 * A double whose rounding to f32 is the fused multiply-add of three f32 values, given and computed in an algebra of f64:
 * the product of two f32 is exact there, and a sum rounded to odd is not harmed by a second rounding to half the bits.
 */
export function fusedMultiplyAddF32<F, I, M>(g: Algebra<F, I, M>, a: F, b: F, c: F): F {
  const product = g.mul(a, b);
  const sum = g.add(product, c);
  return toOdd(g, sum, sumError(g, product, c, sum));
}

/** `a * b + c` rounded once to f64, for all doubles: subnormal, infinite and NaN ones too. */
export function fusedMultiplyAddF64<F, I, M>(g: Algebra<F, I, M>, a: F, b: F, c: F): F {
  const zero = g.constF(0);
  const minI = (x: I, y: I): I => g.selectI(g.cmpLtI(x, y), x, y);
  const maxI = (x: I, y: I): I => g.selectI(g.cmpLtI(x, y), y, x);
  const bias = g.constI(1023);
  const powerOfTwo = (exponent: I): F => g.bitcastToFloat(g.shlI(g.addI(exponent, bias), 52));

  // 1. Significands in [1, 2) with the sign of the number, and exponents. Zeros and what is not finite is put right last.
  const parts = (x: F) => {
    const magnitude = g.abs(x);
    const isSubnormal = g.cmpLt(magnitude, g.constF(2 ** -1022));
    const bits = g.bitcastToInt(g.select(isSubnormal, g.mul(magnitude, g.constF(2 ** 64)), magnitude));
    const offset = g.selectI(isSubnormal, g.constI(1023 + 64), bias);
    const significand = g.bitcastToFloat(g.orI(g.andI(bits, g.constI(2 ** 52 - 1)), g.constI(1023 * 2 ** 52)));
    return {
      magnitude,
      exponent: g.subI(g.shrU(bits, 52), offset),
      significand: g.select(g.cmpLt(x, zero), g.neg(significand), significand),
    };
  };
  const x = parts(a);
  const y = parts(b);
  const z = parts(c);

  // 2. The sum is that of x * y and z * 2^distance, times 2^base. A term that is out of reach of the other is brought to
  // where it still lies outside of all its bits.
  const base = maxI(g.addI(x.exponent, y.exponent), g.subI(z.exponent, g.constI(STICKY)));
  const distance = maxI(g.subI(z.exponent, base), g.constI(-STICKY));
  const addend = g.mul(z.significand, powerOfTwo(distance));

  // 3. product + productError = x * y exactly (Veltkamp and Dekker).
  const upperPart = (v: F): F => {
    const scaled = g.mul(g.constF(134217729), v);
    return g.sub(scaled, g.sub(scaled, v));
  };
  const product = g.mul(x.significand, y.significand);
  const xHigh = upperPart(x.significand);
  const xLow = g.sub(x.significand, xHigh);
  const yHigh = upperPart(y.significand);
  const yLow = g.sub(y.significand, yHigh);
  const productError = g.sub(
    g.mul(xLow, yLow),
    g.sub(g.sub(g.sub(product, g.mul(xHigh, yHigh)), g.mul(xLow, yHigh)), g.mul(xHigh, yLow)),
  );

  // 4. The exact sum as head + rest, the rest rounded to odd.
  const tail = g.add(addend, productError);
  const tailError = sumError(g, addend, productError, tail);
  const head = g.add(product, tail);
  const headError = sumError(g, product, tail, head);
  const tails = g.add(tailError, headError);
  const rest = toOdd(g, tails, sumError(g, tailError, headError, tails));
  const normal = g.add(head, rest);

  // 5. Back by 2^base, in steps that neither overflow nor lose bits on their way.
  const limit = g.constI(1000);
  const lowLimit = g.constI(-1000);
  const step1 = maxI(minI(base, limit), lowLimit);
  const left = g.subI(base, step1);
  const step2 = maxI(minI(left, limit), lowLimit);
  const step3 = g.subI(left, step2);
  const scales = [step1, step2, step3].map(powerOfTwo);
  const scaled = (value: F): F => scales.reduce<F>((v, scale) => g.mul(v, scale), value);
  const scaledNormal = scaled(normal);

  // 6. A subnormal result keeps fewer bits: adding the power of two, of its sign, whose last bit has the weight of the
  // last one kept rounds there, once. The sign of a result that vanishes is that of the sum.
  const isSubnormal = g.cmpLe(g.abs(scaledNormal), g.constF(2 ** -1022));
  const power = powerOfTwo(g.subI(g.constI(-1022), base));
  const isNegative = g.cmpLt(normal, zero);
  const magic = g.select(isNegative, g.neg(power), power);
  const magicHead = g.add(magic, head);
  const magicTail = sumError(g, magic, head, magicHead);
  const last = g.add(magicTail, rest);
  const kept = g.sub(g.add(magicHead, toOdd(g, last, sumError(g, magicTail, rest, last))), magic);
  const small = g.abs(scaled(kept));
  const signedSmall = g.select(isNegative, g.neg(small), small);
  const regular = g.select(isSubnormal, signedSmall, scaledNormal);

  // 7. Zeros and what is not finite: the product is exact, or all that counts, or an infinite c outweighs it.
  const infinity = g.constF(Number.POSITIVE_INFINITY);
  const isBounded = (m: F): M => g.cmpLt(m, infinity);
  const isPositive = (m: F): M => g.cmpLt(zero, m);
  const plainProduct = g.mul(a, b);
  const withoutAddend = g.select(isPositive(z.magnitude), regular, plainProduct);
  const finiteFactors = g.select(isBounded(z.magnitude), withoutAddend, c);
  const hasFactors = g.andM(
    g.andM(isBounded(x.magnitude), isBounded(y.magnitude)),
    g.andM(isPositive(x.magnitude), isPositive(y.magnitude)),
  );
  // A NaN c is neither finite nor positive, and passes through the sum.
  return g.select(g.andM(hasFactors, g.notM(g.cmpUnordered(c, c))), finiteFactors, g.add(plainProduct, c));
}
