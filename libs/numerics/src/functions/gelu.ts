/**
 * gelu, the Gaussian error linear unit `x F(x)` with the distribution function F of the normal distribution.
 *
 * `F(-a) = e^(-a^2 / 2) R(a)`, the square in twice the bits, because the exponential multiplies its error. R is a minimax
 * polynomial about 3/4 for a < 3/2, and about 9/4 for a < 3; beyond, `a R(a)` is one in `1 / a^2`, and the factor a cancels
 * that of gelu. They share one evaluation, of selected coefficients.
 */

import type { Algebra } from '../algebra.js';
import { fastTwoDifference, fastTwoSum, twoProduct } from './double-word.js';
import { expOfNegativeF32, expOfNegativeF64 } from './exp.js';
import { atMost } from './polynomial.js';

interface Piece {
  readonly coefficients: readonly number[];
  /** What the first coefficient lacks. */
  readonly tail: number;
}

interface GeluConstants {
  /** gelu of smaller negative arguments rounds to -0. */
  readonly largest: number;
  /** R(3/4 + t), |t| <= 3/4. */
  readonly low: Piece;
  /** R(9/4 + t), |t| <= 3/4. */
  readonly middle: Piece;
  /** a R(a) in 1 / a^2 - 1 / 18, a >= 3. */
  readonly far: Piece;
}

/** Relative errors 2.0e-8, 6.7e-9 and 1.9e-8. */
const F32: GeluConstants = {
  largest: 14.75,
  low: {
    coefficients: [
      0.300232470035553, -0.17376792430877686, 0.08495312184095383, -0.03668440133333206, 0.014361927285790443,
      -0.005182694178074598, 0.0017358481418341398, -0.0005524841253645718, 0.00018568280211184174,
      -5.143310045241378e-5,
    ],
    tail: -6.234885052691652e-9,
  },
  middle: {
    coefficients: [
      0.15365193784236908, -0.05322541669011116, 0.016947371885180473, -0.005031385459005833, 0.001406752155162394,
      -0.00037254346534609795, 9.440609574085101e-5, -2.45297524088528e-5, 5.659213456965517e-6,
    ],
    tail: -4.5460765707439066e-10,
  },
  far: {
    coefficients: [
      0.3797187805175781, -0.30326226353645325, 0.6305139660835266, -1.9392727613449097, 7.426121711730957,
      -33.16229248046875, 221.3151397705078, -1372.383056640625,
    ],
    tail: -3.129370096388584e-9,
  },
};

/** Relative errors 5.7e-17, 1.3e-17 and 2.5e-17. */
const F64: GeluConstants = {
  largest: 39,
  low: {
    coefficients: [
      0.30023246233995093, -0.17376793364646947, 0.08495325605254939, -0.03668433053568465, 0.014360002037697741,
      -0.005182865801519312, 0.0017454754477400417, -0.0005533941731402659, 0.0001663037273717272,
      -4.7629601662029274e-5, 1.3058152235041494e-5, -3.4396162833506017e-6, 8.732029963349408e-7,
      -2.1426097373192072e-7, 5.0898344340088824e-8, -1.1653736735153659e-8, 2.621826517361043e-9,
      -6.46209675649376e-10, 1.3380491916256503e-10,
    ],
    tail: 2.4767000326557547e-18,
  },
  middle: {
    coefficients: [
      0.15365193742384164, -0.05322542119778898, 0.016947369864408215, -0.0050312796676241995, 0.0014067476530635627,
      -0.0003732194896287403, 9.450063356251459e-5, -2.2941866498121728e-5, 5.360179292446024e-6, -1.20905028781242e-6,
      2.639813002430528e-7, -5.592141977142435e-8, 1.1514276570060798e-8, -2.3012463550370177e-9,
      4.5043477002392833e-10, -9.35319954404772e-11, 1.725239204637528e-11,
    ],
    tail: -5.739355536637618e-18,
  },
  far: {
    coefficients: [
      0.37971878352167765, -0.3032625571747874, 0.6304532023346873, -1.938175126674783, 7.520941613226223,
      -34.241203960906354, 175.52160807961317, -987.0009814716949, 5981.674590951815, -38584.72088391281,
      262437.6446462769, -1858855.6471721174, 13650534.25445104, -111710191.59238572, 951112092.3754001,
      -3804130941.6043196, 5178827836.233027, -1473756587311.2085, 19340172534488.645, 154143853631014.7,
      -2289463367443454.5, -2.1330453674992836e16, 2.5263134597227338e17,
    ],
    tail: -3.827261914677113e-18,
  },
};

function gelu<F, I, M>(
  alg: Algebra<F, I, M>,
  x: F,
  k: GeluConstants,
  exp: (x: F, tail: F) => { readonly value: F; readonly lost: F },
): F {
  const one = alg.constF(1);
  const a = atMost(alg, alg.abs(x), k.largest);
  const square = twoProduct(alg, a, a);
  const minusHalf = alg.constF(-0.5);
  const { value, lost } = exp(alg.mul(square.high, minusHalf), alg.mul(square.low, minusHalf));

  const isLow = alg.cmpLt(a, alg.constF(1.5));
  const isNear = alg.cmpLt(a, alg.constF(3));
  const inverse = alg.sub(alg.div(one, square.high), alg.constF(1 / 18));
  const distance = alg.sub(a, alg.select(isLow, alg.constF(0.75), alg.constF(2.25)));
  const t = alg.select(isNear, distance, inverse);
  const choose = (low: number, middle: number, far: number): F =>
    alg.select(isLow, alg.constF(low), alg.select(isNear, alg.constF(middle), alg.constF(far)));
  const coefficient = (i: number): F =>
    choose(k.low.coefficients[i] ?? 0, k.middle.coefficients[i] ?? 0, k.far.coefficients[i] ?? 0);
  const degree = Math.max(k.low.coefficients.length, k.middle.coefficients.length, k.far.coefficients.length) - 1;
  let sum = coefficient(degree);
  for (let i = degree - 1; i > 0; i--) sum = alg.mulAdd(sum, t, coefficient(i));
  // The last addition with what it loses.
  const r = fastTwoSum(alg, coefficient(0), alg.mul(sum, t));
  const rest = alg.add(r.low, choose(k.low.tail, k.middle.tail, k.far.tail));
  // F(-a), or a F(-a), in two words: F(-a) and F(a) = 1 - F(-a) are multiplied once more.
  const product = twoProduct(alg, value, r.high);
  const corrections = alg.mulAdd(value, rest, alg.mul(lost, r.high));
  const lower = fastTwoSum(alg, product.high, alg.add(product.low, corrections));
  const upper = fastTwoDifference(alg, one, lower.high);

  const isNegative = alg.cmpLt(x, alg.constF(0));
  const factor = alg.select(isNegative, lower.high, upper.high);
  const factorTail = alg.select(isNegative, lower.low, alg.sub(upper.low, lower.low));
  const near = alg.mulAdd(x, factor, alg.mul(x, factorTail));
  const far = alg.select(isNegative, alg.neg(lower.high), alg.sub(x, lower.high));
  // A sum of zeros would lose the sign of -0.
  const isZero = alg.cmpEq(x, alg.constF(0));
  return alg.select(isZero, x, alg.select(isNear, near, far));
}

/** gelu in f32, at most 3 ULP, subnormal results included. */
export function geluF32<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return gelu(alg, x, F32, (v, tail) => expOfNegativeF32(alg, v, tail));
}

/** gelu in f64, at most 2 ULP, subnormal results included. */
export function geluF64<F, I, M>(alg: Algebra<F, I, M>, x: F): F {
  return gelu(alg, x, F64, (v, tail) => expOfNegativeF64(alg, v, tail));
}
