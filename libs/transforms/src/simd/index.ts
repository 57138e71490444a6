export { expandMath } from './expand-math.js';
export { legalizeVectors } from './legalize-vectors.js';
export { irAlgebra } from './ir-algebra.js';
