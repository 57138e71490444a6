// Public face of the transforms: all passes.
export * from './general/index.js';
