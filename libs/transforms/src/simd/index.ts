export { divideByInvariants } from './divide-by-invariants.js';
export { expandHalfFloats } from './expand-half-floats.js';
export { expandMath } from './expand-math.js';
export { irAlgebra } from './ir-algebra.js';
export { legalizeVectors } from './legalize-vectors.js';
export { negateMaxima } from './negate-maxima.js';
export { slpVectorize } from './slp-vectorize.js';
