// The structural comparison under the name the tests of this lib use.
export { structuralDifference as difference } from '../structural-difference.js';
