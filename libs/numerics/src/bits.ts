/** The bits of floats, through shared one-element arrays: no allocation, no `bigint` on the way. */

const float32 = new Float32Array(1);
const uint32 = new Uint32Array(float32.buffer);
const float64 = new Float64Array(1);
const halves = new Int32Array(float64.buffer);
const bigint64 = new BigInt64Array(float64.buffer);
/** Index of the low and the high half of a double in `halves`. */
const low = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
const high = 1 - low;

/** The bits of `Math.fround(x)` as an unsigned 32-bit integer. */
export function f32Bits(x: number): number {
  float32[0] = x;
  return uint32[0] as number;
}

/** The f32 with these bits; only the low 32 bits count. */
export function f32FromBits(bits: number): number {
  uint32[0] = bits;
  return float32[0] as number;
}

/** The bits of a double as a signed 64-bit integer. */
export function f64Bits(x: number): bigint {
  float64[0] = x;
  return bigint64[0] as bigint;
}

/** The double with these bits; only the low 64 bits count. */
export function f64FromBits(bits: bigint): number {
  bigint64[0] = BigInt.asIntN(64, bits);
  return float64[0] as number;
}

/** The upper half (sign, exponent, 20 mantissa bits) of a double as a signed 32-bit integer. */
export function f64HighBits(x: number): number {
  float64[0] = x;
  return halves[high] as number;
}

/** The lower half of the bits of a double as a signed 32-bit integer. */
export function f64LowBits(x: number): number {
  float64[0] = x;
  return halves[low] as number;
}

/** The double made of two 32-bit halves. */
export function f64FromHalves(hi: number, lo: number): number {
  halves[high] = hi;
  halves[low] = lo;
  return float64[0] as number;
}
