// Set-up of every test file: properties draw the same cases in every run. PROPERTY_SEED=N draws others, PROPERTY_SEED=random
// new ones each time; a failure prints its seed.
import fc from 'fast-check';

const seed = process.env.PROPERTY_SEED ?? '1';
if (seed !== 'random') {
  if (!/^-?\d+$/.test(seed)) throw new Error(`PROPERTY_SEED is an integer or 'random', not '${seed}'`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
}
