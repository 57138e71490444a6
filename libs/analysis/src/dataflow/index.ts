// Public face of the dataflow framework.
export * from './constants.js';
export * from './dead-code.js';
export * from './integer-ranges.js';
export * from './live-values.js';
export * from './liveness.js';
export * from './solver.js';
export * from './sparse-backward.js';
export * from './sparse-forward.js';
