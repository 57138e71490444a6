// Conversion of StableHLO.
export { convertStablehloToArray } from './convert-stablehlo-to-array.js';
