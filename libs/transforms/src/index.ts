// Public face of the transforms: all passes.
export * from './array/index.js';
export * from './general/index.js';
export * from './loop/index.js';
export * from './memory/index.js';
export * from './scheduling/index.js';
export * from './simd/index.js';
export * from './stablehlo/index.js';
