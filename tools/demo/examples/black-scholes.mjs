// docs/examples/black-scholes: prices of a million options.
import { tensor } from '../lib/npy.mjs';
import { randomSource } from '../lib/random.mjs';
import { prepareBlackScholes } from '../plain/black-scholes.mjs';
import { blackScholes as reference } from '../reference/black-scholes.mjs';

const OPTIONS = 1_000_000;

/** @type {import('./definition.mjs').Definition} */
export const blackScholes = {
  inputs: market,
  reference,
  plain: prepareBlackScholes,
  policies: {
    call: { kind: 'close', absolute: 1e-4, relative: 1e-5 },
    put: { kind: 'close', absolute: 1e-4, relative: 1e-5 },
    delta: { kind: 'close', absolute: 2e-6, relative: 1e-5 },
  },
  work: { bytes: 7 * 4 * OPTIONS },
};

/** Spot 10 to 100, strike within a factor of two of it, a week to two years, volatility 10 to 60 percent. */
function market() {
  const random = randomSource(1973);
  /** @type {Record<string, Float32Array>} */
  const columns = {};
  for (const name of ['spot', 'strike', 'years', 'volatility']) columns[name] = new Float32Array(OPTIONS);
  for (let i = 0; i < OPTIONS; i++) {
    columns.spot[i] = 10 + 90 * random();
    columns.strike[i] = columns.spot[i] * (0.5 + 1.5 * random());
    columns.years[i] = 0.02 + 1.98 * random();
    columns.volatility[i] = 0.1 + 0.5 * random();
  }
  return Object.fromEntries(Object.entries(columns).map(([name, data]) => [name, tensor('f4', [OPTIONS], data)]));
}
