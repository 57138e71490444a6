// reduce_precision: a float rounded, to nearest with ties to even, as a format with fewer bits would hold it. What is too
// large becomes infinite, what is below the normal numbers zero; both by integer arithmetic on the bits.
import * as hlo from '@budflow/dialect-stablehlo';
import type { FloatType, Value } from '@budflow/ir';
import { Arithmetic } from '../arithmetic.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

const EXPONENT_BITS: Readonly<Record<string, number>> = { f16: 5, bf16: 8, f32: 8, f64: 11 };

/** Floats as a format of so many bits of exponent and mantissa holds them. */
export function reduced(site: HloSite, x: Value, toExponent: number, toMantissa: number): Value {
  const element = site.elementOf(x) as FloatType;
  const exponentBits = EXPONENT_BITS[element.name]!;
  const mantissaBits = element.width - 1 - exponentBits;
  const floats = new Arithmetic(site, x);
  let bits = floats.bits(x, floats.unsignedOf(element));
  const m = floats.on(bits);
  const [width, from] = [BigInt(element.width), BigInt(mantissaBits)];
  const signMask = 1n << (width - 1n);
  const infinity = ((1n << BigInt(exponentBits)) - 1n) << from;
  // 1. Half of the last bit that is kept, less one, and that bit itself: ties go to even.
  if (toMantissa < mantissaBits) {
    const dropped = BigInt(mantissaBits - toMantissa);
    const last = 1n << dropped;
    const odd = m.and(m.shr(bits, dropped), 1n);
    const rounded = m.add(bits, m.add(odd, (last >> 1n) - 1n));
    bits = m.and(rounded, ((1n << width) - 1n) ^ (last - 1n));
  }
  // 2. Exponents that the format does not have.
  if (toExponent < exponentBits) {
    const bias = (1n << BigInt(exponentBits - 1)) - 1n;
    const toBias = (1n << BigInt(toExponent - 1)) - 1n;
    const exponent = m.and(bits, infinity);
    const sign = m.and(bits, signMask);
    const isAbove = m.compare('gt', exponent, (bias + toBias) << from);
    const isBelow = m.compare('le', exponent, (bias - toBias) << from);
    bits = m.select(isBelow, sign, m.select(isAbove, m.or(sign, infinity), bits));
  }
  const result = floats.bits(bits, element);
  // 3. NaN stays; where the format has no mantissa to tell it from infinity, it is infinite.
  const isNan = floats.compare('ne', x, x);
  if (toMantissa > 0) return floats.select(isNan, x, result);
  const infinite = m.or(m.and(floats.bits(x, floats.unsignedOf(element)), signMask), infinity);
  return floats.select(isNan, floats.bits(infinite, element), result);
}

export const PRECISION: HloRules = {
  ...ruleFor(hlo.ReducePrecisionOp, {
    equation: 'reduce_precision x == x as the format holds it;  by bit operations',
    convert: (site) => [
      reduced(
        site,
        site.operand(0),
        hlo.ReducePrecisionOp.exponent_bits(site.op),
        hlo.ReducePrecisionOp.mantissa_bits(site.op),
      ),
    ],
  }),
};
