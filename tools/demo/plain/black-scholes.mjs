// docs/examples/black-scholes in plain JavaScript, with the usual polynomial for the normal distribution.
import { RATE } from '../reference/black-scholes.mjs';

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */

/**
 * Allocates the outputs; `run` fills them.
 * @param {Record<string, Tensor>} inputs spot, strike, years, volatility: f4 [N]
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }} call, put, delta: f4 [N]
 */
export function prepareBlackScholes({ spot, strike, years, volatility }) {
  const [s, k, t, v] = [spot, strike, years, volatility].map(({ data }) => /** @type {Float32Array} */ (data));
  const [call, put, delta] = [0, 1, 2].map(() => new Float32Array(s.length));
  const run = () => {
    for (let i = 0; i < s.length; i++) {
      const deviation = v[i] * Math.sqrt(t[i]);
      const d1 = (Math.log(s[i] / k[i]) + (RATE + 0.5 * v[i] * v[i]) * t[i]) / deviation;
      const n1 = normal(d1);
      const n2 = normal(d1 - deviation);
      const present = k[i] * Math.exp(-RATE * t[i]);
      call[i] = s[i] * n1 - present * n2;
      put[i] = present * (1 - n2) - s[i] * (1 - n1);
      delta[i] = n1;
    }
  };
  const { shape } = spot;
  return {
    outputs: {
      call: { dtype: 'f4', shape, data: call },
      put: { dtype: 'f4', shape, data: put },
      delta: { dtype: 'f4', shape, data: delta },
    },
    run,
  };
}

/**
 * The cumulative normal distribution, to 7.5e-8 (Abramowitz & Stegun 26.2.17).
 * @param {number} x
 */
function normal(x) {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = 0.3989422804014327 * Math.exp(-0.5 * x * x) * polynomial;
  return x > 0 ? 1 - tail : tail;
}
