// Conversion of StableHLO.
export { convertStablehloToArray, usesStablehlo } from './convert-stablehlo-to-array.js';
