/**
 * A small seeded generator for tests, test data (`--random=SEED`) and schedule search: xoshiro128** by Blackman and
 * Vigna, seeded through splitmix32. The sequence is the same on every engine; it is not for cryptography.
 */

import { mathEvaluator } from './functions/registry.js';

const logF64 = mathEvaluator('log', 'f64');

/** A generator of reproducible random numbers. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  /** The second value of the last pair of normal deviates. */
  private spareNormal: number | undefined;

  /** @param seed any integer; its low 32 bits count. */
  constructor(seed: number) {
    let state = seed | 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let z = state ^ (state >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.a = next();
    this.b = next();
    this.c = next();
    // The all-zero state is the only one the generator cannot leave.
    this.d = next() | 1;
  }

  /** The next 32 random bits, as an unsigned integer. */
  uint32(): number {
    const scrambled = Math.imul(this.b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** 64 random bits as an unsigned integer. */
  uint64(): bigint {
    const high = BigInt(this.uint32());
    return (high << 32n) | BigInt(this.uint32());
  }

  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    return (high * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /** Uniform in [0, 1), a value of f32 with 24 random bits. */
  uniformF32(): number {
    return (this.uint32() >>> 8) / 16777216;
  }

  /**
   * A uniform integer with `low <= x < high`, without bias.
   *
   * @throws RangeError when the range is empty or wider than 2^32.
   */
  integer(low: number, high: number): number {
    const range = high - low;
    if (!(range >= 1 && range <= 4294967296 && Number.isSafeInteger(low) && Number.isSafeInteger(high))) {
      throw new RangeError(`Random.integer: expected integers low < high at most 2^32 apart, got ${low} and ${high}`);
    }
    // Reject the values that would give the first residues one chance more.
    const limit = 4294967296 - (4294967296 % range);
    let bits = this.uint32();
    while (bits >= limit) bits = this.uint32();
    return low + (bits % range);
  }

  /** Normally distributed with mean 0 and variance 1 (Marsaglia's polar method, on this library's own logarithm). */
  normal(): number {
    if (this.spareNormal !== undefined) {
      const spare = this.spareNormal;
      this.spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * logF64(s)) / s);
      this.spareNormal = v * factor;
      return u * factor;
    }
  }
}
