// float64 reference of docs/examples/black-scholes (Black & Scholes, 1973; Merton, 1973).
import { f64, rounded } from './tensors.mjs';

/** @typedef {import('./tensors.mjs').Tensor} Tensor */

/** Interest per year, continuously compounded; the program has it in float32. */
export const RATE = Math.fround(0.02);

/**
 * Prices of European options.
 * @param {Record<string, Tensor>} inputs spot, strike, years, volatility: f4 [N]
 * @returns {import('./tensors.mjs').Reference} call, put, and the call's delta: f4 [N]
 */
export function blackScholes({ spot, strike, years, volatility }) {
  const [s, k, t, v] = [spot, strike, years, volatility].map(f64);
  const [call, put, delta] = [0, 1, 2].map(() => new Float64Array(s.length));
  for (let i = 0; i < s.length; i++) {
    const deviation = v[i] * Math.sqrt(t[i]);
    const d1 = (Math.log(s[i] / k[i]) + (RATE + (v[i] * v[i]) / 2) * t[i]) / deviation;
    const d2 = d1 - deviation;
    const present = k[i] * Math.exp(-RATE * t[i]);
    call[i] = s[i] * normal(d1) - present * normal(d2);
    put[i] = present * normal(-d2) - s[i] * normal(-d1);
    delta[i] = normal(d1);
  }
  return {
    outputs: { call: rounded(spot.shape, call), put: rounded(spot.shape, put), delta: rounded(spot.shape, delta) },
    undecided: {},
  };
}

/**
 * The cumulative distribution of the normal distribution, to some 1e-15: its power series near 0, the continued fraction
 * of its tail elsewhere (Abramowitz & Stegun 26.2.11 and 26.2.14).
 * @param {number} x
 */
export function normal(x) {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const a = Math.abs(x);
  if (a < 3) {
    let term = x;
    let sum = x;
    for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
      term *= (x * x) / n;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = a;
  for (let n = 60; n > 0; n--) fraction = a + n / fraction;
  const tail = density / fraction;
  return x > 0 ? 1 - tail : tail;
}
