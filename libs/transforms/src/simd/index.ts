export { expandMath } from './expand-math.js';
export { irAlgebra } from './ir-algebra.js';
