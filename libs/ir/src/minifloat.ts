// Bit patterns of the float types that no typed array holds: 4, 6 and 8 bits, tf32, and f80 and f128 as far as a
// double can represent their values. Formats as in the OCP 8-bit float and MX specifications and in IEEE 754.
import type { FloatName } from './type.js';

interface Format {
  readonly exponent: number;
  readonly mantissa: number;
  readonly bias: number;
  /** What the patterns beyond the finite numbers mean. */
  readonly special: 'ieee' | 'nan-only' | 'negative-zero-nan' | 'finite' | 'scale';
}

const FORMATS: { readonly [name in FloatName]?: Format } = {
  f8E5M2: { exponent: 5, mantissa: 2, bias: 15, special: 'ieee' },
  f8E4M3: { exponent: 4, mantissa: 3, bias: 7, special: 'ieee' },
  f8E3M4: { exponent: 3, mantissa: 4, bias: 3, special: 'ieee' },
  f8E4M3FN: { exponent: 4, mantissa: 3, bias: 7, special: 'nan-only' },
  f8E5M2FNUZ: { exponent: 5, mantissa: 2, bias: 16, special: 'negative-zero-nan' },
  f8E4M3FNUZ: { exponent: 4, mantissa: 3, bias: 8, special: 'negative-zero-nan' },
  f8E4M3B11FNUZ: { exponent: 4, mantissa: 3, bias: 11, special: 'negative-zero-nan' },
  f8E8M0FNU: { exponent: 8, mantissa: 0, bias: 127, special: 'scale' },
  f6E2M3FN: { exponent: 2, mantissa: 3, bias: 1, special: 'finite' },
  f6E3M2FN: { exponent: 3, mantissa: 2, bias: 3, special: 'finite' },
  f4E2M1FN: { exponent: 2, mantissa: 1, bias: 1, special: 'finite' },
  tf32: { exponent: 8, mantissa: 10, bias: 127, special: 'ieee' },
  f128: { exponent: 15, mantissa: 112, bias: 16383, special: 'ieee' },
};
// f80 is f128's exponent with 63 bits of fraction and an explicit leading one.
const X87: Format = { exponent: 15, mantissa: 63, bias: 16383, special: 'ieee' };

/** Bit pattern of `value` rounded to nearest even; too large values become infinity, NaN, or the largest finite number. */
export function otherFloatBits(name: FloatName, value: number): bigint {
  if (name === 'f80') {
    const bits = encode(X87, value);
    const fraction = bits & ((1n << 63n) - 1n);
    const exponent = bits >> 63n;
    return (exponent << 64n) | ((exponent & 0x7fffn) === 0n ? 0n : 1n << 63n) | fraction;
  }
  return encode(FORMATS[name]!, value);
}

/** The number a bit pattern stands for; f80 and f128 are rounded to double. */
export function otherFloatFromBits(name: FloatName, bits: bigint): number {
  if (name === 'f80') return decode(X87, ((bits >> 64n) << 63n) | (bits & ((1n << 63n) - 1n)));
  return decode(FORMATS[name]!, bits);
}

function encode(format: Format, value: number): bigint {
  const { exponent, mantissa, bias, special } = format;
  const topExponent = 2 ** exponent - 1;
  if (special === 'scale') {
    // Only powers of two, no sign, no zero: the nearest power, ties to the even pattern.
    if (!(value > 0)) return Number.isNaN(value) || value < 0 ? 0xffn : 0n;
    const low = exponentOf(value);
    const up = value / 2 ** low > 1.5 || (value / 2 ** low === 1.5 && (low + bias) % 2 !== 0);
    return BigInt(Math.min(255, Math.max(0, low + (up ? 1 : 0) + bias)));
  }
  const sign = value < 0 || Object.is(value, -0) ? 1n << BigInt(exponent + mantissa) : 0n;
  const quietNan = (BigInt(topExponent) << BigInt(mantissa)) | (mantissa > 0 ? 1n << BigInt(mantissa - 1) : 0n);
  const allOnes = (1n << BigInt(exponent + mantissa)) - 1n;
  const negativeZero = 1n << BigInt(exponent + mantissa);
  const largest = allOnes - (special === 'nan-only' ? 1n : special === 'ieee' ? 1n << BigInt(mantissa) : 0n);
  if (Number.isNaN(value))
    return special === 'ieee' ? quietNan : special === 'nan-only' ? allOnes : special === 'finite' ? 0n : negativeZero;
  const magnitude = Math.abs(value);
  let bits: bigint;
  if (magnitude === 0) bits = 0n;
  else if (magnitude === Number.POSITIVE_INFINITY) bits = largest + 1n;
  else {
    // Scale so that one unit is the last mantissa bit; the scaling is by powers of two, exact for every format here.
    let e = Math.max(exponentOf(magnitude), 1 - bias);
    const step = e - mantissa;
    if (mantissa > 52) bits = BigInt((magnitude / 2 ** e) * 2 ** 52) << BigInt(mantissa - 52);
    else bits = BigInt(roundEven(magnitude / 2 ** step));
    if (bits >= 2n << BigInt(mantissa)) {
      bits >>= 1n;
      e++;
    }
    const normal = bits >= 1n << BigInt(mantissa);
    bits = normal ? (BigInt(e + bias) << BigInt(mantissa)) | (bits & ((1n << BigInt(mantissa)) - 1n)) : bits;
  }
  if (bits > largest) {
    if (special === 'ieee') bits = BigInt(topExponent) << BigInt(mantissa);
    else if (special === 'nan-only') bits = allOnes;
    else if (special === 'negative-zero-nan') return negativeZero;
    else bits = largest;
  }
  if (bits === 0n && special === 'negative-zero-nan') return 0n;
  return sign | bits;
}

function decode(format: Format, bits: bigint): number {
  const { exponent, mantissa, bias, special } = format;
  if (special === 'scale') return bits === 0xffn ? Number.NaN : 2 ** (Number(bits) - bias);
  const fraction = bits & ((1n << BigInt(mantissa)) - 1n);
  const e = Number((bits >> BigInt(mantissa)) & ((1n << BigInt(exponent)) - 1n));
  const negative = (bits >> BigInt(exponent + mantissa)) & 1n;
  const top = e === 2 ** exponent - 1;
  if (special === 'ieee' && top)
    return fraction ? Number.NaN : negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (special === 'nan-only' && top && fraction === (1n << BigInt(mantissa)) - 1n) return Number.NaN;
  if (special === 'negative-zero-nan' && negative && e === 0 && fraction === 0n) return Number.NaN;
  const significand = Number(fraction) / 2 ** mantissa + (e === 0 ? 0 : 1);
  const value = significand * 2 ** ((e === 0 ? 1 : e) - bias);
  return negative ? -value : value;
}

function exponentOf(magnitude: number): number {
  let e = Math.floor(Math.log2(magnitude));
  // log2 may round across a power of two.
  if (2 ** e > magnitude) e--;
  else if (2 ** (e + 1) <= magnitude) e++;
  return e;
}

function roundEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
}
