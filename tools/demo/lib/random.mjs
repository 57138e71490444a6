// A seeded source of random numbers (mulberry32), so that every machine derives the same data.

/**
 * Numbers in [0, 1), always the same for a seed.
 * @param {number} seed an integer
 * @returns {() => number}
 */
export function randomSource(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
