// Special functions as arithmetic on whole arrays: each formula takes every branch and selects. Sources: Chebyshev series
// for erfc, erf_inv (in the variable of Giles, "Approximating the erfinv function") and the Bessel function; Lanczos's
// series for the logarithm of gamma and its derivative; Euler and Maclaurin's summation for the zeta function, as in Cephes.
import type { FloatType, Value } from '@budflow/ir';
import type { Arithmetic } from './arithmetic.js';
import * as table from './special-coefficients.js';

const { NaN: NAN, POSITIVE_INFINITY: INFINITE } = Number;

function isDouble(m: Arithmetic): boolean {
  return (m.element as FloatType).width === 64;
}
/** x as a number on [-1, 1] for a series on [from, to]. */
function mapped(m: Arithmetic, x: Value, from: number, to: number): Value {
  const scale = 2 / (to - from);
  return m.add(m.mul(x, scale), -1 - from * scale);
}
function truncated(m: Arithmetic, x: Value): Value {
  return m.unary('trunc', x);
}

/** 1 - erf(x), exact where erf is near one. */
export function erfc(m: Arithmetic, x: Value): Value {
  const a = m.abs(x);
  // exp(-a^2) with the rounding error of the square: the leading bits of a have an exact square.
  const bits = m.bits(a, m.unsignedOf(m.element));
  const mask = isDouble(m) ? 0xffff_ffff_f800_0000n : 0xffff_f000n;
  const lead = m.bits(m.and(bits, mask), m.element);
  const rest = m.mul(m.sub(lead, a), m.add(lead, a));
  const gauss = m.mul(m.exp(m.neg(m.mul(lead, lead))), m.exp(rest));
  const t = m.div(m.sub(a, 3.75), m.add(a, 3.75));
  const series = m.chebyshev(t, isDouble(m) ? table.ERFC_F64 : table.ERFC_F32);
  const tail = m.div(m.mul(gauss, series), m.add(m.mul(a, 2), 1));
  // Beyond, erfc is 0 in the type; the series has no value at infinity.
  const positive = m.select(m.compare('gt', a, isDouble(m) ? 27.3 : 10.1), 0, tail);
  const far = m.select(m.compare('lt', x, 0), m.sub(2, positive), positive);
  const near = m.sub(1, m.unary('erf', x));
  return m.select(m.compare('lt', a, 0.5), near, m.select(m.compare('ne', x, x), x, far));
}

/** The inverse of erf: infinite at -1 and 1, NaN beyond. */
export function erfInv(m: Arithmetic, x: Value): Value {
  const w = m.neg(m.log1p(m.neg(m.mul(x, x))));
  // Near one 1 - x^2 is (1 - x)(1 + x) without rounding of the square.
  const a = m.abs(x);
  const precise = m.neg(m.log(m.mul(m.sub(1, a), m.add(1, a))));
  const exact = m.select(m.compare('lt', a, 0.75), w, precise);
  const root = m.sqrt(exact);
  const factor = isDouble(m)
    ? m.select(
        m.compare('lt', exact, 6.25),
        m.chebyshev(mapped(m, exact, 0, 6.25), table.ERF_INV_F64),
        m.select(
          m.compare('lt', exact, 16),
          m.chebyshev(mapped(m, root, 2.5, 4), table.ERF_INV_MIDDLE_F64),
          m.chebyshev(mapped(m, root, 4, 6.25), table.ERF_INV_LARGE_F64),
        ),
      )
    : m.select(
        m.compare('lt', exact, 5),
        m.chebyshev(mapped(m, exact, 0, 5), table.ERF_INV_F32),
        m.chebyshev(mapped(m, root, Math.sqrt(5), 4.25), table.ERF_INV_LARGE_F32),
      );
  return m.select(m.compare('eq', a, 1), m.mul(x, INFINITE), m.mul(x, factor));
}

/** exp(-|x|) I1(x). */
export function besselI1e(m: Arithmetic, x: Value): Value {
  const a = m.abs(x);
  const [small, large] = isDouble(m)
    ? [table.I1E_SMALL_F64, table.I1E_LARGE_F64]
    : [table.I1E_SMALL_F32, table.I1E_LARGE_F32];
  const below = m.mul(m.chebyshev(mapped(m, a, 0, 8), small), a);
  const above = m.div(m.chebyshev(m.sub(m.div(16, a), 1), large), m.sqrt(a));
  const value = m.select(m.compare('le', a, 8), below, above);
  return m.select(m.compare('lt', x, 0), m.neg(value), value);
}

/** The sum of Lanczos's series at z, and minus its derivative. */
function lanczos(m: Arithmetic, z: Value): { sum: Value; slope: Value } {
  let [sum, slope]: [Value, Value] = [m.number(table.LANCZOS[0]!, z), m.number(0, z)];
  table.LANCZOS.slice(1).forEach((c, k) => {
    const term = m.div(c, m.add(z, k + 1));
    sum = m.add(sum, term);
    slope = m.add(slope, m.div(term, m.add(z, k + 1)));
  });
  return { sum, slope };
}

/** The logarithm of the absolute value of the gamma function; infinite at 0, -1, -2, .. */
export function lgamma(m: Arithmetic, x: Value): Value {
  const isReflected = m.compare('lt', x, 0.5);
  const z = m.select(isReflected, m.neg(x), m.sub(x, 1));
  const { sum } = lanczos(m, z);
  const g = table.LANCZOS_G + 0.5;
  const t = m.add(z, g);
  const logT = m.add(m.log1p(m.div(z, g)), Math.log(g));
  // (z + 1/2) log t - t, with t taken out of the product: less cancels.
  const power = m.mul(m.sub(m.add(z, 0.5), m.div(t, logT)), logT);
  const direct = m.add(m.add(power, Math.log(Math.sqrt(2 * Math.PI))), m.log(sum));
  // gamma(x) gamma(1 - x) = pi / sin(pi x); the sine of the distance to the next integer.
  const a = m.abs(x);
  const part = m.sub(a, m.floor(a));
  const distance = m.select(m.compare('gt', part, 0.5), m.sub(1, part), part);
  const logSine = m.log(m.unary('sin', m.mul(distance, Math.PI)));
  const reflected = m.sub(m.sub(Math.log(Math.PI), logSine), direct);
  const isPole = m.compare('eq', distance, 0);
  const left = m.select(isPole, INFINITE, reflected);
  const value = m.select(isReflected, left, direct);
  return m.select(m.compare('eq', a, INFINITE), INFINITE, value);
}

/** The derivative of lgamma; NaN at 0, -1, -2, .. */
export function digamma(m: Arithmetic, x: Value): Value {
  const isReflected = m.compare('lt', x, 0.5);
  const z = m.select(isReflected, m.neg(x), m.sub(x, 1));
  const { sum, slope } = lanczos(m, z);
  const g = table.LANCZOS_G + 0.5;
  const t = m.add(z, g);
  const logT = m.add(m.log1p(m.div(z, g)), Math.log(g));
  const direct = m.sub(m.sub(logT, m.div(slope, sum)), m.div(table.LANCZOS_G, t));
  // psi(x) = psi(1 - x) - pi / tan(pi x); the tangent of the distance to the nearest integer.
  const distance = m.sub(x, m.floor(m.add(x, 0.5)));
  const reflected = m.sub(direct, m.div(Math.PI, m.unary('tan', m.mul(distance, Math.PI))));
  const left = m.select(m.compare('eq', distance, 0), NAN, reflected);
  return m.select(isReflected, left, direct);
}

/** Terms of the zeta function that are added one by one. */
const ZETA_TERMS = 9;
/** Hurwitz's zeta function: the sum of (q + k)^-x over k from 0. */
export function zeta(m: Arithmetic, x: Value, q: Value): Value {
  const minusX = m.neg(x);
  let a = q;
  let power = m.pow(q, minusX);
  let sum = power;
  for (let k = 1; k <= ZETA_TERMS; k++) {
    a = m.add(a, 1);
    power = m.pow(a, minusX);
    sum = m.add(sum, power);
  }
  // The rest of the sum: its integral, half of the last term back, and the corrections by derivatives.
  let rest = m.sub(m.div(m.mul(power, a), m.sub(x, 1)), m.mul(power, 0.5));
  let term = m.mul(m.div(power, a), x);
  const square = m.mul(a, a);
  table.EULER_MACLAURIN.forEach((c, j) => {
    rest = m.add(rest, m.mul(term, c));
    const k = 2 * j + 1;
    term = m.div(m.mul(m.mul(term, m.add(x, k)), m.add(x, k + 1)), square);
  });
  // Where the last term does not count, neither do the corrections, and those might overflow.
  const eps = isDouble(m) ? 2 ** -53 : 2 ** -24;
  const isDone = m.compare('le', m.abs(power), m.mul(m.abs(sum), eps));
  const value = m.select(isDone, sum, m.add(sum, rest));
  const isPole = m.and(m.compare('le', q, 0), m.compare('eq', q, m.floor(q)));
  const isEven = m.compare('eq', m.mul(m.floor(m.mul(x, 0.5)), 2), x);
  const isOutside = m.and(m.compare('le', q, 0), m.compare('ne', x, m.floor(x)));
  let result = m.select(isPole, m.select(isEven, INFINITE, NAN), value);
  result = m.select(isOutside, NAN, result);
  result = m.select(m.compare('lt', x, 1), NAN, result);
  result = m.select(m.compare('eq', x, 1), INFINITE, result);
  return m.select(m.compare('ne', q, q), q, result);
}

/** The n-th derivative of digamma: NaN where n is not 0, 1, 2, .. */
export function polygamma(m: Arithmetic, n: Value, x: Value): Value {
  const next = m.add(n, 1);
  const isEven = m.compare('eq', m.mul(m.floor(m.mul(n, 0.5)), 2), n);
  const size = m.mul(m.exp(lgamma(m, next)), zeta(m, next, x));
  const derivative = m.select(isEven, m.neg(size), size);
  const value = m.select(m.compare('eq', n, 0), digamma(m, x), derivative);
  const isIndex = m.and(m.compare('ge', n, 0), m.compare('eq', n, truncated(m, n)));
  return m.select(isIndex, value, NAN);
}

/** The next number after x towards y. */
export function nextAfter(m: Arithmetic, x: Value, y: Value): Value {
  const unsigned = m.unsignedOf(m.element);
  const { width } = m.element as FloatType;
  const sign = 1n << BigInt(width - 1);
  const [from, to] = [m.bits(x, unsigned), m.bits(y, unsigned)];
  const isZero = m.compare('eq', x, 0);
  // From zero: the least number with the sign of y. Elsewhere the bits of the magnitude go up or down by one.
  const least = m.or(m.and(to, sign), 1n);
  const isInwards = m.or(m.compare('gt', m.abs(x), m.abs(y)), m.compare('ne', m.and(from, sign), m.and(to, sign)));
  const step = m.select(isInwards, (1n << BigInt(width)) - 1n, m.number(1n, from));
  const moved = m.bits(m.select(isZero, least, m.add(from, step)), m.element);
  const isNan = m.or(m.compare('ne', x, x), m.compare('ne', y, y));
  return m.select(isNan, NAN, m.select(m.compare('eq', x, y), y, moved));
}
