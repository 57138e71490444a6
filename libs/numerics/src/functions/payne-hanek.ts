/**
 * Reduction of large angles: `x` modulo a quarter turn, exact to far below an ULP of what is left, for all x.
 *
 * Payne and Hanek's observation: of the product `x / (2 pi)` only the fraction counts, so digits of `1 / (2 pi)` that
 * give whole turns need not be looked at, and a window of eight digits is enough. The window is chosen digit by digit
 * of its position with selects, so this is straight-line code; columns of products are exact by the choice of the
 * digits, and are added exactly.
 */

import type { Algebra } from '../algebra.js';
import { halves, multiply, twoSum } from './double-word.js';

/** The first 1216 bits of the fraction of 1 / (2 pi). */
const INVERSE_TWO_PI =
  0x28be60db9391054a7f09d5f47d4d377036d8a5664f10e4107f9458eaf7aef1586dc91b8e909374b801924bba827464873f877ac72c4a69cfba208d7d4baed1213a671c09ad17df904e64758e60d4ce7d272117e2ef7e4a0ec7fe25fff7816603fbcbc462d6829b47db4d9fb3c9f2c26dd3d18fd9a797fa8b5d49eeb1faf97c5ecf41ce7de294a4ba9afed7ec47e357421580cc11bf1edaean;
const INVERSE_TWO_PI_BITS = 1216;

/** Digits of the window. */
const WINDOW = 8;

interface Digits {
  /** Bits of a digit; a digit is between -2^(bits - 1) and 2^(bits - 1). */
  readonly bits: number;
  /** `1 / (2 pi)` is the sum of `digits[i] * 2^(-bits * (i + 1))`. */
  readonly digits: readonly number[];
  /** Window positions, powers of two, that any x takes. */
  readonly steps: readonly number[];
  readonly precision: number;
  readonly twoPi: { readonly high: number; readonly low: number };
}

function signedDigits(bits: number, count: number): number[] {
  const digits = new Array<number>(count);
  const base = 1 << bits;
  let carry = 0;
  for (let i = count - 1; i >= 0; i--) {
    const shifted = INVERSE_TWO_PI >> BigInt(INVERSE_TWO_PI_BITS - bits * (i + 1));
    const digit = Number(shifted & BigInt(base - 1)) + carry;
    carry = digit > base / 2 ? 1 : 0;
    digits[i] = digit - carry * base;
  }
  return digits;
}

/** With 12 bits, half of the 24 of f32: products of halves by digits have at most 24 bits, and so have sums of two. */
const F32: Digits = {
  bits: 12,
  digits: signedDigits(12, 9 + WINDOW),
  steps: [8, 4, 2, 1],
  precision: 24,
  twoPi: { high: 6.2831854820251465, low: -1.7484555314695172e-7 },
};

/** Likewise: halves of 26 bits by digits of at most 26 bits and a sign. */
const F64: Digits = {
  bits: 27,
  digits: signedDigits(27, 36 + WINDOW),
  steps: [32, 16, 8, 4, 2, 1],
  precision: 53,
  twoPi: { high: 6.283185307179586, low: 2.4492935982947064e-16 },
};

/** `x` is `quarters` times pi/2, plus `angle + tail`, plus whole turns. */
export interface ReducedAngle<F> {
  /** Integral, at most 20 in magnitude. */
  readonly quarters: F;
  /** At most pi/4, and a little. */
  readonly angle: F;
  readonly tail: F;
}

/** Reduces any x, also small ones; infinities give NaN. */
export function reduceLargeAngle<F, I, M>(alg: Algebra<F, I, M>, x: F): ReducedAngle<F> {
  const k = alg.format === 'f32' ? F32 : F64;

  // 1. The window: y = x / 2^(bits * position) is a whole number below 2^(precision + bits), or the position is 0. Digits
  // before the window times y are whole turns.
  let y = x;
  let digits = k.digits.map((digit) => alg.constF(digit));
  for (const step of k.steps) {
    const beyond = alg.cmpLe(alg.constF(2 ** (k.precision - 1 + k.bits * step)), alg.abs(y));
    y = alg.select(beyond, alg.mul(y, alg.constF(2 ** (-k.bits * step))), y);
    // Where the last digits run out no x has a window.
    digits = digits
      .slice(0, WINDOW + step - 1)
      .map((digit, i) => (i + step < digits.length ? alg.select(beyond, digits[i + step] as F, digit) : digit));
  }

  // 2. The product by columns of equal weight, in turns, each without its whole part.
  const { high, low } = halves(alg, y);
  const shiftedLow = alg.mul(low, alg.constF(2 ** k.bits));
  const columns = digits.map((digit, i) => {
    const upper = alg.mul(high, digit);
    const both = i === 0 ? upper : alg.add(upper, alg.mul(shiftedLow, digits[i - 1] as F));
    const turns = alg.mul(both, alg.constF(2 ** (-k.bits * (i + 1))));
    return alg.sub(turns, alg.roundEven(turns));
  });

  // 3. Their sum in three words: nothing is lost when the first, or the first two, cancel.
  const first = exactSum(alg, columns);
  const second = exactSum(alg, first.rest);
  const quarters = alg.roundEven(alg.mul(first.sum, alg.constF(4)));
  const fraction = alg.sub(first.sum, alg.mul(quarters, alg.constF(0.25)));
  const turns = twoSum(alg, fraction, second.sum);
  const rest = second.rest.reduceRight((sum, term) => alg.add(term, sum));
  const angle = multiply(
    alg,
    { high: turns.high, low: alg.add(turns.low, rest) },
    { high: alg.constF(k.twoPi.high), low: alg.constF(k.twoPi.low) },
  );
  return { quarters, angle: angle.high, tail: angle.low };
}

/** The sum of the terms from the last to the first, and what each addition lost. */
function exactSum<F, I, M>(alg: Algebra<F, I, M>, terms: readonly F[]): { sum: F; rest: F[] } {
  const rest: F[] = [];
  let sum = terms[terms.length - 1] as F;
  for (let i = terms.length - 2; i >= 0; i--) {
    const next = twoSum(alg, terms[i] as F, sum);
    sum = next.high;
    rest.unshift(next.low);
  }
  return { sum, rest };
}
